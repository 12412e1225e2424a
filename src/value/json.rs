//! Values as JSON, and back.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map as JsonMap, Number, Value as Json};

use super::{
    coerce::{Coercion, coerce, primitive_text},
    types::Type,
    values::{Object, Value},
};

/// A value as JSON: pairs as `{"left": …, "right": …}`, maps as objects (as arrays of pairs where a key is compound), files as
/// strings, `None` as null.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::None => Json::Null,
        Value::Boolean(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        // JSON has no infinities; arithmetic refuses to make one.
        Value::Float(value) => Number::from_f64(*value).map_or(Json::Null, Json::Number),
        Value::String(text) | Value::File(text) | Value::Directory(text) => Json::String(text.as_ref().to_owned()),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(entries) => map_to_json(entries),
        Value::Pair(pair) => pair_to_json(pair),
        Value::Struct(inner) => members_to_json(&inner.members),
        Value::Object(members) => members_to_json(members),
        Value::Enum(inner) => Json::String(inner.name().to_owned()),
        Value::Unknown(name) => Json::String(format!("<<unknown: {name}>>")),
    }
}

fn members_to_json(members: &Object) -> Json {
    Json::Object(members.iter().map(|(name, value)| (name.clone(), to_json(value))).collect())
}

fn pair_to_json(pair: &(Value, Value)) -> Json {
    let members = [("left", &pair.0), ("right", &pair.1)];
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), to_json(value))).collect())
}

fn map_to_json(entries: &[(Value, Value)]) -> Json {
    let named = |(key, value): &(Value, Value)| Some((primitive_text(key, Coercion::Loose)?, to_json(value)));
    let object: Option<JsonMap<String, Json>> = entries.iter().map(named).collect();
    object.map_or_else(|| Json::Array(entries.iter().map(pair_to_json).collect()), Json::Object)
}

/// The value of type `ty` that JSON writes; the error is a fragment: where, what was expected, what was found. Paths stay as written.
///
/// Numbers and booleans may be written as strings, pairs as `[left, right]`, maps as arrays of pairs.
pub fn from_json(json: &Json, ty: &Type) -> Result<Value, String> {
    from_json_by(json, ty, Coercion::Standard)
}

/// The same, by the rules of a version.
pub fn from_json_by(json: &Json, ty: &Type, coercion: Coercion) -> Result<Value, String> {
    coerce(shaped(json, ty)?, ty, coercion)
}

/// The value that JSON writes by itself, but for what only the type can tell: pairs, and maps that are written as arrays.
fn shaped(json: &Json, ty: &Type) -> Result<Value, String> {
    match (ty.required(), json) {
        (Type::Pair(inner), Json::Array(_) | Json::Object(_)) => {
            let (left, right) =
                pair_parts(json).ok_or_else(|| format!("expected {ty} as {{\"left\": …, \"right\": …}} or as an array of two, found {json}"))?;
            Ok(Value::Pair(Arc::new((shaped(left, &inner.0)?, shaped(right, &inner.1)?))))
        }
        (Type::Map(inner), Json::Array(items)) => map_of_pairs(items, inner),
        (Type::Map(inner), Json::Object(members)) => {
            let entry = |(key, value): (&String, &Json)| Ok((Value::string(key), shaped(value, &inner.1).map_err(at(key))?));
            Ok(Value::Map(Arc::new(members.iter().map(entry).collect::<Result<_, String>>()?)))
        }
        (Type::Struct(inner), Json::Object(members)) => {
            let types: HashMap<&str, &Type> = inner.members.iter().map(|(member, ty)| (member.as_str(), ty)).collect();
            let member_type = |name: &str| types.get(name).copied().unwrap_or(&Type::Any);
            let member = |(name, value): (&String, &Json)| Ok((name.clone(), shaped(value, member_type(name)).map_err(at(name))?));
            Ok(Value::object(members.iter().map(member).collect::<Result<_, String>>()?))
        }
        (Type::Array { item, .. }, Json::Array(items)) => {
            let items = items.iter().enumerate().map(|(index, value)| shaped(value, item).map_err(|error| format!("item {index}: {error}")));
            Ok(Value::array(items.collect::<Result<_, _>>()?))
        }
        (kind @ (Type::File | Type::Directory), Json::Object(members)) => located(json, members, kind),
        _ => untyped(json),
    }
}

/// What a path begins with that is no path yet but a file or folder in the extended form, as JSON: whoever takes inputs in makes it.
pub const EXTENDED: &str = "extended:";

/// WDL 1.2, "Extended File/Directory Input/Output Format": the location, where it says no more than that.
fn located(json: &Json, members: &JsonMap<String, Json>, kind: &Type) -> Result<Value, String> {
    if let Some(unknown) = members.keys().find(|key| !["type", "location", "basename", "listing"].contains(&key.as_str())) {
        return Err(format!("expected `location`, `basename`, `listing` and `type` of a {kind}, found `{unknown}`"));
    }
    let text = |key: &str| members.get(key).and_then(Json::as_str);
    if text("type").is_some_and(|said| said != kind.to_string()) || (*kind == Type::File && members.contains_key("listing")) {
        return Err(format!("expected a {kind}, found {json}"));
    }
    let own = text("location").and_then(|location| location.trim_end_matches('/').rsplit('/').next());
    match text("location") {
        Some(location) if !members.contains_key("listing") && text("basename").is_none_or(|name| own == Some(name)) => Ok(Value::string(location)),
        _ if members.contains_key("listing") || members.contains_key("location") => Ok(Value::string(format!("{EXTENDED}{json}"))),
        _ => Err(format!("expected a path, or an object with `location` or `listing`, found {json}")),
    }
}

fn at(name: &str) -> impl Fn(String) -> String + '_ {
    move |error| format!("`{name}`: {error}")
}

fn map_of_pairs(items: &[Json], inner: &(Type, Type)) -> Result<Value, String> {
    let entry = |item: &Json| {
        let (key, value) = pair_parts(item).ok_or_else(|| format!("expected a key and a value, found {item}"))?;
        Ok((shaped(key, &inner.0)?, shaped(value, &inner.1)?))
    };
    Ok(Value::Map(Arc::new(items.iter().map(entry).collect::<Result<_, String>>()?)))
}

fn pair_parts(json: &Json) -> Option<(&Json, &Json)> {
    match json {
        Json::Array(items) => match items.as_slice() {
            [left, right] => Some((left, right)),
            _ => None,
        },
        Json::Object(members) => {
            // Older engines write `Left` and `Right`.
            let part = |names: [&str; 2]| names.into_iter().find_map(|name| members.get(name));
            Some((part(["left", "Left"])?, part(["right", "Right"])?))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}

/// A value from JSON alone, as `read_json` gives it.
fn untyped(json: &Json) -> Result<Value, String> {
    Ok(match json {
        Json::Null => Value::None,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(value)) if number.is_f64() && value.is_finite() => Value::Float(value),
            _ => return Err(format!("the number {number} does not fit 64 bits")),
        },
        Json::String(text) => Value::string(text),
        Json::Array(items) => Value::array(items.iter().map(untyped).collect::<Result<_, _>>()?),
        Json::Object(members) => {
            let member = |(name, value): (&String, &Json)| Ok((name.clone(), untyped(value).map_err(at(name))?));
            Value::object(members.iter().map(member).collect::<Result<_, String>>()?)
        }
    })
}
