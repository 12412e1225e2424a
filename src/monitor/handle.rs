//! What each happening means. Synchronous: effects are started, never waited for.

use std::time::{Duration, Instant};

use super::{
    HeadError,
    driver::{Driver, Happening, Signal},
    flight::BatchFlight,
    submitting::said,
};
use crate::{
    engine::Event,
    slurm::{Answer, CommandError, Poll, Target},
    task::{Cause, TaskResult},
};

impl Driver {
    pub(super) fn handle(&mut self, happening: Happening) -> Result<(), HeadError> {
        if !matches!(happening, Happening::Collected { .. }) {
            self.record_collected()?;
        }
        match happening {
            Happening::Evaluated { node, path, result } => {
                self.evaluating.remove(&node);
                self.record(&[Event::Evaluated { node: path, result }])
            }
            Happening::Prepared(prepared) => self.prepared(prepared?),
            Happening::Submitted { batch, answer } => self.submitted(batch, answer),
            Happening::Found { batch, looks, answer } => self.found(batch, looks, answer),
            Happening::Polled { answer, remembers } => {
                self.poll_bound = remembers.map(|remembers| remembers / 2);
                self.polled(answer)
            }
            Happening::Collected { batch, element, outputs } => {
                self.collected(batch, element, outputs);
                Ok(())
            }
            Happening::CancelEnded { batches, answer } => self.cancel_ended(batches, answer),
            Happening::EndedForGood(answer) => {
                self.ended_for_good(answer);
                Ok(())
            }
            Happening::Signal(signal) => self.signalled(signal),
            Happening::Tick => self.tick_once(),
        }
    }

    /// A tick: the local backend, the spool, what is due to be asked.
    pub(super) fn tick_once(&mut self) -> Result<(), HeadError> {
        self.look_for_cancel_request()?;
        if let super::backend::Backend::Local(local) = &mut self.backend {
            let observations = local.poll();
            self.observe(observations)?;
        }
        self.judge_all()?;
        self.look_at_roles()?;
        self.start_submit();
        self.poll_if_due();
        Ok(())
    }

    fn look_for_cancel_request(&mut self) -> Result<(), HeadError> {
        let path = self.run.cancel_request();
        if self.engine.outcome().is_some() || !path.exists() {
            return Ok(());
        }
        let by = std::fs::read_to_string(&path).unwrap_or_default();
        self.signalled(Signal::CancelRequest(format!("`sluice cancel`, {}", by.trim())))
    }

    fn signalled(&mut self, signal: Signal) -> Result<(), HeadError> {
        let by = match signal {
            Signal::Detach(name) => return Err(HeadError::Detached { signal: name.to_owned(), jobs: self.attempts_in_flight().len() }),
            Signal::Interrupt => {
                self.interrupts += 1;
                if self.interrupts > 1 {
                    return Err(HeadError::Detached { signal: "a second Ctrl-C".to_owned(), jobs: self.attempts_in_flight().len() });
                }
                "Ctrl-C".to_owned()
            }
            Signal::CancelRequest(by) => by,
        };
        if self.engine.outcome().is_some() {
            return Ok(());
        }
        self.record(&[Event::CancelRequested { by }])
    }

    /// Asks Slurm about all jobs in flight, if it is time.
    fn poll_if_due(&mut self) {
        let targets: Vec<Target> = self.batches.values().filter_map(BatchFlight::target).collect();
        let Some(slurm) = self.backend.slurm() else { return };
        if self.is_polling || targets.is_empty() || Instant::now() < self.next_poll {
            return;
        }
        self.is_polling = true;
        let news = self.news.clone();
        tokio::spawn(async move {
            let answer = slurm.poll(&targets).await;
            let remembers = slurm.remembers_ended_jobs().await;
            let _ = news.send(Happening::Polled { answer, remembers });
        });
    }

    fn polled(&mut self, answer: Result<Poll, CommandError>) -> Result<(), HeadError> {
        self.is_polling = false;
        match answer {
            Ok(poll) => {
                self.contact();
                if let Answer::Failed(error) = &poll.accounting {
                    self.notice_once(&format!("accounting does not answer: {}; jobs that have left the queue are asked for again", said(error)));
                }
                let has_news = self.observe(poll.observations)?;
                self.judge_all()?;
                self.set_next_poll(has_news);
            }
            Err(error) => {
                self.no_contact(&error);
                self.poll_interval = self.longest_poll();
                self.next_poll = Instant::now() + Duration::from_secs(2);
            }
        }
        Ok(())
    }

    /// Soon after news or while an end is unclear, else at growing intervals: markers tell of ends at once, Slurm is the backstop.
    fn set_next_poll(&mut self, has_news: bool) {
        let shortest = Duration::from_secs_f64(self.workshop.site.limits.poll_min_seconds.max(0.1));
        let is_asked = self.batches.values().any(|batch| batch.elements.values().any(super::flight::Flight::is_asked));
        self.poll_interval = if has_news || is_asked { shortest } else { (self.poll_interval * 3 / 2).min(self.longest_poll()) };
        self.next_poll = Instant::now() + self.poll_interval;
    }

    fn longest_poll(&self) -> Duration {
        let site = Duration::from_secs_f64(self.workshop.site.limits.poll_max_seconds.max(1.0));
        self.poll_bound.map_or(site, |bound| site.min(bound.max(Duration::from_secs(1))))
    }

    /// Something began whose course Slurm should be asked about soon.
    pub(super) fn poll_soon(&mut self) {
        self.poll_interval = Duration::from_secs_f64(self.workshop.site.limits.poll_min_seconds.max(0.1));
        self.next_poll = self.next_poll.min(Instant::now() + self.poll_interval);
    }
}

/// A result for an attempt that ended with the run.
pub(super) fn cancelled_with_the_run(detail: &str) -> TaskResult {
    TaskResult { cause: Cause::Cancelled, detail: detail.to_owned(), hints: Vec::new(), hosts: Vec::new(), started_ms: None, ended_ms: None }
}
