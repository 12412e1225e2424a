//! Coercion: a value as a value of another type (WDL 1.0, "Type Coercion"; draft-2 is looser).
//!
//! It runs on values that `check` has let through, so it is as willing as any document may need: a line of `read_lines` becomes an
//! `Int` where one is declared.

use std::{fmt, sync::Arc};

use super::{
    types::{EnumType, StructType, Type},
    values::{EnumChoice, Object, StructValue, Value},
};

/// How willing a coercion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coercion {
    /// draft-2: numbers print in their shortest form, one value is an array of one, extra members of a struct are dropped.
    Loose,
    /// A struct has the members that it is given: in literals, and in the inputs of documents before 1.2.
    Standard,
    /// Extra members of an object that becomes a struct are dropped: WDL 1.2 has it so, and documents of 1.0 and 1.1 count on it.
    Relaxed,
}

/// The value as one of type `ty`; the error is a fragment: what was expected and what was found.
pub fn coerce(value: Value, ty: &Type, coercion: Coercion) -> Result<Value, String> {
    if matches!(value, Value::Unknown(_)) {
        return Ok(value);
    }
    match ty {
        Type::Any | Type::Call(_) => Ok(value),
        Type::Optional(_) | Type::None if value == Value::None => Ok(Value::None),
        Type::Optional(inner) => coerce(value, inner, coercion),
        Type::Boolean | Type::Int | Type::Float | Type::String | Type::File | Type::Directory | Type::None => primitive(value, ty, coercion),
        Type::Array { item, non_empty } => array(value, ty, (item, *non_empty), coercion),
        Type::Map(inner) => map(value, inner, coercion),
        Type::Pair(inner) => match value {
            Value::Pair(pair) => {
                Ok(Value::Pair(Arc::new((coerce(pair.0.clone(), &inner.0, coercion)?, coerce(pair.1.clone(), &inner.1, coercion)?))))
            }
            other => Err(mismatch(ty, &other)),
        },
        Type::Struct(inner) => structure(value, inner, coercion),
        Type::Enum(inner) => choice(&value, inner),
        Type::Object => Ok(Value::object(members(value).map_err(|value| mismatch(ty, &value))?)),
    }
}

/// The text of a primitive value, as a placeholder shows it; nothing for compound values and `None`.
pub fn primitive_text(value: &Value, coercion: Coercion) -> Option<String> {
    match value {
        Value::Boolean(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        Value::Float(value) => Some(float_text(*value, coercion)),
        Value::String(text) | Value::File(text) | Value::Directory(text) => Some(text.as_ref().to_owned()),
        Value::Enum(choice) => Some(choice.name().to_owned()),
        Value::Unknown(name) => Some(format!("<<unknown: {name}>>")),
        Value::None | Value::Array(_) | Value::Map(_) | Value::Pair(_) | Value::Struct(_) | Value::Object(_) => None,
    }
}

/// Six decimals since WDL 1.0 ("Expression Placeholder Coercion"); draft-2 says nothing, so the shortest form that reads back, without
/// an exponent, which not every program on a command line takes.
fn float_text(value: f64, coercion: Coercion) -> String {
    match coercion {
        Coercion::Loose if value.fract() == 0.0 => format!("{value:.1}"),
        Coercion::Loose => value.to_string(),
        Coercion::Standard | Coercion::Relaxed => format!("{value:.6}"),
    }
}

/// A value's kind and a glimpse of it, for messages: `String "abc"`.
pub fn describe(value: &Value) -> String {
    Described(value).to_string()
}

struct Described<'a>(&'a Value);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::None => f.write_str("None"),
            Value::Boolean(value) => write!(f, "Boolean {value}"),
            Value::Int(value) => write!(f, "Int {value}"),
            Value::Float(value) => write!(f, "Float {value:?}"),
            Value::String(text) => write!(f, "String {:?}", glimpse(text)),
            Value::File(text) => write!(f, "File {:?}", glimpse(text)),
            Value::Directory(text) => write!(f, "Directory {:?}", glimpse(text)),
            Value::Array(items) => write!(f, "an Array of {}", items.len()),
            Value::Map(entries) => write!(f, "a Map of {}", entries.len()),
            Value::Pair(_) => f.write_str("a Pair"),
            Value::Struct(inner) => write!(f, "a {}", inner.ty.name),
            Value::Object(_) => f.write_str("an Object"),
            Value::Enum(inner) => write!(f, "{}.{}", inner.ty.name, inner.name()),
            Value::Unknown(name) => write!(f, "the unknown {name}"),
        }
    }
}

