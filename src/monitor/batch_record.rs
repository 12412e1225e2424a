//! `batches/<n>/batch.json`: what the head must know of a batch after it was submitted, so that a resumed head never renders it again.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::{
    engine::{Attempt, RetryAsk},
    run::{RunDir, RunError},
    task::ReturnCodes,
};

/// A batch as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BatchRecord {
    /// The job's name.
    pub(super) tag: String,
    /// Cores of one element, over all its components.
    pub(super) cpus: u32,
    /// MiB of one element, over all its components.
    pub(super) mem_mib: u64,
    /// Minutes.
    pub(super) time_minutes: u64,
    /// Whether it is a distributed task.
    pub(super) is_distributed: bool,
    /// Components of each element: so many jobs it is in Slurm's eyes.
    #[serde(default = "one")]
    pub(super) components: u32,
    /// Most elements that run at once; 0: no limit.
    #[serde(default)]
    pub(super) max_running: u32,
    /// `loginterval`, seconds; 0: its roles are not looked at while they run.
    #[serde(default)]
    pub(super) log_interval: u64,
    /// Elements in order.
    pub(super) elements: Vec<ElementRecord>,
}

fn one() -> u32 {
    1
}

/// One element of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ElementRecord {
    /// Which attempt of which call.
    #[serde(flatten)]
    pub(super) attempt: Attempt,
    /// Exit codes that count as success.
    pub(super) return_codes: ReturnCodes,
    /// What its author asks for if it fails.
    pub(super) ask: RetryAsk,
}

impl BatchRecord {
    /// Distributed tasks of it that may run at the same time, while so many elements are left; 0 where it has none.
    pub(super) fn distributed_at_once(&self, left: usize) -> u32 {
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        match (self.is_distributed, self.max_running) {
            (false, _) => 0,
            (true, 0) => left,
            (true, most) => left.min(most),
        }
    }

    /// Writes it beside the script.
    pub(super) fn write(&self, run: &RunDir, batch: u32) -> Result<(), RunError> {
        let path = run.batch(u64::from(batch)).join("batch.json");
        let text = serde_json::to_string(self).expect("a batch record is plain data");
        fs::write(&path, text).map_err(RunError::io("write", path))
    }

    /// Reads it back.
    pub(super) fn read(run: &RunDir, batch: u32) -> Result<Self, RunError> {
        let path = run.batch(u64::from(batch)).join("batch.json");
        let text = fs::read_to_string(&path).map_err(RunError::io("read", &path))?;
        serde_json::from_str(&text).map_err(|error| RunError::Corrupt { path, line: error.line(), message: error.to_string() })
    }
}
