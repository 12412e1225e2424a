//! The end of a run as its user sees it: the table, what failed and why, the outputs, the exit code.

use std::fmt::Write;

use super::{
    exit::{Exit, Failure},
    print, say,
};
use crate::{
    diagnostic::Diagnostic,
    engine::{self, Outcome},
    job::quote::sh,
    local,
    monitor::{HeadError, RunEnd},
    task::{Cause, TaskResult},
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
    if end.was_over {
        say("the run was over already; nothing was run");
    }
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
        say(&format!("\n… and {} more failures: `sluice status {}`", end.failures.len() - SHOWN_FAILURES, sh(&end.run.path().display().to_string())));
    }
    match end.outcome {
        Outcome::Succeeded => {
            let text = serde_json::to_string_pretty(&end.outputs).expect("outputs are plain data");
            print(&format!("{text}\n"))?;
            Ok(Exit::Done)
        }
        Outcome::Failed => Ok(failed(&end.failures)),
        Outcome::Cancelled => Ok(Exit::Cancelled),
    }
}

/// The exit code of a run that failed: the site's or the machine's where nothing else is to blame, so that a script knows whom to ask.
pub(super) fn failed(failures: &[engine::Failure]) -> Exit {
    let blame = |failure: &engine::Failure| match failure {
        engine::Failure::Call { result, .. } if result.cause == Cause::Refused => Exit::Site,
        engine::Failure::Call { result, .. } if result.cause == Cause::NoImage => Exit::Machine,
        engine::Failure::Call { .. } | engine::Failure::Expression { .. } => Exit::RunFailed,
    };
    failures.iter().map(blame).reduce(|first, next| if first == next { first } else { Exit::RunFailed }).unwrap_or(Exit::RunFailed)
}

fn failure_text(failure: &engine::Failure, end: &RunEnd) -> String {
    match failure {
        engine::Failure::Expression { path, diagnostic } => {
            let diagnostic = in_call((**diagnostic).clone(), path);
            diagnostic.render(&end.checked.documents.sources)
        }
        engine::Failure::Call { path, attempt, result } => {
            let mut text = format!("error: call `{path}` failed (attempt {attempt})");
            for line in result.detail.lines() {
                text.push_str(format!("\n  {line}").trim_end_matches(' '));
            }
            let stream = append_tail(&mut text, result, &end.run.attempt(path, *attempt));
            for hint in &result.hints {
                let _ = write!(text, "\n\nhint: {hint}");
            }
            if let Some(stream) = stream {
                let option = if stream == "stderr" { " --stderr" } else { "" };
                let _ = write!(text, "\n\nhint: `sluice logs {} {}{option}` shows all of it", sh(&end.run.path().display().to_string()), sh(&path.0));
            }
            text
        }
    }
}

/// A diagnostic of a workflow's expression with the calls that lead to it. The last part of `path` is the expression itself, which the caret shows; it is kept
/// where it says which shard is meant.
pub(super) fn in_call(mut diagnostic: Diagnostic, path: &str) -> Diagnostic {
    diagnostic.call_path.take_if(|own| own == path);
    let (calls, last) = path.rsplit_once('.').unwrap_or(("", path));
    match (last.contains('['), calls) {
        (true, _) => diagnostic.within(path),
        (false, "") => diagnostic,
        (false, calls) => diagnostic.within(calls),
    }
}

/// The last lines of the command's standard error, or of its output where it wrote nothing there; gives which it was.
fn append_tail(text: &mut String, result: &TaskResult, attempt: &std::path::Path) -> Option<&'static str> {
    result.started_ms?;
    for (stream, words) in [("stderr", "standard error"), ("stdout", "standard output")] {
        let written = std::fs::read(attempt.join(stream)).unwrap_or_default();
        let written = String::from_utf8_lossy(&written).into_owned();
        let lines: Vec<&str> = written.trim_end().lines().collect();
        if lines.is_empty() {
            continue;
        }
        // A framework that shuts down says more than ten lines of it, and the program's own last words come before them.
        let telling: Vec<&str> = lines.iter().copied().filter(|line| !is_chatter(line)).collect();
        let (shown, left_out) =
            if telling.is_empty() || telling.len() == lines.len() { (lines, "") } else { (telling, ", without its log below warnings") };
        let _ = write!(text, "\n  its {words} ends{left_out}:");
        for line in &shown[shown.len().saturating_sub(10)..] {
            let _ = write!(text, "\n  | {line}");
        }
        return Some(stream);
    }
    None
}

/// Whether a line is a program's log and of a level below warnings: `26/11/24 11:19:15 INFO SparkContext: …`, `[INFO] …`.
fn is_chatter(line: &str) -> bool {
    let mut words = line.split_whitespace().map(|word| word.trim_matches(['[', ']', ':', ',']));
    // Before the level there is a time, if anything.
    let first = words.find(|word| !word.contains(|char: char| char.is_ascii_digit()));
    first.is_some_and(|word| matches!(word, "INFO" | "DEBUG" | "TRACE"))
}
