//! From evidence to results: judges every attempt in flight, makes the outputs of those that succeeded, logs the ends.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::PathBuf,
    time::Duration,
};

use super::{
    HeadError,
    backend::Backend,
    driver::{Driver, Happening},
    flight::Flight,
    handle::cancelled_with_the_run,
    hints::hints,
};
use crate::{
    diagnostic::Diagnostic,
    engine::{self, Attempt, Event, ReadyCall},
    job::{JobId, JobState, Observation, Verdict},
    run::{role_secrets, role_states},
    task::{Cause, TaskResult},
    value::Object,
};

/// Grace on this machine: a marker is there as soon as it is written.
const LOCAL_GRACE: Duration = Duration::from_secs(2);

/// An attempt whose end is clear.
struct Ended {
    batch: u32,
    element: u32,
    result: TaskResult,
}

impl Driver {
    /// Takes in what a backend said. True if a job's state changed.
    pub(super) fn observe(&mut self, observations: Vec<Observation>) -> Result<bool, HeadError> {
        let mut started = Vec::new();
        let mut has_news = false;
        let mut by_job: HashMap<&JobId, &mut BTreeMap<u32, Flight>> =
            self.batches.values_mut().filter_map(|batch| Some((batch.job_id.as_ref()?, &mut batch.elements))).collect();
        for observation in observations {
            let Some(flight) = by_job.get_mut(&observation.job_id).and_then(|elements| elements.get_mut(&observation.element)) else { continue };
            has_news |= flight.observation.as_ref().is_none_or(|known| known.state != observation.state);
            if observation.state == JobState::Running && !flight.is_running {
                flight.is_running = true;
                started.push(Event::TaskStarted { attempt: flight.element.attempt.clone(), started_ms: None, hosts: observation.nodes.clone() });
            }
            flight.observation = Some(observation);
        }
        self.record(&started)?;
        Ok(has_news)
    }

    /// Takes in the markers that have come.
    fn take_markers(&mut self) -> Result<(), HeadError> {
        for marker in self.spool.look()? {
            let (batch, element) = (marker.batch, marker.element);
            match self.batches.get_mut(&batch).and_then(|flight| flight.elements.get_mut(&element)) {
                Some(flight) => flight.take_marker(marker),
                // Its end is in the log already.
                None => self.spool.clear(batch, element),
            }
        }
        Ok(())
    }

    /// Judges every attempt in flight by all that is known. The spool is looked at last: what a backend says of an end comes after the marker, and without that
    /// look it could be taken together with the marker of an earlier start of the same job.
    pub(super) fn judge_all(&mut self) -> Result<(), HeadError> {
        self.take_markers()?;
        let (clock, grace) = (self.asking.now(), self.grace());
        let mut ended = Vec::new();
        let mut must_ask = false;
        for (number, batch) in &mut self.batches {
            let (record, job_id) = (&batch.record, &batch.job_id);
            for (element, flight) in &mut batch.elements {
                if flight.is_collecting {
                    continue;
                }
                let verdict = if self.cancelling.is_given_up(*number) {
                    Verdict::Ended { cause: Cause::Cancelled, detail: "not submitted: the run ended before".to_owned() }
                } else if job_id.is_none() {
                    continue;
                } else {
                    flight.judge(record, clock, grace)
                };
                let verdict = if self.cancelling.is_gone(*number) { after_cancel(verdict) } else { verdict };
                match verdict {
                    Verdict::Running => {}
                    Verdict::AskBackend => must_ask = true,
                    Verdict::Ended { cause, detail } => {
                        ended.push(Ended { batch: *number, element: *element, result: result(flight, cause, detail) });
                    }
                }
            }
        }
        if must_ask {
            self.poll_soon();
        }
        self.take_ends(ended)
    }

