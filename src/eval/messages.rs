//! Wording of everything that can go wrong while a document runs: one function a message.

use crate::{
    diagnostic::Diagnostic,
    source::Span,
    syntax::ast::{Declaration, Name, Placeholder},
    value::{EnumType, Object, PathKind, Value, describe, primitive_text},
};

/// A name without a value.
pub(super) fn not_known(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` has no value here"))
}

/// A type that is not defined.
pub(super) fn unknown_type(span: Span) -> Diagnostic {
    Diagnostic::error(span, "this type is not defined")
}

/// What an operation on values says of itself.
pub(super) fn failed(span: Span, error: String) -> Diagnostic {
    Diagnostic::error(span, error)
}

/// The same, with both operands shown.
pub(super) fn operation_failed(span: Span, error: String, left: (Span, &Value), right: (Span, &Value)) -> Diagnostic {
    Diagnostic::error(span, error).also(left.0, describe(left.1)).also(right.0, describe(right.1))
}

/// A value that does not fit its declaration.
pub(super) fn wrong_type(span: Span, declaration: &Declaration, error: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{}`: {error}", declaration.name.text)).also(declaration.ty.span, "declared here")
}

/// A condition that is no Boolean: where one is wanted, after the word `Boolean`.
pub(super) fn not_a_condition(span: Span, place: &str, found: &Value) -> Diagnostic {
    Diagnostic::error(span, format!("expected a Boolean {place}, found {}", describe(found)))
}

/// A member that is not there.
pub(super) fn no_member(member: &Name, base: Span, value: &Value) -> Diagnostic {
    let diagnostic = Diagnostic::error(member.span, format!("no member `{}` in {}", member.text, describe(value))).also(base, describe(value));
    match value {
        Value::Object(members) => diagnostic.hint(holds("it holds", members.keys().cloned())),
        Value::Struct(inner) => diagnostic.hint(holds("it holds", inner.members.keys().cloned())),
        Value::None => diagnostic.hint("test it with `defined()` or choose with `select_first()`"),
        _ => diagnostic,
    }
}

/// A choice that an enum does not have.
pub(super) fn no_choice(choice: &Name, ty: &EnumType) -> Diagnostic {
    Diagnostic::error(choice.span, format!("enum {} has no choice `{}`", ty.name, choice.text)).hint(holds("its choices", ty.choices.iter().cloned()))
}

/// An index outside an array.
pub(super) fn out_of_range(span: Span, index: i64, length: usize) -> Diagnostic {
    let range = if length == 0 { "the array is empty".to_owned() } else { format!("the array has indices 0 to {}", length - 1) };
    Diagnostic::error(span, format!("index {index} is out of range: {range}"))
}

/// A key that a map does not have.
pub(super) fn no_key(span: Span, key: &Value, entries: &[(Value, Value)]) -> Diagnostic {
    let keys = entries.iter().map(|(key, _)| primitive_text(key, crate::value::Coercion::Loose).unwrap_or_else(|| describe(key)));
    Diagnostic::error(span, format!("no key {} in this map", describe(key))).hint(holds("its keys", keys))
}

/// A name that an object does not have.
pub(super) fn no_name(span: Span, name: &str, members: &Object) -> Diagnostic {
    Diagnostic::error(span, format!("no member `{name}` in this object")).hint(holds("it holds", members.keys().cloned()))
}

/// An index into what has none.
pub(super) fn cannot_index(base: (Span, &Value), index: (Span, &Value)) -> Diagnostic {
    let message = format!("expected an Array with an Int or a Map with a key, found {} and {}", describe(base.1), describe(index.1));
    Diagnostic::error(index.0, message).also(base.0, describe(base.1))
}

/// A key or member that a literal gives twice.
pub(super) fn key_twice(span: Span, key: &Value) -> Diagnostic {
    Diagnostic::error(span, format!("the key {} comes twice", describe(key)))
}

/// A function that does not exist.
pub(super) fn no_function(function: &Name, nearest: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(function.span, format!("there is no function `{}`", function.text));
    match nearest {
        Some(name) => diagnostic.hint(format!("did you mean `{name}`?")),
        None => diagnostic,
    }
}

