//! What stops a head. The run itself is whole: its log holds all that happened.

use std::io;

use crate::{diagnostic::Diagnostic, engine::IllegalEvent, run::RunError};

/// Why a head cannot go on. Fragments that fit "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum HeadError {
    /// The run's folder.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The log and the engine do not agree.
    #[error(transparent)]
    Engine(#[from] IllegalEvent),
    /// The inputs in the run's folder do not fit its source.
    #[error("take in the run's inputs: {0}")]
    Inputs(String),
    /// No runtime for the loop.
    #[error("start the loop that watches the run")]
    Runtime(#[source] io::Error),
    /// `run.json` names a backend that this sluice does not have.
    #[error("find the backend `{0}` that the run was started on")]
    UnknownBackend(String),
    /// The head was told to go; the jobs go on.
    #[error("stay with the run: {signal} came; {} without a head", if *.jobs == 1 { "its job goes on".to_owned() } else { format!("its {} jobs go on", .jobs) }, signal = .signal)]
    Detached {
        /// Which signal.
        signal: String,
        /// Calls that are in the scheduler's hands.
        jobs: usize,
    },
    /// Slurm would not end the jobs.
    #[error("cancel the run's jobs: {0}")]
    NotCancelled(String),
}

impl HeadError {
    /// What to try next.
    pub fn hint(&self) -> String {
        match self {
            Self::Run(error) => error.hint().to_owned(),
            Self::Engine(IllegalEvent::NewerFormat { .. }) => "use the sluice that made the run, or a newer one".to_owned(),
            Self::Engine(_) => {
                "the run's folder was changed by something else, or this is a bug; its jobs and their results are untouched".to_owned()
            }
            Self::Inputs(_) => "the run's folder was changed; start a new run".to_owned(),
            Self::Runtime(_) => "the machine is out of threads or memory; `sluice resume` goes on with the run".to_owned(),
            Self::UnknownBackend(_) => "use the sluice that made the run".to_owned(),
            Self::Detached { .. } => "`sluice resume` goes on with the run, `sluice cancel` ends its jobs".to_owned(),
            Self::NotCancelled(_) => "`sluice cancel` tries again".to_owned(),
        }
    }
}

/// Diagnostics of inputs, as one text.
pub(super) fn inputs_error(diagnostics: &[Diagnostic]) -> HeadError {
    HeadError::Inputs(diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect::<Vec<_>>().join("; "))
}
