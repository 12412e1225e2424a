//! Expressions, commands and outputs of tasks. Pure: files only through [`files::Files`].
//!
//! Entry: [`Evaluator`] for one expression, [`prepare`] for a task call that is ready, [`outputs()`] for one that has succeeded.
//! It must not keep state between calls: `outputs` evaluates a task's inputs again.

mod attributes;
mod declared_paths;
mod disks;
mod distributed;
mod expression;
pub mod files;
mod functions;
mod literals;
mod messages;
mod needs;
mod operators;
mod order;
mod outputs;
mod paths;
mod placeholders;
mod requirements;
mod scope;
mod task;
mod task_variable;
mod units;

pub use declared_paths::{in_workflow, refuse_remote, refuse_remote_at};
pub use functions::function_names;
pub use needs::needs_files;
pub use task::{Growth, TaskCall, outputs, prepare};

use self::{expression::Place, files::Files};
use crate::{
    check::names::Checked,
    diagnostic::Diagnostic,
    syntax::{
        ast::{Declaration, Expr, Text, Version},
        documents::DocumentId,
    },
    value::{Coercion, Object, Type, Value, coerce},
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
        self.evaluate(expr, Place::Plain)
    }

    /// The value of a declaration, coerced to its declared type; `None` where it has no expression and its type is optional.
    pub fn declaration(&self, declaration: &Declaration) -> Result<Value, Diagnostic> {
        match &declaration.value {
            Some(expr) => self.coerced(self.expression(expr)?, declaration),
            None => self.coerced(Value::None, declaration),
        }
    }

    /// A text with its placeholders filled in; an unknown value reads `<<unknown: NAME>>`.
    pub fn text(&self, text: &Text) -> Result<String, Diagnostic> {
        self.interpolate(text)
    }

    /// A value as one of a declaration's type.
    pub fn coerced(&self, value: Value, declaration: &Declaration) -> Result<Value, Diagnostic> {
        let ty = self.declared_type(declaration)?;
        let span = declaration.value.as_ref().map_or(declaration.name.span, |expr| expr.span);
        coerce(value, &ty, self.coercion()).map_err(|error| messages::wrong_type(span, declaration, &error))
    }

    /// The type a declaration declares.
    fn declared_type(&self, declaration: &Declaration) -> Result<Type, Diagnostic> {
        self.checked.resolve(self.document, &declaration.ty).ok_or_else(|| messages::unknown_type(declaration.ty.span))
    }

    /// The document's version.
    fn version(&self) -> Version {
        self.checked.documents.get(self.document).document.version
    }

    /// How willing coercions are in the document's version.
    fn coercion(&self) -> Coercion {
        self.checked.coercion(self.document)
    }
}
