//! Where everything of a run lies. Names only: nothing here touches the disk.

use std::path::{Path, PathBuf};

use crate::task::CallPath;

/// The folder of one run, absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunDir(PathBuf);

impl RunDir {
    /// The run in an absolute folder.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// `run.json`: format version, workflow, site, argv, who, where.
    pub fn record(&self) -> PathBuf {
        self.0.join("run.json")
    }

    /// `events.jsonl`: the truth.
    pub fn events(&self) -> PathBuf {
        self.0.join("events.jsonl")
    }

    /// `inputs.json`, paths made absolute.
    pub fn inputs(&self) -> PathBuf {
        self.0.join("inputs.json")
    }

    /// `outputs.json`: there only if the run succeeded.
    pub fn outputs(&self) -> PathBuf {
        self.0.join("outputs.json")
    }

    /// `site.json`: the site as it was settled, so that a resumed head decides as the first one did.
    pub fn site(&self) -> PathBuf {
        self.0.join("site.json")
    }

    /// `lock`: held by the head.
    pub fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// `cancel`: its presence asks the head to cancel the run.
    pub fn cancel_request(&self) -> PathBuf {
        self.0.join("cancel")
    }

    /// `source/`: the WDL files as run.
    pub fn source(&self) -> PathBuf {
        self.0.join("source")
    }

    /// `values/`: large values, files that `write_*` made.
    pub fn values(&self) -> PathBuf {
        self.0.join("values")
    }

    /// `calls/`: one folder an attempt.
    pub fn calls(&self) -> PathBuf {
        self.0.join("calls")
    }

    /// `batches/`: one folder a submission.
    pub fn batches(&self) -> PathBuf {
        self.0.join("batches")
    }

    /// `spool/`: markers of attempts that ended.
    pub fn spool(&self) -> PathBuf {
        self.0.join("spool")
    }

    /// `lib/`: the node library that the scripts source.
    pub fn lib(&self) -> PathBuf {
        self.0.join("lib")
    }

    /// The folder of an attempt.
    pub fn attempt(&self, call_path: &CallPath, attempt: u32) -> PathBuf {
        self.calls().join(call_path.folder(attempt))
    }

    /// The folder of a batch.
    pub fn batch(&self, batch: u64) -> PathBuf {
        self.batches().join(batch.to_string())
    }
}
