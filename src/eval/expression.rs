//! The value of an expression, form by form.

use std::sync::Arc;

use super::{
    Evaluator, declared_paths, functions, messages,
    operators::{self, Concatenation},
};
use crate::{
    diagnostic::Diagnostic,
    source::Span,
    syntax::ast::{BinaryOperator, Expr, ExprKind, Name},
    value::{Coercion, EnumChoice, Value},
};

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Anywhere else.
    Plain,
    /// In a placeholder: `+` takes optional operands, and an unknown value is text.
    Placeholder,
}

impl Evaluator<'_> {
    pub(super) fn evaluate(&self, expr: &Expr, place: Place) -> Result<Value, Diagnostic> {
        match &expr.kind {
            ExprKind::Boolean(value) => Ok(Value::Boolean(*value)),
            ExprKind::Int(value) => Ok(Value::Int(*value)),
            ExprKind::Float(value) => Ok(Value::Float(*value)),
            ExprKind::None => Ok(Value::None),
            ExprKind::String(text) => self.string(text, place),
            ExprKind::Array(items) => self.array(items, place),
            ExprKind::Map(entries) => self.map(entries, place),
            ExprKind::Object(members) | ExprKind::Hints(_, members) => self.object(members, place),
            ExprKind::Struct(name, members) => self.structure(name, members, place),
            ExprKind::Pair(pair) => Ok(Value::Pair(Arc::new((self.evaluate(&pair.0, place)?, self.evaluate(&pair.1, place)?)))),
            ExprKind::Name(name) => self.names.lookup(name).ok_or_else(|| messages::not_known(expr.span, name)),
            ExprKind::Member(base, member) => self.member(base, member, place),
            ExprKind::Index(pair) => self.index(&pair.0, &pair.1, place),
            ExprKind::Apply { function, arguments } => functions::apply(self, function, arguments, (expr.span, place)),
            ExprKind::Unary(operator, operand) => {
                let value = self.evaluate(operand, place)?;
                operators::unary(*operator, &value).map_err(|error| messages::failed(expr.span, error))
            }
            ExprKind::Binary(operator, pair) => self.binary(*operator, (&pair.0, &pair.1), (expr.span, place)),
            ExprKind::If(parts) => self.conditional(&parts.0, (&parts.1, &parts.2), place),
        }
    }

    fn binary(&self, operator: BinaryOperator, operands: (&Expr, &Expr), at: (Span, Place)) -> Result<Value, Diagnostic> {
        let (span, place) = at;
        let left = self.evaluate(operands.0, place)?;
        match (operator, &left) {
            (BinaryOperator::And, Value::Boolean(false) | Value::Unknown(_)) | (BinaryOperator::Or, Value::Boolean(true) | Value::Unknown(_)) => {
                return Ok(left);
            }
            _ => {}
        }
        let right = self.evaluate(operands.1, place)?;
        let concatenates = operator == BinaryOperator::Add && place == Place::Placeholder;
        if let Some(unknown) = [&left, &right].into_iter().find(|value| matches!(value, Value::Unknown(_)))
            && !(concatenates && [&left, &right].iter().any(|value| matches!(value, Value::String(_) | Value::File(_))))
        {
            return Ok(unknown.clone());
        }
        if operator == BinaryOperator::Add && (left == Value::None || right == Value::None) && self.concatenation(place) == Concatenation::Optional {
            return Ok(Value::None);
        }
        if matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual)
            && let Some(name) = left.unknown().or_else(|| right.unknown())
        {
            return Ok(Value::Unknown(name));
        }
        let (left, right) = match operator {
            BinaryOperator::Equal | BinaryOperator::NotEqual => declared_paths::comparable(self, left, right),
            _ => (left, right),
        };
        operators::binary(operator, &left, &right, self.coercion())
            .map_err(|error| messages::operation_failed(span, error, (operands.0.span, &left), (operands.1.span, &right)))
    }

    fn concatenation(&self, place: Place) -> Concatenation {
        match (place, self.coercion()) {
            (Place::Placeholder, _) | (Place::Plain, Coercion::Loose) => Concatenation::Optional,
            (Place::Plain, Coercion::Standard | Coercion::Relaxed) => Concatenation::Strict,
        }
    }

    fn conditional(&self, condition: &Expr, branches: (&Expr, &Expr), place: Place) -> Result<Value, Diagnostic> {
        match self.evaluate(condition, place)? {
            Value::Boolean(true) => self.evaluate(branches.0, place),
            Value::Boolean(false) => self.evaluate(branches.1, place),
            unknown @ Value::Unknown(_) => Ok(unknown),
            other => Err(messages::not_a_condition(condition.span, "after `if`", &other)),
        }
    }

    fn member(&self, base: &Expr, member: &Name, place: Place) -> Result<Value, Diagnostic> {
        if let ExprKind::Name(name) = &base.kind
            && self.names.lookup(name).is_none()
            && let Some(choice) = self.choice(name, member)?
        {
            return Ok(choice);
        }
        let value = self.evaluate(base, place)?;
        let found = match &value {
            Value::Unknown(_) => Some(value.clone()),
            Value::Pair(pair) => match member.text.as_str() {
                "left" => Some(pair.0.clone()),
                "right" => Some(pair.1.clone()),
                _ => None,
            },
            Value::Struct(inner) => inner.members.get(&member.text).cloned(),
            Value::Object(members) => members.get(&member.text).cloned(),
            // What draft-2 documents do with `read_map` and with literals that turned out to be maps; later ones are warned of it.
            Value::Map(entries) => entry(entries, &Value::string(&member.text)),
            Value::Enum(choice) if member.text == "name" => Some(Value::string(choice.name())),
            _ => None,
        };
        found.ok_or_else(|| messages::no_member(member, base.span, &value))
    }

    /// `Enum.Choice` (1.3); `None` where the document has no such enum.
    fn choice(&self, name: &str, choice: &Name) -> Result<Option<Value>, Diagnostic> {
        let Some(ty) = self.checked.namespace(self.document).enums.get(name) else {
            return Ok(None);
        };
        let found = EnumChoice::named(ty, &choice.text).ok_or_else(|| messages::no_choice(choice, ty))?;
        Ok(Some(Value::Enum(Arc::new(found))))
    }

    fn index(&self, base: &Expr, index: &Expr, place: Place) -> Result<Value, Diagnostic> {
        let value = self.evaluate(base, place)?;
        let key = self.evaluate(index, place)?;
        match (&value, &key) {
            (Value::Unknown(_), _) => Ok(value),
            (_, Value::Unknown(_)) => Ok(key),
            (Value::Array(items), Value::Int(position)) => {
                let item = usize::try_from(*position).ok().and_then(|position| items.get(position));
                item.cloned().ok_or_else(|| messages::out_of_range(index.span, *position, items.len()))
            }
            (Value::Map(entries), _) => {
                let by_path = || entry(entries, &declared_paths::meant(self, &key, &entries.first()?.0));
                entry(entries, &key).or_else(by_path).ok_or_else(|| messages::no_key(index.span, &key, entries))
            }
            (Value::Object(members), Value::String(name)) => {
                members.get(name.as_ref()).cloned().ok_or_else(|| messages::no_name(index.span, name, members))
            }
            (Value::Struct(inner), Value::String(name)) => {
                inner.members.get(name.as_ref()).cloned().ok_or_else(|| messages::no_name(index.span, name, &inner.members))
            }
            _ => Err(messages::cannot_index((base.span, &value), (index.span, &key))),
        }
    }
}

/// The value of a key of a map.
pub(super) fn entry(entries: &[(Value, Value)], key: &Value) -> Option<Value> {
    entries.iter().find(|(known, _)| operators::equal(known, key)).map(|(_, value)| value.clone())
}
