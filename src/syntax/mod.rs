//! Text to tree: the only place that knows pest. Never reads files.
//!
//! Entry: [`parse`]. The grammar lies in `grammar/`; the tree in [`ast`].

pub mod ast;
pub mod documents;
pub mod visit;
