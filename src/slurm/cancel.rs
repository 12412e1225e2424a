//! Ends jobs and makes sure that they are gone; signals steps. Entry points: [`Slurm::cancel`], [`Slurm::signal_step`].

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{CommandError, Slurm, Target};
use crate::job::{JobId, JobState};

/// What became of a cancellation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// squeue lists none of them as waiting, running or completing.
    Gone,
    /// The deadline is over and these are still there.
    StillThere(Vec<JobId>),
}

/// Words of scancel about jobs that have ended already or that nobody knows: what was wanted is so.
const HARMLESS: [&str; 2] = ["Job/step already completing or completed", "Invalid job id specified"];

/// Pauses between looks at squeue: short at first, since most jobs vanish at once.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Slurm {
    /// Cancels jobs, then watches squeue until they are gone, sending scancel again as long as they are not (a controller that restarts may forget one). While the controller is down this
    /// waits and tries again until the deadline of the settings, then fails as unreachable.
    pub async fn cancel(&self, targets: &[Target]) -> Result<Cancelled, CommandError> {
        let deadline = Instant::now() + self.settings.cancel_deadline;
        let mut pause = FIRST_PAUSE;
        let mut left = targets.to_vec();
        loop {
            let outcome = self.cancel_once(&left).await;
            let is_over = Instant::now() >= deadline;
            match outcome {
                Ok(still_there) if still_there.is_empty() => return Ok(Cancelled::Gone),
                Ok(still_there) if is_over => return Ok(Cancelled::StillThere(job_ids(&still_there))),
                Ok(still_there) => left = still_there,
                Err(error) if is_over || !error.is_unreachable() => return Err(error),
                Err(_) => {}
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// One scancel for all, one look at squeue; what is still there.
    async fn cancel_once(&self, targets: &[Target]) -> Result<Vec<Target>, CommandError> {
        let ids: Vec<String> = targets.iter().flat_map(Target::ids).collect();
        for chunk in ids.chunks(self.settings.ids_per_command) {
            let ended = self.programs.run("scancel", chunk).await?;
            if !HARMLESS.iter().any(|text| ended.said.contains(text)) {
                ended.successful()?;
            }
        }
        let queue = self.observe_queue(targets).await?;
        let is_there = |state: &JobState| !state.is_final() && *state != JobState::NotListed;
        Ok(targets.iter().zip(queue).filter(|(_, states)| states.iter().any(is_there)).map(|(target, _)| target.clone()).collect())
    }

    /// Sends a signal to one step (`0`, `batch`), grace kept. Not through the srun client: one SIGTERM to that one kills its tasks at once.
    pub async fn signal_step(&self, job_id: &JobId, step: &str, signal: &str) -> Result<(), CommandError> {
        let arguments = ["-s".to_owned(), signal.to_owned(), format!("{job_id}.{step}")];
        self.programs.run("scancel", &arguments).await?.successful().map(|_| ())
    }
}

fn job_ids(targets: &[Target]) -> Vec<JobId> {
    targets.iter().map(|target| target.job_id().clone()).collect()
}
