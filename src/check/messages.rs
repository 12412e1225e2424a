//! All wording of the checker, a constructor a diagnostic: what was expected, what was found, what to do next.

mod amounts;
mod documents;
mod sections;

pub(super) use amounts::*;
pub(super) use documents::*;
pub(super) use sections::*;

use crate::{
    diagnostic::{Diagnostic, nearest_name},
    source::Span,
    syntax::ast::{Call, Name, Version},
    value::{EnumType, StructType, Type},
};

/// `did you mean …?` where a name is near enough.
pub(super) fn nearest(diagnostic: Diagnostic, near: Option<&str>) -> Diagnostic {
    match near {
        Some(name) => diagnostic.hint(format!("did you mean `{name}`?")),
        None => diagnostic,
    }
}

/// `did you mean …?`, or another hint where no name is near.
fn nearest_or(diagnostic: Diagnostic, near: Option<&str>, hint: impl Into<String>) -> Diagnostic {
    if near.is_some() { nearest(diagnostic, near) } else { diagnostic.hint(hint) }
}

/// `a`, `b` and `c`
pub(super) fn list(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A type as a reader knows it.
pub(super) fn type_text(ty: &Type) -> String {
    match ty {
        Type::Call(_) => "a call".to_owned(),
        Type::Boolean
        | Type::Int
        | Type::Float
        | Type::String
        | Type::File
        | Type::Directory
        | Type::Array { .. }
        | Type::Map(_)
        | Type::Pair(_)
        | Type::Optional(_)
        | Type::Struct(_)
        | Type::Enum(_)
        | Type::Object
        | Type::None
        | Type::Any => format!("`{ty}`"),
    }
}

/// What to do about a call that stands where a value is wanted.
fn call_hint(diagnostic: Diagnostic, found: &Type) -> Diagnostic {
    match found {
        Type::Call(outputs) => match outputs.members.first() {
            Some((output, _)) => diagnostic.hint(format!("name one of its outputs, such as `.{output}`")),
            None => diagnostic.hint("it has no outputs, so it has no value"),
        },
        _ => diagnostic,
    }
}

// Documents, imports, types.

pub(super) fn needs_version(span: Span, what: &str, since: Version, version: Version) -> Diagnostic {
    let document = match version {
        Version::Draft2 => "this document has no version line, so it is draft-2".to_owned(),
        Version::V1_0 | Version::V1_1 | Version::V1_2 | Version::V1_3 => format!("this document is version {}", version.name()),
    };
    Diagnostic::error(span, format!("{what} needs version {}; {document}", since.name()))
        .hint(format!("begin the document with `version {}`", since.name()))
}

/// `names`: the documents on the way round, as they are shown, from the one that is imported to the one that imports it.
pub(super) fn import_cycle(span: Span, names: &[&str]) -> Diagnostic {
    let message = match names {
        [only] => format!("`{only}` imports itself"),
        names => {
            let way: Vec<String> = names.iter().chain(names.first()).map(|name| format!("`{name}`")).collect();
            format!("these documents import each other in a circle: {}", way.join(" imports "))
        }
    };
    Diagnostic::error(span, message).label("closes the circle of imports").hint("move what both need into a third document")
}

pub(super) fn duplicate(span: Span, first: Span, what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the {what} `{name}` is defined twice")).label("here again").also(first, "first here")
}

pub(super) fn workflow_named_as_task(name: &Name, task: Span) -> Diagnostic {
    Diagnostic::warning(name.span, format!("a task and a workflow are both named `{}`", name.text))
        .label("a call of it in other documents means this")
        .also(task, "a call of it in this document means this")
}

pub(super) fn second_workflow(span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(span, "a document has at most one workflow")
        .label("the second one")
        .also(first, "the first one")
        .hint("move one of them into a document of its own and import it")
}

pub(super) fn unknown_alias_source(name: &Name, uri: &str, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::error(name.span, format!("`{uri}` has no struct `{}` to give another name", name.text)), near)
}

pub(super) fn struct_conflict(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("two different types are named `{name}` here"))
        .hint(format!("give the imported one another name: `import … alias {name} as Other{name}`"))
}

