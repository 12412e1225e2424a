//! `sluice check`

use std::path::Path;

use super::{
    args::CheckArgs,
    exit::{Exit, Failure},
    print, say, settings,
};
use crate::{
    check::{self as checker, CheckOptions},
    diagnostic::{Diagnostic, Label, Severity},
    load::{self, Library, Shelf},
    source::{Sources, Span},
};

/// Checks documents and prints what is wrong with them: errors and warnings on standard error, or all as JSON on standard output.
pub(super) fn check(args: &CheckArgs) -> Result<Exit, Failure> {
    let mut has_errors = false;
    let mut as_json = Vec::new();
    let library = args.imports.library();
    let options = CheckOptions { strict: args.strict, clusters: known_clusters(args.site.as_deref())? };
    let mut shelf = Shelf::default();
    for file in &args.files {
        let (diagnostics, sources) = check_file(file, (&library, &mut shelf), &options);
        has_errors |= diagnostics.iter().any(Diagnostic::is_error);
        if args.json {
            as_json.extend(diagnostics.iter().map(|diagnostic| to_json(diagnostic, &sources)));
        } else {
            for diagnostic in &diagnostics {
                say(&format!("{}\n", diagnostic.render(&sources)));
            }
            let count = |severity: Severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
            say(&format!("{}: {}, {}", file.display(), counted(count(Severity::Error), "error"), counted(count(Severity::Warning), "warning")));
        }
    }
    if args.json {
        let text = serde_json::to_string_pretty(&as_json).expect("diagnostics are plain data");
        print(&format!("{text}\n"))?;
    }
    Ok(if has_errors { Exit::Author } else { Exit::Done })
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
