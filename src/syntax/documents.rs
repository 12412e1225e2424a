//! A document with all that it imports, as `load` found them and `check` reads them. Contract.

use crate::{source::Sources, syntax::ast::Document};

/// Which document of a [`DocumentSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentId(pub usize);

/// A root document and everything it imports, each once.
#[derive(Debug, Default)]
pub struct DocumentSet {
    /// Texts, for diagnostics.
    pub sources: Sources,
    /// Documents; the root is first.
    pub documents: Vec<LoadedDocument>,
    /// URLs that were asked for and redirected, with the document that came; a document's own `uri` is where it was in the end.
    pub moved: Vec<(String, DocumentId)>,
}

/// One document of a set.
#[derive(Debug)]
pub struct LoadedDocument {
    /// Its absolute path or URL: what relative imports and default files are relative to.
    pub uri: String,
    /// Its tree.
    pub document: Document,
    /// For each import in order, the document it names; `None` where it could not be had (a diagnostic says so).
    pub imports: Vec<Option<DocumentId>>,
}

impl DocumentSet {
    /// The document of an id of this set.
    pub fn get(&self, id: DocumentId) -> &LoadedDocument {
        &self.documents[id.0]
    }

    /// The root document's id.
    pub const ROOT: DocumentId = DocumentId(0);
}
