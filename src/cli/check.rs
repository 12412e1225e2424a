//! `sluice check`

use std::{
    collections::BTreeMap,
    num::NonZero,
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use super::{
    STACK_BYTES,
    args::CheckArgs,
    exit::{Exit, Failure},
    no_thread, print, say, settings,
};
use crate::{
    check::{self as checker, CheckOptions},
    diagnostic::{Diagnostic, Label, Severity},
    load::{self, Library, Shelf},
    source::{Sources, Span},
};

/// What is said of one file.
struct Report {
    said: Said,
    has_errors: bool,
}

enum Said {
    /// For people: errors and warnings, and how many.
    Text(String),
    /// For programs: each error and warning.
    Json(Vec<serde_json::Value>),
}

/// Files for which it is worth to start a thread: each parses anew what its files import.
const FILES_A_THREAD: usize = 8;

/// Checks documents and prints what is wrong with them: errors and warnings on standard error, or all as JSON on standard output.
pub(super) fn check(args: &CheckArgs) -> Result<Exit, Failure> {
    let options = CheckOptions { strict: args.strict, clusters: known_clusters(args.site.as_deref())? };
    let mut has_errors = false;
    let mut all = Vec::new();
    check_all(args, &options, |report| {
        has_errors |= report.has_errors;
        match report.said {
            Said::Text(text) => say(&text),
            Said::Json(diagnostics) => all.extend(diagnostics),
        }
    })?;
    if args.json {
        let text = serde_json::to_string_pretty(&all).expect("diagnostics are plain data");
        print(&format!("{text}\n"))?;
    }
    Ok(if has_errors { Exit::Author } else { Exit::Done })
}

/// Checks all files, many of them on as many threads as there are processors, and tells of each in the order of the command line.
fn check_all(args: &CheckArgs, options: &CheckOptions, mut tell: impl FnMut(Report)) -> Result<(), Failure> {
    let next = AtomicUsize::new(0);
    let check_some = |tell: &mut dyn FnMut(usize, Report)| {
        let library = args.imports.library();
        let mut shelf = Shelf::default();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = args.files.get(index) else { break };
            let (diagnostics, sources) = check_file(file, (&library, &mut shelf), options);
            let said = if args.json { Said::Json(as_json(&diagnostics, &sources)) } else { Said::Text(as_text(file, &diagnostics, &sources)) };
            tell(index, Report { said, has_errors: diagnostics.iter().any(Diagnostic::is_error) });
        }
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = processors.min(args.files.len() / FILES_A_THREAD);
    if threads <= 1 {
        check_some(&mut |_, report| tell(report));
        return Ok(());
    }
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads {
            let (sender, check_some) = (sender.clone(), &check_some);
            let work = move || check_some(&mut |index, report| drop(sender.send((index, report))));
            let started = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
            started.map_err(|error| no_thread(&error))?;
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (index, report) in receiver {
            early.insert(index, report);
            while let Some(report) = early.remove(&due) {
                tell(report);
                due += 1;
            }
        }
        Ok(())
    })
}

fn as_json(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<serde_json::Value> {
    diagnostics.iter().map(|diagnostic| to_json(diagnostic, sources)).collect()
}

fn as_text(file: &Path, diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let rendered: String = diagnostics.iter().map(|diagnostic| diagnostic.render(sources) + "\n\n").collect();
    let count = |severity: Severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (counted(count(Severity::Error), "error"), counted(count(Severity::Warning), "warning"));
    format!("{rendered}{}: {errors}, {warnings}", file.display())
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Kinds of clusters that a site adds, where one is named.
fn known_clusters(site: Option<&str>) -> Result<Vec<String>, Failure> {
    let Some(site) = site else { return Ok(Vec::new()) };
    let site = settings::settle_site(Some(&settings::find(site)?))?;
    Ok(site.clusters.into_keys().collect())
}

fn check_file(file: &Path, (library, shelf): (&dyn Library, &mut Shelf), options: &CheckOptions) -> (Vec<Diagnostic>, Sources) {
    let loaded = load::load_next(file, library, shelf);
    if loaded.has_errors() {
        return (loaded.diagnostics, loaded.documents.sources);
    }
    let outcome = checker::check(loaded.documents, options);
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(outcome.diagnostics);
    (diagnostics, outcome.checked.documents.sources)
}

fn to_json(diagnostic: &Diagnostic, sources: &Sources) -> serde_json::Value {
    let place = |span: Span| {
        let source = sources.get(span.source);
        serde_json::json!({ "file": source.name, "start": source.position(span.start), "end": source.position(span.end) })
    };
    let label = |label: &Label| serde_json::json!({ "at": place(label.span), "text": label.text });
    serde_json::json!({
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "at": diagnostic.primary.as_ref().map(|primary| place(primary.span)),
        "labels": diagnostic.primary.iter().chain(&diagnostic.secondary).map(label).collect::<Vec<_>>(),
        "hints": diagnostic.hints,
    })
}
