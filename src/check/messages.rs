//! All wording of the checker, a constructor a diagnostic. What was expected, what was found, what to do next.

use crate::{diagnostic::Diagnostic, source::Span, syntax::ast::Name};

/// `did you mean …?` where a name is near enough.
fn nearest(diagnostic: Diagnostic, nearest: Option<&str>) -> Diagnostic {
    match nearest {
        Some(name) => diagnostic.hint(format!("did you mean `{name}`?")),
        None => diagnostic,
    }
}

pub(super) fn import_cycle(span: Span, uri: &str) -> Diagnostic {
    Diagnostic::error(span, format!("this document is imported by `{uri}`, directly or through others, so it cannot import it"))
        .label("closes a cycle of imports")
        .hint("move what both need into a third document")
}

pub(super) fn duplicate(span: Span, first: Span, what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the {what} `{name}` is defined twice")).label("here again").also(first, "first here")
}

pub(super) fn unknown_alias_source(name: &Name, uri: &str, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::error(name.span, format!("`{uri}` has no struct `{}` to give another name", name.text)), near)
}

pub(super) fn struct_conflict(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("two different types are named `{name}` here"))
        .hint(format!("give the imported one another name: `import … alias {name} as Other{name}`"))
}

pub(super) fn struct_cycle(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the struct `{name}` contains itself")).hint("a value of it could never be written; take this member out")
}

pub(super) fn choice_not_constant(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the value of choice `{name}` is not a literal")).hint("write the value itself: a string, a number, true or false")
}

pub(super) fn unknown_type(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = nearest(Diagnostic::error(span, format!("no type is named `{name}`")), near);
    if near.is_some() { diagnostic } else { diagnostic.hint("define it as a struct, or import the document that does") }
}