/// At most 60 characters of a text.
fn glimpse(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn mismatch(ty: &Type, value: &Value) -> String {
    format!("expected {ty}, found {}", Described(value))
}

fn primitive(value: Value, ty: &Type, coercion: Coercion) -> Result<Value, String> {
    let text = primitive_text(&value, coercion);
    let parsed = match (ty, &value) {
        (Type::Boolean, Value::Boolean(_))
        | (Type::Int, Value::Int(_))
        | (Type::Float, Value::Float(_))
        | (Type::String, Value::String(_))
        | (Type::File, Value::File(_))
        | (Type::Directory, Value::Directory(_)) => return Ok(value),
        (Type::Boolean, Value::String(text)) => parse_boolean(text),
        (Type::Int, Value::String(text)) => text.trim().parse().ok().map(Value::Int),
        (Type::Int, Value::Float(number)) => whole(*number),
        (Type::Float, Value::String(text)) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float),
        #[expect(clippy::cast_precision_loss, reason = "WDL coerces Int to Float, nearest value")]
        (Type::Float, Value::Int(number)) => Some(Value::Float(*number as f64)),
        (Type::String, _) => text.map(Value::string),
        (Type::File, Value::String(text)) => Some(Value::File(Arc::clone(text))),
        // draft-2 has no Directory: its File may name a folder.
        (Type::File, Value::Directory(text)) if coercion == Coercion::Loose => Some(Value::File(Arc::clone(text))),
        (Type::Directory, Value::String(text)) => Some(Value::Directory(Arc::clone(text))),
        _ => None,
    };
    parsed.ok_or_else(|| mismatch(ty, &value))
}

fn parse_boolean(text: &str) -> Option<Value> {
    match text.trim() {
        word if word.eq_ignore_ascii_case("true") => Some(Value::Boolean(true)),
        word if word.eq_ignore_ascii_case("false") => Some(Value::Boolean(false)),
        _ => None,
    }
}

/// Whether an array is of a type as it stands, so that a large one is shared and not copied; false where it takes a closer look.
fn is_of(value: &Value, ty: &Type) -> bool {
    match (value, ty) {
        (Value::Boolean(_), Type::Boolean)
        | (Value::Int(_), Type::Int)
        | (Value::Float(_), Type::Float)
        | (Value::String(_), Type::String)
        | (Value::File(_), Type::File)
        | (Value::Directory(_), Type::Directory)
        | (_, Type::Any)
        | (Value::None, Type::Optional(_)) => true,
        (Value::Array(items), Type::Array { item, non_empty }) => !(*non_empty && items.is_empty()) && items.iter().all(|value| is_of(value, item)),
        (_, Type::Optional(inner)) => is_of(value, inner),
        _ => false,
    }
}

/// JSON has one kind of number: `3.0` is a whole one.
fn whole(number: f64) -> Option<Value> {
    // Above 2^53 a float no longer tells neighbouring integers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(Value::Int(number as i64))
}

