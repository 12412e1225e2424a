//! What the tests of several stages share.

pub(crate) mod cases;
pub(crate) mod documents;
