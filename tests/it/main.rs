//! The one integration binary: a module a stage.

mod check;
mod support;
mod syntax;
