//! Values of expressions that need no scope: literals, which is all that an enum's choices and many runtime attributes are.

use std::sync::Arc;

use crate::{
    syntax::ast::{Expr, ExprKind, Name},
    value::{Object, Type, Value},
};

/// The value of a literal; `None` for anything else.
pub(super) fn value(expr: &Expr) -> Option<Value> {
    Some(match &expr.kind {
        ExprKind::Boolean(value) => Value::Boolean(*value),
        ExprKind::Int(value) => Value::Int(*value),
        ExprKind::Float(value) => Value::Float(*value),
        ExprKind::None => Value::None,
        ExprKind::String(text) => Value::string(text.literal()?),
        ExprKind::Array(items) => Value::array(items.iter().map(value).collect::<Option<_>>()?),
        ExprKind::Pair(pair) => Value::Pair(Arc::new((value(&pair.0)?, value(&pair.1)?))),
        ExprKind::Map(entries) => {
            let entry = |(key, item): &(Expr, Expr)| Some((value(key)?, value(item)?));
            Value::Map(Arc::new(entries.iter().map(entry).collect::<Option<_>>()?))
        }
        ExprKind::Object(members) | ExprKind::Struct(_, members) => {
            let member = |(name, item): &(Name, Expr)| Some((name.text.clone(), value(item)?));
            Value::object(members.iter().map(member).collect::<Option<Object>>()?)
        }
        ExprKind::Hints(..)
        | ExprKind::Name(_)
        | ExprKind::Member(..)
        | ExprKind::Index(_)
        | ExprKind::Apply { .. }
        | ExprKind::Unary(..)
        | ExprKind::Binary(..)
        | ExprKind::If(_) => return None,
    })
}

/// The type that the values of an enum without a written type have in common; a choice without a value is a String.
pub(super) fn common_type(choices: &[(Name, Option<Expr>)]) -> Type {
    let ty = |(_, value): &(Name, Option<Expr>)| value.as_ref().map_or(Type::String, simple_type);
    choices.iter().map(ty).reduce(|left, right| super::coercion::common(&left, &right).unwrap_or(Type::Any)).unwrap_or(Type::String)
}

/// The type of a primitive literal; `Any` for others.
fn simple_type(expr: &Expr) -> Type {
    match &expr.kind {
        ExprKind::Boolean(_) => Type::Boolean,
        ExprKind::Int(_) => Type::Int,
        ExprKind::Float(_) => Type::Float,
        ExprKind::String(_) => Type::String,
        _ => Type::Any,
    }
}

/// The number that is written, also in quotes.
pub(super) fn number(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        #[expect(clippy::cast_precision_loss, reason = "only compared with zero")]
        ExprKind::Int(value) => Some(*value as f64),
        ExprKind::Float(value) => Some(*value),
        ExprKind::String(text) => text.literal()?.trim().parse().ok(),
        _ => None,
    }
}
