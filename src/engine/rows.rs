//! The run as tables.

use super::{
    Engine,
    batches::{Batch, is_open},
    calls::Call,
    status::{BatchRow, CallRow, Element},
};
use crate::{plan::graph::NodeKind, task::CallPath};

impl Engine {
    pub(super) fn call_row(&self, call: &Call) -> CallRow {
        let job = call.batch.and_then(|(batch, _)| self.batches.get(&batch)).and_then(|batch| batch.job.clone());
        let task = match &self.node(&self.graph, call.node).kind {
            NodeKind::TaskCall(task) => task.task_name.clone(),
            NodeKind::Input(_)
            | NodeKind::Value(_)
            | NodeKind::Variable
            | NodeKind::WorkflowCall(_)
            | NodeKind::Scatter { .. }
            | NodeKind::Branch { .. }
            | NodeKind::Export { .. } => String::new(),
        };
        CallRow {
            path: CallPath(self.scopes.path(&self.graph, call.node)),
            task,
            state: call.state,
            attempt: call.attempt,
            batch: call.batch.map(|(batch, _)| batch),
            element: call.batch.map(|(_, element)| element),
            job,
            hosts: call.hosts.to_vec(),
            started_ms: call.started_ms,
            ended_ms: call.ended_ms,
            failures: call.history.as_ref().map(|history| history.results.clone()).unwrap_or_default(),
        }
    }

    pub(super) fn batch_row(&self, number: u32, batch: &Batch) -> BatchRow {
        let element = |&(call, attempt)| Element {
            path: CallPath(self.scopes.path(&self.graph, self.calls.get(call).node)),
            attempt,
            is_over: !is_open(call, number, &self.calls),
        };
        BatchRow {
            batch: number,
            tag: batch.tag.clone(),
            job: batch.job.clone(),
            refused: batch.refused.clone(),
            elements: batch.calls.iter().map(element).collect(),
        }
    }
}
