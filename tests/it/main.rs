//! The one integration binary: a module a stage.

mod check;
mod layers;
mod slurm_parse;
mod support;
mod syntax;
