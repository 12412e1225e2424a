//! Text to tree: the only place that knows pest. Never reads files.
//!
//! Entry: [`parse`]. The grammar lies in `grammar/`; the tree in [`ast`]; its printed form in [`dump`].
//! `grammar` holds pest's rules, `symbols` their readable names; `errors` words what does not parse, `slips` knows common
//! mistakes; and one module a subject
//! turns pest's pairs into the tree: `document`, `sections`, `statements`, `types`, `expressions`, `strings`, `command`, `meta`.

use crate::{
    diagnostic::Diagnostic,
    source::{Source, SourceId},
};

pub mod ast;
mod builder;
mod command;
mod document;
pub mod documents;
pub mod dump;
mod errors;
mod expressions;
mod grammar;
mod literals;
mod meta;
mod operators;
mod reserved;
mod sections;
mod slips;
mod statements;
mod strings;
mod symbols;
mod types;
mod version;
pub mod visit;

/// How deep a document may nest: brackets, statements, operators in a row, each level of the tree.
///
/// What stands inside the last bracket is a level more. Every later stage recurses over the tree and relies on it.
pub const NESTING_LIMIT: usize = 1000;

/// Reads one document of any version.
///
/// Wants a thread with a stack of 64 MB, which [`NESTING_LIMIT`] is made for; with less, deep documents are refused as too
/// deep. Fails with the first thing that does not parse.
pub fn parse(id: SourceId, source: &Source) -> Result<ast::Document, Diagnostic> {
    let version = version::detect(id, &source.text)?;
    let refused = |error: Box<_>| errors::syntax_error(id, &source.text, version.version, &error);
    let pairs = grammar::read(version.version, &source.text).map_err(refused)?;
    let mut builder = builder::Builder::new(id, version.version);
    builder.warnings.extend(version.warning);
    builder.document(pairs)
}
