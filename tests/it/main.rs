//! The one integration binary: a module a stage.

<<<<<<< HEAD
mod image;
mod layers;
mod real_slurm_adapter;
mod slurm_fake;
mod slurm_parse;
mod support;
mod syntax;
mod verdict;
=======
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
>>>>>>> main
