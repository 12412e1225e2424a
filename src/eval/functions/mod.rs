//! The standard library of every version; `check` says which version has which function.

mod arrays;
mod files;
mod maps;
mod numbers;
mod strings;
mod tables;

use super::{Evaluator, expression::Place, messages};
use crate::{
    diagnostic::{Diagnostic, nearest_name},
    source::Span,
    stdlib,
    syntax::ast::{Expr, Name},
    value::{Value, describe, primitive_text},
};

/// One function: its name, the least and the most arguments, what it does.
type Entry = (&'static str, (usize, usize), fn(&Arguments<'_>) -> Result<Value, Diagnostic>);

/// Every function there is, by subject.
const FUNCTIONS: &[Entry] = &[
    ("floor", (1, 1), numbers::floor),
    ("ceil", (1, 1), numbers::ceil),
    ("round", (1, 1), numbers::round),
    ("min", (2, 2), numbers::min),
    ("max", (2, 2), numbers::max),
    ("sub", (3, 3), strings::sub),
    ("find", (2, 2), strings::find),
    ("matches", (2, 2), strings::matches),
    ("split", (2, 2), strings::split),
    ("basename", (1, 2), strings::basename),
    ("join_paths", (1, 2), strings::join_paths),
    ("prefix", (2, 2), strings::prefix),
    ("suffix", (2, 2), strings::suffix),
    ("quote", (1, 1), strings::quote),
    ("squote", (1, 1), strings::squote),
    ("sep", (2, 2), strings::sep),
    ("length", (1, 1), arrays::length),
    ("range", (1, 1), arrays::range),
    ("transpose", (1, 1), arrays::transpose),
    ("cross", (2, 2), arrays::cross),
    ("zip", (2, 2), arrays::zip),
    ("unzip", (1, 1), arrays::unzip),
    ("flatten", (1, 1), arrays::flatten),
    ("chunk", (2, 2), arrays::chunk),
    ("contains", (2, 2), arrays::contains),
    ("select_first", (1, 2), arrays::select_first),
    ("select_all", (1, 1), arrays::select_all),
    ("defined", (1, 1), arrays::defined),
    ("as_pairs", (1, 1), maps::as_pairs),
    ("as_map", (1, 1), maps::as_map),
    ("keys", (1, 1), maps::keys),
    ("values", (1, 1), maps::values),
    ("contains_key", (2, 2), maps::contains_key),
    ("collect_by_key", (1, 1), maps::collect_by_key),
    ("value", (1, 1), maps::value),
    ("stdout", (0, 0), files::stdout),
    ("stderr", (0, 0), files::stderr),
    ("glob", (1, 1), files::glob),
    ("size", (1, 2), files::size),
    ("read_string", (1, 1), files::read_string),
    ("read_int", (1, 1), files::read_int),
    ("read_float", (1, 1), files::read_float),
    ("read_boolean", (1, 1), files::read_boolean),
    ("read_lines", (1, 1), files::read_lines),
    ("read_json", (1, 1), files::read_json),
    ("write_lines", (1, 1), files::write_lines),
    ("write_json", (1, 1), files::write_json),
    ("read_tsv", (1, 3), tables::read_tsv),
    ("read_map", (1, 1), tables::read_map),
    ("read_object", (1, 1), tables::read_object),
    ("read_objects", (1, 1), tables::read_objects),
    ("write_tsv", (1, 3), tables::write_tsv),
    ("write_map", (1, 1), tables::write_map),
    ("write_object", (1, 1), tables::write_object),
    ("write_objects", (1, 1), tables::write_objects),
];

/// Functions that look at the items of what they are given: one unknown item makes their result unknown.
const COMPARING: &[&str] = &["contains", "as_map", "collect_by_key", "select_all", "write_json", "flatten", "transpose", "unzip"];

/// Names of every function that can be evaluated.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, ..)| *name)
}

