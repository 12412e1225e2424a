//! The only place that runs Slurm's programs, and the only one that knows their words.
//!
//! Parsers and tables are pure (`squeue`, `sacct`, `scontrol`, `version`, `listed_id`, `host_list`, `states`, `refusal`, `environment`); [`Slurm`] joins them with processes. It must not
//! decide what becomes of a task: it reports what Slurm said, and from whom it heard. Entry point: [`Slurm`].

mod cancel;
mod command;
mod environment;
mod find;
mod host_list;
mod listed_id;
mod poll;
mod probe;
mod refusal;
mod sacct;
mod scontrol;
mod squeue;
mod states;
mod submit;
mod version;

use std::{ffi::OsString, path::PathBuf, time::Duration};

use tokio::sync::OnceCell;

use self::command::Programs;
pub use self::{
    cancel::Cancelled,
    command::CommandError,
    environment::{ClustersVariable, SubmissionDefaults, scrubbed, submission_defaults},
    find::Found,
    host_list::expand as expand_host_list,
    listed_id::{Elements, ListedId},
    poll::{Answer, Poll, Target},
    probe::Capabilities,
    refusal::{Refusal, classify as classify_refusal},
    sacct::{AccountingRow, parse as parse_sacct},
    scontrol::{Accounting, Configuration, JobDetail, parse_configuration, parse_jobs as parse_scontrol_jobs},
    squeue::{QueueRow, parse as parse_squeue},
    submit::{SubmitError, parse_job_id},
    version::parse_mpi_types,
};

/// How Slurm's programs are run, settled from the site file.
#[derive(Clone, Debug)]
pub struct SlurmSettings {
    /// Folder of the programs; `None`: found on `PATH`.
    pub program_folder: Option<PathBuf>,
    /// How long one program may take. A controller that is down costs up to 18 s before the program says so, a hanging one `MessageTimeout`.
    pub command_time_limit: Duration,
    /// Ids (or array elements) named in one sacct or scancel.
    pub ids_per_command: usize,
    /// How long jobs may take to vanish after scancel.
    pub cancel_deadline: Duration,
    /// Whether `SLURM_CLUSTERS` of the user's counts.
    pub clusters_variable: ClustersVariable,
}

impl Default for SlurmSettings {
    fn default() -> Self {
        Self {
            program_folder: None,
            command_time_limit: Duration::from_secs(60),
            ids_per_command: 200,
            cancel_deadline: Duration::from_secs(120),
            clusters_variable: ClustersVariable::Dropped,
        }
    }
}

/// Slurm as the user of this process sees it.
#[derive(Debug)]
pub struct Slurm {
    programs: Programs,
    settings: SlurmSettings,
    /// Whose jobs are listed.
    user_id: u32,
    /// Asked once: a site's controller does not change its mind often enough to matter within a run.
    configuration: OnceCell<Configuration>,
    mpi_types: OnceCell<Vec<String>>,
    version: OnceCell<crate::site::SlurmVersion>,
}

impl Slurm {
    /// `variables` is the environment to start from, scrubbed here; usually the process's own.
    pub fn new(settings: SlurmSettings, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let programs = Programs {
            folder: settings.program_folder.clone(),
            environment: scrubbed(variables, settings.clusters_variable),
            time_limit: settings.command_time_limit,
        };
        Self {
            programs,
            settings,
            user_id: nix::unistd::getuid().as_raw(),
            configuration: OnceCell::new(),
            mpi_types: OnceCell::new(),
            version: OnceCell::new(),
        }
    }

    /// All jobs of this user that the controller still knows.
    async fn queue(&self) -> Result<Vec<QueueRow>, CommandError> {
        let ended = self.programs.run("squeue", &squeue::arguments(self.user_id)).await?.successful()?;
        parse_squeue(&ended.stdout).ok_or_else(|| ended.unreadable(squeue::EXPECTED))
    }
}
