//! Expressions, commands and outputs of tasks. Pure: files only through [`files::Files`].
//!
//! Entry: [`Evaluator`] for one expression, [`prepare`] for a task call that is ready, [`outputs`] for one that has succeeded.
//! It must not keep state between calls: `outputs` evaluates a task's inputs again.

pub mod files;
mod messages;
mod needs;
mod task;

pub use needs::needs_files;
pub use task::{Growth, TaskCall, outputs, prepare};

use self::files::Files;
use crate::{
    check::names::Checked,
    diagnostic::Diagnostic,
    syntax::{
        ast::{Declaration, Expr, Text},
        documents::DocumentId,
    },
    value::{Object, Value},
};

/// The values that free names of an expression stand for.
pub trait Names {
    /// The value of a name, if it is known here. A call's name gives a [`Value::Object`] of its outputs, whose members are arrays
    /// where the call is seen from outside its scatter.
    fn lookup(&self, name: &str) -> Option<Value>;
}

impl Names for Object {
    fn lookup(&self, name: &str) -> Option<Value> {
        self.get(name).cloned()
    }
}

/// Evaluates the expressions of one document.
#[derive(Clone, Copy)]
pub struct Evaluator<'a> {
    /// What free names stand for.
    pub names: &'a dyn Names,
    /// Files that `read_*`, `write_*`, `size`, `glob` and the like see.
    pub files: &'a dyn Files,
    /// What types mean.
    pub checked: &'a Checked,
    /// The document the expressions stand in; its version decides what is loose.
    pub document: DocumentId,
}

impl Evaluator<'_> {
    /// The value of an expression.
    pub fn expression(&self, expr: &Expr) -> Result<Value, Diagnostic> {
        Err(messages::not_known(expr.span, "expression"))
    }

    /// The value of a declaration, coerced to its declared type; `None` where it has no expression and its type is optional.
    pub fn declaration(&self, declaration: &Declaration) -> Result<Value, Diagnostic> {
        Err(messages::not_known(declaration.span, &declaration.name.text))
    }

    /// A text with its placeholders filled in.
    pub fn text(&self, text: &Text) -> Result<String, Diagnostic> {
        Err(messages::not_known(text.span, "text"))
    }
}
