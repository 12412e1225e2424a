//! The head of a run: one loop turns every source of news into one happening, takes it into the engine, logs it, then acts. Shell.
//!
//! Order of everything: [`crate::engine::Engine::apply`], then the log (synced), then the act. So a head that is killed at any moment loses nothing:
//! [`resume`] replays the log, finds by name what was submitted but not recorded, adopts what runs, collects what ended.
//! Decisions are the engine's, verdicts [`crate::job::judge`]'s; this module only carries them out.

mod announcing;
mod backend;
mod batch_record;
mod cancelling;
mod clock;
mod driver;
mod error;
mod flight;
mod handle;
mod hints;
mod opening;
mod prepare;
mod role_ticks;
mod sample;
mod scripts;
mod spool;
mod submitting;
mod verdicts;

use std::sync::Arc;

use serde::Serialize;

use crate::{
    check::names::Checked,
    engine::{Counts, Failure, Outcome},
    job::Templates,
    plan::Graph,
    report::{Progress, TaskTable},
    run::{RunDir, RunRecord},
    site::Site,
    value::Object,
};

pub use error::HeadError;
pub use opening::{cancel, drive, replay, resume};
pub use sample::{Compiled, SampleFailure, SampleTask, compile};

/// Everything that a head starts from.
#[derive(Debug)]
pub struct Head {
    /// The run's folder, made already.
    pub run: RunDir,
    /// Its record.
    pub record: RunRecord,
    /// Its documents.
    pub checked: Arc<Checked>,
    /// What it will do.
    pub graph: Arc<Graph>,
    /// Its inputs by full key.
    pub inputs: Object,
    /// Its site.
    pub site: Arc<Site>,
    /// Templates of scripts.
    pub templates: Arc<Templates>,
    /// Where progress goes.
    pub progress: Progress,
}

/// How a run ended.
#[derive(Debug)]
pub struct RunEnd {
    /// Its folder.
    pub run: RunDir,
    /// Its documents, for rendering failures.
    pub checked: Arc<Checked>,
    /// How it ended.
    pub outcome: Outcome,
    /// Its outputs by full name; empty unless it succeeded.
    pub outputs: serde_json::Value,
    /// What failed, first failure first.
    pub failures: Vec<Failure>,
    /// Its tasks.
    pub table: TaskTable,
    /// Whether it had ended before we came.
    pub was_over: bool,
}

/// Where a run stands, by its log alone.
#[derive(Debug, Serialize)]
pub struct Replayed {
    /// How it ended, once it has.
    pub outcome: Option<Outcome>,
    /// Calls by state.
    pub counts: Counts,
    /// What failed, first failure first.
    pub failures: Vec<Failure>,
    /// Its tasks.
    pub table: TaskTable,
}

/// Who runs the scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendKind {
    /// Slurm.
    Slurm,
    /// This machine.
    Local,
}

impl BackendKind {
    /// As `run.json` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slurm => "slurm",
            Self::Local => "local",
        }
    }

    /// From `run.json`.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Slurm, Self::Local].into_iter().find(|kind| kind.name() == name)
    }
}
