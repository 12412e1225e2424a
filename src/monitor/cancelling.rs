//! The end of a run's jobs before their own: one scancel at a time, seen to have worked, batch by batch; what may be there is looked for first.
//!
//! A batch counts as gone only after Slurm, asked after a scancel that named it, listed none of its jobs. Entry: [`Driver::cancel_all`].

use std::{collections::BTreeSet, time::Duration};

use super::{
    HeadError,
    backend::Backend,
    driver::{Driver, Happening},
};
use crate::slurm::{Cancelled, CommandError, Target};

/// Pause before a scancel is tried again that ended in an error.
const PAUSE: Duration = Duration::from_secs(2);

/// Errors in a row, other than no answer, after which the head gives up: Slurm refuses for good.
const MOST_ERRORS: u32 = 10;

/// How far the end of the jobs has got.
#[derive(Debug, Default)]
pub(super) struct Cancelling {
    is_on: bool,
    /// A scancel is under way.
    is_sent: bool,
    /// Batches that Slurm was seen to list no more after scancel.
    gone: BTreeSet<u32>,
    /// Batches with an intent that were never given to Slurm because the run ends.
    given_up: BTreeSet<u32>,
    errors: u32,
}

impl Cancelling {
    /// Whether nothing new may be submitted.
    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    /// Whether no job of a batch is left, as far as Slurm knows.
    pub(super) fn is_gone(&self, batch: u32) -> bool {
        self.gone.contains(&batch)
    }

    /// Whether a batch will never be submitted.
    pub(super) fn is_given_up(&self, batch: u32) -> bool {
        self.given_up.contains(&batch)
    }

    /// A batch will not be submitted: the run ends.
    pub(super) fn give_up(&mut self, batch: u32) {
        self.given_up.insert(batch);
    }
}

impl Driver {
    /// Ends every job of the run. Those that are being submitted, or looked for, follow when their ids are known.
    pub(super) fn cancel_all(&mut self) {
        self.cancelling.is_on = true;
        for number in self.submits.take_unsent() {
            self.cancelling.give_up(number);
        }
        self.start_submit();
        if let Backend::Local(local) = &mut self.backend {
            let jobs: Vec<_> = self.batches.values().filter_map(|batch| batch.job_id.clone()).collect();
            local.cancel(&jobs);
        }
        self.send_cancel(Duration::ZERO);
    }

    /// Sends one scancel for all batches that are not gone, unless one is under way.
    fn send_cancel(&mut self, after: Duration) {
        let Some(slurm) = self.backend.slurm().filter(|_| !self.cancelling.is_sent) else { return };
        let open = self.batches.iter().filter(|(number, _)| !self.cancelling.gone.contains(number));
        let (numbers, targets): (Vec<u32>, Vec<Target>) = open.filter_map(|(number, batch)| Some((*number, batch.target()?))).unzip();
        if targets.is_empty() {
            return;
        }
        self.cancelling.is_sent = true;
        let news = self.news.clone();
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let answer = slurm.cancel(&targets).await;
            let _ = news.send(Happening::CancelEnded { batches: numbers, answer });
        });
    }

    /// Scancel was sent and its jobs were looked for.
    pub(super) fn cancel_ended(&mut self, batches: Vec<u32>, answer: Result<Cancelled, CommandError>) -> Result<(), HeadError> {
        if !self.cancelling.is_on {
            // The run had ended by other news, and was resumed: what was asked for then must not touch what runs now.
            return Ok(());
        }
        self.cancelling.is_sent = false;
        let mut pause = Duration::ZERO;
        match answer {
            Ok(Cancelled::Gone) => {
                self.contact();
                self.cancelling.errors = 0;
                self.cancelling.gone.extend(batches);
                self.tick_once()?;
            }
            Ok(Cancelled::StillThere(jobs)) => {
                let names: Vec<String> = jobs.iter().map(ToString::to_string).collect();
                self.notice_once(&format!("Slurm still lists jobs {} after scancel; sending it again", names.join(", ")));
            }
            Err(error) if error.is_unreachable() => self.no_contact(&error),
            Err(error) => {
                self.cancelling.errors += 1;
                if self.cancelling.errors >= MOST_ERRORS {
                    return Err(HeadError::NotCancelled(error.to_string()));
                }
                self.notice_once(&format!("the jobs could not be cancelled: {error}; trying again"));
                pause = PAUSE;
            }
        }
        if self.cancelling.is_on {
            self.send_cancel(pause);
        }
        Ok(())
    }

    /// Sees to it that a job which Slurm gave up never comes back under its id while the call is tried again: a requeue that is still under way, a node that answers again.
    /// The run does not end before that is done.
    pub(super) fn end_for_good(&mut self, targets: Vec<Target>) {
        let (Some(slurm), false) = (self.backend.slurm(), targets.is_empty()) else { return };
        self.ends_under_way += 1;
        let news = self.news.clone();
        tokio::spawn(async move {
            let answer = slurm.cancel(&targets).await;
            let _ = news.send(Happening::EndedForGood(answer));
        });
    }

    /// A job that must not come back was cancelled, or could not be.
    pub(super) fn ended_for_good(&mut self, answer: Result<Cancelled, CommandError>) {
        self.ends_under_way -= 1;
        let left = match answer {
            Ok(Cancelled::Gone) => return,
            Ok(Cancelled::StillThere(jobs)) => format!("still lists {}", jobs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
            Err(error) => format!("failed to {error}"),
        };
        self.notice_once(&format!("a job that had ended, or was submitted twice, may still be there: Slurm {left}"));
    }
}
