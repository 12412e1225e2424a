//! Which types can stand where another is expected (WDL, "Type Coercion"), and what types have in common.

use std::{collections::HashMap, sync::Arc};

use crate::value::{StructType, Type};

/// How a type fits where another is expected. Ordered: the worst part of a compound type decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// The same type.
    Same,
    /// By a coercion of the specification.
    Coerced,
    /// A String where a number or Boolean is expected: an exception of the specification that its own examples live by
    /// (`Array[Int] sizes = read_lines(…)`). The run says if the text cannot be read.
    Read,
    /// By one of the specification's "limited exceptions" (`X?` as `X`, Float as Int, …), which may fail when run. draft-2 is full of them.
    Loose,
    /// Not at all.
    Not,
}

/// How a value of type `from` fits where `to` is expected.
pub(crate) fn fit(from: &Type, to: &Type) -> Fit {
    if from == to {
        return Fit::Same;
    }
    match (from, to) {
        (Type::Any, _)
        | (_, Type::Any)
        | (Type::None, Type::Optional(_))
        | (Type::Map(_) | Type::Struct(_), Type::Object)
        | (Type::Object, Type::Map(_) | Type::Struct(_))
        | (Type::Enum(_), Type::String)
        | (Type::String, Type::Enum(_)) => Fit::Coerced,
        (Type::Optional(from), Type::Optional(to)) => fit(from, to),
        (Type::Optional(from), to) => fit(from, to).max(Fit::Loose),
        (from, Type::Optional(to)) => fit(from, to).max(Fit::Coerced),
        (Type::None | Type::Call(_), _) | (_, Type::None | Type::Call(_)) => Fit::Not,
        (Type::Array { item: from, .. }, Type::Array { item: to, .. }) => fit(from, to).max(Fit::Coerced),
        (Type::Map(from), Type::Map(to)) | (Type::Pair(from), Type::Pair(to)) => fit(&from.0, &to.0).max(fit(&from.1, &to.1)).max(Fit::Coerced),
        (Type::Array { item, .. }, Type::Map(to)) | (Type::Map(to), Type::Array { item, .. }) => match &**item {
            Type::Pair(pair) => fit(&pair.0, &to.0).max(fit(&pair.1, &to.1)).max(Fit::Loose),
            Type::Any => Fit::Loose,
            _ => Fit::Not,
        },
        (Type::Struct(from), Type::Struct(to)) => structs(from, to),
        (Type::Map(from), Type::Struct(to)) => {
            to.members.iter().map(|(_, member)| fit(&from.1, member)).max().unwrap_or(Fit::Coerced).max(Fit::Coerced)
        }
        (Type::Struct(from), Type::Map(to)) => {
            from.members.iter().map(|(_, member)| fit(member, &to.1)).max().unwrap_or(Fit::Coerced).max(Fit::Coerced)
        }
        (from, to) => primitive(from, to),
    }
}

/// Whether a coercion makes a String of another primitive, which the tables of 1.1 and later do not list.
pub(crate) fn becomes_string(from: &Type, to: &Type) -> bool {
    match (from.required(), to.required()) {
        (Type::Boolean | Type::Int | Type::Float | Type::File | Type::Directory, Type::String) => true,
        (Type::Array { item: from, .. }, Type::Array { item: to, .. }) => becomes_string(from, to),
        (Type::Map(from), Type::Map(to)) | (Type::Pair(from), Type::Pair(to)) => becomes_string(&from.0, &to.0) || becomes_string(&from.1, &to.1),
        _ => false,
    }
}

fn primitive(from: &Type, to: &Type) -> Fit {
    match (from, to) {
        (Type::Boolean | Type::Int | Type::Float | Type::File | Type::Directory, Type::String)
        | (Type::String, Type::File | Type::Directory)
        | (Type::Int, Type::Float) => Fit::Coerced,
        // `File` to `Directory` is no exception of the specification, but a draft-2 `File` may name a folder.
        (Type::Float, Type::Int) | (Type::File, Type::Directory) => Fit::Loose,
        (Type::String, Type::Int | Type::Float | Type::Boolean) => Fit::Read,
        _ => Fit::Not,
    }
}

/// Structs of the same members in any order fit, whatever their names (they may be one struct imported twice).
fn structs(from: &StructType, to: &StructType) -> Fit {
    let mut rest: HashMap<&str, &Type> = from.members.iter().map(|(name, ty)| (name.as_str(), ty)).collect();
    let mut worst = Fit::Coerced;
    for (name, to) in &to.members {
        worst = worst.max(match rest.remove(name.as_str()) {
            Some(from) => fit(from, to),
            None if to.is_optional() => Fit::Coerced,
            None => Fit::Not,
        });
    }
    if rest.is_empty() { worst } else { Fit::Not }
}

/// The type that values of both types can be read as without loss; `None` if there is none.
pub(crate) fn common(left: &Type, right: &Type) -> Option<Type> {
    if left == right {
        return Some(left.clone());
    }
    Some(match (left, right) {
        (Type::Any, _) | (_, Type::Any) => Type::Any,
        (Type::None, other) | (other, Type::None) => other.clone().optional(),
        (Type::Optional(_), _) | (_, Type::Optional(_)) => common(left.required(), right.required())?.optional(),
        (Type::Int, Type::Float) | (Type::Float, Type::Int) => Type::Float,
        (Type::Array { item: left, non_empty: first }, Type::Array { item: right, non_empty: second }) => {
            Type::Array { item: Arc::new(common(left, right)?), non_empty: *first && *second }
        }
        (Type::Map(left), Type::Map(right)) => Type::map(common(&left.0, &right.0)?, common(&left.1, &right.1)?),
        (Type::Pair(left), Type::Pair(right)) => Type::pair(common(&left.0, &right.0)?, common(&left.1, &right.1)?),
        (Type::Object | Type::Map(_) | Type::Struct(_), Type::Object | Type::Map(_) | Type::Struct(_)) => Type::Any,
        (left, right) if is_text(left, right) || is_text(right, left) => Type::String,
        _ => return None,
    })
}

/// Whether `text` is String-like and `other` is a primitive that can be read as a String.
fn is_text(text: &Type, other: &Type) -> bool {
    matches!(text, Type::String | Type::File | Type::Directory | Type::Enum(_)) && fit(other, &Type::String) <= Fit::Coerced
}
