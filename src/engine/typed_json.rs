//! Values as JSON that tells their types, for the event log: what has no declared type is read back as what it was.
//!
//! What JSON has a form for stands for itself; all else is an object of one member that names the type: `{"file": "/a/b"}`. A struct is
//! read back as an Object of its members and a choice of an enum by its name, which the next declared type makes what it was.

use std::sync::Arc;

use serde_json::{Map as JsonMap, Value as Json, json};

use crate::value::{Coercion, Object, Type, Value, coerce, from_json, to_json};

/// The JSON of a value for the log, of a type that the graph declares: plain, unless an `Object` is in it, since nothing declares what
/// its members are (a File would come back as a String).
pub fn to_logged(value: &Value) -> Json {
    if holds_object(value) { to_typed(value) } else { to_json(value) }
}

/// The value of type `ty` that [`to_logged`] wrote, or an older log as plain JSON; the error is a fragment.
pub(super) fn from_logged(json: &Json, ty: &Type) -> Result<Value, String> {
    if is_open(ty)
        && let Ok(value) = from_typed(json).and_then(|value| coerce(value, ty, Coercion::Loose))
    {
        return Ok(value);
    }
    from_json(json, ty)
}

fn holds_object(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().any(holds_object),
        Value::Map(entries) => entries.iter().any(|(key, value)| holds_object(key) || holds_object(value)),
        Value::Pair(pair) => holds_object(&pair.0) || holds_object(&pair.1),
        Value::Struct(inner) => inner.members.values().any(holds_object),
        Value::None
        | Value::Boolean(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::File(_)
        | Value::Directory(_)
        | Value::Enum(_)
        | Value::Unknown(_) => false,
    }
}

/// Whether a value of the type may hold an `Object`.
fn is_open(ty: &Type) -> bool {
    match ty {
        Type::Object | Type::Any => true,
        Type::Optional(inner) => is_open(inner),
        Type::Array { item, .. } => is_open(item),
        Type::Map(parts) | Type::Pair(parts) => is_open(&parts.0) || is_open(&parts.1),
        Type::Struct(inner) => inner.members.iter().any(|(_, ty)| is_open(ty)),
        Type::Boolean | Type::Int | Type::Float | Type::String | Type::File | Type::Directory | Type::Enum(_) | Type::None | Type::Call(_) => false,
    }
}

/// The JSON of a value.
pub(super) fn to_typed(value: &Value) -> Json {
    match value {
        Value::None | Value::Boolean(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Enum(_) | Value::Unknown(_) => to_json(value),
        Value::File(path) => json!({ "file": path.as_ref() }),
        Value::Directory(path) => json!({ "directory": path.as_ref() }),
        Value::Array(items) => Json::Array(items.iter().map(to_typed).collect()),
        Value::Map(entries) => json!({ "map": entries.iter().map(|(key, value)| json!([to_typed(key), to_typed(value)])).collect::<Vec<_>>() }),
        Value::Pair(pair) => json!({ "pair": [to_typed(&pair.0), to_typed(&pair.1)] }),
        Value::Struct(inner) => members(&inner.members),
        Value::Object(object) => members(object),
    }
}

fn members(object: &Object) -> Json {
    let members: JsonMap<String, Json> = object.iter().map(|(name, value)| (name.clone(), to_typed(value))).collect();
    json!({ "object": members })
}

/// The value that [`to_typed`] wrote; the error is a fragment.
pub(super) fn from_typed(json: &Json) -> Result<Value, String> {
    match json {
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => from_json(json, &crate::value::Type::Any),
        Json::Array(items) => Ok(Value::array(items.iter().map(from_typed).collect::<Result<_, _>>()?)),
        Json::Object(object) => {
            let unexpected = || format!("expected a value with its type, found {json}");
            let (kind, content) = object.iter().next().filter(|_| object.len() == 1).ok_or_else(unexpected)?;
            match (kind.as_str(), content) {
                ("file", Json::String(path)) => Ok(Value::file(path)),
                ("directory", Json::String(path)) => Ok(Value::Directory(path.as_str().into())),
                ("map", Json::Array(entries)) => Ok(Value::Map(Arc::new(entries.iter().map(two).collect::<Result<_, _>>()?))),
                ("pair", content) => Ok(Value::Pair(Arc::new(two(content)?))),
                ("object", Json::Object(members)) => {
                    let member = |(name, value): (&String, &Json)| Ok((name.clone(), from_typed(value)?));
                    Ok(Value::object(members.iter().map(member).collect::<Result<_, String>>()?))
                }
                _ => Err(unexpected()),
            }
        }
    }
}

fn two(json: &Json) -> Result<(Value, Value), String> {
    match json.as_array().map(Vec::as_slice) {
        Some([left, right]) => Ok((from_typed(left)?, from_typed(right)?)),
        _ => Err(format!("expected two values, found {json}")),
    }
}
