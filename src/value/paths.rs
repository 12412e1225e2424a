//! Paths inside values: files and folders wherever they are nested.

use std::{collections::HashMap, sync::Arc};

use super::{
    types::Type,
    values::{Object, StructValue, Value},
};

/// Whether a path is a URL (`hdfs://…`, `https://…`): never tested, copied or made absolute.
pub fn is_url(path: &str) -> bool {
    path.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'))
    })
}

/// What a path is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// `File`
    File,
    /// `Directory`
    Directory,
}

/// Calls `see` with every file's and folder's path in a value, in order.
pub fn visit_paths(value: &Value, see: &mut dyn FnMut(&str)) {
    visit_path_kinds(value, &mut |path, _| see(path));
}

/// Calls `see` with every file's and folder's path in a value, in order, and which of the two it is said to be.
pub fn visit_path_kinds(value: &Value, see: &mut dyn FnMut(&str, PathKind)) {
    match value {
        Value::File(path) => see(path, PathKind::File),
        Value::Directory(path) => see(path, PathKind::Directory),
        Value::Array(items) => items.iter().for_each(|item| visit_path_kinds(item, see)),
        Value::Map(entries) => {
            for (key, value) in entries.iter() {
                visit_path_kinds(key, see);
                visit_path_kinds(value, see);
            }
        }
        Value::Pair(pair) => {
            visit_path_kinds(&pair.0, see);
            visit_path_kinds(&pair.1, see);
        }
        Value::Struct(inner) => inner.members.values().for_each(|member| visit_path_kinds(member, see)),
        Value::Object(members) => members.values().for_each(|member| visit_path_kinds(member, see)),
        Value::None | Value::Boolean(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Enum(_) | Value::Unknown(_) => {}
    }
}

/// The value of a type with none in place of each optional file or folder that is absent.
pub fn without_absent(value: &Value, ty: &Type, is_absent: &dyn Fn(&str) -> bool) -> Value {
    let inner = |value: &Value, ty: &Type| without_absent(value, ty, is_absent);
    match (ty, value) {
        (Type::Optional(_), Value::File(path) | Value::Directory(path)) if is_absent(path) => Value::None,
        (Type::Optional(ty), value) => inner(value, ty),
        (Type::Array { item, .. }, Value::Array(items)) => Value::array(items.iter().map(|value| inner(value, item)).collect()),
        (Type::Pair(types), Value::Pair(pair)) => Value::Pair(Arc::new((inner(&pair.0, &types.0), inner(&pair.1, &types.1)))),
        (Type::Map(types), Value::Map(entries)) => {
            let entry = |(key, value): &(Value, Value)| (inner(key, &types.0), inner(value, &types.1));
            Value::Map(Arc::new(entries.iter().map(entry).collect()))
        }
        (Type::Struct(ty), Value::Struct(found)) => {
            let types = ty.members.iter().map(|(name, ty)| (name.as_str(), ty)).collect::<HashMap<_, _>>();
            let member =
                |(name, value): (&String, &Value)| (name.clone(), types.get(name.as_str()).map_or_else(|| value.clone(), |ty| inner(value, ty)));
            Value::Struct(Arc::new(StructValue { ty: Arc::clone(&found.ty), members: found.members.iter().map(member).collect() }))
        }
        (_, value) => value.clone(),
    }
}

/// The value with every file's and folder's path replaced.
pub fn map_paths(value: &Value, replace: &mut dyn FnMut(&str) -> String) -> Value {
    match value {
        Value::File(path) => Value::File(replace(path).into()),
        Value::Directory(path) => Value::Directory(replace(path).into()),
        Value::Array(items) => Value::Array(Arc::new(items.iter().map(|item| map_paths(item, replace)).collect())),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (map_paths(key, replace), map_paths(value, replace)));
            Value::Map(Arc::new(entries.collect()))
        }
        Value::Pair(pair) => Value::Pair(Arc::new((map_paths(&pair.0, replace), map_paths(&pair.1, replace)))),
        Value::Struct(inner) => {
            let members = map_members(&inner.members, replace);
            Value::Struct(Arc::new(StructValue { ty: Arc::clone(&inner.ty), members }))
        }
        Value::Object(members) => Value::Object(Arc::new(map_members(members, replace))),
        Value::None | Value::Boolean(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Enum(_) | Value::Unknown(_) => value.clone(),
    }
}

fn map_members(members: &Object, replace: &mut dyn FnMut(&str) -> String) -> Object {
    members.iter().map(|(name, value)| (name.clone(), map_paths(value, replace))).collect()
}
