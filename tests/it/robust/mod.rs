//! Texts that are large, deep or broken: each has a result or a clear error, and none takes for ever (the runner ends what hangs).

use std::{sync::Arc, time::Duration};

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

use crate::support::{documents::on_deep_stack, folders::main_callee, processor};

mod chain;
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
    on_deep_stack(move || stages(&text))
}

fn stages(text: &str) -> Stage {
    let set = match parse(text) {
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

/// Processor time that parsing and checking a document takes.
fn work_of(text: String) -> Duration {
    on_deep_stack(move || {
        let check = || parse(&text).map(|set| check::check(set, &CheckOptions::default()));
        processor::work_of(check).1
    })
}

/// Processor time of all stages of a document that runs to its end.
fn work_through(text: String) -> Duration {
    on_deep_stack(move || {
        let (stage, took) = processor::work_of(|| stages(&text));
        assert_eq!(stage, Stage::Evaluated);
        took
    })
}
