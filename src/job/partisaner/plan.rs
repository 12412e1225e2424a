//! What the script of a distributed task prints: plain data.

use serde::Serialize;

use crate::job::spec::{Container, ScriptFile};

/// A distributed task's roles as the batch script starts them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RolePlan {
    /// The file of the node library that knows the kind: `mpi`, `tensorflow`, `spark`.
    pub kind: String,
    /// Seconds until every role must be up.
    pub start_timeout_seconds: u64,
    /// Whether the first failing role ends the task.
    pub abort_on_fail: bool,
    /// How often a process of a role with [`Duty::Revive`] is started again; 0: there is no such role.
    pub restarts: u32,
    /// Exit codes that are no failure, separated by spaces; `*`: every one.
    pub accepted_codes: String,
    /// Working folder as the processes see it; empty: the attempt's `work/`.
    pub workdir: String,
    /// Folder of the roles' logs, on the host; empty: the attempt's `roles/`.
    pub logdir: String,
    /// Network interface; empty: the address of the node's name.
    pub interface: String,
    /// First port that roles may use; 0: outside the range of the kernel's own.
    pub port_min: u16,
    /// Last port that roles may use.
    pub port_max: u16,
    /// Variables that the kind's file reads.
    pub settings: Vec<Setting>,
    /// Roles in the order in which they start.
    pub roles: Vec<PlannedRole>,
    /// Seconds between two looks of the head at its processes; 0: none.
    pub log_interval: u64,
    /// Further files of the batch folder.
    pub files: Vec<ScriptFile>,
}

impl RolePlan {
    /// The MPI flavour, and the type that `srun --mpi=` starts its ranks with; `None` where srun starts no ranks.
    pub fn mpi_type(&self) -> Option<(&str, &str)> {
        let of = |name: &str| self.settings.iter().find(|setting| setting.name == name).map(|setting| setting.value.as_str());
        of("sluice_mpi_kind").zip(of("sluice_mpi_type")).filter(|_| of("sluice_mpi_launcher").is_none())
    }
}

/// A variable of the script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// `sluice_…`
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One role with everything decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlannedRole {
    /// Its name: a letter, then letters, digits and `_`.
    pub name: String,
    /// Its processes.
    pub procs: u32,
    /// Nodes that they are on.
    pub nodes: u32,
    /// Processes on the fullest of them.
    pub per_node: u32,
    /// Cores a process.
    pub cpus: u32,
    /// MiB a process.
    pub mem_mib: u64,
    /// Generic resources of its step on each node; empty: none.
    pub gres: String,
    /// Processes on each node of a packed job of several nodes, separated by spaces; empty: Slurm may choose.
    pub spread: String,
    /// `het:0`, `packed` or `batch`.
    pub place: String,
    /// What its end means.
    pub duty: Duty,
    /// When it starts.
    pub when: When,
    /// Where its output goes.
    pub output: Output,
    /// Its own command; empty: the task's.
    pub command: String,
    /// File name of its own command in the attempt's folder; empty: the task's.
    pub command_file: String,
    /// Its container; `None`: on the host.
    pub container: Option<Container>,
    /// Working folder as its processes see it where that is not the plan's: a role on the host beside roles in containers.
    pub own_workdir: String,
}

/// What the end of a role's process means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Duty {
    /// Its exit code is the task's; the task is over when all such have ended.
    #[default]
    Decide,
    /// A service: it is stopped in the end, and fails the task if it ends before.
    Serve,
    /// A service that may be lost while others of its role are left.
    Spare,
    /// A service that is started again where it ended, a few times.
    Revive,
}

/// When a role's command starts; its processes are on their nodes before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// At once.
    #[default]
    First,
    /// When the cluster is ready.
    Ready,
}

/// Where a role's output goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// A log for each process.
    #[default]
    Log,
    /// The task's stdout and stderr.
    Task,
    /// Both.
    Both,
    /// A log for each process, and rank 0's to the task's stdout and stderr as well.
    First,
}
