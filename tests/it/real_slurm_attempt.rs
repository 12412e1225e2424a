//! Scripts on a real Slurm.
