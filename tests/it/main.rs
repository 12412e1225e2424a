//! The one integration binary: a module a stage.

mod check;
mod engine;
mod eval;
mod plan;
mod support;
mod syntax;
mod value;
