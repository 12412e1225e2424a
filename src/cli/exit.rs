//! Exit codes and failures, as a person and a script see them.

use std::{error::Error, fmt, process::ExitCode};

/// Every way the program can end. The numbers are a promise (README, `sluice help`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// 0: done.
    Done = 0,
    /// 1: the run failed (a task or an expression).
    RunFailed = 1,
    /// 2: the command line is wrong.
    Usage = 2,
    /// 3: the WDL or its inputs are wrong; nothing was submitted.
    Author = 3,
    /// 4: the site file is wrong, or the site refuses what is asked.
    Site = 4,
    /// 5: Slurm cannot be reached (one-shot commands; `run` waits).
    Unreachable = 5,
    /// 6: still running.
    Running = 6,
    /// 7: cancelled.
    Cancelled = 7,
    /// 8: a bug in sluice.
    Internal = 8,
    /// 9: the machine refuses: run folder, disk, image, run locked by another.
    Machine = 9,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what was asked: an exit code, a message, hints.
#[derive(Debug)]
pub(super) struct Failure {
    /// How the program ends.
    pub(super) exit: Exit,
    /// What was expected and what was found; rendered diagnostics as they are.
    pub(super) message: String,
    /// What to do next.
    pub(super) hints: Vec<String>,
}

impl Failure {
    /// A failure with a message.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hints: Vec::new() }
    }

    /// A failure from an operator's error with all its causes: `failed to write `x`: No space left on device`.
    pub(super) fn from_error(exit: Exit, error: &dyn Error) -> Self {
        let mut message = format!("error: failed to {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        Self::new(exit, message)
    }

    /// What to do next.
    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.trim_end())?;
        for hint in &self.hints {
            write!(f, "\n\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl From<crate::run::RunError> for Failure {
    fn from(error: crate::run::RunError) -> Self {
        Self::from_error(Exit::Machine, &error).hint(error.hint())
    }
}
