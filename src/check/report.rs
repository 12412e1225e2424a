//! Where the checker's diagnostics go.

use std::collections::HashMap;

use super::CheckOptions;
use crate::{
    diagnostic::{Diagnostic, Severity},
    source::SourceId,
    syntax::documents::DocumentSet,
};

/// Diagnostics of all documents of a set.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) options: CheckOptions,
    /// What was said once and for all, by name.
    pub(super) said: Vec<&'static str>,
}

impl Report {
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// What is said once over all documents, however often there is cause.
    pub(super) fn once(&mut self, what: &'static str, diagnostic: Diagnostic) {
        if !self.said.contains(&what) {
            self.said.push(what);
            self.push(diagnostic);
        }
    }

    /// What the specification does not have but the dialect accepts: a warning, with `--strict` an error.
    pub(super) fn violation(&mut self, diagnostic: Diagnostic) {
        let severity = if self.options.strict { Severity::Error } else { Severity::Warning };
        self.diagnostics.push(Diagnostic { severity, ..diagnostic });
    }

    /// What the specification does not list and every engine does: an error with `--strict`, else not worth a word.
    pub(super) fn unlisted(&mut self, diagnostic: Diagnostic) {
        if self.options.strict {
            self.push(diagnostic);
        }
    }

    /// By document and place; what has no place comes first. The same words at the same place are said once.
    pub(super) fn sorted(mut self, documents: &DocumentSet) -> Vec<Diagnostic> {
        let order: HashMap<SourceId, usize> = documents.documents.iter().map(|loaded| loaded.document.source).zip(0..).collect();
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.as_ref().map(|label| (order.get(&label.span.source).copied(), label.span)));
        self.diagnostics.dedup();
        self.diagnostics
    }
}
