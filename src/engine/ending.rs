//! How a run ends: when nothing is left to do, when it fails, when someone cancels it; and how it goes on after that.

use super::{
    Engine,
    event::{Action, OnFailure, Outcome},
    phase::{RunState, Step},
    progress::Due,
    scopes::{CallId, SlotState},
    status::CallState,
};

impl Engine {
    /// What a failure does to the rest of the run.
    pub(super) fn after_failure(&mut self) {
        match self.policy.on_failure {
            OnFailure::Abort => self.stop(Outcome::Failed),
            OnFailure::KeepGoing => {}
        }
    }

    /// Nothing starts from now on; what is active is cancelled.
    pub(super) fn stop(&mut self, outcome: Outcome) {
        if self.run != RunState::Going {
            return;
        }
        self.run = RunState::Stopping(outcome);
        let idle: Vec<CallId> = self.calls.ready.iter().chain(&self.calls.preparing).copied().collect();
        for call in idle {
            self.calls.step(call, Step::Cancel, &mut self.counts).expect("what is ready or being prepared can be cancelled");
        }
        // What the same event asked to evaluate is not wanted any more; it is asked for again if the run is resumed.
        self.actions.clear();
        self.must_cancel = true;
    }

    /// Tells the shell to finish, once, when nothing is left to do.
    pub(super) fn finish_if_over(&mut self) {
        let outcome = match self.run {
            RunState::New | RunState::Ending(_) | RunState::Over(_) => return,
            RunState::Stopping(outcome) => outcome,
            RunState::Going => {
                if self.counts.ready + self.counts.preparing > 0 || !self.evaluating.is_empty() {
                    return;
                }
                // Without a failure everything is complete by now: the graph has no circles.
                if self.failures.is_empty() { Outcome::Succeeded } else { Outcome::Failed }
            }
        };
        if std::mem::take(&mut self.must_cancel) && self.active() > 0 {
            self.actions.push(Action::CancelAll);
        }
        if self.active() == 0 {
            assert!(outcome != Outcome::Succeeded || self.is_complete, "a run without failures ends with every node complete");
            self.run = RunState::Ending(outcome);
            self.actions.push(Action::Finish(outcome));
        }
    }

    fn active(&self) -> u32 {
        self.counts.submitting + self.counts.submitted + self.counts.running
    }

    /// A failed or cancelled run goes on: what failed or was cancelled is tried again, its retries counted anew.
    pub(super) fn resume(&mut self) {
        self.run = RunState::Going;
        self.failures.clear();
        self.cancelled_by = None;
        let ended = |state| matches!(state, CallState::Failed | CallState::Cancelled);
        let calls: Vec<CallId> = self.calls.iter().filter(|(_, call)| ended(call.state)).map(|(id, _)| id).collect();
        for call in calls {
            self.calls.step(call, Step::Restart, &mut self.counts).expect("what has failed or was cancelled can restart");
            let record = self.calls.get_mut(call);
            if let Some(history) = &mut record.history {
                history.forgiven = history.results.len();
            }
            // An attempt that left traces, in a folder or at the scheduler, is not repeated under the same number.
            if record.batch.is_some() || record.history.is_some() {
                self.calls.next_attempt(call);
            }
        }
        for node in std::mem::take(&mut self.failed_nodes) {
            self.scopes.set(node, SlotState::Due);
            self.agenda.push_back(Due::Start(node));
        }
        self.actions.extend(self.due_actions());
    }
}
