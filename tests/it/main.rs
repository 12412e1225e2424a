//! The one integration binary: a module a stage.

mod eval;
mod support;
mod syntax;
mod value;
