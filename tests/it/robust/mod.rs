//! Texts that are large, deep or broken: each has a result or a clear error, and none takes for ever (the runner ends what hangs).

use std::{fs, sync::Arc};

use sluice::{
    check::{self, CheckOptions},
    diagnostic::Diagnostic,
    engine::{Engine, Event, FORMAT_VERSION, Policy},
    plan::plan,
    source::Source,
    syntax::{
        self,
        documents::{DocumentSet, LoadedDocument},
    },
    value::Object,
};

use crate::support::{documents::on_deep_stack, folders::main_callee};

mod large;
mod nesting;

/// How far a document got.
#[derive(Debug, PartialEq)]
enum Stage {
    /// The parser's error.
    Refused(String),
    /// How many errors the checker found, and the first.
    Wrong(usize, String),
    /// It was run to its end, or to where it waits for tasks or files.
    Evaluated,
}

/// Parses, checks, plans and starts a document that has no inputs; what is found wrong is rendered too.
fn go_through(text: &str) -> Stage {
    let text = text.to_owned();
    on_deep_stack(move || {
        let set = match parse(&text) {
            Ok(set) => set,
            Err(error) => return Stage::Refused(error),
        };
        let outcome = check::check(set, &CheckOptions::default());
        let errors: Vec<&Diagnostic> = outcome.diagnostics.iter().filter(|found| found.is_error()).collect();
        if let [first, ..] = &errors[..] {
            assert!(!first.render(&outcome.checked.documents.sources).is_empty());
            return Stage::Wrong(errors.len(), first.message.clone());
        }
        let checked = Arc::new(outcome.checked);
        let graph = plan(&checked, main_callee(&checked)).expect("what has no errors can be planned");
        let mut engine = Engine::new(Arc::clone(&checked), Arc::new(graph), Object::new()).expect("it needs no inputs");
        engine.apply(&Event::Started { format: FORMAT_VERSION, policy: Policy::default() }).expect("a run can start");
        assert!(engine.failures().is_empty(), "{:?}", engine.failures().first());
        Stage::Evaluated
    })
}

fn parse(text: &str) -> Result<DocumentSet, String> {
    let mut set = DocumentSet::default();
    let id = set.sources.add(Source::new("source.wdl", text));
    let document = syntax::parse(id, set.sources.get(id)).map_err(|error| {
        assert!(error.render(&set.sources).len() < 100_000, "an error must be readable");
        error.message
    })?;
    set.documents.push(LoadedDocument { uri: "/wdl/source.wdl".to_owned(), document, imports: Vec::new() });
    Ok(set)
}

/// Nanoseconds of a processor that parsing and checking a document takes: what else runs on the machine does not count.
fn work_of(text: String) -> u64 {
    on_deep_stack(move || {
        let before = nanoseconds_of_this_thread();
        if let Ok(set) = parse(&text) {
            check::check(set, &CheckOptions::default());
        }
        nanoseconds_of_this_thread() - before
    })
}

/// As Linux counts them.
fn nanoseconds_of_this_thread() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts the work of threads");
    text.split_whitespace().next().and_then(|number| number.parse().ok()).expect("the first number is the time on a processor")
}
