//! The one integration binary: a module a stage.

mod check;
mod eval;
mod job;
mod layers;
mod local_attempt;
mod real_slurm_attempt;
mod site;
mod slurm_parse;
mod support;
mod syntax;
mod value;
