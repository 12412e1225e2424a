//! What a run is told and what it asks for in return. Events are the lines of `events.jsonl`: every field here is a format on disk.
//!
//! A reader of format version N reads every older version: fields are only added, with a default.

use serde::{Deserialize, Serialize};

use super::{
    retry::{Limits, RetryAsk},
    scopes::ScopeId,
};
use crate::{
    diagnostic::Diagnostic,
    plan::graph::Slot,
    task::{CallPath, TaskResult},
};

/// The version of this format; written to [`Event::Started`] and to `run.json`.
pub const FORMAT_VERSION: u32 = 1;

/// Something that happened. The state of a run is a function of its source, its inputs and its events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run begins: the first event.
    Started {
        /// [`FORMAT_VERSION`] of the writer.
        format: u32,
        /// What was decided for the whole run.
        policy: Policy,
    },
    /// An expression that consults files was evaluated (see [`Action::Evaluate`]).
    Evaluated {
        /// [`super::Evaluation::path`].
        node: String,
        /// Its value, or why it has none.
        result: EvaluationResult,
    },
    /// The calls are about to be handed to a scheduler under a tag that is the job's name: written before `sbatch` runs.
    SubmitIntent {
        /// The batch's number, from 1, never used twice in a run.
        batch: u32,
        /// The job's name, unique for the batch.
        tag: String,
        /// Its elements in order: element `i` of the array is call `i` here.
        calls: Vec<Attempt>,
    },
    /// The scheduler took the batch.
    Submitted {
        /// Which batch.
        batch: u32,
        /// Its job id.
        job: String,
    },
    /// The scheduler did not take the batch.
    SubmitFailed {
        /// Which batch.
        batch: u32,
        /// For now (it is tried again, its calls stay where they are) or for good (its calls have failed).
        kind: SubmitFailure,
        /// What the scheduler said.
        message: String,
    },
    /// A task was seen running. Progress only: it may be missing or come twice.
    TaskStarted {
        /// Which attempt.
        #[serde(flatten)]
        attempt: Attempt,
        /// When, milliseconds since the epoch, where known.
        started_ms: Option<u64>,
        /// Nodes it runs on, where known.
        hosts: Vec<String>,
    },
    /// What the processes of a distributed task were doing, as often as its `loginterval` says and only when something had changed. Progress only.
    RolesSeen {
        /// Which attempt.
        #[serde(flatten)]
        attempt: Attempt,
        /// Its processes; of many the first.
        roles: Vec<RoleSeen>,
    },
    /// An attempt ended, or could not be prepared.
    TaskEnded {
        /// Which attempt.
        #[serde(flatten)]
        attempt: Attempt,
        /// What became of it.
        result: TaskResult,
        /// Its outputs by name as WDL's JSON, where it succeeded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outputs: Option<serde_json::Value>,
        /// What its author asks for if it failed.
        #[serde(default)]
        ask: RetryAsk,
    },
    /// Someone wants the run to end.
    CancelRequested {
        /// Who, in words for a person (`SIGINT`, `sluice cancel by ann on login1`).
        by: String,
    },
    /// The run is over: the last event, unless it is resumed.
    Finished {
        /// How it ended.
        outcome: Outcome,
    },
    /// A failed or cancelled run goes on: what failed or was cancelled is tried again, its retries counted anew.
    Resumed {
        /// Who, in words for a person.
        by: String,
    },
}

impl Event {
    /// As the log names it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::Evaluated { .. } => "evaluated",
            Self::SubmitIntent { .. } => "submit_intent",
            Self::Submitted { .. } => "submitted",
            Self::SubmitFailed { .. } => "submit_failed",
            Self::TaskStarted { .. } => "task_started",
            Self::RolesSeen { .. } => "roles_seen",
            Self::TaskEnded { .. } => "task_ended",
            Self::CancelRequested { .. } => "cancel_requested",
            Self::Finished { .. } => "finished",
            Self::Resumed { .. } => "resumed",
        }
    }
}

