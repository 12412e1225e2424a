//! What may happen to a call in which state, and to the run: total tables.

use super::{event::Outcome, status::CallState};

/// Something that happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The shell takes it to prepare it.
    Take,
    /// The shell gives it back unprepared.
    PutBack,
    /// Its submission is about to happen.
    Intend,
    /// The scheduler has it.
    Submit,
    /// It was seen running.
    Start,
    /// Its attempt succeeded.
    Succeed,
    /// Its attempt failed and another follows.
    Retry,
    /// Its attempt failed for good.
    Fail,
    /// It ended, or will not start, because the run ends.
    Cancel,
    /// The run is resumed.
    Restart,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 10] =
        [Self::Take, Self::PutBack, Self::Intend, Self::Submit, Self::Start, Self::Succeed, Self::Retry, Self::Fail, Self::Cancel, Self::Restart];

    /// In a word, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::PutBack => "put back",
            Self::Intend => "submit_intent",
            Self::Submit => "submitted",
            Self::Start => "task_started",
            Self::Succeed | Self::Retry | Self::Fail => "task_ended",
            Self::Cancel => "cancel",
            Self::Restart => "resumed",
        }
    }
}

impl CallState {
    /// Every state.
    pub const ALL: [Self; 8] =
        [Self::Ready, Self::Preparing, Self::Submitting, Self::Submitted, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Preparing => "preparing",
            Self::Submitting => "submitting",
            Self::Submitted => "submitted",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state after a step; `None` where that cannot happen.
    ///
    /// A ready call may end at once (found in the cache, or its preparation failed), and on replay its intent follows although nobody
    /// took it. A submitted call is never submitted again: that is what keeps a job from running twice.
    pub fn next(self, step: Step) -> Option<Self> {
        match self {
            Self::Ready => match step {
                Step::Take => Some(Self::Preparing),
                Step::PutBack | Step::Submit | Step::Start | Step::Restart => None,
                Step::Intend => Some(Self::Submitting),
                Step::Succeed | Step::Retry | Step::Fail | Step::Cancel => step.end(),
            },
            Self::Preparing => match step {
                Step::PutBack => Some(Self::Ready),
                Step::Intend => Some(Self::Submitting),
                Step::Take | Step::Submit | Step::Start | Step::Restart => None,
                Step::Succeed | Step::Retry | Step::Fail | Step::Cancel => step.end(),
            },
            Self::Submitting => match step {
                Step::Submit => Some(Self::Submitted),
                // A short task may be seen running, or its marker be read, before `sbatch` has answered.
                Step::Start => Some(Self::Running),
                Step::Take | Step::PutBack | Step::Intend | Step::Restart => None,
                Step::Succeed | Step::Retry | Step::Fail | Step::Cancel => step.end(),
            },
            Self::Submitted | Self::Running => match step {
                Step::Start => Some(Self::Running),
                Step::Take | Step::PutBack | Step::Intend | Step::Submit | Step::Restart => None,
                Step::Succeed | Step::Retry | Step::Fail | Step::Cancel => step.end(),
            },
            Self::Succeeded => None,
            Self::Failed | Self::Cancelled => (step == Step::Restart).then_some(Self::Ready),
        }
    }

    /// Whether the scheduler may have a job for it: it must be seen to end before the run can.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Submitting | Self::Submitted | Self::Running)
    }
}

impl Step {
    /// The state that a step which ends an attempt leads to.
    fn end(self) -> Option<CallState> {
        match self {
            Self::Succeed => Some(CallState::Succeeded),
            Self::Retry => Some(CallState::Ready),
            Self::Fail => Some(CallState::Failed),
            Self::Cancel => Some(CallState::Cancelled),
            Self::Take | Self::PutBack | Self::Intend | Self::Submit | Self::Start | Self::Restart => None,
        }
    }
}

/// Where the run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunState {
    /// Before the first event.
    New,
    /// Calls start and end.
    Going,
    /// Nothing starts any more; it waits for what is active.
    Stopping(Outcome),
    /// Nothing is active any more: the shell was told to finish.
    Ending(Outcome),
    /// The end is in the log.
    Over(Outcome),
}

impl RunState {
    /// Fits "a run that …".
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::New => "has not begun",
            Self::Going => "is going on",
            Self::Stopping(_) => "is stopping",
            Self::Ending(_) => "is about to end",
            Self::Over(_) => "is over",
        }
    }
}
