//! Operators on values. Errors are fragments without a place; the caller knows where the operator stands.

use std::{cmp::Ordering, sync::Arc};

use crate::{
    syntax::ast::{BinaryOperator, UnaryOperator},
    value::{Coercion, Object, Value, describe, primitive_text},
};

/// What `None` does to a `+`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concatenation {
    /// It is an error.
    Strict,
    /// The whole is `None`: in placeholders (WDL 1.0, "Interpolating and concatenating optional strings"), everywhere in draft-2.
    Optional,
}

/// `operator value`.
pub(super) fn unary(operator: UnaryOperator, value: &Value) -> Result<Value, String> {
    match (operator, value) {
        (_, Value::Unknown(_)) | (UnaryOperator::Plus, Value::Int(_) | Value::Float(_)) => Ok(value.clone()),
        (UnaryOperator::Not, Value::Boolean(value)) => Ok(Value::Boolean(!value)),
        (UnaryOperator::Negate, Value::Int(value)) => value.checked_neg().map(Value::Int).ok_or_else(|| overflow(&format!("-({value})"))),
        (UnaryOperator::Negate, Value::Float(value)) => Ok(Value::Float(-value)),
        (UnaryOperator::Not, _) => Err(format!("`!` needs a Boolean, found {}", describe(value))),
        (UnaryOperator::Negate | UnaryOperator::Plus, _) => Err(format!("a sign needs a number, found {}", describe(value))),
    }
}

/// `left operator right`, both known. `&&` and `||` are the caller's: they may leave `right` out.
pub(super) fn binary(operator: BinaryOperator, left: &Value, right: &Value, coercion: Coercion) -> Result<Value, String> {
    match operator {
        BinaryOperator::Equal => Ok(Value::Boolean(equal(left, right))),
        BinaryOperator::NotEqual => Ok(Value::Boolean(!equal(left, right))),
        BinaryOperator::Less | BinaryOperator::LessEqual | BinaryOperator::Greater | BinaryOperator::GreaterEqual => {
            let order = compare(left, right).ok_or_else(|| not_for(operator, left, right))?;
            Ok(Value::Boolean(holds(operator, order)))
        }
        BinaryOperator::Add if !(is_number(left) && is_number(right)) => {
            let text = |value| primitive_text(value, coercion);
            let stringy = |value: &Value| matches!(value, Value::String(_) | Value::File(_) | Value::Directory(_) | Value::Enum(_));
            match (text(left), text(right)) {
                (Some(before), Some(after)) if stringy(left) || stringy(right) => Ok(Value::string(before + &after)),
                _ => Err(not_for(operator, left, right)),
            }
        }
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Remainder
        | BinaryOperator::Power => arithmetic(operator, left, right),
        BinaryOperator::And | BinaryOperator::Or => match (left, right) {
            (Value::Boolean(left), Value::Boolean(right)) => {
                Ok(Value::Boolean(if operator == BinaryOperator::And { *left && *right } else { *left || *right }))
            }
            _ => Err(not_for(operator, left, right)),
        },
    }
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_))
}

fn not_for(operator: BinaryOperator, left: &Value, right: &Value) -> String {
    format!("`{}` does not work on {} and {}", operator.symbol(), describe(left), describe(right))
}

fn overflow(what: &str) -> String {
    format!("{what} is out of range: an Int has 64 bits")
}

