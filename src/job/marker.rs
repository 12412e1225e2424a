//! What a job says about its own end. Entry point: [`Marker::parse`].

use serde::{Deserialize, Serialize};

/// The marker that an attempt leaves in the run's `spool/` folder: one line of JSON, written by the node library (`templates/lib`).
///
/// Version 1. A marker of a newer version is refused by name: head and library of one run come from the same release, so it can only be another run's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Format version.
    pub version: u32,
    /// The batch.
    pub batch: u32,
    /// The element of the batch, from 0.
    pub element: u32,
    /// The job's number, as the backend writes it.
    pub job: String,
    /// How often the job had been started again.
    pub restart: u32,
    /// The command's exit code, from `wait` and nowhere else; `None` if there is none.
    pub exit: Option<i32>,
    /// The signal that the script or the command got, without `SIG`: `TERM`.
    #[serde(default)]
    pub signal: Option<String>,
    /// Where the script ran.
    #[serde(default)]
    pub host: String,
    /// Start of the command, milliseconds since the epoch.
    #[serde(default)]
    pub started_ms: Option<u64>,
    /// End of the command.
    #[serde(default)]
    pub ended_ms: Option<u64>,
    /// Processes of this attempt that the kernel killed for memory, by the cgroup's counter.
    #[serde(default)]
    pub oom_kills: u32,
    /// How far it came.
    pub stage: Stage,
    /// What a start failed for, where more is known than that it did; a library of an earlier release says nothing.
    #[serde(default)]
    pub start: Option<FailedStart>,
    /// Free text for a person: which role and rank failed, where, with which code.
    #[serde(default)]
    pub detail: String,
    /// All nodes that took part.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Ends of the roles of a distributed task.
    #[serde(default)]
    pub roles: Vec<RoleEnd>,
}

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Another job owns the attempt: this one did nothing, and its marker says nothing about the attempt.
    Claim,
    /// The cluster of roles, or the container, could not be started.
    Start,
    /// The command of an ordinary task was run.
    Command,
    /// The roles of a distributed task were run.
    Roles,
}

/// What a start failed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailedStart {
    /// The roles were not up, or their cluster not ready, within `starttimeout`.
    Late,
    /// The image, or the node, lacks what the kind of cluster needs, or MPI ranks do not understand what starts them: the next time too.
    Unfit,
}

/// How one process of a role ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleEnd {
    /// The role's name.
    pub role: String,
    /// Which process of it.
    pub rank: u32,
    /// Where it ran; `None`: it never came up.
    #[serde(default)]
    pub host: Option<String>,
    /// Its exit code.
    #[serde(default)]
    pub exit: Option<i32>,
    /// The signal that ended it.
    #[serde(default)]
    pub signal: Option<String>,
    /// Whether it was a service that was stopped at the end, as it should be.
    #[serde(default)]
    pub stopped: bool,
}

/// Why a marker cannot be used. The fragment fits "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum MarkerError {
    /// Not the JSON of a marker: cut short by a full disk, or not ours.
    #[error("read the marker: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Written by another release.
    #[error("read the marker: it has format version {found}, this sluice reads version {}", Marker::VERSION)]
    Version {
        /// What it says.
        found: u32,
    },
}

impl Marker {
    /// The format version that this release writes and reads.
    pub const VERSION: u32 = 1;

    /// Reads a marker's text. It quotes the ends of logs, which need not be UTF-8 and may be cut inside a letter.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, MarkerError> {
        /// The part of a marker that every version has.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let text = String::from_utf8_lossy(text.as_ref());
        let Versioned { version: found } = serde_json::from_str(&text)?;
        if found != Self::VERSION {
            return Err(MarkerError::Version { found });
        }
        Ok(serde_json::from_str(&text)?)
    }
}
