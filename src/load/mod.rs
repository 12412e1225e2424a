//! From a path or URL to a set of documents: reads, parses, follows imports. Shell: the only reader of WDL text.
//!
//! Entry: [`load`]; [`load_next`] for many documents after each other. Each document is read once however often and by whatever
//! spelling it is imported; every file that does not parse is reported, one error a file. `uri` says what an import means, `network`
//! reads URLs through `fetch` and `cache`.

mod cache;
mod fetch;
mod file;
mod library;
mod messages;
mod network;
mod uri;

pub use file::{LARGEST_INPUTS, read_file};
pub use library::{Found, Library, Originals, Unreadable};
pub use network::{ImportSettings, NetworkUse};
pub use uri::absolute;

use std::{
    collections::{HashMap, VecDeque},
    path::Path,
};

use self::uri::Target;
use crate::{
    diagnostic::Diagnostic,
    source::{Source, Sources, Span},
    syntax::{
        self,
        ast::{Document, Import},
        documents::{DocumentId, DocumentSet, LoadedDocument},
    },
};

/// Documents of the network in one set: beyond it a server makes them up.
const MOST_REMOTE: usize = 1000;

/// What `load` found: the documents that parsed and what is wrong with the others.
#[derive(Debug)]
pub struct Loaded {
    /// Documents, the root first; empty if the root could not be read or parsed.
    pub documents: DocumentSet,
    /// Errors of reading and parsing, warnings of reading; what the parser warns of, the checker says.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Whether the set is whole.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads the document at `path`, a path or a URL, and all that it imports.
pub fn load(path: &Path, library: &dyn Library) -> Loaded {
    load_with(path, library, None)
}

/// Documents that were parsed, for the next that import them too: of many files of one repository most import the same few.
#[derive(Debug, Default)]
pub struct Shelf {
    sources: Sources,
    /// By path. What does not parse is not kept, nor what comes from the network.
    documents: HashMap<String, Document>,
}

/// The same, taking from `shelf` what is there and leaving there what is read.
pub fn load_next(path: &Path, library: &dyn Library, shelf: &mut Shelf) -> Loaded {
    load_with(path, library, Some(shelf))
}

fn load_with(path: &Path, library: &dyn Library, mut shelf: Option<&mut Shelf>) -> Loaded {
    let typed = path.display().to_string();
    let sources = shelf.as_deref().map(|shelf| shelf.sources.clone()).unwrap_or_default();
    let mut loader = Loader {
        library,
        shelf: shelf.as_deref_mut(),
        known: HashMap::new(),
        waiting: VecDeque::new(),
        n_remote: 0,
        set: DocumentSet { sources, ..DocumentSet::default() },
        diagnostics: Vec::new(),
    };
    match uri::root(&typed) {
        Ok(target) => loader.waiting.push_back(Wanted { target, importer: None }),
        Err(why) => loader.diagnostics.push(messages::unreadable(&typed, None, &why)),
    }
    loader.run();
    let Loader { set: documents, diagnostics, .. } = loader;
    if let Some(shelf) = shelf {
        shelf.sources = documents.sources.clone();
    }
    Loaded { documents, diagnostics }
}

/// A document that is to be read.
struct Wanted {
    target: Target,
    /// Who asked: the importing document, its import's index, and the URI's span.
    importer: Option<(DocumentId, usize, Span)>,
}

impl Wanted {
    fn place(&self) -> Option<Span> {
        self.importer.map(|(_, _, span)| span)
    }
}

struct Loader<'a> {
    library: &'a dyn Library,
    shelf: Option<&'a mut Shelf>,
    /// What became of each URI: its document, or none if it could not be had.
    known: HashMap<String, Option<DocumentId>>,
    waiting: VecDeque<Wanted>,
    n_remote: usize,
    set: DocumentSet,
    diagnostics: Vec<Diagnostic>,
}

