//! The two backends behind one door.

use std::{sync::Arc, time::Duration};

use super::{BackendKind, flight::BatchFlight};
use crate::{
    job::JobId,
    local::{Local, Slots},
    run::RunDir,
    site::Site,
    slurm::{Slurm, SlurmSettings},
};

/// A script kills what does not obey by itself after the site's grace, then reports and tidies up; only a script that cannot is killed from here.
const SCRIPT_FIRST: Duration = Duration::from_secs(5);

/// Who runs the scripts of this run.
#[derive(Debug)]
pub(super) enum Backend {
    /// Slurm, asked by tasks that run beside the loop.
    Slurm(Arc<Slurm>),
    /// This machine, asked within the loop: it answers at once.
    Local(Local),
}

impl Backend {
    pub(super) fn open(kind: BackendKind, site: &Site) -> Self {
        match kind {
            BackendKind::Slurm => Self::Slurm(Arc::new(Slurm::new(SlurmSettings::default(), std::env::vars_os()))),
            BackendKind::Local => Self::Local(Local::new(Slots::of_this_machine(), Duration::from_secs(site.node.kill_grace_seconds) + SCRIPT_FIRST)),
        }
    }

    pub(super) fn slurm(&self) -> Option<Arc<Slurm>> {
        match self {
            Self::Slurm(slurm) => Some(slurm.clone()),
            Self::Local(_) => None,
        }
    }
}

/// The number of a batch on the local backend: unique over all runs of the machine, and known before it is started.
pub(super) fn local_job_id(run_id: &str, batch: u32) -> JobId {
    JobId(format!("{run_id}.{batch}"))
}

impl Backend {
    /// Starts a batch on this machine.
    pub(super) fn start_locally(&mut self, run: &RunDir, run_id: &str, batch: &BatchFlight) -> Option<JobId> {
        let Self::Local(local) = self else { return None };
        let job_id = local_job_id(run_id, batch.number);
        local.submit(batch.local_job(run, job_id.clone()));
        Some(job_id)
    }

    /// Takes over a batch that an earlier head started, or was about to start, on this machine.
    pub(super) fn adopt_locally(&mut self, run: &RunDir, run_id: &str, batch: &BatchFlight) -> Option<JobId> {
        let Self::Local(local) = self else { return None };
        let job_id = local_job_id(run_id, batch.number);
        let open: Vec<u32> = batch.elements.keys().copied().collect();
        local.adopt(batch.local_job(run, job_id.clone()), &open);
        Some(job_id)
    }
}
