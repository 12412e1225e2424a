//! Walks over expressions: the names and functions they use. Recursion is bounded by the parser's nesting limit.

use super::ast::{Expr, ExprKind, Name, Text, TextPart};
use crate::source::Span;

/// A use of a name: `x`, or `x.a.b` with its member path.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// The free name.
    pub name: String,
    /// Members taken from it, outermost first: `["a", "b"]` for `x.a.b`.
    pub members: Vec<String>,
    /// Where the name stands.
    pub span: Span,
}

/// Every use of a name in an expression, in order of text, placeholders of its strings included. Keys of objects and structs are no
/// uses; keys of map literals are expressions and are.
pub fn references(expr: &Expr) -> Vec<Reference> {
    let mut found = Vec::new();
    visit(expr, &mut |expr| match member_path(expr) {
        Some(reference) => {
            found.push(reference);
            Descend::No
        }
        None => Descend::Yes,
    });
    found
}

/// Every use of a name in the placeholders of a text, in order.
pub fn text_references(text: &Text) -> Vec<Reference> {
    let mut found = Vec::new();
    for_each_placeholder(text, &mut |expr| found.extend(references(expr)));
    found
}

/// Calls `found` with the name of every function an expression applies, in order of text.
pub fn functions(expr: &Expr, found: &mut dyn FnMut(&Name)) {
    visit(expr, &mut |expr| {
        if let ExprKind::Apply { function, .. } = &expr.kind {
            found(function);
        }
        Descend::Yes
    });
}

/// Whether a walk goes into an expression's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descend {
    /// Visit its parts too.
    Yes,
    /// Leave its parts out.
    No,
}

/// Calls `see` with an expression, then, where it says so, with each of its parts, in order of text.
pub fn visit(expr: &Expr, see: &mut dyn FnMut(&Expr) -> Descend) {
    if see(expr) == Descend::No {
        return;
    }
    match &expr.kind {
        ExprKind::Boolean(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::None | ExprKind::Name(_) => {}
        ExprKind::String(text) => for_each_placeholder(text, &mut |part| visit(part, see)),
        ExprKind::Array(items) | ExprKind::Apply { arguments: items, .. } => {
            for item in items {
                visit(item, see);
            }
        }
        ExprKind::Map(entries) => {
            for (key, value) in entries {
                visit(key, see);
                visit(value, see);
            }
        }
        ExprKind::Object(members) | ExprKind::Struct(_, members) | ExprKind::Hints(_, members) => {
            for (_, value) in members {
                visit(value, see);
            }
        }
        ExprKind::Pair(pair) | ExprKind::Index(pair) | ExprKind::Binary(_, pair) => {
            visit(&pair.0, see);
            visit(&pair.1, see);
        }
        ExprKind::Member(base, _) | ExprKind::Unary(_, base) => visit(base, see),
        ExprKind::If(parts) => {
            visit(&parts.0, see);
            visit(&parts.1, see);
            visit(&parts.2, see);
        }
    }
}

/// Calls `see` with the expression and the options of every placeholder of a text.
fn for_each_placeholder(text: &Text, see: &mut dyn FnMut(&Expr)) {
    for part in &text.parts {
        if let TextPart::Placeholder(placeholder) = part {
            let options = [&placeholder.sep, &placeholder.default, &placeholder.when_true, &placeholder.when_false];
            options.into_iter().flatten().for_each(&mut *see);
            see(&placeholder.expr);
        }
    }
}

/// The reference that an expression is as a whole, if it is a name or members of one.
fn member_path(expr: &Expr) -> Option<Reference> {
    let mut members = Vec::new();
    let mut base = expr;
    while let ExprKind::Member(inner, member) = &base.kind {
        members.push(member.text.clone());
        base = inner;
    }
    members.reverse();
    match &base.kind {
        ExprKind::Name(name) => Some(Reference { name: name.clone(), members, span: base.span }),
        _ => None,
    }
}
