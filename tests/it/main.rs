//! The one integration binary: a module a stage.

mod check;
mod eval;
mod support;
mod syntax;
mod value;
