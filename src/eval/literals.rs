//! Values of array, map, object and struct literals.

use std::{collections::HashSet, sync::Arc};

use super::{Evaluator, expression::Place, messages, operators};
use crate::{
    diagnostic::Diagnostic,
    syntax::ast::{Expr, Name},
    value::{Coercion, Object, Type, Value, coerce},
};

impl Evaluator<'_> {
    pub(super) fn array(&self, items: &[Expr], place: Place) -> Result<Value, Diagnostic> {
        let items = items.iter().map(|item| self.evaluate(item, place)).collect::<Result<_, _>>()?;
        Ok(Value::array(operators::alike(items, self.coercion())))
    }

    pub(super) fn map(&self, entries: &[(Expr, Expr)], place: Place) -> Result<Value, Diagnostic> {
        let mut values: Vec<(Value, Value)> = Vec::with_capacity(entries.len());
        let (mut texts, mut numbers) = (HashSet::new(), HashSet::new());
        for (key_expr, value_expr) in entries {
            let key = self.evaluate(key_expr, place)?;
            let is_known = match &key {
                Value::String(text) => !texts.insert(Arc::clone(text)),
                Value::Int(number) if values.len() == numbers.len() => !numbers.insert(*number),
                key => values.iter().any(|(known, _)| operators::equal(known, key)),
            };
            if is_known {
                return Err(messages::key_twice(key_expr.span, &key));
            }
            values.push((key, self.evaluate(value_expr, place)?));
        }
        Ok(operators::map_or_object(values, self.coercion()))
    }

    pub(super) fn object(&self, members: &[(Name, Expr)], place: Place) -> Result<Value, Diagnostic> {
        let mut object = Object::with_capacity(members.len());
        for (name, expr) in members {
            if object.insert(name.text.clone(), self.evaluate(expr, place)?).is_some() {
                return Err(messages::key_twice(name.span, &Value::string(&name.text)));
            }
        }
        Ok(Value::object(object))
    }

    pub(super) fn structure(&self, name: &Name, members: &[(Name, Expr)], place: Place) -> Result<Value, Diagnostic> {
        let ty = self.checked.namespace(self.document).structs.get(&name.text).ok_or_else(|| messages::unknown_type(name.span))?;
        let object = self.object(members, place)?;
        coerce(object, &Type::Struct(ty.clone()), Coercion::Standard).map_err(|error| messages::failed(name.span, error))
    }
}
