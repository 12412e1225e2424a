//! The table of tasks: state, nodes, job id, wait, run time. Every number has its JSON twin.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use crate::engine::{CallRow, CallState, Engine, Event, RoleSeen};

/// The tasks of a run with their times, from its engine and its log.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TaskTable {
    /// One row a call, in the order they became ready.
    pub tasks: Vec<TaskRow>,
}

/// One task.
#[derive(Clone, Debug, Serialize)]
pub struct TaskRow {
    /// The call with its attempt.
    #[serde(flatten)]
    pub call: CallRow,
    /// When its batch was submitted, milliseconds since the epoch.
    pub submitted_ms: Option<u64>,
    /// Milliseconds from submission to the start of the command.
    pub wait_ms: Option<u64>,
    /// Milliseconds from start to end of the command, or until now.
    pub run_ms: Option<u64>,
    /// Its processes as they were seen last, where it is a distributed task with a `loginterval`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleSeen>,
}

impl TaskTable {
    /// The table of a run at the time `now_ms`.
    pub fn new(engine: &Engine, log: &[(u64, Event)], now_ms: u64) -> Self {
        let submitted: BTreeMap<u32, u64> = log.iter().filter_map(|(at_ms, event)| submission(*at_ms, event)).collect();
        let seen: BTreeMap<(&str, u32), &[RoleSeen]> = log.iter().filter_map(|(_, event)| roles_seen(event)).collect();
        let row = |call: CallRow| {
            let submitted_ms = call.batch.and_then(|batch| submitted.get(&batch).copied());
            let wait_ms = submitted_ms.zip(call.started_ms).map(|(submitted, started)| started.saturating_sub(submitted));
            let until = call.ended_ms.or_else(|| (call.state == CallState::Running).then_some(now_ms));
            let run_ms = call.started_ms.zip(until).map(|(started, ended)| ended.saturating_sub(started));
            let roles = seen.get(&(call.path.0.as_str(), call.attempt)).map(|roles| roles.to_vec()).unwrap_or_default();
            TaskRow { call, submitted_ms, wait_ms, run_ms, roles }
        };
        Self { tasks: engine.calls().map(row).collect() }
    }

    /// The table as text; above `most` rows, rows of one call in one state are drawn together.
    pub fn render(&self, most: usize) -> String {
        let rows: Vec<[String; 6]> = if self.tasks.len() <= most { self.tasks.iter().map(row_text).collect() } else { self.summary() };
        let head = ["TASK", "STATE", "NODES", "JOB", "WAIT", "RUN"].map(str::to_owned);
        let mut widths = [0; 6];
        for row in std::iter::once(&head).chain(&rows) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let mut text = String::new();
        for row in std::iter::once(&head).chain(&rows) {
            let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
        }
        // Of what runs; the logs of what has ended are whole.
        let running = self.tasks.iter().filter(|row| row.call.state == CallState::Running && self.tasks.len() <= most);
        for (row, role) in running.flat_map(|row| row.roles.iter().map(move |role| (row, role))) {
            text.push_str(format!("{}: {} {}: {}", row.call.path, role.process, role.state, role.tail).trim_end_matches([':', ' ']));
            text.push('\n');
        }
        text
    }

    fn summary(&self) -> Vec<[String; 6]> {
        let mut groups: BTreeMap<(String, CallState), (usize, u64, u64)> = BTreeMap::new();
        for row in &self.tasks {
            let name = without_indices(&row.call.path.0);
            let group = groups.entry((name, row.call.state)).or_default();
            group.0 += 1;
            group.1 = group.1.max(row.wait_ms.unwrap_or(0));
            group.2 = group.2.max(row.run_ms.unwrap_or(0));
        }
        let line = |((name, state), (count, wait, run)): ((String, CallState), (usize, u64, u64))| {
            [
                format!("{name} ({count})"),
                word(state).to_owned(),
                "-".to_owned(),
                "-".to_owned(),
                format!("<= {}", duration_text(wait)),
                format!("<= {}", duration_text(run)),
            ]
        };
        groups.into_iter().map(line).collect()
    }
}

fn roles_seen(event: &Event) -> Option<((&str, u32), &[RoleSeen])> {
    if let Event::RolesSeen { attempt, roles } = event { Some(((attempt.path.0.as_str(), attempt.attempt), roles)) } else { None }
}

fn submission(at_ms: u64, event: &Event) -> Option<(u32, u64)> {
    if let Event::Submitted { batch, .. } = event { Some((*batch, at_ms)) } else { None }
}

/// `wf.sub[3].align[7]` → `wf.sub[].align[]`.
fn without_indices(path: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in path.chars() {
        inside = (inside || c == '[') && c != ']';
        if !inside || c == '[' {
            text.push(c);
        }
    }
    text
}

fn row_text(row: &TaskRow) -> [String; 6] {
    let attempt = if row.call.attempt > 1 { format!(" (attempt {})", row.call.attempt) } else { String::new() };
    let job = match (&row.call.job, row.call.element) {
        (Some(job), _) => job.clone(),
        (None, _) => "-".to_owned(),
    };
    let hosts = if row.call.hosts.is_empty() { "-".to_owned() } else { row.call.hosts.join(",") };
    let time = |ms: Option<u64>| ms.map_or("-".to_owned(), duration_text);
    [format!("{}{attempt}", row.call.path), word(row.call.state).to_owned(), hosts, job, time(row.wait_ms), time(row.run_ms)]
}

/// The word for a state, as the table and the JSON have it.
fn word(state: CallState) -> &'static str {
    match state {
        CallState::Ready => "ready",
        CallState::Preparing => "preparing",
        CallState::Submitting => "submitting",
        CallState::Submitted => "submitted",
        CallState::Running => "running",
        CallState::Succeeded => "done",
        CallState::Failed => "failed",
        CallState::Cancelled => "cancelled",
    }
}

/// `850ms`, `12.3s`, `4m05s`, `2h03m`.
pub fn duration_text(ms: u64) -> String {
    let duration = Duration::from_millis(ms);
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{ms}ms"),
        1..=59 => format!("{}.{}s", seconds, duration.subsec_millis() / 100),
        60..=3599 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
    }
}