pub(super) fn struct_hidden(span: Span, imported: Span, name: &str) -> Diagnostic {
    Diagnostic::warning(span, format!("the type `{name}` is another than the imported one of that name"))
        .label("this one is meant in this document")
        .also(imported, "imported here")
        .hint(format!("give the imported one another name: `import … alias {name} as Other{name}`"))
}

pub(super) fn struct_cycle(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the struct `{name}` contains itself")).hint("no value of it could ever be written; take this member out")
}

pub(super) fn member_with_value(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the member `{name}` of a struct cannot have a value")).hint("give the value where a value of the struct is made")
}

pub(super) fn choice_not_constant(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the value of choice `{name}` is not a literal"))
        .hint("write the value itself: a string, a number, true or false")
}

/// A literal that is to become a choice, as `F f = "A"`.
pub(super) fn no_such_choice(span: Span, text: &str, ty: &EnumType) -> Diagnostic {
    let near = nearest_name(text, ty.choices.iter().map(String::as_str));
    nearest(Diagnostic::error(span, format!("the enum `{}` has no choice `{text}`", ty.name)), near)
}

pub(super) fn unknown_choice(name: &Name, enumeration: &str, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::error(name.span, format!("the enum `{enumeration}` has no choice `{}`", name.text)), near)
}

pub(super) fn unknown_type(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(span, format!("no type is named `{name}`"));
    nearest_or(diagnostic, near, "define it as a struct, or import the document that does")
}

pub(super) fn bare_type(span: Span, version: Version) -> Diagnostic {
    Diagnostic::error(span, format!("version {} wants the types inside in brackets, as in `Array[File]`", version.name()))
}

pub(super) fn unused_import(span: Span) -> Diagnostic {
    Diagnostic::warning(span, "nothing of this import is used")
}

// Names.

pub(super) fn unknown_name(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    nearest_or(Diagnostic::error(span, format!("nothing is named `{name}` here")), near, "declare it, or write it in quotes if it is text")
}

pub(super) fn unused(name: &Name, what: &str) -> Diagnostic {
    Diagnostic::warning(name.span, format!("the {what} `{}` is not used", name.text))
}

pub(super) fn cycle(span: Span, names: &[&str]) -> Diagnostic {
    match names {
        [] => Diagnostic::error(span, "this needs its own result"),
        [only] => Diagnostic::error(span, format!("`{only}` needs its own result")),
        [first, ..] => {
            let way: Vec<String> = names.iter().chain([first]).map(|name| format!("`{name}`")).collect();
            Diagnostic::error(span, format!("these wait for each other, so none can ever start: {}", way.join(" needs ")))
                .hint("take one of these dependencies (a value or an `after`) out")
        }
    }
}

pub(super) fn declaration_without_value(name: &Name) -> Diagnostic {
    Diagnostic::error(name.span, format!("`{}` has no value and is not an input", name.text)).hint("give it a value, or move it into `input { … }`")
}

pub(super) fn output_without_value(name: &Name) -> Diagnostic {
    Diagnostic::error(name.span, format!("the output `{}` has no value", name.text)).hint("write `= …` after its name")
}

// Types of expressions.

pub(super) fn wrong_type(span: Span, found: &Type, expected: &Type) -> Diagnostic {
    let diagnostic = Diagnostic::error(span, format!("expected {}, found {}", type_text(expected), type_text(found)));
    let diagnostic = call_hint(diagnostic, found);
    match (found, expected) {
        (Type::Array { .. }, _) if !matches!(expected.required(), Type::Array { .. } | Type::Map(_)) => {
            diagnostic.hint("take one item, as in `[0]`, or scatter over it")
        }
        (_, Type::Array { .. }) if !matches!(found, Type::Call(_)) => diagnostic.hint("write `[ … ]` around it if one item is meant"),
        _ if type_text(found) == type_text(expected) => diagnostic.hint("they are two types of one name, each of a document of its own"),
        _ => diagnostic,
    }
}

pub(super) fn loose_coercion(span: Span, found: &Type, expected: &Type) -> Diagnostic {
    let diagnostic = Diagnostic::warning(span, format!("expected {}, found {}", type_text(expected), type_text(found)));
    if matches!(found, Type::Optional(_)) && !expected.is_optional() {
        diagnostic.label("may be none; the run fails then").hint("give it a value for that case: `select_first([…, …])`")
    } else {
        diagnostic.label("the run fails if the value does not fit")
    }
}

