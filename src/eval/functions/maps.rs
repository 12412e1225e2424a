//! Functions on maps, objects and enums.

use std::{collections::HashSet, sync::Arc};

use indexmap::IndexMap;

use super::Arguments;
use crate::{
    diagnostic::Diagnostic,
    eval::expression::entry,
    value::{Object, Value, describe, to_json},
};

pub(super) fn as_pairs(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::array(arguments.entries(0)?.into_iter().map(|entry| Value::Pair(Arc::new(entry))).collect()))
}

pub(super) fn as_map(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let entries = arguments.pairs(0)?;
    let mut known = HashSet::with_capacity(entries.len());
    match entries.iter().find(|(key, _)| !known.insert(key_text(key))) {
        Some((key, _)) => Err(arguments.fail(format!("the key {} comes twice", describe(key)))),
        None => Ok(Value::Map(Arc::new(entries))),
    }
}

pub(super) fn keys(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::array(arguments.entries(0)?.into_iter().map(|(key, _)| key).collect()))
}

pub(super) fn values(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::array(arguments.entries(0)?.into_iter().map(|(_, value)| value).collect()))
}

pub(super) fn contains_key(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    arguments.entries(0)?;
    let found = match (&arguments.values[0], &arguments.values[1]) {
        (collection, Value::Array(path)) => path.iter().try_fold(collection.clone(), |inner, key| member(&inner, key)).is_some(),
        (collection, key) => member(collection, key).is_some(),
    };
    Ok(Value::Boolean(found))
}

fn member(collection: &Value, key: &Value) -> Option<Value> {
    let named = |members: &Object| match key {
        Value::String(name) => members.get(name.as_ref()).cloned(),
        _ => None,
    };
    match collection {
        Value::Map(entries) => entry(entries, key),
        Value::Object(members) => named(members),
        Value::Struct(inner) => named(&inner.members),
        _ => None,
    }
}

pub(super) fn collect_by_key(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let mut groups: IndexMap<String, (Value, Vec<Value>)> = IndexMap::new();
    for (key, value) in arguments.pairs(0)? {
        groups.entry(key_text(&key)).or_insert_with(|| (key, Vec::new())).1.push(value);
    }
    Ok(Value::Map(Arc::new(groups.into_values().map(|(key, group)| (key, Value::array(group))).collect())))
}

/// What tells the keys of one map apart: they are of one type, so their JSON does.
fn key_text(key: &Value) -> String {
    to_json(key).to_string()
}

/// The value of an enum's choice (1.3).
pub(super) fn value(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    match &arguments.values[0] {
        Value::Enum(choice) => Ok(choice.value().clone()),
        _ => Err(arguments.wrong(0, "a choice of an enum")),
    }
}

impl Arguments<'_> {
    /// An argument that is a map, an object or a struct, as entries.
    fn entries(&self, index: usize) -> Result<Vec<(Value, Value)>, Diagnostic> {
        let named = |members: &Object| members.iter().map(|(name, value)| (Value::string(name), value.clone())).collect();
        match &self.values[index] {
            Value::Map(entries) => Ok(entries.as_ref().clone()),
            Value::Object(members) => Ok(named(members)),
            Value::Struct(inner) => Ok(named(&inner.members)),
            _ => Err(self.wrong(index, "a Map")),
        }
    }

    /// An array of pairs; a map is one too.
    pub(super) fn pairs(&self, index: usize) -> Result<Vec<(Value, Value)>, Diagnostic> {
        if let Value::Map(entries) = &self.values[index] {
            return Ok(entries.as_ref().clone());
        }
        let pair = |item: &Value| match item {
            Value::Pair(pair) => Ok((pair.0.clone(), pair.1.clone())),
            _ => Err(self.wrong(index, &format!("an Array of Pairs (one is {})", describe(item)))),
        };
        self.array(index)?.iter().map(pair).collect()
    }
}
