//! What the tests of several stages share.

pub(crate) mod cases;
pub(crate) mod fake_slurm;
pub(crate) mod real_slurm;
