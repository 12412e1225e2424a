//! Hands a script to sbatch. It must not try twice: who submits again must first look for the job by name. Entry point: [`Slurm::submit`].

use std::{io, path::Path};

use super::{CommandError, Refusal, Slurm, classify_refusal};
use crate::job::JobId;

/// Why there is no job id. The inner error quotes what sbatch said.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The controller is down; nothing was submitted. Wait, then try again.
    #[error("submit a job: the Slurm controller does not answer")]
    Unreachable(#[source] CommandError),
    /// Something is out of order for now; nothing was submitted. Try again later.
    #[error("submit a job: Slurm cannot take it at present")]
    Transient(#[source] CommandError),
    /// Too many jobs are queued; nothing was submitted. Try again when some have ended; with none of ours queued it is for good.
    #[error("submit a job: a limit on queued jobs is reached")]
    Limit(#[source] CommandError),
    /// It will be refused every time.
    #[error("submit a job: Slurm refuses it")]
    Permanent(#[source] CommandError),
    /// It may have been accepted. [`Slurm::find_by_name`] must be asked before anything else.
    #[error("submit a job: no answer came, it may have been accepted")]
    Ambiguous(#[source] CommandError),
}

impl SubmitError {
    fn of(error: CommandError) -> Self {
        match &error {
            CommandError::Unreachable { .. } => Self::Unreachable(error),
            // Not installed, or not for us; anything else (no memory, no process to be had) passes.
            CommandError::NotStarted { source, .. } if matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => {
                Self::Permanent(error)
            }
            CommandError::NotStarted { .. } => Self::Transient(error),
            CommandError::NoAnswer { .. } | CommandError::Unreadable { .. } => Self::Ambiguous(error),
            CommandError::Failed { said, .. } => match classify_refusal(said) {
                Refusal::Transient => Self::Transient(error),
                Refusal::Limit => Self::Limit(error),
                Refusal::Permanent => Self::Permanent(error),
                Refusal::Ambiguous => Self::Ambiguous(error),
            },
        }
    }

    /// What the program did, and said.
    pub fn command_error(&self) -> &CommandError {
        match self {
            Self::Unreachable(error) | Self::Transient(error) | Self::Limit(error) | Self::Permanent(error) | Self::Ambiguous(error) => error,
        }
    }
}

impl Slurm {
    /// Submits a script, with options that beat its `#SBATCH` lines (`--hold`, `--begin`). The folder of its `-o` must exist: else the job never runs and ends `FAILED 0:53` without a word.
    pub async fn submit(&self, script: &Path, options: &[String]) -> Result<JobId, SubmitError> {
        let mut arguments = vec!["--parsable".to_owned()];
        arguments.extend_from_slice(options);
        arguments.push(script.to_string_lossy().into_owned());
        let answer = async { self.programs.run("sbatch", &arguments).await?.successful() };
        let ended = answer.await.map_err(SubmitError::of)?;
        parse_job_id(&ended.stdout).ok_or_else(|| SubmitError::of(ended.unreadable("a job id on a line of its own")))
    }
}

impl Slurm {
    /// Asks sbatch whether it would take a script and gives what it says (an estimate of the start); nothing is submitted.
    pub async fn test_only(&self, script: &Path) -> Result<String, CommandError> {
        let arguments = ["--test-only".to_owned(), script.to_string_lossy().into_owned()];
        Ok(self.programs.run("sbatch", &arguments).await?.successful()?.said)
    }
}

/// Reads `sbatch --parsable`: `123` or `123;cluster`, after whatever a site's plugins print before it.
pub fn parse_job_id(stdout: &str) -> Option<JobId> {
    let is_id = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    stdout.lines().rev().find_map(|line| line.trim().split(';').next().filter(is_id)).map(|id| JobId(id.to_owned()))
}
