//! The tables of a site file, as serde reads them. `site-configs/default.toml` documents each key and gives each its default; the `Default`s
//! here only stand in for keys that a single layer leaves out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SlurmVersion;

/// `[slurm]`: options sent with every job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SlurmOptions {
    /// `--account`; empty: not sent.
    pub account: String,
    /// `--qos`; empty: not sent.
    pub qos: String,
    /// `--reservation`; empty: not sent.
    pub reservation: String,
    /// `--export`
    pub export: String,
    /// `--propagate`; empty: not sent.
    pub propagate: String,
    /// `--requeue` or `--no-requeue`.
    pub requeue: bool,
    /// `--signal`; empty: not sent.
    pub signal: String,
    /// Further options, each whole.
    pub extra: Vec<String>,
    /// Slurm's version; empty: asked where it matters.
    pub version: String,
}

impl SlurmOptions {
    /// The version, where the site file says it or Slurm was asked.
    pub fn version(&self) -> Option<SlurmVersion> {
        SlurmVersion::of_number(&self.version)
    }
}

/// `[limits]`: what may be asked of the controller, and how often.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most elements of one array.
    pub array_size: u32,
    /// Most elements of one array that run at once; 0: no limit.
    pub array_running: u32,
    /// Most distributed tasks of one run at once; 0: no limit.
    pub distributed_running: u32,
    /// Most jobs (elements and components counted) of one run in the queue.
    pub jobs_in_queue: u32,
    /// `sbatch` calls a second.
    pub submits_per_second: f64,
    /// Seconds between looks at the spool folder.
    pub spool_seconds: f64,
    /// Least seconds between two `squeue` calls.
    pub poll_min_seconds: f64,
    /// Most seconds between two `squeue` calls.
    pub poll_max_seconds: f64,
    /// Seconds that a job may be unknown to every source before it is lost.
    pub lost_grace_seconds: u64,
    /// Attempts with more memory after running out of it, beside the author's own.
    pub memory_retries: u32,
    /// Attempts with more time after the time limit, beside the author's own.
    pub time_retries: u32,
    /// Attempts that node failures, preemptions and failed launches may cost a call before the run gives up on it.
    pub machine_retries: u32,
}

/// `[defaults]`: what a task gets that asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// Cores a process.
    pub cpu: f64,
    /// MiB a process.
    pub memory_mib: u64,
    /// Minutes.
    pub time_minutes: u64,
    /// Image of tasks that name none; empty: the host.
    pub image: String,
    /// MiB of the driver of a Spark, Ray or Dask cluster.
    pub driver_memory_mib: u64,
    /// Cores of that driver.
    pub driver_cpu: f64,
    /// MiB of the head of a Ray cluster and of the scheduler of a Dask cluster.
    pub head_memory_mib: u64,
}

/// `[distributed]`: how roles start and end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DistributedOptions {
    /// Form of tasks that say `auto`: `auto`, `het` or `packed`.
    pub form: crate::task::Form,
    /// Seconds until every role must be up.
    pub start_timeout_seconds: u64,
    /// How often a service with `onserverexit: "restart"` is started again.
    pub service_restarts: u32,
    /// What starts a role's processes under Slurm: `srun`, or `mpiexec` for MPI where srun has no PMI.
    pub launcher: Launcher,
    /// Slurm's library of PMI for Intel MPI, a file on every node; empty: Intel MPI finds one by itself.
    pub pmi_library: String,
    /// Network interface that roles listen on; empty: the address of the node's name.
    pub interface: String,
    /// First port that roles may use.
    pub port_min: u16,
    /// Last port that roles may use.
    pub port_max: u16,
    /// Spark distribution on every node (folder); empty: the image's or the PATH's.
    pub spark_home: String,
}

/// What starts processes under Slurm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Launcher {
    /// `srun`
    #[default]
    Srun,
    /// The flavour's own `mpiexec`.
    Mpiexec,
}