    /// How long an end may be unclear. This machine has no accounting that lags behind, nor a file system that shows a marker late.
    fn grace(&self) -> Duration {
        let grace = Duration::from_secs(self.workshop.site.limits.lost_grace_seconds);
        match self.backend {
            Backend::Slurm(_) => grace,
            Backend::Local(_) => grace.min(LOCAL_GRACE),
        }
    }

    /// Successes go on to their outputs; other ends are logged, with what slurmstepd had to say.
    fn take_ends(&mut self, ended: Vec<Ended>) -> Result<(), HeadError> {
        let mut events = Vec::new();
        let mut over = Vec::new();
        let mut may_return = Vec::new();
        for Ended { batch, element, mut result } in ended {
            if result.cause.is_success() {
                self.remove_secrets_of_earlier_starts(batch, element);
                self.collect(batch, element, result);
                continue;
            }
            self.add_stepd_lines(batch, element, &mut result);
            if let Some((flight, batch_flight)) = self.batches.get(&batch).and_then(|batch| Some((batch.elements.get(&element)?, batch))) {
                if matches!(result.cause, Cause::NodeFail | Cause::Preempted | Cause::LaunchFailed | Cause::Lost) {
                    may_return.extend(batch_flight.target_of(element));
                }
                let (attempt, ask) = (flight.element.attempt.clone(), flight.element.ask);
                self.remove_secrets(&attempt);
                events.push(Event::TaskEnded { attempt, result, outputs: None, ask });
                over.push((batch, element));
            }
        }
        self.end_for_good(may_return);
        self.record_ends(&over, &events)
    }

    /// Logs ends with one sync; what they were is in flight no more, and their markers are read no more.
    fn record_ends(&mut self, over: &[(u32, u32)], events: &[Event]) -> Result<(), HeadError> {
        self.land(over);
        self.record(events)?;
        for (batch, element) in over {
            self.spool.clear(*batch, *element);
        }
        Ok(())
    }

    /// A start that lost its node could remove nothing, and another that was given the same attempt has succeeded.
    fn remove_secrets_of_earlier_starts(&self, batch: u32, element: u32) {
        let Some(flight) = self.batches.get(&batch).and_then(|batch| batch.elements.get(&element)) else { return };
        if flight.marker.as_ref().is_some_and(|marker| marker.restart > 0) {
            self.remove_secrets(&flight.element.attempt);
        }
    }

    /// What a script removes at its end, and what is left where it was killed: the keys of a cluster, and the settings that may hold them.
    fn remove_secrets(&self, attempt: &Attempt) {
        let folder = self.run.attempt(&attempt.path, attempt.attempt);
        // A requeued job had folders of its own, `r1`, `r2`, …
        let runs = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        for run in std::iter::once(folder.clone()).chain(runs) {
            for kept in std::iter::once(role_secrets(&run)).chain(role_states(&run)) {
                let _ = fs::remove_dir_all(kept);
            }
        }
    }

    /// These are in flight no more.
    fn land(&mut self, over: &[(u32, u32)]) {
        for (number, element) in over {
            if let Some(batch) = self.batches.get_mut(number) {
                batch.elements.remove(element);
                if batch.elements.is_empty() {
                    self.batches.remove(number);
                }
            }
            // Empty in all but a few cases: one inode less a task.
            let log = self.stepd_log(*number, *element);
            if fs::metadata(&log).is_ok_and(|found| found.len() == 0) {
                let _ = fs::remove_file(log);
            }
        }
    }

    fn stepd_log(&self, batch: u32, element: u32) -> PathBuf {
        self.run.batch(u64::from(batch)).join(format!("slurm-{element}.out"))
    }

