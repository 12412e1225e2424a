//! `sluice logs -f`: prints what is added to logs until the attempt ends. By looking again and again: a file on another node tells nobody that it grew.

use std::{
    collections::BTreeMap,
    fs,
    io::{ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    args::LogsArgs,
    clock,
    exit::{Exit, Failure},
    log_files::{Source, Sources},
    logs,
};
use crate::{
    engine::{CallRow, CallState},
    monitor::{self, Head},
    run::RunDir,
};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Follows a call's logs; returns when its attempt has ended, or nobody reads any more.
pub(super) fn follow(head: &Head, row: &CallRow, args: &LogsArgs, sources: impl Fn(&CallRow) -> Sources) -> Result<Exit, Failure> {
    let mut end = End { log_size: 0, is_over: false };
    let mut tails: BTreeMap<PathBuf, Tail> = BTreeMap::new();
    loop {
        // Before reading: what is written until then is read below.
        let is_over = end.look(head, row)?;
        match sources(row).found() {
            Ok(found) => {
                for Source { prefix, path } in found {
                    tails.entry(path).or_insert_with(|| Tail { prefix, offset: 0, partial: Vec::new() });
                }
            }
            Err(names) if is_over || !names.is_empty() => return Err(logs::missing(row, args, &names)),
            Err(_) => {}
        }
        for (path, tail) in &mut tails {
            tail.read(path).map_err(|error| logs::unreadable(path, &error))?;
            if !show(&tail.take(is_over))? {
                return Ok(Exit::Done);
            }
        }
        if is_over {
            return Ok(Exit::Done);
        }
        std::thread::sleep(PAUSE);
    }
}

/// Where reading a log stands.
struct Tail {
    prefix: String,
    offset: u64,
    partial: Vec<u8>,
}

impl Tail {
    /// Reads what was added. A file that has become shorter was begun anew.
    fn read(&mut self, path: &Path) -> std::io::Result<()> {
        let mut file = match fs::File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            file => file?,
        };
        if file.metadata()?.len() < self.offset {
            self.offset = 0;
        }
        file.seek(SeekFrom::Start(self.offset))?;
        self.offset += file.read_to_end(&mut self.partial)? as u64;
        Ok(())
    }

    /// Whole lines, and at the end what has no line's end.
    fn take(&mut self, is_over: bool) -> String {
        let whole = if is_over { self.partial.len() } else { self.partial.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1) };
        let bytes: Vec<u8> = self.partial.drain(..whole).collect();
        let text = String::from_utf8_lossy(&bytes);
        if self.prefix.is_empty() { text.into_owned() } else { Source::named(&self.prefix, &text) }
    }
}

/// Whether the attempt has ended, by the run's log or by the marker that is still to be taken in.
struct End {
    log_size: u64,
    is_over: bool,
}

impl End {
    fn look(&mut self, head: &Head, row: &CallRow) -> Result<bool, Failure> {
        let size = fs::metadata(head.run.events()).map_or(0, |log| log.len());
        if size != self.log_size {
            self.log_size = size;
            let state = monitor::replay(head, clock::now_ms()).map_err(|error| Failure::from_error(Exit::Machine, &error).hint(error.hint()))?;
            let now = state.table.tasks.iter().map(|now| &now.call).find(|now| now.path == row.path);
            let has_ended = |now: &CallRow| matches!(now.state, CallState::Succeeded | CallState::Failed | CallState::Cancelled);
            self.is_over = state.outcome.is_some() || now.is_none_or(|now| now.attempt != row.attempt || has_ended(now));
        }
        Ok(self.is_over || has_marker(&head.run, row))
    }
}

fn has_marker(run: &RunDir, row: &CallRow) -> bool {
    let Some((batch, element)) = row.batch.zip(row.element) else { return false };
    let begins = format!("{batch}.{element}.");
    fs::read_dir(run.spool()).into_iter().flatten().flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(&begins))
}

/// Prints; `false`: nobody reads.
fn show(text: &str) -> Result<bool, Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::new(Exit::Machine, format!("error: failed to write to standard output: {error}"))),
    }
}
