//! Records of task calls: one from the moment a call is ready. State changes only through [`CallTable::step`], which keeps the counts.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    event::NodeInstance,
    phase::Step,
    retry::Growth,
    scopes::CallId,
    status::{CallState, Counts},
};
use crate::{
    task::TaskResult,
    value::{Object, Value},
};

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) node: NodeInstance,
    pub(super) state: CallState,
    /// From 1.
    pub(super) attempt: u32,
    /// The batch of this attempt and the element in it.
    pub(super) batch: Option<(u32, u32)>,
    pub(super) started_ms: Option<u64>,
    pub(super) ended_ms: Option<u64>,
    pub(super) hosts: Box<[String]>,
    /// What became of attempts that did not succeed; absent for the many that succeed at once.
    pub(super) history: Option<Box<History>>,
    outputs: Option<Arc<Object>>,
}

/// Attempts that did not succeed.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Oldest first.
    pub(super) results: Vec<TaskResult>,
    /// How many of them do not count any more: those before the run was resumed.
    pub(super) forgiven: usize,
    /// How often the ask has grown.
    pub(super) growth: Growth,
}

impl Call {
    pub(super) fn is_done(&self) -> bool {
        self.state == CallState::Succeeded
    }

    /// The outputs, of a call that has succeeded.
    pub(super) fn outputs(&self) -> Option<Value> {
        self.outputs.clone().map(Value::Object)
    }
}

/// All calls, in the order in which they became ready.
#[derive(Debug, Default)]
pub(super) struct CallTable {
    calls: Vec<Call>,
    /// Those that can be taken.
    pub(super) ready: BTreeSet<CallId>,
    /// Those that are taken and have no intent.
    pub(super) preparing: BTreeSet<CallId>,
}

impl CallTable {
    pub(super) fn get(&self, id: CallId) -> &Call {
        &self.calls[id.0 as usize]
    }

    pub(super) fn get_mut(&mut self, id: CallId) -> &mut Call {
        &mut self.calls[id.0 as usize]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (CallId, &Call)> {
        (0u32..).map(CallId).zip(&self.calls)
    }

    /// A call that can start.
    pub(super) fn add(&mut self, node: NodeInstance, counts: &mut Counts) -> CallId {
        let id = CallId(u32::try_from(self.calls.len()).expect("memory ends before 4 billion calls do"));
        self.calls.push(Call {
            node,
            state: CallState::Ready,
            attempt: 1,
            batch: None,
            started_ms: None,
            ended_ms: None,
            hosts: Box::default(),
            history: None,
            outputs: None,
        });
        self.ready.insert(id);
        counts.waiting -= 1;
        counts.ready += 1;
        id
    }

    /// Moves a call on, where that is legal; otherwise nothing changes.
    pub(super) fn step(&mut self, id: CallId, step: Step, counts: &mut Counts) -> Option<()> {
        let call = &mut self.calls[id.0 as usize];
        let next = call.state.next(step)?;
        *counts.of(call.state) -= 1;
        *counts.of(next) += 1;
        match call.state {
            CallState::Ready => drop(self.ready.remove(&id)),
            CallState::Preparing => drop(self.preparing.remove(&id)),
            CallState::Submitting | CallState::Submitted | CallState::Running | CallState::Succeeded | CallState::Failed | CallState::Cancelled => {}
        }
        match next {
            CallState::Ready => drop(self.ready.insert(id)),
            CallState::Preparing => drop(self.preparing.insert(id)),
            CallState::Submitting | CallState::Submitted | CallState::Running | CallState::Succeeded | CallState::Failed | CallState::Cancelled => {}
        }
        call.state = next;
        Some(())
    }

    /// Makes the next attempt of a call that is ready again; without one if the last was never handed to a scheduler.
    pub(super) fn next_attempt(&mut self, id: CallId) {
        let call = self.get_mut(id);
        call.attempt += 1;
        (call.batch, call.started_ms, call.ended_ms, call.hosts) = (None, None, None, Box::default());
    }

    pub(super) fn set_outputs(&mut self, id: CallId, outputs: Object) {
        self.get_mut(id).outputs = Some(Arc::new(outputs));
    }
}

impl Counts {
    /// The count of a state.
    fn of(&mut self, state: CallState) -> &mut u32 {
        match state {
            CallState::Ready => &mut self.ready,
            CallState::Preparing => &mut self.preparing,
            CallState::Submitting => &mut self.submitting,
            CallState::Submitted => &mut self.submitted,
            CallState::Running => &mut self.running,
            CallState::Succeeded => &mut self.succeeded,
            CallState::Failed => &mut self.failed,
            CallState::Cancelled => &mut self.cancelled,
        }
    }
}
