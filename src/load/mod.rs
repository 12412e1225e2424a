//! From a path to a set of documents: reads, parses, follows imports. Shell: the only reader of WDL text.
//!
//! Entry: [`load`]. Each document is read once however often it is imported; every file that does not parse is reported, one error a file.

use std::{
    collections::{HashMap, VecDeque},
    fs, io,
    path::{Component, Path, PathBuf},
};

use crate::{
    diagnostic::Diagnostic,
    source::{Source, Span},
    syntax::{
        self,
        ast::Import,
        documents::{DocumentId, DocumentSet, LoadedDocument},
    },
    value::is_url,
};

/// Where the text of a document comes from: the user's disk, or a run's `source/` folder on `resume`.
pub trait Library {
    /// The bytes of the document of an absolute path or URL.
    fn read(&self, uri: &str) -> io::Result<Vec<u8>>;
}

/// Documents where the user has them.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Library for Disk {
    fn read(&self, uri: &str) -> io::Result<Vec<u8>> {
        if is_url(uri) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "imports over the network are not read; put a copy beside the document"));
        }
        fs::read(uri)
    }
}

/// What `load` found: the documents that parsed and what is wrong with the others.
#[derive(Debug)]
pub struct Loaded {
    /// Documents, the root first; empty if the root could not be read or parsed.
    pub documents: DocumentSet,
    /// Errors and warnings of reading and parsing.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Whether the set is whole.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads the document at `path` and all that it imports.
pub fn load(path: &Path, library: &dyn Library) -> Loaded {
    let shown = path.display().to_string();
    let uri = if is_url(&shown) { shown.clone() } else { absolute(path).display().to_string() };
    let mut loader = Loader { library, known: HashMap::new(), waiting: VecDeque::new(), set: DocumentSet::default(), diagnostics: Vec::new() };
    loader.want(uri, shown, None);
    loader.run();
    Loaded { documents: loader.set, diagnostics: loader.diagnostics }
}

/// A document that is to be read.
struct Wanted {
    uri: String,
    /// Path as it is shown in messages.
    shown: String,
    /// Who asked: the importing document, its import's index, and the URI's span.
    importer: Option<(DocumentId, usize, Span)>,
}

struct Loader<'a> {
    library: &'a dyn Library,
    /// What became of each URI: its document, or none if it could not be had.
    known: HashMap<String, Option<DocumentId>>,
    waiting: VecDeque<Wanted>,
    set: DocumentSet,
    diagnostics: Vec<Diagnostic>,
}

impl Loader<'_> {
    fn want(&mut self, uri: String, shown: String, importer: Option<(DocumentId, usize, Span)>) {
        self.waiting.push_back(Wanted { uri, shown, importer });
    }

    fn run(&mut self) {
        while let Some(wanted) = self.waiting.pop_front() {
            let found = if let Some(found) = self.known.get(&wanted.uri) {
                *found
            } else {
                let found = self.read(&wanted);
                self.known.insert(wanted.uri.clone(), found);
                found
            };
            if let Some((importer, index, _)) = wanted.importer {
                self.set.documents[importer.0].imports[index] = found;
            }
        }
    }

    fn read(&mut self, wanted: &Wanted) -> Option<DocumentId> {
        let text = match self.text(wanted) {
            Ok(text) => text,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        let source = Source::new(&wanted.shown, &text);
        let id = self.set.sources.add(source.clone());
        match syntax::parse(id, &source) {
            Ok(document) => {
                self.diagnostics.extend(document.warnings.iter().cloned());
                let document_id = DocumentId(self.set.documents.len());
                let imports = document.imports.clone();
                self.set.documents.push(LoadedDocument { uri: wanted.uri.clone(), document, imports: vec![None; imports.len()] });
                self.want_imports(document_id, &imports, wanted);
                Some(document_id)
            }
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn text(&self, wanted: &Wanted) -> Result<String, Diagnostic> {
        let bytes = self.library.read(&wanted.uri).map_err(|error| unreadable(wanted, &error))?;
        if bytes.len() > u32::MAX as usize {
            return Err(Diagnostic::error_without_span(format!("`{}` is larger than 4 GiB", wanted.shown)));
        }
        String::from_utf8(bytes).map_err(|error| not_utf8(wanted, error.as_bytes(), error.utf8_error().valid_up_to()))
    }

    fn want_imports(&mut self, importer: DocumentId, imports: &[Import], wanted: &Wanted) {
        for (index, import) in imports.iter().enumerate() {
            let uri = join(&wanted.uri, &import.uri);
            let shown = join_shown(&wanted.shown, &import.uri);
            self.want(uri, shown, Some((importer, index, import.uri_span)));
        }
    }
}

fn unreadable(wanted: &Wanted, error: &io::Error) -> Diagnostic {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder, expected a WDL document".to_owned(),
        _ => error.to_string(),
    };
    match wanted.importer {
        Some((_, _, span)) => Diagnostic::error(span, format!("cannot read the imported document `{}`: {reason}", wanted.shown))
            .label("imported here")
            .hint("an import is relative to the folder of the document that has it"),
        None => Diagnostic::error_without_span(format!("cannot read `{}`: {reason}", wanted.shown)),
    }
}

fn not_utf8(wanted: &Wanted, bytes: &[u8], offset: usize) -> Diagnostic {
    let line = bytes[..offset].split(|byte| *byte == b'\n').count();
    let message = format!("`{}` is not UTF-8: line {line} holds the byte 0x{:02x}", wanted.shown, bytes[offset]);
    let hint = "save the file as UTF-8 (`iconv -f LATIN1 -t UTF-8` converts most older files)";
    match wanted.importer {
        Some((_, _, span)) => Diagnostic::error(span, message).label("imported here").hint(hint),
        None => Diagnostic::error_without_span(message).hint(hint),
    }
}

/// The absolute path or URL that an import means, seen from the document of `base`.
fn join(base: &str, import: &str) -> String {
    if is_url(import) {
        return import.strip_prefix("file://").map_or_else(|| import.to_owned(), str::to_owned);
    }
    if is_url(base) {
        let folder = base.rsplit_once('/').map_or(base, |(folder, _)| folder);
        return format!("{folder}/{import}");
    }
    let folder = Path::new(base).parent().unwrap_or(Path::new("/"));
    normalise(&folder.join(import)).display().to_string()
}

/// The path of an import as it is shown: relative if the importing document's was.
fn join_shown(base: &str, import: &str) -> String {
    if is_url(import) || is_url(base) {
        return join(base, import);
    }
    match Path::new(base).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.join(import).display().to_string(),
        _ => import.to_owned(),
    }
}

/// The absolute form of a path, `.` and `..` removed by name; symbolic links stay, as the run's record should show what the user typed.
pub fn absolute(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    normalise(&whole)
}

fn normalise(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => whole.push(component),
        }
    }
    whole
}

/// Texts of a set under their URIs, for a run's `source/` folder.
pub fn texts(set: &DocumentSet) -> Vec<(&str, &str)> {
    set.documents.iter().map(|loaded| (loaded.uri.as_str(), &*set.sources.get(loaded.document.source).text)).collect()
}