    fn add_stepd_lines(&self, batch: u32, element: u32, result: &mut TaskResult) {
        let text = fs::read(self.stepd_log(batch, element)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        for line in &lines[lines.len().saturating_sub(5)..] {
            result.detail.push_str("\nSlurm wrote: ");
            result.detail.push_str(line);
        }
    }

    /// Makes the outputs of an attempt that succeeded, beside the loop.
    fn collect(&mut self, batch: u32, element: u32, result: TaskResult) {
        let Some(flight) = self.batches.get_mut(&batch).and_then(|batch| batch.elements.get_mut(&element)) else { return };
        flight.is_collecting = true;
        let attempt = flight.element.attempt.clone();
        let restart = flight.marker.as_ref().map_or(0, |marker| marker.restart);
        let return_code = if let Cause::Success { exit_code } = result.cause { Some(exit_code) } else { None };
        flight.result = Some(result);
        let call = self.call_again(&attempt);
        let (workshop, news) = (self.workshop.clone(), self.news.clone());
        tokio::task::spawn_blocking(move || {
            let outputs = match call {
                Some(call) => workshop.outputs(&call, restart, return_code),
                None => Err(Box::new(Diagnostic::error_without_span(format!("the run has no call `{}`", attempt.path)))),
            };
            let _ = news.send(Happening::Collected { batch, element, outputs });
        });
    }

    /// A call as it was when it was ready: its outputs need its inputs again.
    fn call_again(&self, attempt: &Attempt) -> Option<ReadyCall> {
        let (task, inputs) = self.engine.call_inputs(&attempt.path)?;
        let growth = self.engine.growth(&attempt.path);
        Some(ReadyCall { path: attempt.path.clone(), attempt: attempt.attempt, task, inputs, growth, avoid_hosts: Vec::new() })
    }

    /// The outputs were made, or could not be. The end is logged by [`Self::record_collected`].
    pub(super) fn collected(&mut self, batch: u32, element: u32, outputs: Result<Object, Box<Diagnostic>>) {
        let Some(flight) = self.batches.get_mut(&batch).and_then(|batch| batch.elements.get_mut(&element)) else { return };
        let mut result = flight.result.take().unwrap_or_else(|| cancelled_with_the_run("its result was not kept"));
        let outputs = match outputs {
            Ok(outputs) => Some(outputs.iter().map(|(name, output)| (name.clone(), engine::to_logged(output))).collect()),
            Err(diagnostic) => {
                result.cause = Cause::OutputMissing;
                result.detail = diagnostic.render(&self.workshop.checked.documents.sources);
                None
            }
        };
        let event = Event::TaskEnded {
            attempt: flight.element.attempt.clone(),
            result,
            outputs: outputs.map(serde_json::Value::Object),
            ask: flight.element.ask,
        };
        self.collected.push(((batch, element), event));
    }

    /// Logs the ends of the calls whose outputs were made since the last time. Many of a scatter end together: they share one sync.
    pub(super) fn record_collected(&mut self) -> Result<(), HeadError> {
        let (over, events): (Vec<_>, Vec<_>) = std::mem::take(&mut self.collected).into_iter().unzip();
        self.record_ends(&over, &events)
    }
}

/// Once the jobs are seen to be gone, what has no end of its own was ended with the run.
fn after_cancel(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Ended { cause: Cause::Signal { .. } | Cause::Lost, .. } | Verdict::Running | Verdict::AskBackend => {
            Verdict::Ended { cause: Cause::Cancelled, detail: "cancelled with the run".to_owned() }
        }
        Verdict::Ended { .. } => verdict,
    }
}

fn result(flight: &Flight, cause: Cause, detail: String) -> TaskResult {
    let marker = flight.marker.as_ref();
    let hosts = marker.map(|marker| marker.hosts.clone()).filter(|hosts| !hosts.is_empty());
    let hosts = hosts.or_else(|| flight.observation.as_ref().map(|observation| observation.nodes.clone())).unwrap_or_default();
    TaskResult {
        hints: hints(&cause),
        cause,
        detail,
        hosts,
        started_ms: marker.and_then(|marker| marker.started_ms),
        ended_ms: marker.and_then(|marker| marker.ended_ms),
    }
}
