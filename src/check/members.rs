//! `a.b`: outputs of calls, members of structs and objects, sides of pairs, choices of enums.

use std::sync::Arc;

use super::{
    body::{Body, Place},
    expressions::member_type,
    messages,
    scopes::{EntityKind, Found},
};
use crate::{
    diagnostic::nearest_name,
    source::Span,
    syntax::ast::{Expr, ExprKind, Name, Version},
    value::Type,
};

impl<'a> Body<'_, 'a, '_> {
    /// The type of `base.name`.
    pub(super) fn member(&mut self, base: &'a Expr, name: &Name, place: Place) -> Type {
        if let ExprKind::Name(text) = &base.kind {
            let found = self.scopes.find(text, place.block);
            if let Some(found) = &found {
                let is_call = |&index: &usize| matches!(self.scopes.entities[index].kind, EntityKind::Call(..));
                if found.entities.iter().any(is_call) {
                    return self.output_of(found, base.span, name, place);
                }
            } else if let Some(ty) = self.choice(text, name) {
                return ty;
            } else if self.context.namespace.imports.contains_key(text) {
                // draft-2 let a call be named with its namespace (`ns.task.out`); the next member is the call's name.
                self.context.used_namespaces.insert(text.clone());
                return self.scopes.call(&name.text).map_or(Type::Any, |call| self.scopes.entities[call].ty.clone());
            }
        }
        let ty = self.infer(base, place);
        self.member_of(&ty, base.span, name)
    }

    /// The type at a place of an output of a call.
    pub(super) fn output_of(&mut self, found: &Found, span: Span, name: &Name, place: Place) -> Type {
        self.need(found, span, place);
        self.found_type(found, |body, entity| {
            let EntityKind::Call(call, Some(interface)) = body.scopes.entities[entity].kind.clone() else { return Type::Any };
            interface.output(&name.text).cloned().unwrap_or_else(|| {
                let near = nearest_name(&name.text, interface.outputs.members.iter().map(|(known, _)| known.as_str()));
                body.context.report.push(messages::unknown_output(name, &call.name().text, &interface.outputs, near));
                Type::Any
            })
        })
    }

    /// `Enum.Choice`; `None` if no enum has the name.
    fn choice(&mut self, enumeration: &str, name: &Name) -> Option<Type> {
        let ty = self.context.namespace.enums.get(enumeration)?;
        if !ty.choices.contains(&name.text) {
            let near = nearest_name(&name.text, ty.choices.iter().map(String::as_str));
            self.context.report.push(messages::unknown_choice(name, &ty.name, near));
        }
        Some(Type::Enum(Arc::clone(ty)))
    }

    fn member_of(&mut self, ty: &Type, span: Span, name: &Name) -> Type {
        if matches!(ty, Type::Optional(_)) {
            self.unwrapped(ty, span);
        }
        let found = match ty.required() {
            Type::Any | Type::Object => Some(Type::Any),
            Type::Struct(members) | Type::Call(members) => member_type(members, &name.text).cloned(),
            Type::Pair(sides) => match name.text.as_str() {
                "left" => Some(sides.0.clone()),
                "right" => Some(sides.1.clone()),
                _ => None,
            },
            Type::Map(parts) => {
                // Older engines read a map's key so in every version.
                if self.context.version > Version::Draft2 {
                    self.context.report.violation(messages::key_as_member(name));
                }
                Some(parts.1.clone())
            }
            // "Each variant has a single member" (1.3, "Enum Usage").
            Type::Enum(_) if name.text == "name" => Some(Type::String),
            _ => None,
        };
        if let (None, Type::Struct(known)) = (&found, ty.required())
            && self.is_task_member_too_early(known, name)
        {
            return Type::Any;
        }
        found.unwrap_or_else(|| {
            let near = match ty.required() {
                Type::Struct(members) => nearest_name(&name.text, members.members.iter().map(|(known, _)| known.as_str())),
                Type::Pair(_) => nearest_name(&name.text, ["left", "right"]),
                _ => None,
            };
            self.context.report.push(messages::unknown_member(name, ty, near));
            Type::Any
        })
    }
}
