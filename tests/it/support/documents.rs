//! Documents from text, checked.

use std::thread;

use sluice::{
    check::{self, CheckOptions, names::Checked},
    diagnostic::Diagnostic,
    source::Source,
    syntax::{
        self,
        documents::{DocumentSet, LoadedDocument},
    },
};

/// One document without imports; the URI is where it would lie.
#[track_caller]
pub(crate) fn checked(uri: &str, text: &str) -> Checked {
    try_checked(uri, text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The same; an error of the parser or the checker comes back rendered.
pub(crate) fn try_checked(uri: &str, text: &str) -> Result<Checked, String> {
    let mut documents = DocumentSet::default();
    let name = uri.rsplit('/').next().unwrap_or_default();
    let id = documents.sources.add(Source::new(name, text));
    let source = documents.sources.get(id).clone();
    let uri = uri.to_owned();
    on_deep_stack(move || {
        let document = syntax::parse(id, &source).map_err(|error| error.render(&documents.sources))?;
        documents.documents.push(LoadedDocument { uri, document, imports: Vec::new() });
        let outcome = check::check(documents, &CheckOptions::default());
        let errors: Vec<&Diagnostic> = outcome.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).collect();
        if errors.is_empty() {
            return Ok(outcome.checked);
        }
        Err(errors.iter().map(|error| error.render(&outcome.checked.documents.sources)).collect::<Vec<_>>().join("\n\n"))
    })
}

/// Runs on a thread with the stack that the shell gives every stage.
pub(crate) fn on_deep_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    thread::Builder::new().stack_size(64 << 20).spawn(work).expect("a thread can be started").join().expect("the thread does not panic")
}
