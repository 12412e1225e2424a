//! From a type as written to the type that it means.

use std::sync::Arc;

use super::names::Namespace;
use crate::{
    syntax::ast::{TypeExpr, TypeExprKind},
    value::Type,
};

impl Namespace {
    /// The type that a type expression means; `None` for a name that is not defined.
    pub fn resolve(&self, written: &TypeExpr) -> Option<Type> {
        resolve_with(written, &mut |name, _| self.named(name))
    }

    /// The struct or enum of a name.
    pub(super) fn named(&self, name: &str) -> Option<Type> {
        let structure = self.structs.get(name).map(|ty| Type::Struct(Arc::clone(ty)));
        structure.or_else(|| self.enums.get(name).map(|ty| Type::Enum(Arc::clone(ty))))
    }
}

/// The type that `written` means, names looked up by `named` (which also gets the place).
pub(super) fn resolve_with(written: &TypeExpr, named: &mut impl FnMut(&str, &TypeExpr) -> Option<Type>) -> Option<Type> {
    let pair = |inner: &Option<Box<(TypeExpr, TypeExpr)>>, named: &mut _| match inner {
        None => Some((Type::Any, Type::Any)),
        Some(inner) => {
            let (left, right) = (resolve_with(&inner.0, named), resolve_with(&inner.1, named));
            Some((left?, right?))
        }
    };
    Some(match &written.kind {
        TypeExprKind::Boolean => Type::Boolean,
        TypeExprKind::Int => Type::Int,
        TypeExprKind::Float => Type::Float,
        TypeExprKind::String => Type::String,
        TypeExprKind::File => Type::File,
        // Before 1.2 the word is free: a struct may have the name.
        TypeExprKind::Directory => named("Directory", written).filter(|ty| *ty != Type::Any).unwrap_or(Type::Directory),
        TypeExprKind::Object => Type::Object,
        TypeExprKind::Array { item, non_empty } => {
            let item = item.as_ref().map_or(Some(Type::Any), |item| resolve_with(item, named))?;
            Type::Array { item: Arc::new(item), non_empty: *non_empty }
        }
        TypeExprKind::Map(inner) => pair(inner, named).map(|(key, value)| Type::map(key, value))?,
        TypeExprKind::Pair(inner) => pair(inner, named).map(|(left, right)| Type::pair(left, right))?,
        TypeExprKind::Optional(inner) => resolve_with(inner, named)?.optional(),
        TypeExprKind::Named(name) => named(name, written)?,
    })
}
