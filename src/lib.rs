//! sluice compiles WDL to Slurm.

pub mod check;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod image;
pub mod job;
pub mod plan;
pub mod site;
pub mod slurm;
pub mod source;
pub mod syntax;
pub mod task;
pub mod value;