/// `function(arguments)`.
pub(super) fn apply(evaluator: &Evaluator<'_>, function: &Name, arguments: &[Expr], (span, place): (Span, Place)) -> Result<Value, Diagnostic> {
    let known = FUNCTIONS.iter().find(|(name, ..)| *name == function.text);
    let Some((name, (least, most), body)) = known else {
        return Err(messages::no_function(function, nearest_name(&function.text, function_names())));
    };
    if !(*least..=*most).contains(&arguments.len()) {
        return Err(messages::wrong_count(function, (*least, *most), arguments.len()));
    }
    let values = arguments.iter().map(|argument| evaluator.evaluate(argument, place)).collect::<Result<Vec<_>, _>>()?;
    if let Some(unknown) = values.iter().find(|value| matches!(value, Value::Unknown(_))) {
        return Ok(unknown.clone());
    }
    if COMPARING.contains(name)
        && let Some(unknown) = values.iter().find_map(Value::unknown)
    {
        return Ok(Value::Unknown(unknown));
    }
    let arguments = Arguments { evaluator, name, span, values, spans: arguments.iter().map(|argument| argument.span).collect() };
    if stdlib::touches_files(name) && evaluator.files.unavailable() && !arguments.measures_nothing() {
        return Ok(Value::Unknown(arguments.shown().into()));
    }
    body(&arguments)
}

/// The evaluated arguments of one application of a function.
struct Arguments<'a> {
    evaluator: &'a Evaluator<'a>,
    name: &'static str,
    span: Span,
    values: Vec<Value>,
    spans: Vec<Span>,
}

impl Arguments<'_> {
    /// An error that no single argument is to blame for.
    fn fail(&self, message: impl AsRef<str>) -> Diagnostic {
        Diagnostic::error(self.span, format!("`{}`: {}", self.name, message.as_ref()))
    }

    /// An argument of the wrong kind.
    fn wrong(&self, index: usize, expected: &str) -> Diagnostic {
        messages::wrong_argument(self.spans[index], (self.name, index), expected, &describe(&self.values[index]))
    }

    /// The application as text, the name of what it would give: `read_int(n.txt)`.
    fn shown(&self) -> String {
        let texts: Vec<_> = self.values.iter().filter_map(|value| self.text_of(value)).collect();
        format!("{}({})", self.name, texts.join(", "))
    }

    /// `size(None)`, which is 0 and needs no file.
    fn measures_nothing(&self) -> bool {
        self.name == "size" && self.values[0] == Value::None
    }

    fn text_of(&self, value: &Value) -> Option<String> {
        primitive_text(value, self.evaluator.coercion())
    }

    /// A primitive argument as text.
    fn text(&self, index: usize) -> Result<String, Diagnostic> {
        self.text_of(&self.values[index]).ok_or_else(|| self.wrong(index, "a String"))
    }

    /// An argument that is an array.
    fn array(&self, index: usize) -> Result<&[Value], Diagnostic> {
        match &self.values[index] {
            Value::Array(items) => Ok(items),
            _ => Err(self.wrong(index, "an Array")),
        }
    }

    /// An array of primitives as texts.
    fn texts(&self, index: usize) -> Result<Vec<String>, Diagnostic> {
        let text = |item: &Value| self.text_of(item).ok_or_else(|| self.wrong(index, &format!("an Array of strings (one is {})", describe(item))));
        self.array(index)?.iter().map(text).collect()
    }

    /// An array of arrays.
    fn rows(&self, index: usize) -> Result<Vec<&[Value]>, Diagnostic> {
        let row = |item: &'_ Value| match item {
            Value::Array(_) => Ok(()),
            _ => Err(self.wrong(index, &format!("an Array of Arrays (one is {})", describe(item)))),
        };
        let items = self.array(index)?;
        items.iter().try_for_each(row)?;
        Ok(items.iter().filter_map(|item| if let Value::Array(items) = item { Some(items.as_slice()) } else { None }).collect())
    }

    /// An argument that is a whole number.
    fn int(&self, index: usize) -> Result<i64, Diagnostic> {
        match &self.values[index] {
            Value::Int(value) => Ok(*value),
            _ => Err(self.wrong(index, "an Int")),
        }
    }
}
