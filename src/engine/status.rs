//! What a run shows of itself: counts, a row a call, failures.

use serde::Serialize;

use crate::{
    diagnostic::Diagnostic,
    task::{CallPath, TaskResult},
};

/// Where a call stands, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Can be started.
    Ready,
    /// Taken, being made into a script.
    Preparing,
    /// About to be submitted, or being submitted again.
    Submitting,
    /// In the scheduler's hands.
    Submitted,
    /// Seen running.
    Running,
    /// Done.
    Succeeded,
    /// Failed for good.
    Failed,
    /// Ended because the run was cancelled or aborted.
    Cancelled,
}

/// How many calls are in each state. A call that waits for another is counted only once its scatter or conditional is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Waiting for what they depend on.
    pub waiting: u32,
    /// See [`CallState::Ready`].
    pub ready: u32,
    /// See [`CallState::Preparing`].
    pub preparing: u32,
    /// See [`CallState::Submitting`].
    pub submitting: u32,
    /// See [`CallState::Submitted`].
    pub submitted: u32,
    /// See [`CallState::Running`].
    pub running: u32,
    /// See [`CallState::Succeeded`].
    pub succeeded: u32,
    /// See [`CallState::Failed`].
    pub failed: u32,
    /// See [`CallState::Cancelled`].
    pub cancelled: u32,
}

impl Counts {
    /// All of them.
    pub fn total(&self) -> u32 {
        self.waiting + self.in_play() + self.succeeded + self.failed + self.cancelled
    }

    /// Those that are neither waiting nor over.
    pub fn in_play(&self) -> u32 {
        self.ready + self.preparing + self.submitting + self.submitted + self.running
    }
}

/// One call for a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallRow {
    /// Which call.
    pub path: CallPath,
    /// The task it calls.
    pub task: String,
    /// Where it stands.
    pub state: CallState,
    /// Its attempt, from 1.
    pub attempt: u32,
    /// The batch of that attempt, where it has one.
    pub batch: Option<u32>,
    /// Its element in the batch, from 0.
    pub element: Option<u32>,
    /// The batch's job id, where the scheduler gave one.
    pub job: Option<String>,
    /// Nodes, where known.
    pub hosts: Vec<String>,
    /// Start and end, milliseconds since the epoch, where known.
    pub started_ms: Option<u64>,
    /// End.
    pub ended_ms: Option<u64>,
    /// What became of the attempts that did not succeed, oldest first.
    pub failures: Vec<TaskResult>,
}

/// A batch whose calls are not all over: what `resume` must look up or adopt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BatchRow {
    /// Its number.
    pub batch: u32,
    /// The job's name.
    pub tag: String,
    /// Its job id; `None`: the intent is recorded and no answer is: look it up by tag before submitting again.
    pub job: Option<String>,
    /// What the scheduler said when it last refused, where it did.
    pub refused: Option<String>,
    /// Elements in order, those that are over too.
    pub elements: Vec<Element>,
}

/// An element of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Element {
    /// Which call.
    pub path: CallPath,
    /// Which attempt.
    pub attempt: u32,
    /// Whether that attempt is over.
    pub is_over: bool,
}

/// Why a run failed, first failure first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Failure {
    /// An expression of a workflow has no value.
    Expression {
        /// Where in the run.
        path: String,
        /// Why.
        diagnostic: Box<Diagnostic>,
    },
    /// A call failed for good.
    Call {
        /// Which.
        path: CallPath,
        /// Its last attempt.
        attempt: u32,
        /// What became of that.
        result: Box<TaskResult>,
    },
}
