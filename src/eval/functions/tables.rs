//! Functions on tables: tab-separated files.

use std::{collections::HashSet, sync::Arc};

use super::{Arguments, files::lines};
use crate::{
    diagnostic::Diagnostic,
    value::{Object, Value, describe},
};

/// `read_tsv(file)`; since 1.2 `read_tsv(file, true)` with names in the first row and `read_tsv(file, has_header, names)`.
pub(super) fn read_tsv(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let (path, text) = arguments.read(0)?;
    let mut rows = rows(&text);
    if arguments.values.len() < 2 {
        return Ok(Value::array(rows.iter().map(|(_, row)| texts(row)).collect()));
    }
    let has_header = arguments.boolean(1)?;
    let header = if has_header && !rows.is_empty() { Some(rows.remove(0).1) } else { None };
    let names = match (arguments.values.len(), header) {
        (3, _) => arguments.texts(2)?,
        (_, Some(header)) => header.into_iter().map(str::to_owned).collect(),
        (_, None) if has_header => return Ok(Value::array(Vec::new())),
        (_, None) => return Ok(Value::array(rows.iter().map(|(_, row)| texts(row)).collect())),
    };
    let object = |(line, row): &(usize, Vec<&str>)| arguments.object(&path, &names, (*line, row.as_slice()));
    Ok(Value::array(rows.iter().map(object).collect::<Result<_, _>>()?))
}

pub(super) fn read_map(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let (path, text) = arguments.read(0)?;
    let mut entries: Vec<(Value, Value)> = Vec::new();
    let mut known = HashSet::new();
    for (line, row) in rows(&text) {
        let [key, value] = row.as_slice() else {
            return Err(arguments.malformed(&path, line, &format!("expected two columns separated by a tab, found {}", row.len())));
        };
        if !known.insert(*key) {
            return Err(arguments.malformed(&path, line, &format!("the key {key:?} comes twice")));
        }
        entries.push((Value::string(key), Value::string(value)));
    }
    Ok(Value::Map(Arc::new(entries)))
}

pub(super) fn read_object(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let (path, mut objects) = arguments.read_table()?;
    match objects.len() {
        1 => Ok(objects.remove(0)),
        count => Err(arguments.malformed(&path, 1, &format!("expected a row of names and one of values, found {} rows", count + 1))),
    }
}

pub(super) fn read_objects(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::array(arguments.read_table()?.1))
}

/// `write_tsv(rows)`; since 1.2 also with names, and of structs.
pub(super) fn write_tsv(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let names = if arguments.values.len() == 3 { Some(arguments.texts(2)?) } else { None };
    if arguments.array(0)?.iter().any(|row| matches!(row, Value::Struct(_) | Value::Object(_))) {
        let (header, rows) = arguments.objects_table(arguments.array(0)?)?;
        // Names are written unless `false` is given: no text says so, but the example of WDL 1.2, "write_tsv", does.
        let wants_header = names.is_some() || arguments.values.len() == 1 || arguments.boolean(1)?;
        let header = wants_header.then(|| names.unwrap_or(header).join("\t"));
        return arguments.write(&lines(header.into_iter().chain(rows)), ".tsv");
    }
    let row = |row: &[Value]| row.iter().map(|value| arguments.cell(value)).collect::<Result<Vec<_>, _>>().map(|cells| cells.join("\t"));
    let rows = arguments.rows(0)?.into_iter().map(row).collect::<Result<Vec<_>, _>>()?;
    arguments.write(&lines(names.map(|names| names.join("\t")).into_iter().chain(rows)), ".tsv")
}

pub(super) fn write_map(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let entries: Vec<(Value, Value)> = match &arguments.values[0] {
        Value::Map(entries) => entries.as_ref().clone(),
        Value::Object(members) => members.iter().map(|(name, value)| (Value::string(name), value.clone())).collect(),
        _ => return Err(arguments.wrong(0, "a Map")),
    };
    let row = |(key, value): &(Value, Value)| Ok(format!("{}\t{}", arguments.cell(key)?, arguments.cell(value)?));
    arguments.write(&lines(entries.iter().map(row).collect::<Result<Vec<_>, _>>()?), ".tsv")
}

