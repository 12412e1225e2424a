//! Wording of everything that is wrong with the shape of a workflow.

use crate::{
    diagnostic::{Diagnostic, nearest_name},
    source::Span,
    syntax::ast::Name,
};

/// `after x` where nothing is called `x`.
pub(super) fn unknown_after(name: &Name, known: &[String]) -> Diagnostic {
    let error =
        Diagnostic::error(name.span, format!("expected the name of a call after `after`, found `{}`, which this workflow does not have", name.text));
    match nearest_name(&name.text, known.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("there is a `{near}`")),
        None => error.hint("a call goes by its alias where it has one"),
    }
}

/// Nodes that wait for each other: each with its place, in the order of waiting.
pub(super) fn circle(members: &[(String, Span)]) -> Diagnostic {
    let (first, rest) = members.split_first().expect("a circle has a member");
    let names: Vec<&str> = members.iter().chain([first]).map(|(name, _)| name.as_str()).collect();
    let mut error = Diagnostic::error(first.1, format!("these wait for each other and can never start: {}", names.join(" → ")));
    error = error.label(format!("`{}` waits for `{}`", first.0, names[1]));
    for (index, (name, place)) in rest.iter().enumerate() {
        error = error.also(*place, format!("`{name}` waits for `{}`", names[index + 2]));
    }
    error.hint("take one of these references, or one `after`, away")
}

/// A workflow that calls itself, through whatever others.
pub(super) fn calls_itself(call: Span, workflow: &str) -> Diagnostic {
    Diagnostic::error(call, format!("workflow `{workflow}` calls itself")).hint("WDL has no recursion; a scatter or a loop inside one task may do")
}
