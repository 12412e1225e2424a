//! The one integration binary: a module a stage.

mod job;
mod layers;
mod local_attempt;
mod local_roles;
mod real_slurm_attempt;
mod real_slurm_roles;
mod site;
mod support;
mod syntax;
