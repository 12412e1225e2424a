//! What the tests of several stages share.

pub(crate) mod cases;
pub(crate) mod documents;
pub(crate) mod folders;
pub(crate) mod memory_files;
