//! The one integration binary: a module a stage.

mod layers;
mod slurm_fake;
mod slurm_parse;
mod support;
mod syntax;
mod verdict;
