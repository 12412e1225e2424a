//! What a call asks of the cluster, and what became of it. Plain data; contract between `eval`, `job`, `engine` and the shell.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// A call instance of a run: `wf.sub[3].align[7]` is call `align`, shard 7, of the sub-workflow call `sub`, shard 3.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallPath(pub String);

impl CallPath {
    /// The folder name of an attempt below `calls/`: `sub.3/align.7.a1`. Names of calls are identifiers, so no character needs escaping.
    pub fn folder(&self, attempt: u32) -> String {
        let mut folder = self.0.replace('.', "/").replace('[', ".").replace(']', "");
        folder.push_str(&format!(".a{attempt}"));
        folder
    }
}

impl fmt::Display for CallPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One attempt of one task call with everything evaluated: what `eval::prepare` makes and `job::lower` reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskInstance {
    /// Which call.
    pub call_path: CallPath,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The task's name in its document.
    pub task_name: String,
    /// The command, placeholders filled in, dedented; written to its own file and never spliced into a script.
    pub command: String,
    /// Environment from `env` inputs (1.2).
    pub environment: Vec<(String, String)>,
    /// What it asks for.
    pub requirements: Requirements,
    /// Paths of input files and folders that a container must see at the same path.
    pub input_paths: Vec<InputPath>,
    /// `runner: "partisaner"` and its options; `None` for an ordinary task.
    pub distributed: Option<Distributed>,
    /// `tag`/`label`: the name that `status` shows and the job's comment.
    pub label: Option<String>,
}

/// A host path of an input.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InputPath {
    /// Absolute path on the shared file system. URLs are not listed: they are never copied or bound.
    pub path: String,
    /// Whether the task may write beside it (draft-2) or not (WDL 1.0 and later).
    pub access: Access,
}

/// Whether a bound path may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Read only.
    ReadOnly,
    /// Read and write.
    ReadWrite,
}

/// What a task asks for, settled from `runtime`, `requirements` and `hints`. `None` means the site's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Requirements {
    /// Image references, the first that can be had is used; empty means the host or the site's default.
    pub container: Vec<String>,
    /// Cores a process; may be fractional.
    pub cpu: Option<f64>,
    /// Bytes a process.
    pub memory_bytes: Option<u64>,
    /// Time limit.
    pub time: Option<Duration>,
    /// Scratch space in bytes over all disks.
    pub disk_bytes: Option<u64>,
    /// The disks one by one.
    pub disks: Vec<Disk>,
    /// GPUs a process.
    pub gpu: Gpu,
    /// `servertype`
    pub server_type: Option<String>,
    /// `slaveconstraints`, as written.
    pub constraints: Vec<(String, String)>,
    /// Bind mounts asked for by the author.
    pub volumes: Vec<Volume>,
    /// Exit codes that count as success.
    pub return_codes: ReturnCodes,
    /// Attempts after a failure of the script's own.
    pub max_retries: u32,
    /// Attempts after a preemption.
    pub preemptible: u32,
    /// On a retry, ask = last × (1 + ratio).
    pub cpu_growth: f64,
    /// On a retry, ask = last × (1 + ratio).
    pub memory_growth: f64,
    /// The task is its own Spark cluster's driver (`usextaosparkscheduler`).
    pub spark_cluster: bool,
    /// `sparkexecutoruri`
    pub spark_executor_uri: Option<String>,
}

/// A request for GPUs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gpu {
    /// How many a process.
    pub count: u32,
    /// Their type, as the site names it.
    pub kind: Option<String>,
    /// MIG slices (`gpui`).
    pub slices: u32,
    /// Least memory of each, MB (`gpumemory`).
    pub memory_mb: Option<u64>,
}

/// A disk of `disks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Absolute path where the command finds it; `None` for the one that the task's own folder is on.
    pub mount: Option<String>,
    /// Its least size.
    pub bytes: u64,
}

/// A bind mount of `volumes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Absolute path in the container.
    pub container: String,
    /// Absolute path on the host.
    pub host: String,
    /// Whether it may be written (`path:ro` says not).
    pub access: Access,
}

/// Exit codes that count as success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnCodes {
    /// Every code (`"*"`).
    Any,
    /// These.
    Only(Vec<i32>),
}

impl Default for ReturnCodes {
    fn default() -> Self {
        Self::Only(vec![0])
    }
}

impl ReturnCodes {
    /// Whether a code counts as success.
    pub fn accepts(&self, code: i32) -> bool {
        match self {
            Self::Any => true,
            Self::Only(codes) => codes.contains(&code),
        }
    }
}

/// `runneroptions` of a distributed task, types checked, nothing defaulted yet: `job::partisaner` knows each kind's defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Distributed {
    /// The kind: `mpich`, `tensorflow`, `spark`, …
    pub cluster: String,
    /// Processes, where no roles are named.
    pub procs: Option<u32>,
    /// Nodes to spread over.
    pub nodes: Option<u32>,
    /// Processes a node.
    pub procs_per_node: Option<u32>,
    /// Working folder, as the container sees it.
    pub workdir: Option<String>,
    /// Folder of one log a role and rank, as the container sees it.
    pub logdir: Option<String>,
    /// Seconds between ticks of progress in the event log.
    pub log_interval: Option<u64>,
    /// Whether the first failing role ends the task; default true.
    pub abort_on_fail: Option<bool>,
    /// Seconds until every role must be up.
    pub start_timeout: Option<u64>,
    /// What the early end of a service means, where a role does not say; the kind's rule where absent.
    pub on_server_exit: Option<OnServerExit>,
    /// What starts the ranks of a `PyTorch` world; `srun` where absent. Other kinds have no choice.
    pub launcher: Option<RankLauncher>,
    /// Heterogeneous job, one packed job, or as it fits.
    pub form: Form,
    /// Roles in order; empty: one role by the kind's rule.
    pub roles: Vec<Role>,
}

