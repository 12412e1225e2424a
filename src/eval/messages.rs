//! Wording of everything that can go wrong while a document runs: one function a message.

use crate::{diagnostic::Diagnostic, source::Span};

/// A name without a value.
pub(super) fn not_known(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` has no value here"))
}
