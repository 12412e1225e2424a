//! Values of expressions that need no scope: literals, which is all that an enum's choices and many runtime attributes are.

use std::sync::Arc;

use crate::{
    syntax::ast::{Expr, ExprKind, Name, UnaryOperator},
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
        ExprKind::Unary(UnaryOperator::Negate, number) => match value(number)? {
            Value::Int(number) => Value::Int(number.checked_neg()?),
            Value::Float(number) => Value::Float(-number),
            _ => return None,
        },
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

/// The type of a literal's value; `None` for what is no literal, or has no one type.
pub(super) fn literal_type(expr: &Expr) -> Option<Type> {
    Some(match &expr.kind {
        ExprKind::Boolean(_) => Type::Boolean,
        ExprKind::Int(_) => Type::Int,
        ExprKind::Float(_) => Type::Float,
        ExprKind::String(_) => Type::String,
        ExprKind::Array(items) => {
            let types = items.iter().map(literal_type).collect::<Option<Vec<_>>>()?;
            Type::array(common(types)?)
        }
        ExprKind::Pair(pair) => Type::pair(literal_type(&pair.0)?, literal_type(&pair.1)?),
        ExprKind::Map(entries) => {
            let (keys, values): (Vec<_>, Vec<_>) = entries.iter().map(|(key, value)| (literal_type(key), literal_type(value))).unzip();
            let all = |types: Vec<Option<Type>>| common(types.into_iter().collect::<Option<Vec<_>>>()?);
            Type::map(all(keys)?, all(values)?)
        }
        ExprKind::Object(_) => Type::Object,
        ExprKind::Struct(..)
        | ExprKind::None
        | ExprKind::Hints(..)
        | ExprKind::Name(_)
        | ExprKind::Member(..)
        | ExprKind::Index(_)
        | ExprKind::Apply { .. }
        | ExprKind::Binary(..)
        | ExprKind::If(_) => return None,
        ExprKind::Unary(_, operand) => literal_type(operand)?,
    })
}

fn common(types: Vec<Type>) -> Option<Type> {
    types.into_iter().try_fold(None, |known: Option<Type>, ty| match known {
        None => Some(Some(ty)),
        Some(known) => super::coercion::common(&known, &ty).map(Some),
    })?
}

/// The number that is written, also in quotes.
pub(super) fn number(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        #[expect(clippy::cast_precision_loss, reason = "only compared with zero")]
        ExprKind::Int(value) => Some(*value as f64),
        ExprKind::Float(value) => Some(*value),
        ExprKind::String(text) => text.literal()?.trim().parse().ok(),
        ExprKind::Unary(UnaryOperator::Negate, operand) => number(operand).map(|number| -number),
        _ => None,
    }
}