/// What starts the ranks of a `PyTorch` world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RankLauncher {
    /// Each rank is a process of its own, with the variables that torchrun would set.
    #[default]
    Srun,
    /// One torchrun on each node.
    Torchrun,
}

/// Words of `launcher` and what they mean.
pub const RANK_LAUNCHERS: &[(&str, RankLauncher)] = &[("srun", RankLauncher::Srun), ("torchrun", RankLauncher::Torchrun)];

/// How roles become a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// As it fits the partition.
    #[default]
    Auto,
    /// A heterogeneous job: one component a role.
    Het,
    /// One ordinary job, a step a role.
    Packed,
}

/// Words of `form` and what they mean.
pub const FORMS: &[(&str, Form)] = &[("auto", Form::Auto), ("het", Form::Het), ("packed", Form::Packed)];

/// What it means that a service ends before the roles that it serves (`onserverexit`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnServerExit {
    /// The task has failed.
    Fail,
    /// The task goes on while another process of the role is left.
    Tolerate,
    /// It is started again: same rank, same node, same port; a few times.
    Restart,
}

/// The kinds of clusters that sluice forms itself; a site may add more.
pub const CLUSTERS: [&str; 9] = ["mpich", "openmpi", "intelmpi", "mpi", "tensorflow", "pytorch", "spark", "ray", "dask"];

/// Most processes or nodes that a task or a role may ask for: beyond any machine, and a slip of the keyboard.
pub const MOST_PROCESSES: u32 = 100_000;

/// Options of `runneroptions`, as authors write them.
pub const RUNNER_OPTIONS: &[&str] = &[
    "cluster",
    "procs",
    "nodes",
    "procspernode",
    "workdir",
    "logdir",
    "loginterval",
    "abortonfail",
    "onserverexit",
    "starttimeout",
    "form",
    "launcher",
    "roles",
];

/// Whether a role can have this name: it becomes part of file names and of variables in scripts.
pub fn is_role_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// Members of a role, as authors write them.
pub const ROLE_OPTIONS: &[&str] = &["name", "procs", "cpu", "memory", "gpu", "server", "onserverexit", "command", "docker", "container"];

/// Words of `onserverexit` and what they mean.
pub const ON_SERVER_EXIT: &[(&str, OnServerExit)] =
    &[("fail", OnServerExit::Fail), ("tolerate", OnServerExit::Tolerate), ("restart", OnServerExit::Restart)];

/// One role as the author wrote it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Role {
    /// Its name (`ps`, `worker`, …).
    pub name: String,
    /// Processes.
    pub procs: u32,
    /// Cores a process; the task's where absent.
    pub cpu: Option<f64>,
    /// MiB a process; the task's where absent.
    pub memory_mib: Option<u64>,
    /// GPUs a process.
    pub gpu: Option<u32>,
    /// A service: it is stopped once every other role has ended, its exit ignored then.
    pub server: bool,
    /// What its early end means, where it is a service.
    pub on_server_exit: Option<OnServerExit>,
    /// Its own command; the task's where absent.
    pub command: Option<String>,
    /// Its own image; the task's where absent.
    pub container: Option<String>,
}

/// Why an attempt ended as it did. Retry policy reads this and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// An accepted exit code and no evidence against it.
    Success {
        /// The command's exit code.
        exit_code: i32,
    },
    /// The command ended with a code that is not accepted.
    Exit {
        /// The command's exit code.
        exit_code: i32,
    },
    /// The command was ended by a signal that Slurm does not explain.
    Signal {
        /// The signal's number.
        signal: i32,
    },
    /// Out of memory, by Slurm's word or by the cgroup's counter.
    OutOfMemory,
    /// Past its time limit.
    Timeout,
    /// Its node failed.
    NodeFail,
    /// A job of higher priority took its place.
    Preempted,
    /// Cancelled from outside the run (`scancel`), or with the run.
    Cancelled,
    /// Past its deadline, or Slurm could not start it (`BOOT_FAIL`, `LAUNCH_FAILED`, output folder missing, image not startable).
    LaunchFailed,
    /// A distributed task's roles were not up, or their cluster not ready, within `starttimeout`.
    StartTimeout,
    /// A distributed task's image, or its node, lacks what its kind of cluster needs, or its MPI ranks do not understand what starts them.
    Unfit,
    /// Every source was asked again after a grace period and none knows what became of it.
    Lost,
    /// Slurm refused the job for good.
    Refused,
    /// None of the images that the task names can be had.
    NoImage,
    /// The command succeeded but its outputs could not be made (missing file, wrong type).
    OutputMissing,
    /// The task could not be prepared (an expression failed, an input file is missing).
    NotPrepared,
}

impl Cause {
    /// Whether the attempt succeeded.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Success { .. })
    }
}

/// What became of one attempt, with what a person needs to understand it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    /// Why it ended.
    pub cause: Cause,
    /// One or more lines for a person: what was seen, where (`TIMEOUT: over its limit of 1 min on n2`; the failing role and rank).
    pub detail: String,
    /// Hints, each one line.
    pub hints: Vec<String>,
    /// Node or nodes it ran on, where known.
    pub hosts: Vec<String>,
    /// Start and end of the command, milliseconds since the epoch, where known.
    pub started_ms: Option<u64>,
    /// End of the command.
    pub ended_ms: Option<u64>,
}
