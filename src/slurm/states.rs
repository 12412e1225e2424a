//! Slurm's words for a job's state. Pure and total: every word has a meaning, one that nobody knows included. Entry point: [`JobState::from_slurm`].

use crate::job::JobState;

/// States and state flags of the section JOB STATE CODES in squeue(1), Slurm 20.02 to 25.05. A word that is missing here becomes [`JobState::Other`]: neither success nor an end.
const TABLE: &[(&str, JobState)] = &[
    ("BOOT_FAIL", JobState::BootFail),
    ("CANCELLED", JobState::Cancelled),
    ("COMPLETED", JobState::Completed),
    ("COMPLETING", JobState::Completing),
    ("CONFIGURING", JobState::Running),
    ("DEADLINE", JobState::Deadline),
    ("FAILED", JobState::Failed),
    ("LAUNCH_FAILED", JobState::LaunchFailed),
    ("NODE_FAIL", JobState::NodeFail),
    ("OUT_OF_MEMORY", JobState::OutOfMemory),
    ("PENDING", JobState::Pending),
    ("POWER_UP_NODE", JobState::Running),
    ("PREEMPTED", JobState::Preempted),
    // Requeued jobs wait again under the same id: not an end.
    ("REQUEUED", JobState::Pending),
    ("REQUEUE_FED", JobState::Pending),
    ("REQUEUE_HOLD", JobState::Pending),
    ("RESIZING", JobState::Running),
    ("RESV_DEL_HOLD", JobState::Pending),
    ("RUNNING", JobState::Running),
    ("SIGNALING", JobState::Running),
    // Requeued in a held state by `scontrol requeuehold State=SpecialExit`.
    ("SPECIAL_EXIT", JobState::Pending),
    ("STAGE_OUT", JobState::Completing),
    ("STOPPED", JobState::Running),
    ("SUSPENDED", JobState::Running),
    ("TIMEOUT", JobState::Timeout),
    ("UPDATE_DB", JobState::Completing),
];

impl JobState {
    /// What a state means. Only the first word counts: sacct writes `CANCELLED by 1000`.
    pub fn from_slurm(words: &str) -> Self {
        let word = words.split_whitespace().next().unwrap_or_default();
        TABLE.iter().find(|(known, _)| *known == word).map_or_else(|| Self::Other(word.to_owned()), |(_, state)| state.clone())
    }
}
