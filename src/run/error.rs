//! What can go wrong with a run's folder.

use std::{io, path::PathBuf};

/// A run's folder cannot be used. Fragments that fit "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file or folder of the run could not be read or written.
    #[error("{doing} `{path}`")]
    Io {
        /// What was being done (`write`, `create`).
        doing: &'static str,
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder for a new run holds something.
    #[error("start a run in `{0}`: the folder is not empty")]
    NotEmpty(PathBuf),
    /// The folder holds no run.
    #[error("open the run in `{0}`: it holds no run.json")]
    NoRun(PathBuf),
    /// There is no folder.
    #[error("open the run in `{0}`: there is no such folder")]
    NoFolder(PathBuf),
    /// Another process drives the run.
    #[error("lock the run in `{path}`: {owner} is at work on it")]
    Locked {
        /// The run's folder.
        path: PathBuf,
        /// Who holds it, as the lock file says.
        owner: String,
    },
    /// A newer sluice made it.
    #[error("read `{path}`: it has format version {found}, this sluice reads up to {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// What this program knows.
        known: u32,
    },
    /// A file of the run does not hold what it should.
    #[error("read `{path}`: line {line} does not hold what it should: {message}")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

impl RunError {
    /// An input or output error, ready for `map_err`.
    pub fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }

    /// What to try next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { doing: "read", source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "the run's folder is not whole any more; bring the file back from a copy, or start a new run"
            }
            Self::Io { .. } => "a run's folder must be on a disk with room that this user may write and that the nodes see; `--dir` names another",
            Self::NotEmpty(_) => "`sluice resume` goes on with a run that is there; `--dir` names another folder",
            Self::NoRun(_) | Self::NoFolder(_) => "name the folder that `sluice run` printed, or one below `sluice-runs/`",
            Self::Locked { .. } => "wait for it, or end that process first; a lock whose owner is gone is taken over by itself",
            Self::Newer { .. } => "use the sluice that made the run, or a newer one",
            Self::Corrupt { path, .. } if path.extension().is_none_or(|extension| extension != "jsonl") => {
                "bring the file back from a copy, or start a new run"
            }
            Self::Corrupt { .. } => "the events before that line are whole; move the line away to resume from there",
        }
    }
}
