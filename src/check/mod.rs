//! Names, types, imports and version gates of a set of documents. Pure.

mod interface;
pub mod names;

use crate::{
    syntax::ast::TypeExpr,
    value::Type,
};

impl names::Namespace {
    /// The type that a type expression means; `None` for a name that is not defined.
    pub fn resolve(&self, _written: &TypeExpr) -> Option<Type> {
        None
    }
}
