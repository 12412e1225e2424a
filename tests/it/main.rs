//! The one integration binary: a module a stage.

mod check;
mod engine;
mod eval;
mod layers;
mod plan;
mod slurm_parse;
mod support;
mod syntax;
mod value;
