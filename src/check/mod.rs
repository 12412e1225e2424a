//! Names, types, imports and version gates of a set of documents. Pure.
//!
//! Entry: [`check`]. All wording is in `messages.rs`.

mod coercion;
mod constants;
mod interface;
mod messages;
pub mod names;
mod namespaces;
mod resolve;

use crate::{diagnostic::Diagnostic, syntax::documents::DocumentSet};
use names::Checked;

/// How strictly documents are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// What the specification of the document's version does not have, but the dialect accepts, is an error and not a warning.
    pub strict: bool,
}

/// What checking found. Nothing may be run when [`Outcome::has_errors`].
#[derive(Debug)]
pub struct Outcome {
    /// The documents and what their names mean; its sources render the diagnostics.
    pub checked: Checked,
    /// Everything found in all documents, by document (the root first) and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    /// Whether any diagnostic is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Checks a document and all it imports. Wants a stack of 64 MB: expressions may nest 1,000 deep.
pub fn check(documents: DocumentSet, _options: &CheckOptions) -> Outcome {
    let mut diagnostics = Vec::new();
    let namespaces = namespaces::build(&documents, &mut diagnostics);
    let tasks = documents.documents.iter().map(|loaded| task_index(&loaded.document)).collect();
    let checked = Checked { documents, namespaces, tasks };
    sort(&mut diagnostics);
    Outcome { checked, diagnostics }
}

/// The first task of each name; a second one is an error.
fn task_index(document: &crate::syntax::ast::Document) -> std::collections::HashMap<String, usize> {
    let names = document.tasks.iter().enumerate().rev();
    names.map(|(index, task)| (task.name.text.clone(), index)).collect()
}

/// By document and place; what has no place comes first. The same words at the same place are said once.
fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.as_ref().map(|label| label.span));
    diagnostics.dedup();
}
