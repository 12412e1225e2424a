//! Documents for the stages after the parser: from a case folder, or from text in a test.

use std::{path::Path, sync::Arc, thread};

use sluice::{
    check::{
        self, CheckOptions,
        names::{Callee, Checked},
    },
    source::Source,
    syntax::{
        self,
        documents::{DocumentId, DocumentSet, LoadedDocument},
    },
};

use super::cases::read;

/// The document at `path` and what it imports from its folder; every one must parse.
#[track_caller]
pub(crate) fn load(path: &Path) -> DocumentSet {
    let folder = path.parent().expect("it is inside a folder").to_owned();
    let root = path.file_name().expect("a path of a file has a name").to_str().expect("the path is UTF-8").to_owned();
    documents(&root, &|name| read(&folder.join(name)))
}

/// Documents by name, found with `text`.
fn documents(root: &str, text: &dyn Fn(&str) -> String) -> DocumentSet {
    let mut set = DocumentSet::default();
    let mut names = vec![root.to_owned()];
    let mut next = 0;
    while next < names.len() {
        let source = Source::new(names[next].as_str(), &text(&names[next]));
        let id = set.sources.add(source.clone());
        // The stack that the shell gives the parser.
        let parser = thread::Builder::new().stack_size(64 << 20).spawn(move || syntax::parse(id, &source)).expect("a thread can be started");
        let document = parser.join().expect("the thread does not panic").unwrap_or_else(|error| panic!("{}", error.render(&set.sources)));
        let mut imports = Vec::new();
        for import in &document.imports {
            let known = names.iter().position(|name| *name == import.uri);
            imports.push(Some(DocumentId(known.unwrap_or(names.len()))));
            if known.is_none() {
                names.push(import.uri.clone());
            }
        }
        set.documents.push(LoadedDocument { uri: format!("/wdl/{}", names[next]), document, imports });
        next += 1;
    }
    set
}

/// Checks documents; they must have no errors.
#[track_caller]
pub(crate) fn checked(set: DocumentSet) -> Arc<Checked> {
    let outcome = check::check(set, &CheckOptions::default());
    let errors: Vec<String> =
        outcome.diagnostics.iter().filter(|found| found.is_error()).map(|found| found.render(&outcome.checked.documents.sources)).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    Arc::new(outcome.checked)
}

/// Documents with whatever errors the checker finds: what is planned of them must at least not be wrong in silence.
pub(crate) fn unchecked(set: DocumentSet) -> Arc<Checked> {
    Arc::new(check::check(set, &CheckOptions::default()).checked)
}

/// One document from text, checked.
#[track_caller]
pub(crate) fn checked_text(text: &str) -> Arc<Checked> {
    checked(documents("test.wdl", &|_| text.to_owned()))
}

/// What a run of a document runs: its workflow, else its first task.
pub(crate) fn main_callee(checked: &Checked) -> Callee {
    let workflow = checked.find_workflow(DocumentSet::ROOT).map(Callee::Workflow);
    workflow.unwrap_or_else(|| {
        let name = &checked.documents.get(DocumentSet::ROOT).document.tasks[0].name.text;
        Callee::Task(checked.find_task(DocumentSet::ROOT, name).expect("the document has the task"))
    })
}