fn holds(operator: BinaryOperator, order: Ordering) -> bool {
    match operator {
        BinaryOperator::Less => order.is_lt(),
        BinaryOperator::LessEqual => order.is_le(),
        BinaryOperator::Greater => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn arithmetic(operator: BinaryOperator, left: &Value, right: &Value) -> Result<Value, String> {
    let divides = matches!(operator, BinaryOperator::Divide | BinaryOperator::Remainder);
    let (Some(left_float), Some(right_float)) = (as_float(left), as_float(right)) else {
        return Err(not_for(operator, left, right));
    };
    if divides && right_float == 0.0 {
        return Err(format!("division by zero: {left_float} {} {right_float}", operator.symbol()));
    }
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        return integer(operator, *left, *right);
    }
    let result = match operator {
        BinaryOperator::Subtract => left_float - right_float,
        BinaryOperator::Multiply => left_float * right_float,
        BinaryOperator::Divide => left_float / right_float,
        BinaryOperator::Remainder => left_float % right_float,
        BinaryOperator::Power => left_float.powf(right_float),
        _ => left_float + right_float,
    };
    if result.is_finite() {
        return Ok(Value::Float(result));
    }
    Err(format!("{left_float:?} {} {right_float:?} is not a finite Float", operator.symbol()))
}

fn integer(operator: BinaryOperator, left: i64, right: i64) -> Result<Value, String> {
    let result = match operator {
        BinaryOperator::Subtract => left.checked_sub(right),
        BinaryOperator::Multiply => left.checked_mul(right),
        BinaryOperator::Divide => left.checked_div(right),
        BinaryOperator::Remainder => left.checked_rem(right),
        BinaryOperator::Power if right < 0 => return Err(format!("{left} ** {right}: an Int takes no negative exponent; make one a Float")),
        BinaryOperator::Power => u32::try_from(right).ok().and_then(|exponent| left.checked_pow(exponent)),
        _ => left.checked_add(right),
    };
    result.map(Value::Int).ok_or_else(|| overflow(&format!("{left} {} {right}", operator.symbol())))
}

/// A number as a Float.
pub(super) fn as_float(value: &Value) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "WDL coerces Int to Float, nearest value")]
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        _ => None,
    }
}

/// The order of two primitive values; nothing where there is none.
pub(super) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
        // WDL 1.3, "Enum Usage": choices have no order.
        (Value::Enum(_), Value::Enum(_)) => None,
        _ if is_number(left) && is_number(right) => as_float(left)?.partial_cmp(&as_float(right)?),
        // "Order of Precedence" in the specification: what is not both numbers compares as strings.
        _ => Some(primitive_text(left, Coercion::Loose)?.cmp(&primitive_text(right, Coercion::Loose)?)),
    }
}

/// Whether two values are the same, numbers by value and strings and paths by text.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::None, Value::None) => true,
        // Choices of one name in two enums are not the same.
        (Value::Enum(left), Value::Enum(right)) => left == right,
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| equal(left, right))
        }
        (Value::Pair(left), Value::Pair(right)) => equal(&left.0, &right.0) && equal(&left.1, &right.1),
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| equal(&left.0, &right.0) && equal(&left.1, &right.1))
        }
        _ => match (members(left), members(right)) {
            (Some(left), Some(right)) => {
                left.len() == right.len() && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| equal(value, other)))
            }
            _ => compare(left, right) == Some(Ordering::Equal),
        },
    }
}

fn members(value: &Value) -> Option<&Object> {
    match value {
        Value::Struct(inner) => Some(&inner.members),
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// Items of a literal as items of one type, where they mix numbers, or strings with what reads as a string.
pub(super) fn alike(items: Vec<Value>, coercion: Coercion) -> Vec<Value> {
    let some = |test: fn(&Value) -> bool| items.iter().any(test);
    let primitive = items.iter().all(|item| *item == Value::None || primitive_text(item, coercion).is_some());
    if !primitive || some(|item| matches!(item, Value::Unknown(_) | Value::Enum(_))) {
        return items;
    }
    if some(|item| matches!(item, Value::String(_))) {
        let text = |item: Value| match &item {
            Value::String(_) | Value::None => item,
            _ => primitive_text(&item, coercion).map_or(item, Value::string),
        };
        return items.into_iter().map(text).collect();
    }
    if some(|item| matches!(item, Value::Float(_))) && items.iter().all(|item| is_number(item) || *item == Value::None) {
        return items.into_iter().map(|item| as_float(&item).map_or(Value::None, Value::Float)).collect();
    }
    items
}

/// A draft-2 literal `{"a": 1, "b": "x"}` is an Object: its values differ in kind.
pub(super) fn map_or_object(entries: Vec<(Value, Value)>, coercion: Coercion) -> Value {
    let mixed = entries.windows(2).any(|pair| {
        let both_numbers = is_number(&pair[0].1) && is_number(&pair[1].1);
        !both_numbers && std::mem::discriminant(&pair[0].1) != std::mem::discriminant(&pair[1].1)
    });
    let named = |(key, value): &(Value, Value)| match key {
        Value::String(name) => Some((name.as_ref().to_owned(), value.clone())),
        _ => None,
    };
    if coercion == Coercion::Loose
        && mixed
        && let Some(members) = entries.iter().map(named).collect::<Option<Object>>()
    {
        return Value::object(members);
    }
    Value::Map(Arc::new(entries))
}