pub(super) fn write_object(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let (header, rows) = arguments.objects_table(std::slice::from_ref(&arguments.values[0]))?;
    arguments.write(&lines([header.join("\t")].into_iter().chain(rows)), ".tsv")
}

pub(super) fn write_objects(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let objects = arguments.array(0)?;
    if objects.is_empty() {
        return arguments.write("", ".tsv");
    }
    let (header, rows) = arguments.objects_table(objects)?;
    arguments.write(&lines([header.join("\t")].into_iter().chain(rows)), ".tsv")
}

/// Rows of a tab-separated text with their line numbers.
fn rows(text: &str) -> Vec<(usize, Vec<&str>)> {
    (1..).zip(text.lines()).map(|(line, row)| (line, row.split('\t').collect())).collect()
}

fn texts(row: &[&str]) -> Value {
    Value::array(row.iter().map(Value::string).collect())
}

impl Arguments<'_> {
    fn boolean(&self, index: usize) -> Result<bool, Diagnostic> {
        match &self.values[index] {
            Value::Boolean(value) => Ok(*value),
            _ => Err(self.wrong(index, "a Boolean")),
        }
    }

    /// The objects of a file whose first row holds their names.
    fn read_table(&self) -> Result<(String, Vec<Value>), Diagnostic> {
        let (path, text) = self.read(0)?;
        let mut rows = rows(&text).into_iter();
        let Some((_, header)) = rows.next() else {
            return Ok((path, Vec::new()));
        };
        let names: Vec<String> = header.into_iter().map(str::to_owned).collect();
        let objects = rows.map(|(line, row)| self.object(&path, &names, (line, &row))).collect::<Result<_, _>>()?;
        Ok((path, objects))
    }

    fn object(&self, path: &str, names: &[String], (line, row): (usize, &[&str])) -> Result<Value, Diagnostic> {
        if row.len() != names.len() {
            let found = format!("expected {} columns as in the row of names, found {}", names.len(), row.len());
            return Err(self.malformed(path, line, &found));
        }
        let mut members = Object::new();
        for (name, value) in names.iter().zip(row) {
            if members.insert(name.clone(), Value::string(value)).is_some() {
                return Err(self.malformed(path, 1, &format!("the name `{name}` comes twice")));
            }
        }
        Ok(Value::object(members))
    }

    /// Names and rows of objects that all have the same members.
    fn objects_table(&self, objects: &[Value]) -> Result<(Vec<String>, Vec<String>), Diagnostic> {
        let members = |object: &'_ Value| match object {
            Value::Object(members) => Ok(members.as_ref().clone()),
            Value::Struct(inner) => Ok(inner.members.clone()),
            _ => Err(self.wrong(0, &format!("objects (one is {})", describe(object)))),
        };
        let objects = objects.iter().map(members).collect::<Result<Vec<Object>, _>>()?;
        let names: Vec<String> = objects.first().map(|first| first.keys().cloned().collect()).unwrap_or_default();
        let row = |object: &Object| {
            if object.len() != names.len() || !names.iter().all(|name| object.contains_key(name)) {
                return Err(self.fail(format!("every object must have the members of the first: {}", names.join(", "))));
            }
            let cells = names.iter().filter_map(|name| object.get(name)).map(|value| self.cell(value));
            cells.collect::<Result<Vec<_>, _>>().map(|cells| cells.join("\t"))
        };
        let rows = objects.iter().map(row).collect::<Result<_, _>>()?;
        Ok((names, rows))
    }

    /// A primitive value as a cell; a tab or a newline in it would shift the table.
    fn cell(&self, value: &Value) -> Result<String, Diagnostic> {
        if *value == Value::None {
            return Ok(String::new());
        }
        let text = self.text_of(value).ok_or_else(|| self.wrong(0, &format!("primitive values (one is {})", describe(value))))?;
        if text.contains(['\t', '\n']) {
            return Err(self.fail(format!("a value of a table may hold no tab and no newline, found {text:?}")));
        }
        Ok(text)
    }
}