impl Loader<'_> {
    fn run(&mut self) {
        while let Some(wanted) = self.waiting.pop_front() {
            let found = if let Some(found) = self.known.get(&wanted.target.uri) {
                *found
            } else {
                let found = self.read(&wanted).unwrap_or_else(|error| {
                    self.diagnostics.push(*error);
                    None
                });
                self.known.insert(wanted.target.uri.clone(), found);
                found
            };
            if let Some((importer, index, _)) = wanted.importer {
                self.set.documents[importer.0].imports[index] = found;
            }
        }
    }

    fn read(&mut self, wanted: &Wanted) -> Result<Option<DocumentId>, Box<Diagnostic>> {
        let (asked, shown, place) = (&wanted.target.uri, &wanted.target.shown, wanted.place());
        self.n_remote += usize::from(uri::is_remote(asked));
        if self.n_remote > MOST_REMOTE {
            self.waiting.clear();
            return Err(Box::new(messages::too_many(shown, place, MOST_REMOTE)));
        }
        if let Some(document) = self.shelf.as_ref().and_then(|shelf| shelf.documents.get(asked)) {
            let document = document.clone();
            self.set.sources.rename(document.source, shown);
            return Ok(Some(self.add(&wanted.target, document)));
        }
        let found = self.library.read(asked).map_err(|why| messages::unreadable(shown, place, &why))?;
        self.diagnostics.extend(found.warning.iter().map(|text| messages::warning(place, text)));
        if found.uri == *asked {
            return self.parse(&wanted.target, place, found.bytes);
        }
        // Redirected: the same document may have been read under its own URL.
        let id = match self.known.get(&found.uri) {
            Some(known) => *known,
            None => self.parse(&Target { uri: found.uri.clone(), shown: found.uri.clone() }, place, found.bytes)?,
        };
        self.known.insert(found.uri, id);
        self.set.moved.extend(id.map(|id| (asked.clone(), id)));
        Ok(id)
    }

    /// None where the text does not parse, which is said.
    fn parse(&mut self, target: &Target, place: Option<Span>, bytes: Vec<u8>) -> Result<Option<DocumentId>, Box<Diagnostic>> {
        let source = Source::new(&target.shown, &text(target, place, bytes)?);
        let id = self.set.sources.add(source.clone());
        let document = syntax::parse(id, &source)?;
        if let Some(shelf) = self.shelf.as_mut().filter(|_| !uri::is_remote(&target.uri)) {
            shelf.documents.insert(target.uri.clone(), document.clone());
        }
        Ok(Some(self.add(target, document)))
    }

    /// Adds a document to the set, and asks for what it imports.
    fn add(&mut self, target: &Target, document: Document) -> DocumentId {
        let id = DocumentId(self.set.documents.len());
        let imports = document.imports.clone();
        self.set.documents.push(LoadedDocument { uri: target.uri.clone(), document, imports: vec![None; imports.len()] });
        self.want_imports(id, &imports, target);
        id
    }

    fn want_imports(&mut self, importer: DocumentId, imports: &[Import], base: &Target) {
        for (index, import) in imports.iter().enumerate() {
            match uri::join(base, &import.uri) {
                Ok(target) => self.waiting.push_back(Wanted { target, importer: Some((importer, index, import.uri_span)) }),
                Err(why) => self.diagnostics.push(messages::unreadable(&import.uri, Some(import.uri_span), &why)),
            }
        }
    }
}

fn text(target: &Target, place: Option<Span>, bytes: Vec<u8>) -> Result<String, Box<Diagnostic>> {
    String::from_utf8(bytes).map_err(|error| Box::new(messages::not_utf8(&target.shown, place, (error.as_bytes(), error.utf8_error().valid_up_to()))))
}

/// Texts of a set under their URIs, for a run's `source/` folder.
pub fn texts(set: &DocumentSet) -> Vec<(&str, &str)> {
    set.documents.iter().map(|loaded| (loaded.uri.as_str(), &*set.sources.get(loaded.document.source).text)).collect()
}

/// URLs of a set that were redirected, each with the URI of its document.
pub fn moves(set: &DocumentSet) -> Vec<(&str, &str)> {
    set.moved.iter().map(|(asked, id)| (asked.as_str(), set.get(*id).uri.as_str())).collect()
}
