//! Progress while a run goes on: lines for a person, or the events themselves as JSON lines.

use std::{collections::BTreeMap, io::Write};

use super::table::duration_text;
use crate::{
    engine::{Attempt, Event, Outcome, RoleSeen, SubmitFailure},
    task::{Cause, TaskResult},
};

/// How progress is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressStyle {
    /// A line for each thing worth knowing.
    Lines,
    /// Each event as one line of JSON.
    Json,
}

/// Calls of one name up to which each gets lines of its own; a scatter of thousands is counted instead.
const LINES_A_CALL: u32 = 24;

/// Least time between two lines that count the calls of one name.
const COUNT_EVERY_MS: u64 = 2_000;

/// Writes progress to standard error, or wherever it is told.
pub struct Progress {
    style: ProgressStyle,
    out: Box<dyn Write + Send>,
    started_ms: Option<u64>,
    by_name: BTreeMap<String, Tally>,
}

#[derive(Default)]
struct Tally {
    lines: u32,
    done: u32,
    failed: u32,
    last_count_ms: u64,
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Progress").field("style", &self.style).finish_non_exhaustive()
    }
}

impl Progress {
    /// Progress in a style to a writer.
    pub fn new(style: ProgressStyle, out: Box<dyn Write + Send>) -> Self {
        Self { style, out, started_ms: None, by_name: BTreeMap::new() }
    }

    /// Progress that nobody sees: for a command that needs a head and lets nothing run.
    pub fn silent() -> Self {
        Self::new(ProgressStyle::Lines, Box::new(std::io::sink()))
    }

    /// Tells of an event. A writer that is gone (a closed terminal) ends nothing: the log has it all.
    pub fn event(&mut self, at_ms: u64, event: &Event) {
        self.started_ms.get_or_insert(at_ms);
        match self.style {
            ProgressStyle::Json => {
                let line = serde_json::json!({ "at_ms": at_ms, "event": event });
                let _ = writeln!(self.out, "{line}");
            }
            ProgressStyle::Lines => {
                if let Some(text) = self.text(at_ms, event) {
                    self.line(at_ms, &text);
                }
            }
        }
    }

    /// Tells of something that is no event: Slurm does not answer, say.
    pub fn notice(&mut self, at_ms: u64, text: &str) {
        match self.style {
            ProgressStyle::Json => {
                let line = serde_json::json!({ "at_ms": at_ms, "notice": text });
                let _ = writeln!(self.out, "{line}");
            }
            ProgressStyle::Lines => self.line(at_ms, text),
        }
    }

    fn line(&mut self, at_ms: u64, text: &str) {
        let elapsed = at_ms.saturating_sub(self.started_ms.unwrap_or(at_ms)) / 1000;
        let _ = writeln!(self.out, "[{:>2}:{:02}] {}", elapsed / 60, elapsed % 60, one_line(text));
    }

    fn text(&mut self, at_ms: u64, event: &Event) -> Option<String> {
        match event {
            Event::Started { .. } | Event::SubmitIntent { .. } | Event::Evaluated { .. } => None,
            Event::Submitted { batch, job } => Some(format!("batch {batch}: submitted as job {job}")),
            Event::SubmitFailed { batch, kind: SubmitFailure::Transient, message } => {
                Some(format!("batch {batch}: not taken yet, tried again: {message}"))
            }
            Event::SubmitFailed { batch, kind: SubmitFailure::Permanent, message } => Some(format!("batch {batch}: refused: {message}")),
            Event::TaskStarted { attempt, hosts, .. } => self.started(attempt, hosts),
            Event::RolesSeen { attempt, roles } => Some(format!("{}: {}", attempt.path, roles_text(roles))),
            Event::TaskEnded { attempt, result, .. } => self.ended(at_ms, attempt, result),
            Event::CancelRequested { by } => Some(format!("cancelling: asked by {by}")),
            Event::Finished { outcome } => Some(format!("run {}", outcome_word(*outcome))),
            Event::Resumed { by } => Some(format!("resumed by {by}")),
        }
    }