/// Too many arguments, or too few.
pub(super) fn wrong_count(function: &Name, (least, most): (usize, usize), found: usize) -> Diagnostic {
    let expected = if least == most { least.to_string() } else { format!("{least} to {most}") };
    Diagnostic::error(function.span, format!("`{}` takes {expected} arguments, found {found}", function.text))
}

/// An argument of the wrong kind.
pub(super) fn wrong_argument(span: Span, (function, index): (&str, usize), expected: &str, found: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{function}`: expected {expected} as argument {}, found {found}", index + 1))
}

/// `stdout()` where there is no command.
pub(super) fn no_stream(span: Span, function: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{function}()` has a value only in the outputs of a task"))
}

/// An option of a placeholder that is no text.
pub(super) fn option_not_text(span: Span, found: &Value) -> Diagnostic {
    Diagnostic::error(span, format!("expected a String, found {}", describe(found)))
}

/// An array in a text.
pub(super) fn array_without_sep(placeholder: &Placeholder) -> Diagnostic {
    Diagnostic::error(placeholder.span, "an array in a text needs a separator").hint("write `~{sep=\" \" …}` or, since WDL 1.1, `~{sep(\" \", …)}`")
}

/// A compound value in a text.
pub(super) fn compound_in_text(placeholder: &Placeholder, value: &Value) -> Diagnostic {
    Diagnostic::error(placeholder.span, format!("expected a value that has a text, found {}", describe(value)))
        .hint("take a member of it, or write it to a file with `write_json()`")
}

/// A requirement that cannot be read.
pub(super) fn unreadable(span: Span, (what, name): (&str, &str), found: &Value, accepted: &str) -> Diagnostic {
    Diagnostic::error(span, format!("unreadable {what}: `{name}` is {}", describe(found))).hint(format!("accepted: {accepted}"))
}

/// A volume whose path is relative.
pub(super) fn volume_not_absolute(span: Span, side: &str, path: &str) -> Diagnostic {
    Diagnostic::error(span, format!("expected an absolute {side} path in `volumes`, found {path:?}"))
        .hint("write {\"/path/in/container\": \"/path/on/host\"}, with `:ro` behind the host path for read only")
}

/// `runneroptions` that nothing reads.
pub(super) fn options_without_runner(span: Span) -> Diagnostic {
    Diagnostic::error(span, "`runneroptions` without `runner`").hint("add `runner: \"partisaner\"`")
}

/// A distributed task of no kind.
pub(super) fn no_cluster(span: Span) -> Diagnostic {
    Diagnostic::error(span, "expected `runneroptions` with a `cluster`, found none")
        .hint("name one: mpich, openmpi, intelmpi, mpi, tensorflow, pytorch, spark, ray, dask, or one of the site's own")
}

/// An option or a role's member that is not known.
pub(super) fn unknown_member(span: Span, (what, name): (&str, &str), nearest: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(span, format!("unknown {what}: `{name}`"));
    match nearest {
        Some(nearest) => diagnostic.hint(format!("did you mean `{nearest}`?")),
        None => diagnostic.hint(format!("known are: {}", known.join(", "))),
    }
}

/// A role without a name.
pub(super) fn role_without_name(span: Span) -> Diagnostic {
    Diagnostic::error(span, "expected a role with a `name`, found none").hint("write {\"name\": \"worker\", \"procs\": 2}")
}

/// Two roles of one name.
pub(super) fn role_twice(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the role `{name}` comes twice")).hint("give one role more `procs`, or the other another name")
}

/// An input that nobody gave.
pub(super) fn missing_input(declaration: &Declaration, task: &str) -> Diagnostic {
    let name = &declaration.name.text;
    Diagnostic::error(declaration.name.span, format!("task `{task}` needs a value for its input `{name}`"))
}

/// An input whose value does not fit.
pub(super) fn wrong_input(declaration: &Declaration, error: &str) -> Diagnostic {
    Diagnostic::error(declaration.name.span, format!("input `{}`: {error}", declaration.name.text))
}

/// A file that is not there.
pub(super) fn missing_path((kind, declaration): (&str, &Declaration), path: &str) -> Diagnostic {
    Diagnostic::error(declaration.name.span, format!("{kind} `{}`: there is no file `{path}`", declaration.name.text))
}

