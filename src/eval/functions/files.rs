//! Functions on files, but for tables.

use super::Arguments;
use crate::{
    diagnostic::Diagnostic,
    eval::{files::FileError, messages, units},
    syntax::ast::Version,
    value::{Type, Value, from_json, is_url, to_json},
};

pub(super) fn stdout(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    arguments.stream(arguments.evaluator.files.stdout())
}

pub(super) fn stderr(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    arguments.stream(arguments.evaluator.files.stderr())
}

pub(super) fn glob(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let paths = arguments.evaluator.files.glob(&arguments.text(0)?).map_err(|error| arguments.file_failed("list", &error))?;
    Ok(Value::array(paths.into_iter().map(Value::file).collect()))
}

/// Bytes in the unit asked for, over every file in a value; `None` has none.
pub(super) fn size(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let unit = if arguments.values.len() > 1 { arguments.text(1)? } else { "B".to_owned() };
    let factor = units::unit_factor(&unit).ok_or_else(|| arguments.wrong(1, &format!("a unit ({})", units::UNITS)))?;
    #[expect(clippy::cast_precision_loss, reason = "`size` gives a Float, nearest value")]
    Ok(Value::Float(arguments.bytes(&arguments.values[0])? as f64 / factor))
}

pub(super) fn read_string(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let (_, text) = arguments.read(0)?;
    // "Any trailing end-of-line characters are removed."
    Ok(Value::string(text.trim_end_matches(['\n', '\r'])))
}

pub(super) fn read_int(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    arguments.read_one("one Int", |text| text.parse().ok().map(Value::Int))
}

pub(super) fn read_float(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    arguments.read_one("one Float", |text| text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float))
}

pub(super) fn read_boolean(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let parse = |text: &str| text.to_ascii_lowercase().parse().ok().map(Value::Boolean);
    arguments.read_one("`true` or `false`", parse)
}

pub(super) fn read_lines(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let (_, text) = arguments.read(0)?;
    Ok(Value::array(text.lines().map(Value::string).collect()))
}

pub(super) fn read_json(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let (path, text) = arguments.read(0)?;
    let json = serde_json::from_str(&text).map_err(|error| arguments.malformed(&path, error.line(), &format!("no JSON: {error}")))?;
    from_json(&json, &Type::Any).map_err(|error| arguments.malformed(&path, 1, &error))
}

pub(super) fn write_lines(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    arguments.write(&lines(arguments.texts(0)?), ".txt")
}

/// WDL 1.1, `write_json`: a pair has no JSON, and names in JSON are strings; older versions do not say so and get some JSON.
pub(super) fn write_json(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    if arguments.evaluator.version() >= Version::V1_1
        && let Some(without) = without_json(&arguments.values[0])
    {
        return Err(arguments.fail(without));
    }
    arguments.write(&to_json(&arguments.values[0]).to_string(), ".json")
}

/// Texts as lines, each ended by a newline.
pub(super) fn lines(texts: impl IntoIterator<Item = String>) -> String {
    texts.into_iter().flat_map(|text| [text, "\n".to_owned()]).collect()
}

/// The first part of a value that JSON has no form for, as a message.
fn without_json(value: &Value) -> Option<&'static str> {
    match value {
        Value::Pair(_) => Some("a Pair has no form in JSON; make an array or a struct of its `left` and `right`"),
        Value::Map(entries) if entries.iter().any(|(key, _)| !matches!(key, Value::String(_) | Value::File(_) | Value::Directory(_))) => {
            Some("names in JSON are strings: expected a Map with String keys")
        }
        Value::Map(entries) => entries.iter().find_map(|(_, value)| without_json(value)),
        Value::Array(items) => items.iter().find_map(without_json),
        Value::Struct(inner) => inner.members.values().find_map(without_json),
        Value::Object(members) => members.values().find_map(without_json),
        Value::None
        | Value::Boolean(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::File(_)
        | Value::Directory(_)
        | Value::Enum(_)
        | Value::Unknown(_) => None,
    }
}

impl Arguments<'_> {
    /// A file's path as written, and its text.
    pub(super) fn read(&self, index: usize) -> Result<(String, String), Diagnostic> {
        let path = self.text(index)?;
        let text = self.evaluator.files.read(&path).map_err(|error| self.file_failed("read", &error))?;
        Ok((path, text))
    }

    /// Writes a file named after its content.
    pub(super) fn write(&self, content: &str, suffix: &str) -> Result<Value, Diagnostic> {
        self.evaluator.files.write(content, suffix).map(Value::file).map_err(|error| self.file_failed("write", &error))
    }

    /// A file that does not hold what the function reads.
    pub(super) fn malformed(&self, path: &str, line: usize, found: &str) -> Diagnostic {
        self.fail(format!("`{path}` line {line}: {found}"))
    }

    fn file_failed(&self, action: &str, error: &FileError) -> Diagnostic {
        self.fail(format!("cannot {action} {error}"))
    }

    fn stream(&self, path: Option<String>) -> Result<Value, Diagnostic> {
        path.map(Value::file).ok_or_else(|| messages::no_stream(self.span, self.name))
    }

    fn read_one(&self, expected: &str, parse: impl Fn(&str) -> Option<Value>) -> Result<Value, Diagnostic> {
        let (path, text) = self.read(0)?;
        parse(text.trim()).ok_or_else(|| {
            let found: String = text.trim().chars().take(60).collect();
            self.malformed(&path, 1, &format!("expected {expected}, found {found:?}"))
        })
    }

    fn bytes(&self, value: &Value) -> Result<u64, Diagnostic> {
        match value {
            Value::None => Ok(0),
            Value::File(path) | Value::Directory(path) | Value::String(path) => {
                // A URL is never consulted; nobody knows its size.
                if is_url(path) {
                    return Err(self.fail(format!("the size of the URL `{path}` is not known")));
                }
                self.evaluator.files.size(path).map_err(|error| self.file_failed("measure", &error))
            }
            Value::Array(items) => self.sum(items.iter()),
            Value::Map(entries) => self.sum(entries.iter().flat_map(|(key, value)| [key, value]).filter(|part| holds_paths(part))),
            Value::Pair(pair) => self.sum([&pair.0, &pair.1].into_iter().filter(|part| holds_paths(part))),
            Value::Struct(inner) => self.sum(inner.members.values().filter(|part| holds_paths(part))),
            Value::Object(members) => self.sum(members.values().filter(|part| holds_paths(part))),
            Value::Boolean(_) | Value::Int(_) | Value::Float(_) | Value::Enum(_) | Value::Unknown(_) => Err(self.wrong(0, "a File")),
        }
    }

    fn sum<'v>(&self, values: impl Iterator<Item = &'v Value>) -> Result<u64, Diagnostic> {
        values.map(|value| self.bytes(value)).try_fold(0u64, |total, bytes| Ok(total.saturating_add(bytes?)))
    }
}

/// Whether a member of a compound value counts: paths do, its other members do not.
fn holds_paths(value: &Value) -> bool {
    match value {
        Value::File(_) | Value::Directory(_) | Value::Map(_) | Value::Pair(_) | Value::Struct(_) | Value::Object(_) => true,
        Value::Array(items) => items.iter().all(holds_paths),
        Value::None | Value::Boolean(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Enum(_) | Value::Unknown(_) => false,
    }
}
