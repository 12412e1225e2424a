//! The environment that every Slurm program starts from. Pure: variables in, variables out.
//! Must not read the process's own environment; the caller passes it. Entry points: [`scrubbed`], [`submission_defaults`].

use std::ffi::OsString;

/// Whether a `SLURM_CLUSTERS` of the user's reaches Slurm's programs, which then talk to another cluster than the default one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClustersVariable {
    /// It is dropped: the default cluster is used.
    #[default]
    Dropped,
    /// It is kept, because the site file says so.
    Kept,
}

/// Prefixes of variables that change what Slurm's programs or an MPI launcher do. A parent job with `--mem` makes a child with `--mem-per-cpu` die in srun, `SBATCH_PARTITION` overrides a
/// `#SBATCH` line, `SQUEUE_STATES` hides jobs.
const DROPPED_PREFIXES: [&str; 12] =
    ["SLURM_", "SBATCH_", "SRUN_", "SALLOC_", "SQUEUE_", "SACCT_", "SINFO_", "SCANCEL_", "PMI", "OMPI_", "HYDI_", "SLURMD_"];

/// Where the controller is and how one proves who one is: without these a site's programs do not work at all.
const KEPT: [&str; 3] = ["SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_JWT"];

/// What is set on top. `SLURM_BITSTR_LEN=0`: else squeue cuts the element list of a pending array mid-way. `SLURM_TIME_FORMAT=standard`: a user's `relative` is unreadable for programs.
const FIXED: [(&str, &str); 3] = [("LC_ALL", "C"), ("SLURM_BITSTR_LEN", "0"), ("SLURM_TIME_FORMAT", "standard")];

/// The variables a Slurm program is started with.
pub fn scrubbed(variables: impl IntoIterator<Item = (OsString, OsString)>, clusters: ClustersVariable) -> Vec<(OsString, OsString)> {
    let mut kept: Vec<_> = variables.into_iter().filter(|(name, _)| is_kept(&name.to_string_lossy(), clusters)).collect();
    kept.extend(FIXED.map(|(name, value)| (name.into(), value.into())));
    kept
}

fn is_kept(name: &str, clusters: ClustersVariable) -> bool {
    if FIXED.iter().any(|(fixed, _)| *fixed == name) {
        return false;
    }
    if name == "SLURM_CLUSTERS" {
        return clusters == ClustersVariable::Kept;
    }
    KEPT.contains(&name) || !DROPPED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// What a user has set for all of their jobs by environment; read once, as settings, because [`scrubbed`] drops the variables themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubmissionDefaults {
    /// `SBATCH_ACCOUNT`, else `SLURM_ACCOUNT`.
    pub account: Option<String>,
    /// `SBATCH_QOS`.
    pub qos: Option<String>,
    /// `SBATCH_RESERVATION`.
    pub reservation: Option<String>,
}

/// Reads [`SubmissionDefaults`] from an environment; empty values count as absent.
pub fn submission_defaults(variables: impl IntoIterator<Item = (OsString, OsString)>) -> SubmissionDefaults {
    let variables: Vec<_> = variables.into_iter().collect();
    let first_of = |names: &[&str]| {
        names.iter().find_map(|wanted| {
            let (_, value) = variables.iter().find(|(name, value)| name.as_os_str() == *wanted && !value.is_empty())?;
            value.to_str().map(ToOwned::to_owned)
        })
    };
    SubmissionDefaults {
        account: first_of(&["SBATCH_ACCOUNT", "SLURM_ACCOUNT"]),
        qos: first_of(&["SBATCH_QOS"]),
        reservation: first_of(&["SBATCH_RESERVATION"]),
    }
}
