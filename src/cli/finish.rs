//! The end of a run as its user sees it: the table, what failed and why, the outputs, the exit code.

use std::fmt::Write;

use super::{
    exit::{Exit, Failure},
    print, say,
};
use crate::{
    engine::{self, Outcome},
    local,
    monitor::{HeadError, RunEnd},
    task::TaskResult,
};

/// Rows of the table up to which each task has its own.
const TABLE_ROWS: usize = 60;

/// Failures that are shown whole; the rest is counted.
const SHOWN_FAILURES: usize = 5;

/// Who holds a run's lock, in words for whoever finds it held.
pub(super) fn owner() -> String {
    format!("process {} on {}", std::process::id(), local::host_name())
}

/// A head that could not go on, or was told to go: then the run is running still.
pub(super) fn head_failure(error: &HeadError) -> Failure {
    let exit = if matches!(error, HeadError::Detached { .. }) { Exit::Running } else { Exit::Machine };
    Failure::from_error(exit, error).hint(error.hint())
}

/// Prints how a run ended and gives its exit code.
pub(super) fn report(end: Result<RunEnd, HeadError>, json: bool) -> Result<Exit, Failure> {
    let end = end.map_err(|error| head_failure(&error))?;
    if json {
        let table = serde_json::to_string(&end.table).expect("a table is plain data");
        say(&table);
    } else {
        say(&format!("\n{}", end.table.render(TABLE_ROWS).trim_end()));
    }
    for failure in end.failures.iter().take(SHOWN_FAILURES) {
        say(&format!("\n{}", failure_text(failure, &end)));
    }
    if end.failures.len() > SHOWN_FAILURES {
        say(&format!("\n… and {} more failures: `sluice status {}`", end.failures.len() - SHOWN_FAILURES, end.run.path().display()));
    }
    match end.outcome {
        Outcome::Succeeded => {
            let text = serde_json::to_string_pretty(&end.outputs).expect("outputs are plain data");
            print(&format!("{text}\n"))?;
            Ok(Exit::Done)
        }
        Outcome::Failed => Ok(Exit::RunFailed),
        Outcome::Cancelled => Ok(Exit::Cancelled),
    }
}

fn failure_text(failure: &engine::Failure, end: &RunEnd) -> String {
    match failure {
        engine::Failure::Expression { path, diagnostic } => {
            let diagnostic = (**diagnostic).clone().within(path);
            diagnostic.render(&end.checked.documents.sources)
        }
        engine::Failure::Call { path, attempt, result } => {
            let mut text = format!("error: call `{path}` failed (attempt {attempt})");
            for line in result.detail.lines() {
                let _ = write!(text, "\n  {line}");
            }
            append_tail(&mut text, result, &end.run.attempt(path, *attempt));
            for hint in &result.hints {
                let _ = write!(text, "\n\nhint: {hint}");
            }
            let _ = write!(text, "\n\nhint: `sluice logs {} {path}` shows all it printed", end.run.path().display());
            text
        }
    }
}

/// The last lines of the command's standard error, or of its output where it wrote nothing there.
fn append_tail(text: &mut String, result: &TaskResult, attempt: &std::path::Path) {
    if result.started_ms.is_none() {
        return;
    }
    for (stream, words) in [("stderr", "standard error"), ("stdout", "standard output")] {
        let written = std::fs::read(attempt.join(stream)).unwrap_or_default();
        let written = String::from_utf8_lossy(&written).into_owned();
        let lines: Vec<&str> = written.trim_end().lines().collect();
        if lines.is_empty() {
            continue;
        }
        let _ = write!(text, "\n  its {words} ends:");
        for line in &lines[lines.len().saturating_sub(10)..] {
            let _ = write!(text, "\n  | {line}");
        }
        return;
    }
}
