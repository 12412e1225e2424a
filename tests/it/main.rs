//! The one integration binary: a module a stage.

mod image;
mod layers;
mod real_slurm_adapter;
mod slurm_fake;
mod slurm_parse;
mod support;
mod syntax;
mod verdict;
