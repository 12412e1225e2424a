//! A run on disk: its folder, its record, its event log, its lock. Shell. Never decides what is run.
//!
//! Layout (see [`layout::RunDir`]): `run.json`, `events.jsonl` (the truth), `inputs.json`, `outputs.json`, `source/`, `values/`,
//! `calls/`, `batches/`, `spool/`, `lib/`.

mod braces;
mod create;
mod disk_files;
pub mod error;
pub mod layout;
mod lock;
mod log;
mod record;
mod roles;
mod sources;

pub use create::{NewRun, create, default_folder};
pub use disk_files::{DiskFiles, write_whole};
pub use error::RunError;
pub use layout::RunDir;
pub use lock::RunLock;
pub use log::EventLog;
pub use record::{FORMAT_VERSION, RunRecord};
pub use roles::{role_logs, role_secrets, role_states};
pub use sources::SavedSources;
