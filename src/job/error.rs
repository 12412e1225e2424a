//! What can go wrong between a task instance and its script, said to the operator.

use thiserror::Error;

use crate::site::Refusal;

/// Why a task instance became no job. Messages fit "failed to prepare the job of `x`: …".
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LowerError {
    /// No partition takes it.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// `cluster` names nothing.
    #[error("unknown cluster kind `{kind}`{}", nearest.as_ref().map(|name| format!(", the nearest is `{name}`")).unwrap_or_default())]
    UnknownCluster {
        /// As written.
        kind: String,
        /// The nearest known kind.
        nearest: Option<String>,
        /// All known kinds, the site's too.
        known: String,
    },
    /// The roles as written make no cluster.
    #[error("role `{role}`: {problem}")]
    Role {
        /// Its name.
        role: String,
        /// What is wrong, what to do.
        problem: String,
    },
    /// The site's table lacks what the task asks for.
    #[error("{what} `{asked}`: the site file has no such entry; {known}")]
    NoSuchEntry {
        /// What kind of thing: `GPU type`, `volume`, `constraint`.
        what: &'static str,
        /// As asked.
        asked: String,
        /// What it has, and which key adds more.
        known: String,
    },
    /// The site's containers keep MPI ranks from each other.
    #[error("container option `{option}`: each rank would have a /dev/shm of its own, and MPI ranks of one node could not reach each other")]
    Contained {
        /// The option.
        option: String,
    },
    /// A value that cannot be passed on.
    #[error("{what} `{value}`: {problem}")]
    BadValue {
        /// What it is.
        what: &'static str,
        /// The value.
        value: String,
        /// Why not.
        problem: String,
    },
}

/// Why a batch became no script. A template of the site is to blame: ours are tested.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A template that does not parse.
    #[error("template `{name}` does not parse: {message}")]
    Template {
        /// Its file name.
        name: String,
        /// What the template engine says, with line and column.
        message: String,
    },
    /// A template that names what is not there.
    #[error("template `{name}` cannot be filled in: {message}")]
    Render {
        /// Its file name.
        name: String,
        /// What the template engine says, with line and column.
        message: String,
    },
}

impl LowerError {
    /// What to do next, in one line.
    pub fn hint(&self) -> String {
        match self {
            Self::Refused(_) => "ask for less, or describe a partition that has it in the site file (`[[partition]]`, `[[rule]]`)".to_owned(),
            Self::UnknownCluster { known, .. } => format!("`cluster` is one of {known}; `[clusters.<name>]` in the site file adds a kind"),
            Self::Role { .. } => "see `runneroptions` of the task".to_owned(),
            Self::NoSuchEntry { .. } => "`sluice site show` prints the site file's keys with their meaning".to_owned(),
            Self::Contained { .. } => "take `--cleanenv` instead, in `options` of `[container]` in the site file".to_owned(),
            Self::BadValue { .. } => "see the `runtime` section of the task".to_owned(),
        }
    }
}
