//! What a backend says about jobs, in words that are no backend's. Contract between `slurm`, `local` and `monitor`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A job's number as its backend writes it: Slurm's, or the local backend's own count. Heterogeneous jobs: the leader's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub String);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a backend said about one element of one job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The job.
    pub job_id: JobId,
    /// The array element; 0 where the job is no array.
    pub element: u32,
    /// Its state.
    pub state: JobState,
    /// The exit code that the backend gives for the script, where it gives one.
    pub exit_code: Option<i32>,
    /// The signal that ended the script, where the backend says so.
    pub signal: Option<i32>,
    /// Nodes, where known.
    pub nodes: Vec<String>,
    /// Why it waits or ended, in the backend's words; may be empty.
    pub reason: String,
    /// How often it was started again under the same number.
    pub restarts: u32,
}

/// States of a job. A backend maps its own words onto these; a word that nobody knows is [`JobState::Other`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for resources, held, or waits to start again.
    Pending,
    /// Runs, starts up, or is stopped for a while on its nodes.
    Running,
    /// Its end has begun; the final word is still to come.
    Completing,
    /// The script ended with 0.
    Completed,
    /// The script ended with another code or by a signal.
    Failed,
    /// Ended from outside.
    Cancelled,
    /// Past its time limit.
    Timeout,
    /// Out of memory.
    OutOfMemory,
    /// Its node failed.
    NodeFail,
    /// A job of higher priority took its place.
    Preempted,
    /// Past its deadline.
    Deadline,
    /// Its nodes could not be started.
    BootFail,
    /// The backend could not start it.
    LaunchFailed,
    /// The backend does not list it. Neither success nor an end: ask every source again after a grace period.
    NotListed,
    /// A word that this version does not know. Neither success nor an end.
    Other(String),
}

impl JobState {
    /// Whether the job will change no more.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Completed
            | Self::Failed
            | Self::Cancelled
            | Self::Timeout
            | Self::OutOfMemory
            | Self::NodeFail
            | Self::Preempted
            | Self::Deadline
            | Self::BootFail
            | Self::LaunchFailed => true,
            Self::Pending | Self::Running | Self::Completing | Self::NotListed | Self::Other(_) => false,
        }
    }
}
