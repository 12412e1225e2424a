//! The loop: news in, one happening at a time; effects out.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    signal::unix::{Signal as Signals, SignalKind, signal},
    sync::mpsc,
};

use super::{
    BackendKind, Head, HeadError,
    backend::Backend,
    cancelling::Cancelling,
    clock,
    flight::{Asking, BatchFlight},
    prepare::{Prepared, PreparedBatch, Workshop},
    spool::Spool,
    submitting::SubmitQueue,
};
use crate::{
    diagnostic::Diagnostic,
    engine::{Action, Attempt, Engine, EvaluationResult, Event, NodeInstance, Outcome},
    job::JobId,
    report::Progress,
    run::{EventLog, RunDir, RunError, write_whole},
    slurm::{Cancelled, CommandError, Found, Poll, SubmitError},
    value::Object,
};

/// Everything that can happen to a head, from whichever source.
pub(super) enum Happening {
    /// An expression that consults files was evaluated.
    Evaluated { node: NodeInstance, path: String, result: EvaluationResult },
    /// Ready calls were made into scripts.
    Prepared(Result<Prepared, RunError>),
    /// `sbatch` ended.
    Submitted { batch: u32, answer: Result<JobId, SubmitError> },
    /// Slurm was asked for a batch by its name; `looks` are left, this one counted.
    Found { batch: u32, looks: u32, answer: Result<Found, CommandError> },
    /// Slurm was asked about jobs.
    Polled {
        answer: Result<Poll, CommandError>,
        /// How long it can tell of a job that has ended, where that is bounded.
        remembers: Option<Duration>,
    },
    /// The outputs of a call that succeeded were made.
    Collected { batch: u32, element: u32, outputs: Result<Object, Box<Diagnostic>> },
    /// `scancel` was sent for some batches and their jobs were looked for.
    CancelEnded { batches: Vec<u32>, answer: Result<Cancelled, CommandError> },
    /// `scancel` was sent for jobs that must not come back.
    EndedForGood(Result<Cancelled, CommandError>),
    /// A signal came, or a request to cancel.
    Signal(Signal),
    /// Time passed.
    Tick,
}

/// What ends a head, or its run, from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Ctrl-C: cancel; twice: go at once.
    Interrupt,
    /// The session or the machine ends: go, and let the jobs run on.
    Detach(&'static str),
    /// `sluice cancel` from another shell.
    CancelRequest(String),
}

/// The state of a head.
pub(super) struct Driver {
    pub(super) run: RunDir,
    pub(super) run_id: String,
    pub(super) engine: Engine,
    pub(super) log: EventLog,
    pub(super) workshop: Arc<Workshop>,
    pub(super) backend: Backend,
    pub(super) progress: Progress,
    pub(super) spool: Spool,
    pub(super) batches: BTreeMap<u32, BatchFlight>,
    /// Batches that are written and not announced yet, oldest first.
    pub(super) held: Vec<PreparedBatch>,
    pub(super) submits: SubmitQueue,
    pub(super) asking: Asking,
    pub(super) news: mpsc::UnboundedSender<Happening>,
    /// The number of the next batch; numbers of batches without an intent are used again.
    pub(super) next_batch: u32,
    pub(super) is_preparing: bool,
    pub(super) is_polling: bool,
    pub(super) cancelling: Cancelling,
    /// Who resumes a run whose head was killed while it was ending: it ends first, then goes on.
    pub(super) resume_by: Option<String>,
    /// Expressions that are being evaluated; an answer to anything else is not wanted any more.
    pub(super) evaluating: BTreeSet<NodeInstance>,
    /// Ends of calls whose outputs were made, not logged yet: of which batch and element.
    pub(super) collected: Vec<((u32, u32), Event)>,
    /// Calls of scancel that the run's end waits for.
    pub(super) ends_under_way: u32,
    pub(super) interrupts: u32,
    pub(super) poll_interval: Duration,
    /// When the last event was recorded.
    pub(super) last_event: Instant,
    pub(super) next_poll: Instant,
    /// Half of the time for which Slurm can tell of a job that has ended, where it keeps no accounting: to be asked less often would miss ends.
    pub(super) poll_bound: Option<Duration>,
    pub(super) outcome: Option<Outcome>,
    pub(super) slurm_since: std::time::SystemTime,
}

