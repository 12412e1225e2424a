//! `run.json`: what a run is, written once when it is created.

use std::fs;

use serde::{Deserialize, Serialize};

use super::{RunDir, RunError};

/// Version of the run folder's format. A reader takes this and every older one, and refuses a newer one by name.
pub const FORMAT_VERSION: u32 = 1;

/// What a run is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of the folder's format.
    pub format: u32,
    /// Eight hex digits; part of the name of every job of the run.
    pub id: String,
    /// Version of the program that made it.
    pub sluice: String,
    /// Name of the workflow, or of the task where a task is run.
    pub target: String,
    /// Whether the target is a single task.
    pub is_task: bool,
    /// URI of the root document.
    pub root: String,
    /// `slurm` or `local`.
    pub backend: String,
    /// Path of the site file as given; absent for the embedded one.
    pub site: Option<String>,
    /// Whether a failed call leaves the others running.
    pub keep_going: bool,
    /// The command line.
    pub argv: Vec<String>,
    /// Who ran it.
    pub user: String,
    /// Host of the head at the start.
    pub host: String,
    /// Folder it was started in.
    pub cwd: String,
    /// Start, milliseconds since the epoch.
    pub started_ms: u64,
}

impl RunRecord {
    /// Reads a run's record.
    pub fn read(run: &RunDir) -> Result<Self, RunError> {
        let path = run.record();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(_) if !run.path().is_dir() => return Err(RunError::NoFolder(run.path().to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(RunError::NoRun(run.path().to_owned())),
            Err(error) => return Err(RunError::io("read", path)(error)),
        };
        let corrupt = |error: serde_json::Error| RunError::Corrupt { path: path.clone(), line: error.line(), message: error.to_string() };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(corrupt)?;
        let found = value["format"].as_u64().and_then(|format| u32::try_from(format).ok()).unwrap_or(0);
        if found > FORMAT_VERSION {
            return Err(RunError::Newer { path, found, known: FORMAT_VERSION });
        }
        serde_json::from_value(value).map_err(corrupt)
    }
}
