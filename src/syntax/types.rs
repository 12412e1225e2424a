//! Types and declarations.

use pest::iterators::Pair;

use super::{
    ast::{Declaration, Name, TypeExpr, TypeExprKind},
    builder::{Builder, next, parts, unexpected},
    grammar::Rule,
};
use crate::{diagnostic::Diagnostic, source::Span};

/// Where a declaration stands, which decides whether it has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In `input { … }`, or in the body of a draft-2 task or workflow, where one without a value is an input.
    Input,
    /// In the body of a task or workflow from 1.0 on.
    Body,
    /// In `output { … }`.
    Output,
    /// In a struct.
    Struct,
}

impl Builder {
    /// `Type name = value`.
    pub(super) fn declaration(&mut self, pair: Pair<'_, Rule>, place: Place) -> Result<Declaration, Diagnostic> {
        let span = self.span(&pair);
        let mut parts = parts(pair).peekable();
        let env = parts.next_if(|part| part.as_rule() == Rule::env_mark).map(|mark| self.span(&mark));
        let ty = self.type_expr(next(&mut parts))?;
        let name = self.new_name(&next(&mut parts))?;
        let value = parts.next().map(|value| self.expression(value)).transpose()?;
        match (place, &value) {
            (Place::Body, None) => Err(without_value(&name).hint("only declarations of `input { … }` may go without")),
            (Place::Output, None) => Err(without_value(&name).hint("an output says where its value comes from")),
            (Place::Struct, Some(value)) => {
                Err(Diagnostic::error(value.span, format!("expected no value for `{}`: members of a struct have none", name.text)))
            }
            (Place::Input, _) | (Place::Body | Place::Output, Some(_)) | (Place::Struct, None) => Ok(Declaration { ty, name, value, env, span }),
        }
    }

    /// A type as written.
    pub(super) fn type_expr(&mut self, pair: Pair<'_, Rule>) -> Result<TypeExpr, Diagnostic> {
        let span = self.span(&pair);
        self.deeper(span, |builder| builder.type_parts(pair))
    }

    fn type_parts(&mut self, pair: Pair<'_, Rule>) -> Result<TypeExpr, Diagnostic> {
        let mut name = None;
        let mut parameters = Vec::new();
        let mut quantifiers = Vec::new();
        let mut span = self.span(&pair);
        for part in parts(pair) {
            match part.as_rule() {
                Rule::type_name => name = Some(part),
                Rule::type_parameters => {
                    for parameter in parts(part) {
                        parameters.push(self.type_expr(parameter)?);
                    }
                }
                Rule::quantifier => quantifiers.push(part),
                rule => unexpected(rule, "a type"),
            }
        }
        let name = name.expect("every type begins with a name");
        if let Some(first) = quantifiers.first() {
            span.end = self.span(first).start;
        }
        let kind = type_kind(name.as_str(), parameters, span)?;
        self.quantified(TypeExpr { kind, span }, quantifiers)
    }

    /// `Array[Int]+?`: at most one `+`, then `?`; a second `?`, which says no more than one, is `check`'s to judge.
    fn quantified(&self, mut ty: TypeExpr, quantifiers: Vec<Pair<'_, Rule>>) -> Result<TypeExpr, Diagnostic> {
        for quantifier in quantifiers {
            let mark = self.span(&quantifier);
            let span = ty.span.to(mark);
            match (&mut ty.kind, quantifier.as_str()) {
                (TypeExprKind::Array { non_empty, .. }, "+") if !*non_empty => {
                    *non_empty = true;
                    ty.span = span;
                }
                (_, "?") => ty = TypeExpr { kind: TypeExprKind::Optional(Box::new(ty)), span },
                _ => {
                    let error = Diagnostic::error(mark, "expected `+` only after `Array[…]`, where it says that the array is never empty");
                    return Err(error.hint("an optional array that is never empty is `Array[Int]+?`"));
                }
            }
        }
        Ok(ty)
    }
}

fn without_value(name: &Name) -> Diagnostic {
    Diagnostic::error(name.span, format!("expected `= …` after `{}`", name.text)).label("has no value")
}

fn type_kind(name: &str, parameters: Vec<TypeExpr>, span: Span) -> Result<TypeExprKind, Diagnostic> {
    let written = parameters.len();
    let mut parameters = parameters.into_iter();
    let wrong = |wanted: &str| Err(Diagnostic::error(span, format!("expected {wanted} for `{name}`, found {written}")));
    let mut two = || parameters.next().zip(parameters.next()).map(Box::new);
    Ok(match (name, written) {
        ("Array", 0) => TypeExprKind::Array { item: None, non_empty: false },
        ("Array", 1) => TypeExprKind::Array { item: parameters.next().map(Box::new), non_empty: false },
        ("Array", _) => return wrong("one type in brackets"),
        ("Map", 0 | 2) => TypeExprKind::Map(two()),
        ("Pair", 0 | 2) => TypeExprKind::Pair(two()),
        ("Map" | "Pair", _) => return wrong("two types in brackets"),
        (_, 1..) => return wrong("no types in brackets"),
        ("Boolean", 0) => TypeExprKind::Boolean,
        ("Int", 0) => TypeExprKind::Int,
        ("Float", 0) => TypeExprKind::Float,
        ("String", 0) => TypeExprKind::String,
        ("File", 0) => TypeExprKind::File,
        ("Directory", 0) => TypeExprKind::Directory,
        ("Object", 0) => TypeExprKind::Object,
        (_, 0) => TypeExprKind::Named(name.to_owned()),
    })
}
