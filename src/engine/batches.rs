//! Batches: what was handed to the scheduler under one tag.

use super::{calls::CallTable, scopes::CallId};

/// One batch.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) tag: String,
    pub(super) job: Option<String>,
    /// What the scheduler said when it last refused.
    pub(super) refused: Option<String>,
    /// Calls and their attempts, in order of the elements.
    pub(super) calls: Vec<(CallId, u32)>,
    /// How many of them are not over.
    pub(super) open: usize,
}

impl Batch {
    pub(super) fn new(tag: &str, calls: Vec<(CallId, u32)>) -> Self {
        Self { tag: tag.to_owned(), job: None, refused: None, open: calls.len(), calls }
    }

    /// Calls whose attempt in this batch is not over.
    pub(super) fn open_calls(&self, number: u32, table: &CallTable) -> Vec<CallId> {
        self.calls.iter().map(|(call, _)| *call).filter(|&call| is_open(call, number, table)).collect()
    }
}

/// Whether a call is still in the hands of this batch.
pub(super) fn is_open(call: CallId, number: u32, table: &CallTable) -> bool {
    let call = table.get(call);
    call.state.is_active() && call.batch.is_some_and(|(batch, _)| batch == number)
}
