//! Wording about the versions of documents: which can import which, and what an older one has only here.

use crate::{diagnostic::Diagnostic, source::Span, syntax::ast::Version};

pub(in crate::check) fn later_version_imported(span: Span, own: Version, other: Version) -> Diagnostic {
    let (own, other) = (own.name(), other.name());
    Diagnostic::warning(span, format!("this document is version {own} and imports one of version {other}"))
        .label("other engines import documents of their own version or an earlier one")
        .hint(format!("begin this document with `version {other}`"))
}

pub(in crate::check) fn bare_call_inputs(span: Span, version: Version) -> Diagnostic {
    Diagnostic::warning(span, format!("call inputs without `input:` before them need version 1.2; this document is {}", spoken(version)))
        .hint("write `{ input: … }`, or begin the document with `version 1.2`")
}

fn spoken(version: Version) -> String {
    match version {
        Version::Draft2 => "draft-2".to_owned(),
        Version::V1_0 | Version::V1_1 | Version::V1_2 | Version::V1_3 => format!("version {}", version.name()),
    }
}