pub(super) fn branches_differ(yes: Span, yes_type: &Type, no: Span, no_type: &Type) -> Diagnostic {
    Diagnostic::error(no, "both sides of `if … then … else` should have one type")
        .label(format!("this is {}", type_text(no_type)))
        .also(yes, format!("this is {}", type_text(yes_type)))
}

pub(super) fn mixed_array(span: Span, found: &Type, expected: &Type) -> Diagnostic {
    Diagnostic::error(span, format!("an array holds items of one type: {} before, {} here", type_text(expected), type_text(found)))
}

pub(super) fn empty_array(span: Span, expected: &Type) -> Diagnostic {
    Diagnostic::error(span, format!("{} needs at least one item, found none", type_text(expected)))
}

pub(super) fn not_indexable(span: Span, found: &Type) -> Diagnostic {
    call_hint(Diagnostic::error(span, format!("only arrays and maps have items, found {}", type_text(found))), found)
}

pub(super) fn not_scatterable(span: Span, found: &Type) -> Diagnostic {
    call_hint(Diagnostic::error(span, format!("a scatter runs over an array, found {}", type_text(found))), found)
}

pub(super) fn unknown_member(name: &Name, found: &Type, near: Option<&str>) -> Diagnostic {
    let diagnostic = nearest(Diagnostic::error(name.span, format!("{} has no member `{}`", type_text(found), name.text)), near);
    match found.required() {
        Type::Map(_) => diagnostic.hint(format!("the value of a map's key is `[\"{}\"]`", name.text)),
        Type::Pair(_) if near.is_none() => diagnostic.hint("a pair has `.left` and `.right`"),
        _ => diagnostic,
    }
}

pub(super) fn missing_members(span: Span, name: &str, missing: &[&str]) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` also needs {}", list(missing)))
}

pub(super) fn not_a_number(span: Span, operator: &str, found: &Type) -> Diagnostic {
    call_hint(Diagnostic::error(span, format!("`{operator}` works on numbers, found {}", type_text(found))), found)
}

pub(super) fn not_addable(span: Span, left: &Type, right: &Type) -> Diagnostic {
    let diagnostic = Diagnostic::error(span, format!("`+` adds numbers or joins text, found {} and {}", type_text(left), type_text(right)));
    call_hint(call_hint(diagnostic, left), right)
}

pub(super) fn not_comparable(span: Span, operator: &str, left: &Type, right: &Type) -> Diagnostic {
    let diagnostic = Diagnostic::error(span, format!("`{operator}` cannot compare {} with {}", type_text(left), type_text(right)));
    call_hint(call_hint(diagnostic, left), right)
}

pub(super) fn unknown_function(name: &Name, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::error(name.span, format!("no function is named `{}`", name.text)), near)
}

pub(super) fn only_in_outputs(name: &Name) -> Diagnostic {
    Diagnostic::error(name.span, format!("`{}()` is known only once the command has run", name.text)).hint("use it in the `output` section of a task")
}

pub(super) fn wrong_arguments(name: &Name, found: &[Type], written: &[&str]) -> Diagnostic {
    let given: Vec<String> = found.iter().map(type_text).collect();
    let message = if given.is_empty() {
        format!("`{}` needs an argument, found none", name.text)
    } else {
        format!("`{}` does not take {}", name.text, given.join(", "))
    };
    let diagnostic = Diagnostic::error(name.span, message).hint(format!("it is {}", list(written)));
    found.iter().fold(diagnostic, call_hint)
}

pub(super) fn loose_argument(span: Span, name: &str, found: &Type, written: &str) -> Diagnostic {
    let diagnostic = Diagnostic::warning(span, format!("`{name}` is `{written}`, found {}", type_text(found)));
    diagnostic.label(if matches!(found, Type::Optional(_)) { "may be none; the run fails then" } else { "the run fails if the value does not fit" })
}

pub(super) fn half_of_true_false(span: Span, given: &str, missing: &str) -> Diagnostic {
    Diagnostic::warning(span, format!("`{given}=` wants `{missing}=` beside it")).hint(format!("add `{missing}=\"\"`"))
}

pub(super) fn not_an_array(span: Span, found: &Type) -> Diagnostic {
    call_hint(Diagnostic::error(span, format!("`sep=` joins an array of texts or numbers, found {}", type_text(found))), found)
}

