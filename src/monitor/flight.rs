//! Attempts that are in a scheduler's hands, and what is known of each.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::batch_record::{BatchRecord, ElementRecord};
use crate::{
    engine::RoleSeen,
    job::{Evidence, JobId, Marker, Observation, Verdict, judge},
    local::LocalJob,
    run::RunDir,
    slurm::Target,
};

/// A batch in flight: submitted, or about to be.
#[derive(Debug)]
pub(super) struct BatchFlight {
    pub(super) number: u32,
    pub(super) record: BatchRecord,
    /// Absent until the scheduler has taken it.
    pub(super) job_id: Option<JobId>,
    /// Elements that are not over, by index.
    pub(super) elements: BTreeMap<u32, Flight>,
}

/// One element in flight.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) element: ElementRecord,
    pub(super) marker: Option<Marker>,
    /// What the backend said last; that it waits or runs is forgotten when a marker comes: it was said before that.
    pub(super) observation: Option<Observation>,
    pub(super) is_running: bool,
    /// Its outputs are being made.
    pub(super) is_collecting: bool,
    /// Its end, kept while its outputs are made.
    pub(super) result: Option<crate::task::TaskResult>,
    /// Its processes as they were logged last, and when they were looked at.
    pub(super) roles: (Vec<RoleSeen>, Option<Instant>),
    /// Since when the backend is asked about its end, on the clock of [`Asking`].
    asked_since: Option<Duration>,
}

/// A clock that stands still while the backend cannot be reached: an outage proves nothing about a job.
#[derive(Debug)]
pub(super) struct Asking {
    started: Instant,
    outage: Duration,
    outage_began: Option<Instant>,
}

impl Asking {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), outage: Duration::ZERO, outage_began: None }
    }

    /// Time on this clock.
    pub(super) fn now(&self) -> Duration {
        let current = self.outage_began.map_or(Duration::ZERO, |began| began.elapsed());
        self.started.elapsed().saturating_sub(self.outage + current)
    }

    /// The backend could not be reached. True if it could be until now.
    pub(super) fn lost_contact(&mut self) -> bool {
        let is_new = self.outage_began.is_none();
        self.outage_began.get_or_insert_with(Instant::now);
        is_new
    }

    /// The backend has answered. Gives how long it had not.
    pub(super) fn in_contact(&mut self) -> Option<Duration> {
        let lasted = self.outage_began.take()?.elapsed();
        self.outage += lasted;
        Some(lasted)
    }
}

impl Flight {
    pub(super) fn new(element: ElementRecord) -> Self {
        Self {
            element,
            marker: None,
            observation: None,
            is_running: false,
            is_collecting: false,
            result: None,
            roles: (Vec::new(), None),
            asked_since: None,
        }
    }

    /// Takes in a marker, unless one of a later restart is known. The claim of another job says nothing about this attempt.
    pub(super) fn take_marker(&mut self, marker: Marker) {
        if self.marker.as_ref().is_none_or(|known| marker.restart >= known.restart) {
            // That it has ended was said of the same end, and the local backend says it once; only of an earlier start it would be old.
            let is_first_start = marker.restart == 0;
            self.observation = self.observation.take().filter(|observation| is_first_start && observation.state.is_final());
            self.marker = Some(marker);
        }
    }

    /// Judges by all that is known; starts the time of asking where the backend must be asked.
    pub(super) fn judge(&mut self, record: &BatchRecord, clock: Duration, grace: Duration) -> Verdict {
        let waited = self.asked_since.map_or(Duration::ZERO, |since| clock.saturating_sub(since));
        let verdict = judge(&Evidence {
            marker: self.marker.as_ref(),
            observation: self.observation.as_ref(),
            return_codes: &self.element.return_codes,
            time_limit: Some(Duration::from_secs(record.time_minutes * 60)),
            waited,
            grace,
        });
        match verdict {
            Verdict::AskBackend => {
                self.asked_since.get_or_insert(clock);
            }
            Verdict::Running | Verdict::Ended { .. } => self.asked_since = None,
        }
        verdict
    }

    /// Whether the backend is being asked about its end.
    pub(super) fn is_asked(&self) -> bool {
        self.asked_since.is_some()
    }
}

impl BatchFlight {
    /// A batch with all its elements in flight.
    pub(super) fn new(number: u32, record: BatchRecord) -> Self {
        let elements = (0u32..).zip(record.elements.iter().cloned().map(Flight::new)).collect();
        Self { number, record, job_id: None, elements }
    }

    /// Distributed tasks of it that may run at the same time.
    pub(super) fn distributed_at_once(&self) -> u32 {
        self.record.distributed_at_once(self.elements.len())
    }

    /// One element, for Slurm.
    pub(super) fn target_of(&self, element: u32) -> Option<Target> {
        let job_id = self.job_id.clone()?;
        Some(if self.record.elements.len() == 1 { Target::Job(job_id) } else { Target::Elements(job_id, vec![element]) })
    }

    /// What Slurm is asked about it: the elements that are left.
    pub(super) fn target(&self) -> Option<Target> {
        let job_id = self.job_id.clone()?;
        if self.record.elements.len() == 1 {
            return Some(Target::Job(job_id));
        }
        Some(Target::Elements(job_id, self.elements.keys().copied().collect()))
    }

    /// The batch for the local backend.
    pub(super) fn local_job(&self, run: &RunDir, job_id: JobId) -> LocalJob {
        LocalJob {
            id: job_id,
            folder: run.batch(u64::from(self.number)),
            elements: u32::try_from(self.record.elements.len()).unwrap_or(u32::MAX),
            cpus: self.record.cpus,
            mem_mib: self.record.mem_mib,
            time_limit: Duration::from_secs(self.record.time_minutes * 60),
        }
    }
}
