//! `events.jsonl`: append-only, one event a line, synced before the act that it announces.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
};

use serde::{Serialize, de::DeserializeOwned};

use super::{FORMAT_VERSION, RunDir, RunError};

/// One line: when, and what. `v` is the format's version, so that a newer log is refused by name rather than misread.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Line<E> {
    v: u32,
    /// Milliseconds since the epoch; for people and reports, never read by the state machine.
    at_ms: u64,
    event: E,
}

/// The log of one run, open for appending.
#[derive(Debug)]
pub struct EventLog {
    file: File,
    path: PathBuf,
}

impl EventLog {
    /// Opens a run's log, making it if need be. A last line that a crash cut short is removed: its act had not been announced, so it was not done.
    pub fn open(run: &RunDir) -> Result<Self, RunError> {
        let path = run.events();
        let file = OpenOptions::new().create(true).append(true).read(true).open(&path).map_err(RunError::io("open", &path))?;
        let whole = whole_length(&file).map_err(RunError::io("read", &path))?;
        file.set_len(whole).map_err(RunError::io("repair", &path))?;
        Ok(Self { file, path })
    }

    /// Appends events and syncs them to disk once: on return they survive a crash.
    pub fn append<E: Serialize>(&mut self, at_ms: u64, events: &[E]) -> Result<(), RunError> {
        let mut text = Vec::new();
        for event in events {
            serde_json::to_writer(&mut text, &Line { v: FORMAT_VERSION, at_ms, event }).expect("events are plain data, which JSON always holds");
            text.push(b'\n');
        }
        self.file.write_all(&text).and_then(|()| self.file.sync_data()).map_err(RunError::io("append to", &self.path))
    }

    /// Every whole event of a run, with its time. An unfinished last line is left out.
    pub fn read<E: DeserializeOwned>(run: &RunDir) -> Result<Vec<(u64, E)>, RunError> {
        let path = run.events();
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(RunError::io("read", path)(error)),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let lines = text[..whole].split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
        lines.map(|(index, line)| parse_line(line, index + 1, &path)).collect()
    }
}

fn parse_line<E: DeserializeOwned>(line: &[u8], number: usize, path: &std::path::Path) -> Result<(u64, E), RunError> {
    let corrupt = |error: serde_json::Error| RunError::Corrupt { path: path.to_owned(), line: number, message: error.to_string() };
    let value: Line<serde_json::Value> = serde_json::from_slice(line).map_err(corrupt)?;
    if value.v > FORMAT_VERSION {
        return Err(RunError::Newer { path: path.to_owned(), found: value.v, known: FORMAT_VERSION });
    }
    Ok((value.at_ms, serde_json::from_value(value.event).map_err(corrupt)?))
}

/// Bytes up to and including the last newline.
fn whole_length(file: &File) -> io::Result<u64> {
    use std::os::unix::fs::FileExt;
    let mut end = file.metadata()?.len();
    let mut block = vec![0; 64 * 1024];
    while end > 0 {
        let start = end.saturating_sub(block.len() as u64);
        let length = usize::try_from(end - start).expect("at most a block");
        file.read_exact_at(&mut block[..length], start)?;
        if let Some(newline) = block[..length].iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + newline as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
