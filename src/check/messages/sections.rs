//! Wording about the sections of tasks, workflows and structs: what stands in them, and what the variable `task` has where.

use super::{nearest, nearest_or, type_text};
use crate::{
    diagnostic::Diagnostic,
    source::Span,
    syntax::ast::{Name, Version},
    value::Type,
};

pub(in crate::check) fn unknown_parameter(name: &Name, of: &str, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::warning(name.span, format!("`parameter_meta` tells of `{}`, which is no {of}", name.text)), near)
}

pub(in crate::check) fn runtime_beside(span: Span, runtime: Span, section: &str) -> Diagnostic {
    Diagnostic::error(span, format!("a task has either `runtime` or `requirements` and `hints`, found `{section}` beside `runtime`"))
        .also(runtime, "`runtime` is here")
        .hint("move what `runtime` holds into `requirements`, and what only this engine knows into `hints`")
}

pub(in crate::check) fn no_fpga(span: Span) -> Diagnostic {
    Diagnostic::warning(span, "an FPGA is required, and site files describe none that could be asked for")
        .label("a run is refused before anything is submitted")
        .hint("name what your site calls its nodes with FPGAs in `slaveconstraints`, and leave `fpga` out or say it in `hints`")
}

pub(in crate::check) fn not_a_requirement(name: &Name, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::warning(name.span, format!("`requirements` has no attribute `{}`, so it does nothing", name.text));
    nearest_or(diagnostic, near, "what is no requirement of WDL stands in `hints`")
}

pub(in crate::check) fn task_in_workflow(span: Span) -> Diagnostic {
    Diagnostic::error(span, "the variable `task` is known only inside a task, found it in a workflow")
        .hint("give it out as an output of the task, and name that output here")
}

pub(in crate::check) fn task_too_early(span: Span) -> Diagnostic {
    Diagnostic::error(span, "the variable `task` is not known to inputs and declarations: they are evaluated before it is")
        .hint("use it in the `command` or `output` section")
}

pub(in crate::check) fn task_in_attribute(span: Span, version: Version) -> Diagnostic {
    Diagnostic::error(span, format!("the variable `task` in requirements and hints needs version 1.3; this document is version {}", version.name()))
        .hint("use it in the `command` or `output` section")
}

pub(in crate::check) fn task_member_too_early(name: &Name) -> Diagnostic {
    Diagnostic::error(name.span, format!("`task.{}` is not known in requirements and hints: it is what they decide", name.text))
        .hint("use it in the `command` or `output` section; here `task` has `name`, `id`, `attempt`, `previous`, `meta`, `parameter_meta` and `ext`")
}

pub(in crate::check) fn member_by_key(span: Span, text: &str) -> Diagnostic {
    Diagnostic::warning(span, format!("a struct's member is written `.{text}`, not `[\"{text}\"]`"))
}

pub(in crate::check) fn key_as_member(name: &Name) -> Diagnostic {
    Diagnostic::warning(name.span, format!("the value of a map's key is written `[\"{0}\"]`, not `.{0}`", name.text))
        .label("the run fails if the map has no such key")
}

/// WDL 1.1, "Command Section": the one section that a task must have.
pub(in crate::check) fn command_missing(task: &Name) -> Diagnostic {
    Diagnostic::error(task.span, format!("the task `{}` has no `command`", task.text))
        .hint("write `command <<< … >>>`, empty if there is nothing to run")
}

/// A scatter's variable, used where the scatter's body is not.
pub(in crate::check) fn outside_its_scatter(span: Span, name: &str, scatter: Span) -> Diagnostic {
    Diagnostic::error(span, format!("nothing is named `{name}` here: it is the variable of a scatter"))
        .also(scatter, "known only in the body of this scatter")
        .hint("declare what is meant of it inside: outside that is an array of each round's")
}

/// `part` is the type, or what in it has no form in JSON.
pub(in crate::check) fn no_json(span: Span, found: &Type, part: &Type) -> Diagnostic {
    let found = if found == part { type_text(found) } else { format!("{} with {} in it", type_text(found), type_text(part)) };
    let hint = match part {
        Type::Pair(_) => "make an array or a struct of its `left` and `right`",
        _ => "names in JSON are strings: write a Map with String keys",
    };
    Diagnostic::error(span, format!("expected what JSON has a form for, found {found}")).hint(hint)
}

pub(in crate::check) fn optional_twice(span: Span) -> Diagnostic {
    Diagnostic::warning(span, "expected one `?` at most: a value is optional or not").hint("leave one `?` out; it means no more than one")
}

pub(in crate::check) fn boolean_joined(span: Span, left: &str, right: &str) -> Diagnostic {
    Diagnostic::warning(span, format!("`+` joins text and numbers, found {left} and {right}"))
        .hint("put the Boolean into a placeholder: `\"…~{flag}\"`")
}

pub(in crate::check) fn text_read(span: Span, found: &str, expected: &str) -> Diagnostic {
    Diagnostic::warning(span, format!("expected {expected}, found {found}")).label("the run fails if the text does not read as one")
}

pub(in crate::check) fn no_string(span: Span, found: &str, expected: &str) -> Diagnostic {
    Diagnostic::error(span, format!("expected {expected}, found {found}"))
        .hint("since version 1.1 only a placeholder makes a String of it: `\"~{…}\"`")
}

pub(in crate::check) fn unreadable_text(span: Span, expected: &str, piece: &str) -> Diagnostic {
    Diagnostic::error(span, format!("expected {expected}, found a text with \"{piece}\" in it"))
}

pub(in crate::check) fn choices_differ(span: Span, enumeration: &str, (known, found): (&str, &str)) -> Diagnostic {
    Diagnostic::error(span, format!("the choices of `{enumeration}` have values of several types: {known} before, {found} here"))
        .hint(format!("give all of them values of one type, {known} or another"))
}

pub(in crate::check) fn choice_without_value(choice: &Name, enumeration: &str, known: &str) -> Diagnostic {
    Diagnostic::error(
        choice.span,
        format!("the choice `{}` has no value, and the choices of `{enumeration}` before it have a value of type {known}", choice.text),
    )
    .hint("only among Strings does a choice without a value stand for its name: give it one")
}

pub(in crate::check) fn choice_of_other_type(span: Span, choice: &str, expected: &str, reason: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the value of choice `{choice}` is no {expected}: {reason}"))
}

pub(in crate::check) fn choices_without_order(span: Span, operator: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{operator}` cannot compare choices of an enum: they have no order")).hint("compare their values: `value(…)`")
}
