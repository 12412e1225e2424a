//! The way of a batch to Slurm: one `sbatch` at a time, at the site's rate; what fails for now is tried again, what is unclear is looked up first.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::driver::{Driver, Happening};
use crate::{
    engine::{Event, SubmitFailure},
    job::JobId,
    site::Limits,
    slurm::{Answer, CommandError, Found, SubmitError, Target},
};

/// Pauses between tries, so that a busy controller is left in peace; the first is no longer than the site lets Slurm be asked.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Pause between two looks for a job that is not there.
const LOOK_PAUSE: Duration = Duration::from_secs(2);

/// A controller that was stalled may take in an `sbatch` after it has said that it knows no such job, so an absent job is looked for this often.
const LOOKS: u32 = 3;

/// So often a limit may refuse while nothing of ours is queued before that is worth a word: half a minute by the pauses above.
const REFUSALS_WORTH_SAYING: u32 = 5;

/// What is to be done next for a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Submit,
    /// Look for it by name, for the nth time.
    LookUp(u32),
}

/// Batches on their way to Slurm.
#[derive(Debug)]
pub(super) struct SubmitQueue {
    waiting: VecDeque<(Instant, u32, Step)>,
    is_busy: bool,
    first_pause: Duration,
    pause: Duration,
    /// Least time between two `sbatch` calls.
    spacing: Duration,
    last: Option<Instant>,
    last_notice: String,
    /// Refusals for a limit, one after the other, while none of our jobs was queued.
    refusals: u32,
}

impl SubmitQueue {
    pub(super) fn new(limits: &Limits) -> Self {
        let per_second = limits.submits_per_second;
        let spacing = if per_second > 0.0 { Duration::from_secs_f64(1.0 / per_second) } else { Duration::ZERO };
        let first_pause = Duration::from_secs_f64(limits.poll_min_seconds.max(0.1)).min(FIRST_PAUSE);
        Self {
            waiting: VecDeque::new(),
            is_busy: false,
            first_pause,
            pause: first_pause,
            spacing,
            last: None,
            last_notice: String::new(),
            refusals: 0,
        }
    }

    fn push(&mut self, batch: u32, step: Step, after: Duration) {
        self.waiting.push_back((Instant::now() + after, batch, step));
    }

    fn next_pause(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        pause
    }

    /// Takes out every batch that was never given to Slurm; those that must be looked for stay.
    pub(super) fn take_unsent(&mut self) -> Vec<u32> {
        let (unsent, unclear): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(|(_, _, step)| *step == Step::Submit);
        self.waiting = unclear.into();
        unsent.into_iter().map(|(_, batch, _)| batch).collect()
    }
}

impl Driver {
    /// A batch whose intent is in the log goes to its backend.
    pub(super) fn send(&mut self, number: u32) -> Result<(), super::HeadError> {
        let Some(batch) = self.batches.get(&number) else { return Ok(()) };
        match self.backend.start_locally(&self.run, &self.run_id, batch) {
            Some(job_id) => self.take_job_id(number, job_id),
            None => {
                self.submits.push(number, Step::Submit, Duration::ZERO);
                self.start_submit();
                Ok(())
            }
        }
    }

    /// A batch with an intent and no answer in the log is looked up before anything else.
    pub(super) fn look_up(&mut self, number: u32) {
        self.submits.push(number, Step::LookUp(LOOKS), Duration::ZERO);
        self.start_submit();
    }

    /// Starts the next step that is due, if none is under way.
    pub(super) fn start_submit(&mut self) {
        let now = Instant::now();
        let is_spaced = self.submits.last.is_none_or(|last| now.duration_since(last) >= self.submits.spacing);
        if self.submits.is_busy || !is_spaced {
            return;
        }
        let Some(position) = self.submits.waiting.iter().position(|(due, _, _)| *due <= now) else { return };
        let Some((_, number, step)) = self.submits.waiting.remove(position) else { return };
        let (Some(batch), Some(slurm)) = (self.batches.get(&number), self.backend.slurm()) else { return };
        self.submits.is_busy = true;
        self.submits.last = Some(now);
        let (news, script, tag, since) =
            (self.news.clone(), self.run.batch(u64::from(number)).join("script.sbatch"), batch.record.tag.clone(), self.slurm_since);
        tokio::spawn(async move {
            let happening = match step {
                Step::Submit => Happening::Submitted { batch: number, answer: slurm.submit(&script, &[]).await },
                Step::LookUp(looks) => Happening::Found { batch: number, looks, answer: slurm.find_by_name(&tag, since).await },
            };
            let _ = news.send(happening);
        });
    }

    /// `sbatch` ended.
    pub(super) fn submitted(&mut self, number: u32, answer: Result<JobId, SubmitError>) -> Result<(), super::HeadError> {
        self.submits.is_busy = false;
        match answer {
            Ok(job_id) => {
                self.contact();
                self.submits.pause = self.submits.first_pause;
                self.submits.refusals = 0;
                self.take_job_id(number, job_id)?;
            }
            Err(SubmitError::Permanent(error)) => {
                let message = said(&error);
                self.batches.remove(&number);
                self.record(vec![Event::SubmitFailed { batch: number, kind: SubmitFailure::Permanent, message }])?;
            }
            Err(SubmitError::Ambiguous(error)) => {
                self.notice_once(&format!("no answer to sbatch ({}); looking whether the job is there", said(&error)));
                self.submits.push(number, Step::LookUp(LOOKS), LOOK_PAUSE);
            }
            Err(SubmitError::Unreachable(error)) => {
                self.no_contact(&error);
                self.again(number);
            }
            Err(SubmitError::Transient(error)) => {
                self.notice_once(&format!("Slurm cannot take a job at present: {}; trying again", said(&error)));
                self.again(number);
            }
            Err(SubmitError::Limit(error)) => {
                self.limit_reached(&error);
                self.again(number);
            }
        }
        self.start_submit();
        Ok(())
    }

