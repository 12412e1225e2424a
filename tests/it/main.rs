//! The one integration binary: a module a stage.

mod layers;
mod support;
mod syntax;