/// `[container]`: how images run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContainerOptions {
    /// Which program.
    pub runtime: Runtime,
    /// Its name or path; empty: the runtime's name.
    pub program: String,
    /// Folder of finished SIF files; empty: the user's cache folder.
    pub image_store: String,
    /// Further options of `exec`, each whole.
    pub options: Vec<String>,
    /// Binds in every container: `host`, `host:container`, `host:container:ro`.
    pub binds: Vec<String>,
    /// Options that show a node's GPUs to a container.
    pub gpu_options: Vec<String>,
    /// Variables of the program itself, where it pulls and where it runs.
    pub environment: BTreeMap<String, String>,
}

/// Which program runs containers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Runtime {
    /// Apptainer
    #[default]
    Apptainer,
    /// `SingularityCE`
    Singularity,
    /// None: every command runs on the host, images are ignored.
    None,
}

/// `[node]`: what every command finds on its node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NodeOptions {
    /// File creation mask, octal digits.
    pub umask: String,
    /// File sourced so that `module` exists; empty: none.
    pub module_init: String,
    /// Environment modules to load.
    pub modules: Vec<String>,
    /// Folders put before `PATH`.
    pub path_prepend: Vec<String>,
    /// Variables.
    pub environment: BTreeMap<String, String>,
    /// Folder for scratch folders; empty: the node's `TMPDIR`, else `/tmp`.
    pub scratch: String,
    /// Seconds between TERM and KILL.
    pub kill_grace_seconds: u64,
}

/// `[gpu]`: how GPUs are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GpuOptions {
    /// Which option asks for them.
    pub request: GpuRequest,
    /// Gres name of a MIG slice (`gpui`); empty: the site has none.
    pub slice_gres: String,
    /// Types by name.
    pub types: BTreeMap<String, GpuType>,
}

/// Which option asks for GPUs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GpuRequest {
    /// `--gres=gpu[:type]:n`, for each node.
    #[default]
    Gres,
    /// `--gpus-per-task=[type:]n`
    GpusPerTask,
}

/// `[gpu.types.<name>]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GpuType {
    /// Slurm's name for it; empty: the same.
    pub gres: String,
    /// Its memory, MB.
    pub memory_mb: u64,
}

/// `[[partition]]`: what a partition can take. A limit of 0 means: none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Partition {
    /// Slurm's name.
    pub name: String,
    /// Whether tasks go here that no rule speaks of.
    pub default: bool,
    /// Most nodes of one job.
    pub nodes: u32,
    /// Cores of a node.
    pub cpus: u32,
    /// Memory of a node, MiB.
    pub memory_mib: u64,
    /// Longest time limit, minutes.
    pub time_minutes: u64,
    /// GPUs of a node.
    pub gpus: u32,
    /// Their types, as `[gpu.types]` names them; empty with `gpus` set: any.
    pub gpu_types: Vec<String>,
    /// Features (`--constraint`) that its nodes have; empty: not checked.
    pub features: Vec<String>,
    /// `servertype`s that it takes; empty: every one.
    pub server_types: Vec<String>,
    /// `--account` here; empty: that of `[slurm]`.
    pub account: String,
    /// `--qos` here; empty: that of `[slurm]`.
    pub qos: String,
}

/// `[[rule]]`: where a task goes. Every condition that is given must hold; the first rule that matches decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// For messages.
    pub name: String,
    /// Condition: the task's name, `*` standing for any text.
    pub task: String,
    /// Condition: `servertype`.
    pub server_type: String,
    /// Condition: `cluster` of `runneroptions`.
    pub cluster: String,
    /// Condition: whether GPUs are asked for.
    pub gpu: Option<bool>,
    /// Condition: at least this much memory a node, MiB.
    pub memory_mib_from: u64,
    /// Condition: at least this many cores a node.
    pub cpus_from: u32,
    /// Condition: at most this time limit, minutes; 0: not asked.
    pub time_minutes_to: u64,
    /// Condition: at least this many nodes.
    pub nodes_from: u32,
    /// Result: partitions, each that fits is named to Slurm.
    pub partitions: Vec<String>,
    /// Result: `--account`; empty: the partition's.
    pub account: String,
    /// Result: `--qos`; empty: the partition's.
    pub qos: String,
    /// Result: `--constraint`; empty: none.
    pub constraint: String,
    /// Result: further options, each whole.
    pub extra: Vec<String>,
}