    fn started(&mut self, attempt: &Attempt, hosts: &[String]) -> Option<String> {
        let tally = self.by_name.entry(name_of(attempt)).or_default();
        if tally.lines >= LINES_A_CALL {
            return None;
        }
        tally.lines += 1;
        let place = if hosts.is_empty() { String::new() } else { format!(" on {}", hosts.join(",")) };
        Some(format!("{}: running{place}", attempt.path))
    }

    fn ended(&mut self, at_ms: u64, attempt: &Attempt, result: &TaskResult) -> Option<String> {
        let tally = self.by_name.entry(name_of(attempt)).or_default();
        let is_success = result.cause.is_success();
        if is_success {
            tally.done += 1;
        } else {
            tally.failed += 1;
        }
        if is_success && tally.lines >= LINES_A_CALL {
            if at_ms.saturating_sub(tally.last_count_ms) < COUNT_EVERY_MS {
                return None;
            }
            tally.last_count_ms = at_ms;
            return Some(format!("{}: {} done, {} failed so far", name_of(attempt), tally.done, tally.failed));
        }
        tally.lines += 1;
        Some(format!("{}: {}", attempt.path, end_text(attempt, result)))
    }
}

/// The roles of a tick in one line.
fn roles_text(roles: &[RoleSeen]) -> String {
    let one = |role: &RoleSeen| {
        let tail = if role.tail.is_empty() { String::new() } else { format!(": {}", role.tail) };
        format!("{} {}{tail}", role.process, role.state)
    };
    roles.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn end_text(attempt: &Attempt, result: &TaskResult) -> String {
    let time =
        result.started_ms.zip(result.ended_ms).map(|(start, end)| format!(" after {}", duration_text(end.saturating_sub(start)))).unwrap_or_default();
    if result.cause.is_success() {
        let on_the_way = result.detail.split_once('\n').map(|(_, warnings)| format!("; {warnings}"));
        return format!("done{time}{}", on_the_way.unwrap_or_default());
    }
    let which = if attempt.attempt > 1 { format!(" (attempt {})", attempt.attempt) } else { String::new() };
    // Of a diagnostic only what it says: the place and the hints follow when the run is over.
    let said: Vec<&str> = result.detail.lines().take_while(|line| !line.trim_start().starts_with("--> ")).collect();
    let said = said.join("\n");
    format!("{}{which}{time}: {}", cause_word(&result.cause), said.trim_start_matches("error: "))
}

/// What others wrote (Slurm, a container program) may have lines of its own; a line of progress has none.
fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

/// The call's name without the shard's own index.
fn name_of(attempt: &Attempt) -> String {
    let path = attempt.path.0.as_str();
    path.rsplit_once('[').map_or(path, |(name, _)| name).to_owned()
}

/// The cause in a few words.
pub(super) fn cause_word(cause: &Cause) -> String {
    match cause {
        Cause::Success { .. } => "done".to_owned(),
        Cause::Exit { exit_code } => format!("failed with exit code {exit_code}"),
        Cause::Signal { signal } => format!("ended by signal {signal}"),
        Cause::OutOfMemory => "out of memory".to_owned(),
        Cause::Timeout => "past its time limit".to_owned(),
        Cause::NodeFail => "node failed".to_owned(),
        Cause::Preempted => "preempted".to_owned(),
        Cause::Cancelled => "cancelled".to_owned(),
        Cause::LaunchFailed => "could not be started".to_owned(),
        Cause::StartTimeout => "roles not up in time".to_owned(),
        Cause::Unfit => "lacks what its cluster needs".to_owned(),
        Cause::Lost => "lost".to_owned(),
        Cause::Refused => "refused".to_owned(),
        Cause::NoImage => "has no image".to_owned(),
        Cause::OutputMissing => "outputs could not be made".to_owned(),
        Cause::NotPrepared => "could not be prepared".to_owned(),
    }
}

fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "done",
        Outcome::Failed => "failed",
        Outcome::Cancelled => "cancelled",
    }
}
