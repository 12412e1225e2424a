//! What a run will do, as a static [`Graph`]: one node a call, declaration, input, scatter, branch and output. Pure.
//!
//! It expands nothing and evaluates nothing. Entry: [`plan`].

pub mod graph;

pub use graph::Graph;

use crate::{
    check::names::{Callee, Checked},
    diagnostic::Diagnostic,
};

/// The graph of running `callee`. Errors: calls or declarations that wait for each other in a circle, `after` names that nothing has.
pub fn plan(_checked: &Checked, _callee: Callee) -> Result<Graph, Vec<Diagnostic>> {
    // STUB: follows on this branch.
    Err(vec![Diagnostic::error_without_span("planning is not there yet")])
}
