//! The one integration binary: a module a stage.

mod check;
mod engine;
mod eval;
mod image;
mod job;
mod layers;
mod local_attempt;
mod local_roles;
mod plan;
mod real_slurm_adapter;
mod real_slurm_attempt;
mod real_slurm_container;
mod real_slurm_head;
mod real_slurm_outages;
mod real_slurm_roles;
mod resume_cut_log;
mod resume_local;
mod site;
mod slurm_fake;
mod slurm_head_fake;
mod slurm_parse;
mod support;
mod syntax;
mod value;
mod verdict;
