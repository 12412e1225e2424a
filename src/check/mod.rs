//! Names, types, imports and version gates of a set of documents. Pure.
//!
//! Entry: [`check`]. All wording is in `messages.rs`. A document that can run must never be refused: where the dialect leaves a type
//! open it is `Any`, and what the specification calls a limited exception is at most a warning.

mod attributes;
pub mod available;
mod body;
mod calls;
mod coercion;
mod constants;
mod context;
mod cycles;
mod defined;
mod definitions;
mod expressions;
mod functions;
mod interface;
mod members;
mod messages;
mod metadata;
pub mod names;
mod namespaces;
mod operators;
mod quantities;
mod report;
mod resolve;
mod runner_messages;
mod runner_options;
mod scopes;
mod task_variable;
mod tasks;
mod text;
mod unused;
mod workflows;

use std::collections::HashMap;

use crate::{
    diagnostic::Diagnostic,
    syntax::{
        ast::Document,
        documents::{DocumentId, DocumentSet},
    },
};
use names::Checked;
use report::Report;

/// How strictly documents are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// What the specification of the document's version does not have, but the dialect accepts, is an error and not a warning.
    pub strict: bool,
    /// Kinds of clusters that the site adds to those that sluice knows.
    pub clusters: Vec<String>,
}

/// What checking found. Nothing may be run where [`Outcome::has_errors`].
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
pub fn check(documents: DocumentSet, options: &CheckOptions) -> Outcome {
    let mut report = Report { diagnostics: Vec::new(), options: options.clone(), ..Report::default() };
    let namespaces = namespaces::build(&documents, &mut report);
    let tasks = documents.documents.iter().map(|loaded| task_index(&loaded.document)).collect();
    let checked = Checked { documents, namespaces, tasks };
    let mut interfaces = HashMap::new();
    for index in 0..checked.documents.documents.len() {
        definitions::check(&checked, DocumentId(index), &mut interfaces, &mut report);
    }
    drop(interfaces);
    let diagnostics = report.sorted(&checked.documents);
    Outcome { checked, diagnostics }
}

/// The first task of each name; a second one is an error.
fn task_index(document: &Document) -> HashMap<String, usize> {
    let tasks = document.tasks.iter().enumerate().rev();
    tasks.map(|(index, task)| (task.name.text.clone(), index)).collect()
}