/// One process of a distributed task at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleSeen {
    /// `worker.1`
    pub process: String,
    /// `up`, or `ended with 3`.
    pub state: String,
    /// The last line of its log, cut short.
    pub tail: String,
}

/// What is decided once for a whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// What a failure does to the other calls.
    pub on_failure: OnFailure,
    /// Bounds on retries that no author asked for.
    pub retries: Limits,
}

/// What the failure of one call (retries used up) does to the others. Nothing that depends on it starts, either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// Nothing new starts and what runs is cancelled.
    #[default]
    Abort,
    /// Everything that does not depend on it goes on.
    KeepGoing,
}

/// One attempt of one call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attempt {
    /// Which call.
    pub path: CallPath,
    /// Which attempt of it, from 1.
    pub attempt: u32,
}

/// What became of an expression that consulted files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationResult {
    /// Its value as WDL's JSON; its type is the graph's.
    Value(serde_json::Value),
    /// Its value with its types (see `typed_json`): nothing declares the type of what a scatter runs over.
    Typed(serde_json::Value),
    /// Why it has none.
    Failed(Diagnostic),
}

/// Whether to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmitFailure {
    /// The scheduler cannot be reached or is full: the same batch is submitted again later.
    Transient,
    /// The scheduler will never take it.
    Permanent,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every call succeeded and every output has a value.
    Succeeded,
    /// A call or an expression failed.
    Failed,
    /// Someone cancelled it.
    Cancelled,
}

/// What the shell must do now. Calls that became ready are not actions: they are pulled with [`super::Engine::take_ready`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Evaluate an expression that consults files ([`super::Engine::evaluation`] says which) and report [`Event::Evaluated`].
    Evaluate(NodeInstance),
    /// Cancel every job of the run and report how each attempt ended. Comes once.
    CancelAll,
    /// Nothing is left to do: write outputs, append [`Event::Finished`]. Comes once, last.
    Finish(Outcome),
}

/// A node of the graph in one scope of the run. A name for this process only: the log names it by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeInstance {
    pub(super) scope: ScopeId,
    pub(super) slot: Slot,
}

/// An event that cannot happen in the state the run is in; the state is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IllegalEvent {
    /// No call or node has this path, or it has not come into being yet.
    #[error("take in an event of `{0}`, which this run does not have")]
    UnknownPath(String),
    /// The event belongs to an attempt that is over, or that never began.
    #[error("take in an event of attempt {found} of `{path}`, which is at attempt {expected}")]
    OtherAttempt {
        /// The call.
        path: CallPath,
        /// The attempt it is at.
        expected: u32,
        /// The attempt of the event.
        found: u32,
    },
    /// The call is in a state where this cannot happen.
    #[error("take in `{step}` for `{path}`, which is {phase}")]
    WrongPhase {
        /// The call or node.
        path: String,
        /// The state it is in.
        phase: &'static str,
        /// What was to happen.
        step: &'static str,
    },
    /// No intent was recorded for this batch, or its number is taken.
    #[error("take in `{step}` for batch {batch}, which is {state}")]
    WrongBatch {
        /// The batch.
        batch: u32,
        /// What is known of it.
        state: &'static str,
        /// What was to happen.
        step: &'static str,
    },
    /// The run has not begun, or is over.
    #[error("take in `{step}` for a run that {state}")]
    WrongRunState {
        /// What is known of the run.
        state: &'static str,
        /// What was to happen.
        step: &'static str,
    },
    /// A recorded value is not of the type that the source declares: the log belongs to another source.
    #[error("read the recorded value of `{path}`: {message}")]
    WrongValue {
        /// The call or node.
        path: String,
        /// What was expected and what was found.
        message: String,
    },
    /// The log was written by a newer sluice.
    #[error("read an event log of format {found}: this sluice knows formats up to {}", FORMAT_VERSION)]
    NewerFormat {
        /// The log's format.
        found: u32,
    },
}
