//! The one integration binary: a module a stage.

mod engine;
mod plan;
mod support;
mod syntax;
