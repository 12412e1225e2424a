//! Functions on arrays, and on what may be `None`.

use std::sync::Arc;

use super::Arguments;
use crate::{diagnostic::Diagnostic, eval::operators::equal, value::Value};

pub(super) fn length(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let length = match &arguments.values[0] {
        Value::Array(items) => items.len(),
        Value::Map(entries) => entries.len(),
        Value::Object(members) => members.len(),
        Value::String(text) => text.chars().count(),
        _ => return Err(arguments.wrong(0, "an Array, a Map, an Object or a String")),
    };
    Ok(Value::Int(i64::try_from(length).expect("no collection in memory has 2^63 items")))
}

/// As large as memory holds with ease: a `range` beyond is a mistake.
const LONGEST_RANGE: i64 = 10_000_000;

pub(super) fn range(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    match arguments.int(0)? {
        length @ 0..=LONGEST_RANGE => Ok(Value::array((0..length).map(Value::Int).collect())),
        length => Err(arguments.fail(format!("expected a length from 0 to {LONGEST_RANGE}, found {length}"))),
    }
}

pub(super) fn transpose(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let rows = arguments.rows(0)?;
    let width = rows.first().map_or(0, |row| row.len());
    if let Some(row) = rows.iter().position(|row| row.len() != width) {
        return Err(arguments.fail(format!("every row must be as long as the first ({width}), row {row} has {}", rows[row].len())));
    }
    let column = |index: usize| Value::array(rows.iter().map(|row| row[index].clone()).collect());
    Ok(Value::array((0..width).map(column).collect()))
}

pub(super) fn cross(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let (left, right) = (arguments.array(0)?, arguments.array(1)?);
    Ok(Value::array(left.iter().flat_map(|left| right.iter().map(|right| pair(left, right))).collect()))
}

pub(super) fn zip(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let (left, right) = (arguments.array(0)?, arguments.array(1)?);
    if left.len() != right.len() {
        return Err(arguments.fail(format!("both arrays must be of one length, found {} and {}", left.len(), right.len())));
    }
    Ok(Value::array(left.iter().zip(right).map(|(left, right)| pair(left, right)).collect()))
}

fn pair(left: &Value, right: &Value) -> Value {
    Value::Pair(Arc::new((left.clone(), right.clone())))
}

pub(super) fn unzip(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let pairs = arguments.pairs(0)?;
    let (left, right) = pairs.into_iter().unzip();
    Ok(Value::Pair(Arc::new((Value::array(left), Value::array(right)))))
}

pub(super) fn flatten(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::array(arguments.rows(0)?.concat()))
}

pub(super) fn chunk(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let size = usize::try_from(arguments.int(1)?).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| arguments.wrong(1, "a positive Int"))?;
    Ok(Value::array(arguments.array(0)?.chunks(size).map(|chunk| Value::array(chunk.to_vec())).collect()))
}

pub(super) fn contains(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::Boolean(arguments.array(0)?.iter().any(|item| equal(item, &arguments.values[1]))))
}

pub(super) fn select_first(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let items = arguments.array(0)?;
    let first = items.iter().find(|item| **item != Value::None);
    first.or(arguments.values.get(1)).cloned().ok_or_else(|| {
        let found = if items.is_empty() { "an empty array".to_owned() } else { format!("{} times None", items.len()) };
        arguments.fail(format!("expected at least one value that is not None, found {found}"))
    })
}

pub(super) fn select_all(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::array(arguments.array(0)?.iter().filter(|item| **item != Value::None).cloned().collect()))
}

#[expect(clippy::unnecessary_wraps, reason = "every function of the library has this signature")]
pub(super) fn defined(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::Boolean(arguments.values[0] != Value::None))
}
