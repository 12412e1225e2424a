//! What the tests of several stages share.

pub(crate) mod attempt_run;
pub(crate) mod cases;
pub(crate) mod desk;
pub(crate) mod distributed;
pub(crate) mod documents;
pub(crate) mod fake_slurm;
pub(crate) mod flavours;
pub(crate) mod folders;
pub(crate) mod framework;
pub(crate) mod head;
pub(crate) mod images;
pub(crate) mod memory_files;
pub(crate) mod own_cluster;
pub(crate) mod processor;
pub(crate) mod program;
pub(crate) mod real_roles;
pub(crate) mod real_run;
pub(crate) mod real_slurm;
pub(crate) mod scripts;
pub(crate) mod skipped;
pub(crate) mod taskqueue;
pub(crate) mod web;