/// A file beside a document from the network.
pub(super) fn file_of_a_server((name, span): (&str, Span), path: &str, uri: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` is the file `{path}` beside `{uri}`: of the network only documents are read"))
        .hint(format!("give `{name}` a file of this machine where it is an input; else download the document with the files beside it, and run that"))
}

/// A requirement that no site can describe here: it must not be taken for met.
pub(super) fn no_fpga(span: Span) -> Diagnostic {
    Diagnostic::error(span, "this task requires an FPGA, and site files describe none that could be asked for")
        .hint("name what your site calls its nodes with FPGAs in `slaveconstraints`, and leave `fpga` out or say it in `hints`")
}

/// A folder for a file, or a file for a folder.
pub(super) fn wrong_path_kind((kind, declaration): (&str, &Declaration), path: &str, said: PathKind) -> Diagnostic {
    let name = &declaration.name.text;
    match said {
        PathKind::File => Diagnostic::error(declaration.name.span, format!("{kind} `{name}`: expected a file, found the folder `{path}`"))
            .hint("a folder is a `Directory` (WDL 1.2)"),
        PathKind::Directory => Diagnostic::error(declaration.name.span, format!("{kind} `{name}`: expected a folder, found the file `{path}`")),
    }
}

/// An output file that is not there.
pub(super) fn missing_output_file(declaration: &Declaration, path: &str, held: Option<Vec<String>>) -> Diagnostic {
    let name = &declaration.name.text;
    let diagnostic = Diagnostic::error(declaration.name.span, format!("output `{name}`: the command left no file `{path}`"));
    match held {
        Some(names) if names.is_empty() => diagnostic.hint("the folder it would be in is empty"),
        Some(names) => diagnostic.hint(holds("the folder it would be in holds", names)),
        None => diagnostic.hint("the folder it would be in does not exist"),
    }
}

/// An output whose name is there, but only as a symlink.
pub(super) fn link_to_nothing(declaration: &Declaration, path: &str) -> Diagnostic {
    Diagnostic::error(declaration.name.span, format!("output `{}`: `{path}` is a symlink that leads nowhere", declaration.name.text))
        .hint("what it leads to is missing, or is there only while the command runs")
}

/// A folder where a file is declared, or the other way round.
pub(super) fn wrong_output_kind(declaration: &Declaration, path: &str, expected: &str) -> Diagnostic {
    Diagnostic::error(declaration.name.span, format!("output `{}`: expected `{path}` to be {expected}, and it is not", declaration.name.text))
}

/// An output outside the task's folder.
pub(super) fn output_outside(declaration: &Declaration, path: &str) -> Diagnostic {
    let name = &declaration.name.text;
    Diagnostic::error(declaration.name.span, format!("output `{name}`: `{path}` is outside the task's folder"))
        .hint("since WDL 1.0 a task gives back only files below its working folder; name it by a relative path, or copy it there")
}

/// A symlink below an output folder that leads out of the task's folder.
pub(super) fn link_outside(declaration: &Declaration, link: &str, target: &str) -> Diagnostic {
    let name = &declaration.name.text;
    Diagnostic::error(declaration.name.span, format!("output `{name}`: the symlink `{link}` leads to `{target}`, outside the task's folder"))
        .hint("copy what it leads to, or link to something below the task's working folder")
}

/// A file that could not be consulted.
pub(super) fn file_failed(declaration: &Declaration, error: &impl std::fmt::Display) -> Diagnostic {
    Diagnostic::error(declaration.name.span, format!("`{}`: cannot look at {error}", declaration.name.text))
}

/// A short list for a hint.
fn holds(what: &str, names: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 12;
    let names: Vec<String> = names.into_iter().collect();
    let mut shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = format!("… {} more", names.len().saturating_sub(SHOWN));
    if names.len() > SHOWN {
        shown.push(&more);
    }
    if shown.is_empty() { format!("{what}: nothing") } else { format!("{what}: {}", shown.join(", ")) }
}

pub(super) fn disk_twice(span: Span, mount: Option<&str>) -> Diagnostic {
    match mount {
        Some(mount) => Diagnostic::error(span, format!("expected one disk at each mount point, found two at `{mount}`")),
        None => Diagnostic::error(span, "expected at most one disk without a mount point, found two")
            .hint("the disk without one is where the task's own folder is; name the others' mount points: \"/mnt/b 10 GiB\""),
    }
}
