//! sluice compiles WDL to Slurm.

pub mod diagnostic;
pub mod source;
pub mod syntax;
