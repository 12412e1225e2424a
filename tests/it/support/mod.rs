//! What the tests of several stages share.

pub(crate) mod attempt_run;
pub(crate) mod cases;
pub(crate) mod real_slurm;