pub(super) fn no_text(span: Span, found: &Type) -> Diagnostic {
    let diagnostic = Diagnostic::error(span, format!("a placeholder takes text, a number, a Boolean or a file, found {}", type_text(found)));
    match found.required() {
        Type::Array { .. } => diagnostic.hint("join the items with `sep`, or write them to a file with `write_lines()`"),
        Type::Map(_) | Type::Pair(_) | Type::Struct(_) | Type::Object => {
            diagnostic.hint("name one of its members, or write it to a file with `write_json()`")
        }
        _ => call_hint(diagnostic, found),
    }
}

// Calls.

pub(super) fn unknown_namespace(name: &Name, near: Option<&str>, unnamed: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(name.span, format!("no import is named `{}`", name.text));
    match unnamed {
        Some(uri) if near.is_none() => {
            diagnostic.hint(format!("the file name of \"{uri}\" is not a name; write `import \"{uri}\" as {}`", name.text))
        }
        Some(_) | None => nearest_or(diagnostic, near, format!("add `import \"….wdl\" as {}`", name.text)),
    }
}

pub(super) fn unknown_callee(name: &Name, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(name.span, format!("there is no task or workflow `{}` to call", name.text));
    nearest_or(diagnostic, near, "define it as a task, or import the document that does")
}

pub(super) fn recursion(call: &Call) -> Diagnostic {
    Diagnostic::error(call.name().span, "a workflow cannot call itself")
}

pub(super) fn unknown_call(name: &Name, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::error(name.span, format!("this workflow has no call `{}`", name.text)), near)
}

pub(super) fn unknown_output(name: &Name, call: &str, outputs: &StructType, near: Option<&str>) -> Diagnostic {
    let diagnostic = nearest(Diagnostic::error(name.span, format!("the call `{call}` of `{}` has no output `{}`", outputs.name, name.text)), near);
    if near.is_some() {
        return diagnostic;
    }
    let names: Vec<&str> = outputs.members.iter().map(|(name, _)| name.as_str()).collect();
    diagnostic.hint(if names.is_empty() { format!("`{}` has no outputs", outputs.name) } else { format!("its outputs are {}", list(&names)) })
}

pub(super) fn unknown_call_input(name: &Name, callee: &str, call: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(name.span, format!("`{callee}` has no input `{}`", name.text)).label(format!("given by the call `{call}`"));
    nearest(diagnostic, near)
}

pub(super) fn missing_call_inputs(call: &Call, missing: &[&str]) -> Diagnostic {
    Diagnostic::error(call.name().span, format!("the call `{}` must give {}", call.name().text, list(missing)))
        .label("else the run's inputs must")
        .hint("give it in the call, or say that it is given from outside: `meta { allowNestedInputs: true }`")
}

pub(super) fn given_twice(span: Span, first: Span, what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the {what} `{name}` is given twice")).label("this one holds").also(first, "first here")
}

pub(super) fn after_in_1_0(span: Span) -> Diagnostic {
    Diagnostic::warning(span, "`after` is not in version 1.0 of the language").hint("begin the document with `version 1.1`")
}

pub(super) fn unknown_after(name: &Name, call: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(name.span, format!("the call `{call}` comes after `{}`, but this workflow has no such call", name.text));
    nearest_or(diagnostic, near, "`after` takes the name of a call: its alias where it has one")
}

pub(super) fn after_target(name: &Name, call: &str, alias: &str) -> Diagnostic {
    unknown_after(name, call, Some(alias)).hint(format!("`{alias}` is how this workflow calls `{}`", name.text))
}

pub(super) fn old_output(span: Span, version: Version) -> Diagnostic {
    Diagnostic::error(span, format!("version {} wants outputs as declarations", version.name())).hint("write `Type name = call.output`")
}

// Runtime attributes.

pub(super) fn unknown_attribute(name: &Name, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::warning(name.span, format!("the runtime attribute `{}` is not known and does nothing", name.text)), near)
}

pub(super) fn ignored_attributes(span: Span, names: &[String]) -> Diagnostic {
    Diagnostic::warning(span, format!("ignored here: {}", list(names))).label("accepted, but Slurm has nothing to do with it")
}
