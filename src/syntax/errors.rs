//! What does not parse, said to its author.
use pest::error::Error;
use super::{ast::Version, grammar::Rule};
use crate::{diagnostic::Diagnostic, source::{Source, SourceId}};
pub(super) fn syntax_error(id: SourceId, source: &Source, version: Version, error: &Error<Rule>) -> Diagnostic {
    let _ = (id, source, version);
    Diagnostic::error_without_span(error.to_string())
}
