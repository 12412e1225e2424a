//! Text to tree: case folders, and what no case can show (time, depth, spans).

use std::{
    path::{Path, PathBuf},
    thread,
};

use rstest::rstest;
use sluice::{
    diagnostic::Diagnostic,
    source::{Source, Sources},
    syntax::{self, ast::Document, dump},
};

use crate::support::cases::{golden, no_golden, read};

/// Parses on a thread with the stack that the shell gives it.
fn parse(name: &str, text: &str) -> (Sources, Result<Document, Diagnostic>) {
    let mut sources = Sources::default();
    let source = Source::new(name, text);
    let id = sources.add(source.clone());
    let thread = thread::Builder::new().stack_size(64 << 20).spawn(move || syntax::parse(id, &source)).unwrap();
    (sources, thread.join().unwrap())
}

fn rendered<'a>(sources: &Sources, diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> String {
    diagnostics.into_iter().map(|diagnostic| diagnostic.render(sources) + "\n\n").collect()
}

fn check_case(path: &Path) {
    let case = path.parent().unwrap();
    let (sources, result) = parse("source.wdl", &read(path));
    match result {
        Ok(document) => {
            let warnings = rendered(&sources, &document.warnings);
            golden(&case.join("tree.txt"), &(dump::document(&document) + &warnings));
            no_golden(&case.join("errors.txt"));
        }
        Err(error) => {
            golden(&case.join("errors.txt"), &rendered(&sources, [&error]));
            no_golden(&case.join("tree.txt"));
        }
    }
}

#[rstest]
fn case(#[files("tests/cases/syntax/*/source.wdl")] path: PathBuf) {
    check_case(&path);
}

#[rstest]
fn seed(#[files("tests/cases/seed/source.wdl")] path: PathBuf) {
    check_case(&path);
}