/// The next signal of a stream; never, where there is none.
async fn next(stream: &mut Option<Signals>) {
    match stream {
        Some(stream) => drop(stream.recv().await),
        None => std::future::pending().await,
    }
}

/// Whether this process was started with SIGHUP ignored (proc(5), `SigIgn`).
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 != 0)
}

/// The outputs of a run by full name; an empty object unless it succeeded.
pub(super) fn outputs(engine: &Engine) -> serde_json::Value {
    let outputs = engine.outputs().unwrap_or_default();
    let members = outputs.iter().map(|(name, value)| (name.clone(), crate::value::to_json(value)));
    serde_json::Value::Object(members.collect())
}

/// Most calls that are evaluated and rendered in one go.
const PREPARE_AT_ONCE: usize = 1_000;

/// On this machine a look costs next to nothing.
const LOCAL_TICK: Duration = Duration::from_millis(50);

/// How long after an event more are expected soon, and how often the spool is looked at until then.
const LIVELY: Duration = Duration::from_secs(10);
const LIVELY_TICK: Duration = Duration::from_millis(200);

impl Driver {
    /// A head over an engine whose log was replayed, or that has not begun.
    pub(super) fn new(head: Head, engine: Engine) -> Result<(Self, mpsc::UnboundedReceiver<Happening>), HeadError> {
        let kind = BackendKind::from_name(&head.record.backend).ok_or_else(|| HeadError::UnknownBackend(head.record.backend.clone()))?;
        let (news, receiver) = mpsc::unbounded_channel();
        let workshop = Workshop {
            run: head.run.clone(),
            run_id: head.record.id.clone(),
            checked: head.checked,
            images: crate::image::ImageStore::of_site(&head.site),
            site: head.site.clone(),
            templates: head.templates,
        };
        let driver = Self {
            log: EventLog::open(&head.run)?,
            spool: Spool::new(&head.run),
            run_id: head.record.id,
            next_batch: engine.next_batch(),
            engine,
            backend: Backend::open(kind, &head.site),
            workshop: Arc::new(workshop),
            progress: head.progress,
            batches: BTreeMap::new(),
            held: Vec::new(),
            submits: SubmitQueue::new(&head.site.limits),
            asking: Asking::new(),
            news,
            is_preparing: false,
            is_polling: false,
            cancelling: Cancelling::default(),
            resume_by: None,
            evaluating: BTreeSet::new(),
            collected: Vec::new(),
            ends_under_way: 0,
            interrupts: 0,
            last_event: Instant::now(),
            poll_interval: Duration::from_secs_f64(head.site.limits.poll_min_seconds.max(0.2)),
            next_poll: Instant::now(),
            poll_bound: None,
            outcome: None,
            slurm_since: std::time::UNIX_EPOCH + Duration::from_millis(head.record.started_ms),
            run: head.run,
        };
        Ok((driver, receiver))
    }

    /// Drives the run to its end.
    pub(super) async fn drive(&mut self, mut receiver: mpsc::UnboundedReceiver<Happening>) -> Result<Outcome, HeadError> {
        let stream = |kind| signal(kind).map_err(HeadError::Runtime);
        let (mut interrupt, mut terminate) = (stream(SignalKind::interrupt())?, stream(SignalKind::terminate())?);
        // Under `nohup` the end of the session is nothing to us; a handler would undo that.
        let mut hang_up = if hang_up_is_ignored() { None } else { Some(stream(SignalKind::hangup())?) };
        let mut last_tick = Instant::now();
        self.pull();
        while self.outcome.is_none() || self.ends_under_way > 0 {
            let happening = tokio::select! {
                biased;
                _ = interrupt.recv() => Happening::Signal(Signal::Interrupt),
                _ = terminate.recv() => Happening::Signal(Signal::Detach("SIGTERM")),
                () = next(&mut hang_up) => Happening::Signal(Signal::Detach("SIGHUP")),
                Some(happening) = receiver.recv() => happening,
                () = tokio::time::sleep_until((last_tick + self.tick_interval()).into()) => Happening::Tick,
            };
            if matches!(happening, Happening::Tick) {
                last_tick = Instant::now();
            }
            // After the last event only what the end waits for counts, and a person who does not want to wait.
            match (&happening, self.outcome) {
                (Happening::EndedForGood(_), _) | (_, None) => self.handle(happening)?,
                (Happening::Signal(_), Some(_)) => break,
                (_, Some(_)) => continue,
            }
            if receiver.is_empty() {
                self.record_collected()?;
            }
            self.announce()?;
            self.pull();
        }
        if let Backend::Local(local) = &mut self.backend {
            local.settle();
        }
        Ok(self.outcome.expect("the loop ends when there is an outcome"))
    }

