//! A job with everything decided: plain data between [`super::lower()`] and [`super::render()`]. Templates print these fields and nothing else.

use std::collections::BTreeMap;

use serde::Serialize;

use super::partisaner::RolePlan;
use crate::{
    site::Runtime,
    task::{Access, CallPath},
};

/// What the shell knows about one attempt and lowering needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttemptPaths {
    /// Absolute path of the attempt's folder below `calls/`.
    pub attempt_folder: String,
    /// Image reference as the author wrote it → what the container program is given (path of a SIF or a sandbox folder). A reference that is
    /// absent here is passed on as it stands after the site's registry table (`compile` needs no image).
    pub images: BTreeMap<String, String>,
    /// Absolute path of the run's `values/`: files that expressions wrote and commands read.
    pub values_folder: String,
    /// Nodes to stay away from: those that failed an earlier attempt.
    pub exclude_nodes: Vec<String>,
}

/// What the shell knows about one batch and rendering needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchPaths {
    /// The batch's number within its run.
    pub number: u32,
    /// Absolute path of `batches/<n>`.
    pub batch_folder: String,
    /// Absolute path of the run's copy of the node library.
    pub library_folder: String,
    /// Absolute path of `spool/`.
    pub spool_folder: String,
    /// The job's name, which finds it again: `<task>.<run id>.b<n>`.
    pub tag: String,
}

/// One attempt of one call as a job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobSpec {
    /// Which call.
    pub call_path: CallPath,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The task's name.
    pub task_name: String,
    /// Absolute path of the attempt's folder.
    pub attempt_folder: String,
    /// `tag`/`label`: the job's comment.
    pub label: Option<String>,
    /// The WDL command, for its own file.
    pub command: String,
    /// One for an ordinary job; one a role for a heterogeneous job. Never empty.
    pub components: Vec<Component>,
    /// Options that hold for the job as a whole; printed for each component all the same (JOB-SCRIPT 10).
    pub policy: Policy,
    /// What each process finds on its node before anything of the author's runs.
    pub node_setup: NodeSetup,
    /// What only this attempt has: variables of its inputs, folders of its inputs.
    pub element_setup: ElementSetup,
    /// What runs.
    pub program: Program,
}

/// One component of a job: what `sbatch` is asked for, every option of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Component {
    /// The role that it carries, for the reader; empty for an ordinary job.
    pub role: String,
    /// Partitions, any of which may take it; empty: Slurm's default, and no `-p` is sent.
    pub partitions: Vec<String>,
    /// `--account`; empty: not sent.
    pub account: String,
    /// `--qos`; empty: not sent.
    pub qos: String,
    /// `--reservation`; empty: not sent.
    pub reservation: String,
    /// `--nodes`
    pub nodes: u32,
    /// `--ntasks`
    pub ntasks: u32,
    /// `--ntasks-per-node`: processes on the fullest node.
    pub ntasks_per_node: u32,
    /// `--cpus-per-task`
    pub cpus_per_task: u32,
    /// `--mem`, MiB a node.
    pub mem_mib: u64,
    /// `--time`, minutes.
    pub time_minutes: u64,
    /// `--tmp`, MiB a node; 0: not sent.
    pub tmp_mib: u64,
    /// `--gres`, for each node; empty: not sent.
    pub gres: String,
    /// `--gpus-per-task`; empty: not sent.
    pub gpus_per_task: String,
    /// `--constraint`; empty: not sent.
    pub constraint: String,
    /// `--nodelist`
    pub nodelist: Vec<String>,
    /// `--exclude`
    pub exclude: Vec<String>,
    /// Further options, each whole (`--exclusive=user`), from the site.
    pub extra: Vec<String>,
}

/// Options that are equal in all components.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// `--requeue` or `--no-requeue`, always one of them.
    pub requeue: bool,
    /// `--export`
    pub export: String,
    /// `--propagate`; empty: not sent.
    pub propagate: String,
    /// `--signal`; empty: not sent.
    pub signal: String,
    /// The word between the components of a heterogeneous job.
    pub hetjob: String,
}

/// What the site does for every process, before and around the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeSetup {
    /// File creation mask, octal digits.
    pub umask: String,
    /// File sourced first so that `module` exists; empty: none.
    pub module_init: String,
    /// Environment modules to load.
    pub modules: Vec<String>,
    /// Folders put before `PATH`.
    pub path_prepend: Vec<String>,
    /// The site's variables.
    pub environment: Vec<(String, String)>,
    /// Variables of the container program itself.
    pub container_environment: Vec<(String, String)>,
    /// Folder for a job's own scratch folder; empty: the node's `TMPDIR`, else `/tmp`.
    pub scratch: String,
    /// Seconds between TERM and KILL for what is to end.
    pub kill_grace_seconds: u64,
}

/// What differs between elements of an array beside call and command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ElementSetup {
    /// Variables of `env` inputs.
    pub environment: Vec<(String, String)>,
    /// Host paths that containers see.
    pub binds: Vec<Bind>,
    /// Disks with mount points of their own.
    pub disks: Vec<MountedDisk>,
}

/// A disk of the task at a mount point: a folder of the attempt, bound there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MountedDisk {
    /// Path in the container.
    pub mount: String,
    /// What the folder is in.
    pub place: DiskPlace,
}

/// Where the folder of a disk is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskPlace {
    /// The scratch folder on the node.
    Scratch,
    /// The attempt's folder, which all nodes of a distributed task see.
    Shared,
    /// Nowhere: without a container nothing can be mounted, and the command finds what the node has.
    Absent,
}

/// A host path in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bind {
    /// Path on the host.
    pub host: String,
    /// Path in the container.
    pub container: String,
    /// Whether it may be written.
    pub access: Access,
    /// Whether its absence is an error; folders of draft-2 inputs may be made later, by the task itself.
    pub required: bool,
}

/// What a job runs once it is on its nodes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// The command, once.
    Command(Process),
    /// A distributed task.
    Roles(RolePlan),
}

/// How one process is run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Process {
    /// Its container; `None`: on the host.
    pub container: Option<Container>,
    /// Working folder as the process sees it; empty: the attempt's `work/`.
    pub workdir: String,
}

/// How a container is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Container {
    /// Which program.
    pub runtime: Runtime,
    /// The program's name or path.
    pub program: String,
    /// What it is given: path of a SIF or a sandbox folder, or a URI.
    pub image: String,
    /// Options of the site and of the task's GPUs.
    pub options: Vec<String>,
}

/// Jobs submitted by one `sbatch`: equal in all but their elements.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Batch {
    /// The jobs, at least one; element *i* is the *i*th. All have the same shape.
    pub elements: Vec<JobSpec>,
    /// Most elements that may run at once; 0: no limit.
    pub max_running: u32,
}

/// Files to write before a batch is submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Files of the batch folder. The first is `script.sbatch`.
    pub batch_files: Vec<ScriptFile>,
    /// Files of attempt folders: the commands. Their paths are absolute.
    pub attempt_files: Vec<ScriptFile>,
    /// How many elements the job has; the local backend starts each.
    pub elements: u32,
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScriptFile {
    /// Relative to the batch folder, or absolute.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Permission bits.
    pub mode: u32,
}
