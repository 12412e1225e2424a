//! Optionals that are known to be there: `if defined(x) then x else …` needs no `select_first`.

use std::collections::{HashMap, HashSet};

use super::body::{Body, Place};
use crate::{
    syntax::ast::{BinaryOperator, Expr, ExprKind, UnaryOperator},
    value::Type,
};

/// Names and members (`a.b`) that are known to be there.
#[derive(Debug, Default)]
pub(super) struct Defined {
    /// In the branch of `if … then … else …` that is being looked at.
    here: Vec<String>,
    /// In the body of a conditional, by block.
    blocks: HashMap<usize, HashSet<String>>,
}

impl Defined {
    /// Notes what the condition of a block's conditional asks about.
    pub(super) fn in_block(&mut self, block: usize, condition: &Expr) {
        let mut paths = Vec::new();
        asked(condition, true, &mut paths);
        if !paths.is_empty() {
            self.blocks.entry(block).or_default().extend(paths);
        }
    }
}

impl Body<'_, '_, '_> {
    /// Looks at a branch of `if condition then … else …`; `outcome` is what the condition gave.
    pub(super) fn if_defined<T>(&mut self, condition: &Expr, outcome: bool, look: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.defined.here.len();
        asked(condition, outcome, &mut self.defined.here);
        let result = look(self);
        self.defined.here.truncate(before);
        result
    }

    /// The type of an expression, without `?` where a condition around it has asked.
    pub(super) fn defined(&self, expr: &Expr, ty: Type, place: Place) -> Type {
        if !matches!(ty, Type::Optional(_)) || (self.defined.here.is_empty() && self.defined.blocks.is_empty()) {
            return ty;
        }
        let Some(path) = path(expr) else { return ty };
        if self.defined.here.contains(&path) {
            return ty.required().clone();
        }
        let mut block = place.block;
        loop {
            if self.defined.blocks.get(&block).is_some_and(|paths| paths.contains(&path)) {
                return ty.required().clone();
            }
            let parent = self.scopes.parent(block);
            if parent == block {
                return ty;
            }
            block = parent;
        }
    }
}

/// `a` or `a.b`.
fn path(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member(base, name) => Some(format!("{}.{}", path(base)?, name.text)),
        _ => None,
    }
}

/// What must be there if a condition gives `outcome`.
fn asked(condition: &Expr, outcome: bool, paths: &mut Vec<String>) {
    match &condition.kind {
        ExprKind::Apply { function, arguments } if outcome && function.text == "defined" => paths.extend(arguments.first().and_then(path)),
        ExprKind::Unary(UnaryOperator::Not, operand) => asked(operand, !outcome, paths),
        ExprKind::Binary(BinaryOperator::And, sides) if outcome => {
            asked(&sides.0, outcome, paths);
            asked(&sides.1, outcome, paths);
        }
        ExprKind::Binary(BinaryOperator::Or, sides) if !outcome => {
            asked(&sides.0, outcome, paths);
            asked(&sides.1, outcome, paths);
        }
        _ => {}
    }
}
