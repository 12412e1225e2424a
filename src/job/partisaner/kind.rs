//! The kinds of clusters by the names that tasks give them.

use super::{
    custom, dask,
    draft::{Asked, Draft},
    mpi,
    plan::Setting,
    pytorch, ray, spark, tensorflow,
};
use crate::{
    diagnostic::nearest_name,
    job::error::LowerError,
    site::{ClusterKind, Site},
    task::{CLUSTERS, RANK_LAUNCHERS, TaskInstance},
};

/// A kind of cluster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind<'a> {
    /// One world of ranks, of the flavour that is named.
    Mpi(&'static str),
    /// `TF_CONFIG`
    Tensorflow,
    /// One world of ranks.
    Pytorch,
    /// A standalone cluster.
    Spark,
    /// A scheduler and its workers.
    Dask,
    /// A head and its workers.
    Ray,
    /// A kind of the site's own.
    Custom(&'a str, &'a ClusterKind),
}

/// Every name and its kind.
const KINDS: [(&str, Kind<'static>); 9] = [
    ("mpich", Kind::Mpi("mpich")),
    ("openmpi", Kind::Mpi("openmpi")),
    ("intelmpi", Kind::Mpi("intelmpi")),
    ("mpi", Kind::Mpi("mpi")),
    ("tensorflow", Kind::Tensorflow),
    ("pytorch", Kind::Pytorch),
    ("spark", Kind::Spark),
    ("dask", Kind::Dask),
    ("ray", Kind::Ray),
];

impl<'a> Kind<'a> {
    /// The kind that a task asks for. `usextaosparkscheduler` means Spark; with another `cluster` beside it the task contradicts itself.
    pub(super) fn of(instance: &TaskInstance, site: &'a Site) -> Result<Self, LowerError> {
        let spark = instance.requirements.spark_cluster;
        let written = instance.distributed.as_ref().map(|distributed| distributed.cluster.trim().to_lowercase()).unwrap_or_default();
        if spark && !written.is_empty() && written != "spark" {
            let problem = "the task also says `usextaosparkscheduler`, which means `spark`; remove one of the two".to_owned();
            return Err(LowerError::BadValue { what: "cluster", value: written, problem });
        }
        if spark {
            return Ok(Self::Spark);
        }
        if let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == written) {
            return kind.check_launcher(instance).map(|()| *kind);
        }
        if let Some((name, kind)) = site.clusters.get_key_value(&written) {
            return Ok(Self::Custom(name, kind));
        }
        let known: Vec<&str> = CLUSTERS.into_iter().chain(site.clusters.keys().map(String::as_str)).collect();
        let nearest = nearest_name(&written, known.iter().copied()).map(str::to_owned);
        Err(LowerError::UnknownCluster { kind: written, nearest, known: known.join(", ") })
    }

    /// Refuses a `launcher` where there is no choice.
    fn check_launcher(self, instance: &TaskInstance) -> Result<(), LowerError> {
        let asked = instance.distributed.as_ref().and_then(|distributed| distributed.launcher);
        let Some(asked) = asked.filter(|_| self != Self::Pytorch) else { return Ok(()) };
        let value = RANK_LAUNCHERS.iter().find(|(_, launcher)| *launcher == asked).map_or("", |(word, _)| word).to_owned();
        let problem = format!("a cluster of {} has no choice of launchers, only `pytorch` has; leave it out", self.library());
        Err(LowerError::BadValue { what: "launcher", value, problem })
    }

    /// Its file of the node library, without `.sh`.
    pub(super) fn library(self) -> &'static str {
        match self {
            Self::Mpi(_) => "mpi",
            Self::Tensorflow => "tensorflow",
            Self::Pytorch => "pytorch",
            Self::Spark => "spark",
            Self::Dask => "dask",
            Self::Ray => "ray",
            Self::Custom(..) => "custom",
        }
    }

    /// Roles with this kind's defaults, in the order in which they start.
    pub(super) fn draft(self, asked: &Asked<'_>) -> Result<Vec<Draft>, LowerError> {
        match self {
            Self::Mpi(_) => mpi::draft(asked),
            Self::Tensorflow => tensorflow::draft(asked),
            Self::Pytorch => pytorch::draft(asked),
            Self::Spark => spark::draft(asked),
            Self::Dask => dask::draft(asked),
            Self::Ray => ray::draft(asked),
            Self::Custom(_, kind) => custom::draft(kind, asked),
        }
    }

    /// Whether ranks of several components may be told wrongly where they are: one ordinary job is the better form then.
    pub(super) fn misplaces_het_ranks(self, site: &Site) -> bool {
        matches!(self, Self::Mpi(flavour) if mpi::misplaces_het_ranks(flavour, site))
    }

    /// Variables that its file of the library reads.
    pub(super) fn settings(self, instance: &TaskInstance, site: &Site) -> Result<Vec<Setting>, LowerError> {
        match self {
            Self::Mpi(flavour) => mpi::settings(flavour, site),
            Self::Tensorflow | Self::Dask | Self::Ray => Ok(Vec::new()),
            Self::Pytorch => Ok(instance.distributed.as_ref().map(pytorch::settings).unwrap_or_default()),
            Self::Spark => Ok(spark::settings(instance, site)),
            Self::Custom(name, kind) => Ok(custom::settings(name, kind)),
        }
    }

    /// Roles that no restart can bring back: the others know them by a port that they chose themselves.
    pub(super) fn cannot_restart(self) -> &'static [&'static str] {
        match self {
            Self::Mpi(_) | Self::Tensorflow | Self::Pytorch | Self::Custom(..) => &[],
            Self::Spark => &["master"],
            Self::Dask => &["scheduler"],
            Self::Ray => &["head"],
        }
    }

    /// Whether `procs` counts the workers where roles are written, but no `worker`.
    pub(super) fn counts_workers(self) -> bool {
        match self {
            Self::Mpi(_) | Self::Tensorflow | Self::Pytorch | Self::Custom(..) => false,
            Self::Spark | Self::Dask | Self::Ray => true,
        }
    }

    /// Whether all processes are one step, which has one number of cores a process.
    pub(super) fn is_one_step(self) -> bool {
        match self {
            Self::Mpi(_) => true,
            Self::Tensorflow | Self::Pytorch | Self::Spark | Self::Dask | Self::Ray | Self::Custom(..) => false,
        }
    }
}
