//! The kinds of clusters, each with the roles that it has in the tests.

use sluice::task::{Distributed, Form, RankLauncher, Role, TaskInstance};

use super::stand_ins::StandIns;
use crate::support::distributed::{distributed, role, task};

/// What tasks of Spark say as `sparkexecutoruri`.
pub(crate) const EXECUTOR_URI: &str = "hdfs://somewhere/spark.tgz";

/// One kind in one shape.
pub(crate) struct Kind {
    pub(crate) cluster: &'static str,
    /// Roles in the order of the cluster file, with their processes.
    pub(crate) roles: &'static [(&'static str, u32)],
    /// Roles whose command never ends by itself.
    serving: &'static [&'static str],
    /// What the task says: roles, or nothing but a number.
    asked: fn(&Kind) -> Distributed,
    /// Tables for the site file.
    pub(crate) site: &'static str,
}

const SERVED: Kind = Kind { cluster: "", roles: &[], serving: &[], asked: workers, site: "" };
const WORLD: Kind = Kind { cluster: "mpich", roles: &[("head", 1), ("tail", 3)], serving: &[], asked: roles, site: "" };
const TENSORFLOW: Kind = Kind { cluster: "tensorflow", asked: roles, ..WORLD };

pub(crate) const MPICH: Kind = WORLD;
pub(crate) const OPENMPI: Kind = Kind { cluster: "openmpi", ..WORLD };
pub(crate) const INTELMPI: Kind = Kind { cluster: "intelmpi", ..WORLD };
pub(crate) const MPI: Kind = Kind { cluster: "mpi", ..WORLD };
/// Ranks that do not divide over their nodes.
pub(crate) const MPICH_OF_FIVE: Kind = Kind { roles: &[("rank", 5)], asked: two_nodes, ..WORLD };
pub(crate) const MPICH_BY_MPIEXEC: Kind = Kind { site: "[distributed]\nlauncher = \"mpiexec\"\n", ..MPICH_OF_FIVE };
pub(crate) const OPENMPI_BY_MPIEXEC: Kind = Kind { cluster: "openmpi", ..MPICH_BY_MPIEXEC };
/// The ranks are known by the addresses of this interface, which no other node can tell.
pub(crate) const MPICH_OF_INTERFACE: Kind = Kind { site: "[distributed]\ninterface = \"lo\"\n", ..MPICH };
pub(crate) const PS_WORKER: Kind = Kind { roles: &[("ps", 1), ("worker", 2)], serving: &["ps"], ..TENSORFLOW };
pub(crate) const CHIEF: Kind =
    Kind { roles: &[("chief", 1), ("ps", 1), ("worker", 2), ("evaluator", 1)], serving: &["ps", "worker", "evaluator"], ..TENSORFLOW };
pub(crate) const WORKERS: Kind = Kind { roles: &[("worker", 2)], asked: two_nodes, ..TENSORFLOW };
pub(crate) const PYTORCH: Kind = Kind { cluster: "pytorch", roles: &[("first", 1), ("second", 2)], ..WORLD };
/// One torchrun a node, each of two ranks.
pub(crate) const TORCHRUN: Kind = Kind { cluster: "pytorch", roles: &[("node", 2)], asked: torchruns, ..WORLD };
pub(crate) const SPARK: Kind = Kind { cluster: "spark", roles: &[("master", 1), ("worker", 2), ("driver", 1)], ..SERVED };
pub(crate) const RAY: Kind = Kind { cluster: "ray", roles: &[("head", 1), ("worker", 2), ("driver", 1)], ..SERVED };
pub(crate) const DASK: Kind = Kind { cluster: "dask", roles: &[("scheduler", 1), ("worker", 2), ("driver", 1)], ..SERVED };
pub(crate) const CUSTOM: Kind = Kind {
    cluster: "queue",
    roles: &[("server", 1), ("worker", 2), ("driver", 1)],
    serving: &["server", "worker"],
    asked: roles,
    site: r#"
[clusters.queue]
environment = { QUEUE_ADDRESS = "{server.0}", QUEUE_WORKERS = "{worker}" }
[[clusters.queue.role]]
name = "server"
duty = "service"
port = true
place = "batch"
[[clusters.queue.role]]
name = "worker"
duty = "service"
start = "ready"
[[clusters.queue.role]]
name = "driver"
duty = "driver"
start = "ready"
place = "batch"
"#,
};

impl Kind {
    pub(crate) fn total(&self) -> u32 {
        self.roles.iter().map(|(_, procs)| procs).sum()
    }

    pub(crate) fn is_torchrun(&self) -> bool {
        self.roles == TORCHRUN.roles
    }

    pub(crate) fn task(&self, stand_ins: &StandIns, form: Form) -> TaskInstance {
        let command = stand_ins.command(self.total(), self.serving);
        let asked = Distributed { form, start_timeout: Some(120), ..(self.asked)(self) };
        let mut task = task(&command, asked);
        task.requirements.memory_bytes = Some(1 << 30);
        task.requirements.spark_executor_uri = (self.cluster == "spark").then(|| EXECUTOR_URI.to_owned());
        task
    }
}

fn roles(kind: &Kind) -> Distributed {
    let roles = kind.roles.iter().map(|(name, procs)| Role { cpu: Some(1.0), ..role(name, *procs) }).collect();
    distributed(kind.cluster, roles)
}

fn workers(kind: &Kind) -> Distributed {
    Distributed { procs: Some(2), ..distributed(kind.cluster, Vec::new()) }
}

fn two_nodes(kind: &Kind) -> Distributed {
    Distributed { procs: Some(kind.total()), nodes: Some(2), ..distributed(kind.cluster, Vec::new()) }
}

fn torchruns(kind: &Kind) -> Distributed {
    Distributed { procs: Some(4), procs_per_node: Some(2), launcher: Some(RankLauncher::Torchrun), ..distributed(kind.cluster, Vec::new()) }
}
