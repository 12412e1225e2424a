//! Looks for a job by its name: after an sbatch without an answer, and after a crash between sbatch and the record of it. Entry point: [`Slurm::find_by_name`].

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use super::{Answer, CommandError, Slurm, sacct};
use crate::job::JobId;

/// Jobs with a name.
#[derive(Debug)]
pub struct Found {
    /// In the order of their numbers. More than one means that a script was submitted twice: adopt the first, cancel the others.
    pub job_ids: Vec<JobId>,
    /// Whether accounting was heard. Where it was not, a job that ended more than `MinJobAge` ago, or before the controller lost its state, would not be found.
    pub accounting: Answer,
}

/// Clocks of this machine and the controller's may differ by as much.
const CLOCK_SKEW: Duration = Duration::from_secs(600);

impl Slurm {
    /// My jobs with this name that were submitted at or after a time. squeue answers for all that wait or run or have just ended, accounting for those that ran and ended before; a job
    /// that was cancelled before it ran, and left squeue, is in neither. Accounting calls a job `allocation` for some seconds after its start; squeue has it then.
    ///
    /// A controller that was stalled may take in an sbatch after it has answered this question: after a time-out, ask again some seconds later before an absent job is submitted anew.
    pub async fn find_by_name(&self, name: &str, since: SystemTime) -> Result<Found, CommandError> {
        let queue = self.queue().await?;
        let mut numbers: BTreeSet<u64> = queue.into_iter().filter(|row| row.name == name).map(|row| row.id.job).collect();
        if !numbers.is_empty() {
            return Ok(found(&numbers, Answer::NotAsked));
        }
        let age = SystemTime::now().duration_since(since).unwrap_or_default() + CLOCK_SKEW;
        // Relative, so that no time zone can come between us and the controller.
        let since = format!("now-{}seconds", age.as_secs());
        let accounting = match self.sacct(&sacct::arguments_since(self.user_id, name, &since)).await {
            Ok(Some(rows)) => {
                // `--name` takes a list and matches in the database's own way: compare again.
                numbers.extend(rows.into_iter().filter(|row| row.name == name).map(|row| row.id.job));
                Answer::Heard
            }
            Ok(None) => Answer::Off,
            Err(error) => Answer::Failed(error),
        };
        Ok(found(&numbers, accounting))
    }
}

fn found(numbers: &BTreeSet<u64>, accounting: Answer) -> Found {
    Found { job_ids: numbers.iter().map(|number| JobId(number.to_string())).collect(), accounting }
}