    /// Time between two looks at the spool: the site's, but short while things move, so that a chain of short tasks is not held up at each link.
    fn tick_interval(&self) -> Duration {
        let site = Duration::from_secs_f64(self.workshop.site.limits.spool_seconds.clamp(0.02, 60.0));
        match self.backend {
            Backend::Local(_) => site.min(LOCAL_TICK),
            Backend::Slurm(_) if self.last_event.elapsed() < LIVELY => site.min(LIVELY_TICK),
            Backend::Slurm(_) => site,
        }
    }

    /// Takes events into the engine, logs them with one sync, tells of them, and carries out what the engine asks for.
    pub(super) fn record(&mut self, events: &[Event]) -> Result<(), HeadError> {
        if events.is_empty() {
            return Ok(());
        }
        let mut actions = Vec::new();
        for event in events {
            actions.extend(self.engine.apply(event)?);
        }
        self.last_event = Instant::now();
        let at_ms = clock::now_ms();
        self.log.append(at_ms, events)?;
        for event in events {
            self.progress.event(at_ms, event);
        }
        self.act(actions)
    }

    /// Carries out actions.
    pub(super) fn act(&mut self, actions: Vec<Action>) -> Result<(), HeadError> {
        for action in actions {
            match action {
                Action::Evaluate(node) => self.evaluate(node),
                Action::CancelAll => self.cancel_all(),
                Action::Finish(outcome) => self.finish(outcome)?,
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, node: NodeInstance) {
        if !self.evaluating.insert(node) {
            return;
        }
        let evaluation = self.engine.evaluation(node);
        let (workshop, news) = (self.workshop.clone(), self.news.clone());
        tokio::task::spawn_blocking(move || {
            let files = workshop.files_of_document(evaluation.document);
            let result = evaluation.evaluate(&workshop.checked, &files);
            // The loop may have ended (a signal); a resumed head evaluates again.
            let _ = news.send(Happening::Evaluated { node, path: evaluation.path, result });
        });
    }

    /// Pulls ready calls while there is room in the queue, one preparation at a time so that a whole scatter lands in few arrays.
    fn pull(&mut self) {
        if self.is_preparing || self.outcome.is_some() {
            return;
        }
        let in_queue = self.jobs_in_queue();
        let limit = usize::try_from(self.workshop.site.limits.jobs_in_queue).unwrap_or(usize::MAX);
        let room = if limit == 0 { PREPARE_AT_ONCE } else { limit.saturating_sub(in_queue).min(PREPARE_AT_ONCE) };
        if room == 0 || self.engine.ready_count() == 0 {
            return;
        }
        let calls = self.engine.take_ready(room);
        if calls.is_empty() {
            return;
        }
        self.is_preparing = true;
        let (workshop, news, first_batch) = (self.workshop.clone(), self.news.clone(), self.next_batch);
        tokio::task::spawn_blocking(move || {
            let prepared = workshop.prepare(calls, first_batch);
            let _ = news.send(Happening::Prepared(prepared));
        });
    }

    /// Writes outputs by rename, then the last event.
    fn finish(&mut self, outcome: Outcome) -> Result<(), HeadError> {
        if let (Outcome::Failed | Outcome::Cancelled, Some(by)) = (outcome, self.resume_by.take()) {
            self.cancelling = Cancelling::default();
            return self.record(&[Event::Resumed { by }]);
        }
        if outcome == Outcome::Succeeded {
            let text = serde_json::to_string_pretty(&self.outputs()).expect("outputs are plain data");
            let path = self.run.outputs();
            write_whole(&path, &(text + "\n")).map_err(RunError::io("write", &path))?;
        }
        self.record(&[Event::Finished { outcome }])?;
        self.outcome = Some(outcome);
        Ok(())
    }

    /// The outputs by full name; an empty object unless the run succeeded.
    pub(super) fn outputs(&self) -> serde_json::Value {
        outputs(&self.engine)
    }

    /// Attempts that are in the scheduler's hands.
    pub(super) fn attempts_in_flight(&self) -> Vec<Attempt> {
        self.batches.values().flat_map(|batch| batch.elements.values().map(|flight| flight.element.attempt.clone())).collect()
    }
}
