//! sluice compiles WDL to Slurm.

pub mod check;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod plan;
pub mod source;
pub mod stdlib;
pub mod syntax;
pub mod task;
pub mod value;