    /// Too many jobs are queued. With none of ours among them it may be for good: that is said, and waited all the same, since other runs' jobs end too.
    fn limit_reached(&mut self, error: &CommandError) {
        let is_any_queued = self.batches.values().any(|batch| batch.job_id.is_some());
        self.submits.refusals = if is_any_queued { 0 } else { self.submits.refusals + 1 };
        let text = if self.submits.refusals < REFUSALS_WORTH_SAYING {
            format!("a limit on queued jobs is reached: {}; waiting until some have ended", said(error))
        } else {
            format!(
                "still refused for a limit on queued jobs, though none of this run's is queued: {}; other jobs of yours fill it, or an array is larger than it \
                 (`array_size` and `jobs_in_queue` under `[limits]` of the site file); waiting",
                said(error)
            )
        };
        self.notice_once(&text);
    }

    /// A batch that Slurm did not take is submitted again later; not if the run ends.
    fn again(&mut self, number: u32) {
        if self.cancelling.is_on() {
            self.cancelling.give_up(number);
            return;
        }
        let pause = self.submits.next_pause();
        self.submits.push(number, Step::Submit, pause);
    }

    /// Slurm was asked for a batch by name.
    pub(super) fn found(&mut self, number: u32, looks: u32, answer: Result<Found, CommandError>) -> Result<(), super::HeadError> {
        self.submits.is_busy = false;
        match answer {
            Ok(found) => {
                self.contact();
                match self.chosen(number, &found.job_ids) {
                    Some(job_id) => {
                        self.end_for_good(found.job_ids.into_iter().filter(|other| *other != job_id).map(Target::Job).collect());
                        self.take_job_id(number, job_id)?;
                    }
                    None => self.absent(number, looks, &found.accounting),
                }
            }
            Err(error) => {
                self.no_contact(&error);
                let pause = self.submits.next_pause();
                self.submits.push(number, Step::LookUp(looks), pause);
            }
        }
        self.start_submit();
        Ok(())
    }

    /// The job of a batch: of several, since a script was submitted twice, the one that holds the claim on its attempts, else the first. With none listed, a job that has ended may have left
    /// its markers or its claim.
    fn chosen(&self, number: u32, listed: &[JobId]) -> Option<JobId> {
        let on_disk = self.job_id_on_disk(number);
        on_disk.filter(|job_id| listed.is_empty() || listed.contains(job_id)).or_else(|| listed.first().cloned())
    }

    /// No source knows a job of a batch: it is looked for again, then submitted, or given up if the run ends.
    fn absent(&mut self, number: u32, looks: u32, accounting: &Answer) {
        if looks > 1 {
            self.submits.push(number, Step::LookUp(looks - 1), LOOK_PAUSE);
            return;
        }
        if self.cancelling.is_on() {
            self.cancelling.give_up(number);
            return;
        }
        match accounting {
            // A job that ended long ago would be known to accounting alone.
            Answer::Failed(error) => {
                self.notice_once(&format!("accounting does not answer ({}); waiting for it before anything is submitted again", said(error)));
                let pause = self.submits.next_pause();
                self.submits.push(number, Step::LookUp(looks), pause);
            }
            Answer::Heard | Answer::Off | Answer::NotAsked => self.submits.push(number, Step::Submit, Duration::ZERO),
        }
    }

    /// The scheduler has taken a batch.
    pub(super) fn take_job_id(&mut self, number: u32, job_id: JobId) -> Result<(), super::HeadError> {
        if let Some(batch) = self.batches.get_mut(&number) {
            batch.job_id = Some(job_id.clone());
        }
        self.record(vec![Event::Submitted { batch: number, job: job_id.0 }])?;
        self.poll_soon();
        if self.engine.outcome().is_some() {
            self.cancel_all();
        }
        Ok(())
    }

    /// Says something once, not at every try.
    pub(super) fn notice_once(&mut self, text: &str) {
        if self.submits.last_notice != text {
            text.clone_into(&mut self.submits.last_notice);
            self.progress.notice(super::clock::now_ms(), text);
        }
    }

    /// Slurm answers (again).
    pub(super) fn contact(&mut self) {
        if let Some(lasted) = self.asking.in_contact() {
            self.submits.pause = self.submits.first_pause;
            self.submits.last_notice.clear();
            self.progress.notice(super::clock::now_ms(), &format!("Slurm answers again after {} s; going on", lasted.as_secs()));
        }
    }

    /// Slurm does not answer: wait, say so once, fail nothing.
    pub(super) fn no_contact(&mut self, error: &CommandError) {
        if self.asking.lost_contact() {
            let text = format!("Slurm does not answer: {}; waiting, nothing is lost", said(error));
            self.progress.notice(super::clock::now_ms(), &text);
        }
    }
}

/// What the program said, or what became of it.
pub(super) fn said(error: &CommandError) -> String {
    error.said().map_or_else(|| error.to_string(), str::to_owned)
}
