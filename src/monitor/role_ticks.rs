//! `loginterval`: what the processes of a distributed task are doing, from the small files that their shims write and the last line of each log.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Seek, SeekFrom},
    path::Path,
    time::{Duration, Instant},
};

use super::{HeadError, driver::Driver};
use crate::{
    engine::{Event, RoleSeen},
    run::{role_logs, role_states},
};

/// Processes of one task in one tick, and characters of each one's last line: a tick stays small however large the task is.
const MOST_PROCESSES: usize = 16;
const MOST_CHARACTERS: usize = 120;

/// The least time between two ticks of a task, whatever its author asks for.
const LEAST_INTERVAL: Duration = Duration::from_secs(1);

impl Driver {
    /// Looks at the tasks that are due, and logs what has changed.
    pub(super) fn look_at_roles(&mut self) -> Result<(), HeadError> {
        if self.engine.outcome().is_some() {
            return Ok(());
        }
        let mut events = Vec::new();
        for batch in self.batches.values_mut().filter(|batch| batch.record.log_interval > 0) {
            let interval = Duration::from_secs(batch.record.log_interval).max(LEAST_INTERVAL);
            for flight in batch.elements.values_mut().filter(|flight| flight.is_running && flight.marker.is_none()) {
                let (last, looked) = &mut flight.roles;
                if looked.is_some_and(|looked| looked.elapsed() < interval) {
                    continue;
                }
                *looked = Some(Instant::now());
                let attempt = &flight.element.attempt;
                let roles = see(&self.run.attempt(&attempt.path, attempt.attempt));
                if roles != *last && !roles.is_empty() {
                    last.clone_from(&roles);
                    events.push(Event::RolesSeen { attempt: attempt.clone(), roles });
                }
            }
        }
        self.record(&events)
    }
}

/// What the files of the node library say.
fn see(attempt: &Path) -> Vec<RoleSeen> {
    let state = role_states(attempt).pop().expect("there is one at least");
    let (up, ended, again) = (names(&state.join("up")), names(&state.join("end")), names(&state.join("again")));
    let logs = role_logs(attempt);
    let see = |process: &String| {
        let code = fs::read_to_string(state.join("end").join(process)).ok();
        let code = code.as_deref().and_then(|text| text.split_whitespace().next());
        RoleSeen {
            process: process.clone(),
            state: code.map_or_else(|| "up".to_owned(), |code| format!("ended with {code}")) + &restarted(process, &again),
            tail: last_line(&logs.join(format!("{process}.log"))),
        }
    };
    up.union(&ended).take(MOST_PROCESSES).map(see).collect()
}

/// How often a service has been started again, from the names of its files in `again/`: the process and a number.
fn restarted(process: &str, again: &BTreeSet<String>) -> String {
    match again.iter().filter(|name| name.rsplit_once('.').is_some_and(|(of, _)| of == process)).count() {
        0 => String::new(),
        1 => " (started again once)".to_owned(),
        times => format!(" (started again {times} times)"),
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| !name.starts_with('.')).collect()
}

/// The last line of a file that is not empty, from its last kilobyte.
fn last_line(path: &Path) -> String {
    let read = |path: &Path| -> std::io::Result<Vec<u8>> {
        let mut file = fs::File::open(path)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(1024)))?;
        let mut bytes = Vec::new();
        file.take(1024).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().take(MOST_CHARACTERS).collect()
}
