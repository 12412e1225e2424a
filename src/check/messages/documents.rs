//! Wording about documents: which of them can import which.

use crate::{diagnostic::Diagnostic, source::Span, syntax::ast::Version};

pub(in crate::check) fn later_version_imported(span: Span, own: Version, other: Version) -> Diagnostic {
    let (own, other) = (own.name(), other.name());
    Diagnostic::warning(span, format!("this document is version {own} and imports one of version {other}"))
        .label("other engines import documents of their own version or an earlier one")
        .hint(format!("begin this document with `version {other}`"))
}
