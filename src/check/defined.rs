//! Optionals that are known to be there: `if defined(x) then x else …` needs no `select_first`.

use std::collections::{HashMap, HashSet};

use super::body::{Body, Place};
use crate::{
    syntax::ast::{BinaryOperator, Expr, ExprKind, UnaryOperator},
    value::Type,
};

/// Which side of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The condition holds.
    Then,
    /// It does not.
    Else,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Then => Self::Else,
            Self::Else => Self::Then,
        }
    }
}

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
        asked(condition, Side::Then, &mut paths);
        if !paths.is_empty() {
            self.blocks.entry(block).or_default().extend(paths);
        }
    }
}

impl Body<'_, '_, '_> {
    /// Looks at what is read only on one side of a condition.
    pub(super) fn if_defined<T>(&mut self, condition: &Expr, side: Side, look: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.defined.here.len();
        asked(condition, side, &mut self.defined.here);
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

/// What must be there on a side of a condition.
fn asked(condition: &Expr, side: Side, paths: &mut Vec<String>) {
    match &condition.kind {
        ExprKind::Apply { function, arguments } if side == Side::Then && function.text == "defined" => paths.extend(arguments.first().and_then(path)),
        ExprKind::Unary(UnaryOperator::Not, operand) => asked(operand, side.other(), paths),
        ExprKind::Binary(BinaryOperator::And, sides) if side == Side::Then => {
            asked(&sides.0, side, paths);
            asked(&sides.1, side, paths);
        }
        ExprKind::Binary(BinaryOperator::Or, sides) if side == Side::Else => {
            asked(&sides.0, side, paths);
            asked(&sides.1, side, paths);
        }
        _ => {}
    }
}