fn array(value: Value, ty: &Type, (item, non_empty): (&Type, bool), coercion: Coercion) -> Result<Value, String> {
    if is_of(&value, ty) {
        return Ok(value);
    }
    let items: Vec<Value> = match &value {
        Value::Array(items) => items.as_ref().clone(),
        Value::Map(entries) => entries.iter().map(|entry| Value::Pair(Arc::new(entry.clone()))).collect(),
        Value::None => return Err(mismatch(ty, &value)),
        _ if coercion == Coercion::Loose => vec![value.clone()],
        _ => return Err(mismatch(ty, &value)),
    };
    if non_empty && items.is_empty() {
        return Err(format!("expected {ty}, found an empty array"));
    }
    let coerced = items.into_iter().enumerate().map(|(index, value)| coerce(value, item, coercion).map_err(|error| format!("item {index}: {error}")));
    Ok(Value::array(coerced.collect::<Result<_, _>>()?))
}

fn map(value: Value, inner: &Arc<(Type, Type)>, coercion: Coercion) -> Result<Value, String> {
    let entries: Vec<(Value, Value)> = match &value {
        Value::Map(entries) => entries.as_ref().clone(),
        Value::Array(items) => {
            let pair = |item: &Value| match item {
                Value::Pair(pair) => Some((pair.0.clone(), pair.1.clone())),
                _ => None,
            };
            items.iter().map(pair).collect::<Option<_>>().ok_or_else(|| mismatch(&Type::Map(Arc::clone(inner)), &value))?
        }
        _ => {
            let members = members(value).map_err(|value| mismatch(&Type::Map(Arc::clone(inner)), &value))?;
            members.into_iter().map(|(name, value)| (Value::string(name), value)).collect()
        }
    };
    let coerced = entries.into_iter().map(|(key, value)| {
        let name = primitive_text(&key, coercion).unwrap_or_default();
        let key = coerce(key, &inner.0, coercion).map_err(|error| format!("key `{name}`: {error}"))?;
        Ok((key, coerce(value, &inner.1, coercion).map_err(|error| format!("`{name}`: {error}"))?))
    });
    Ok(Value::Map(Arc::new(coerced.collect::<Result<_, String>>()?)))
}

/// Members of a struct, an object or a map with string keys.
fn members(value: Value) -> Result<Object, Value> {
    match &value {
        Value::Object(members) => Ok(members.as_ref().clone()),
        Value::Struct(inner) => Ok(inner.members.clone()),
        Value::Map(entries) => {
            let named = |(key, member): &(Value, Value)| Some((primitive_text(key, Coercion::Loose)?, member.clone()));
            entries.iter().map(named).collect::<Option<_>>().ok_or(value)
        }
        _ => Err(value),
    }
}

fn structure(value: Value, ty: &Arc<StructType>, coercion: Coercion) -> Result<Value, String> {
    let given = members(value).map_err(|value| mismatch(&Type::Struct(Arc::clone(ty)), &value))?;
    let mut members = Object::with_capacity(ty.members.len());
    for (name, member_type) in &ty.members {
        let member = match given.get(name) {
            Some(member) => coerce(member.clone(), member_type, coercion).map_err(|error| format!("member `{name}`: {error}"))?,
            None if member_type.is_optional() => Value::None,
            None => return Err(format!("expected {} with a member `{name}`, found none of that name", ty.name)),
        };
        members.insert(name.clone(), member);
    }
    match given.keys().find(|name| !members.contains_key(*name)) {
        Some(extra) if coercion == Coercion::Standard => Err(format!("{} has no member `{extra}`", ty.name)),
        _ => Ok(Value::Struct(Arc::new(StructValue { ty: Arc::clone(ty), members }))),
    }
}

/// A choice, which a string in JSON or in an expression names.
fn choice(value: &Value, ty: &Arc<EnumType>) -> Result<Value, String> {
    let named = match value {
        Value::Enum(inner) if inner.ty == *ty => return Ok(value.clone()),
        Value::String(name) => EnumChoice::named(ty, name),
        _ => None,
    };
    let choice = named.map(|choice| Value::Enum(Arc::new(choice)));
    choice.ok_or_else(|| format!("expected {} (one of {}), found {}", ty.name, ty.choices.join(", "), Described(value)))
}
