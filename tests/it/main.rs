//! The one integration binary: a module a stage.

mod check;
mod eval;
mod layers;
mod slurm_parse;
mod support;
mod syntax;
mod value;
