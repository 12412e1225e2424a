//! The ways to begin: a new run, one that is resumed, one that is only cancelled or looked at.

use std::fs;

use super::{
    Head, HeadError, Replayed, RunEnd,
    batch_record::BatchRecord,
    clock,
    driver::{Driver, outputs},
    error::inputs_error,
    flight::BatchFlight,
};
use crate::{
    engine::{BatchRow, Engine, Event, FORMAT_VERSION, Limits, OnFailure, Outcome, Policy},
    job::{JobId, Marker, Stage},
    report::TaskTable,
    run::{EventLog, RunDir},
};

/// Stack of the threads that evaluate: documents may nest to 1,000.
const STACK_BYTES: usize = 64 << 20;

/// Runs a new run to its end. Blocks.
pub fn drive(head: Head) -> Result<RunEnd, HeadError> {
    let engine = new_engine(&head)?;
    let on_failure = if head.record.keep_going { OnFailure::KeepGoing } else { OnFailure::Abort };
    let limits = &head.site.limits;
    let retries = Limits { more_memory: limits.memory_retries, more_time: limits.time_retries, same_ask: limits.machine_retries };
    let started = Event::Started { format: FORMAT_VERSION, policy: Policy { on_failure, retries } };
    with_driver(head, engine, |driver| driver.record(&[started]))
}

/// Goes on with a run whose head is gone. Blocks.
pub fn resume(head: Head, by: &str) -> Result<RunEnd, HeadError> {
    let (engine, log) = replayed(&head)?;
    if log.is_empty() {
        return drive(head);
    }
    // What the run was told before holds no more.
    let _ = fs::remove_file(head.run.cancel_request());
    let by = by.to_owned();
    match engine.outcome() {
        Some(Outcome::Succeeded) if engine.is_over() => Ok(over(head, &engine, &log, Outcome::Succeeded)),
        Some(Outcome::Failed | Outcome::Cancelled) if engine.is_over() => with_driver(head, engine, |driver| driver.record(&[Event::Resumed { by }])),
        // The head was killed while the run was ending: it ends, and then goes on.
        Some(Outcome::Failed | Outcome::Cancelled) => with_driver(head, engine, |driver| {
            driver.resume_by = Some(by);
            driver.take_over()
        }),
        Some(Outcome::Succeeded) | None => with_driver(head, engine, Driver::take_over),
    }
}

/// Cancels a run that no head drives. Blocks until its jobs are gone.
pub fn cancel(head: Head, by: &str) -> Result<RunEnd, HeadError> {
    let (engine, log) = replayed(&head)?;
    if let (Some(outcome), true) = (engine.outcome(), engine.is_over()) {
        return Ok(over(head, &engine, &log, outcome));
    }
    let by = by.to_owned();
    with_driver(head, engine, move |driver| {
        driver.adopt_all()?;
        if driver.engine.outcome().is_some() {
            return driver.go_on();
        }
        // Before anything else: nothing is started that would be ended at once.
        driver.record(&[Event::CancelRequested { by }])
    })
}

/// A run that had ended before we came.
fn over(head: Head, engine: &Engine, log: &[(u64, Event)], outcome: Outcome) -> RunEnd {
    let table = TaskTable::new(engine, log, clock::now_ms());
    RunEnd { run: head.run, checked: head.checked, outcome, outputs: outputs(engine), failures: engine.failures().to_vec(), table, was_over: true }
}

/// Where a run stands by its log; touches nothing.
pub fn replay(head: &Head, now_ms: u64) -> Result<Replayed, HeadError> {
    let (engine, log) = replayed(head)?;
    Ok(Replayed {
        outcome: finished(&log),
        counts: engine.status(),
        failures: engine.failures().to_vec(),
        table: TaskTable::new(&engine, &log, now_ms),
    })
}

fn finished(log: &[(u64, Event)]) -> Option<crate::engine::Outcome> {
    match log.last() {
        Some((_, Event::Finished { outcome })) => Some(*outcome),
        Some(_) | None => None,
    }
}

fn new_engine(head: &Head) -> Result<Engine, HeadError> {
    Engine::new(head.checked.clone(), head.graph.clone(), head.inputs.clone()).map_err(|diagnostics| inputs_error(&diagnostics))
}

fn replayed(head: &Head) -> Result<(Engine, Vec<(u64, Event)>), HeadError> {
    let mut engine = new_engine(head)?;
    let log = EventLog::read::<Event>(&head.run)?;
    for (_, event) in &log {
        // Actions of the past were carried out or are found again by asking the engine what is outstanding.
        engine.apply(event)?;
    }
    Ok((engine, log))
}

/// Makes the loop, begins, drives to the end.
fn with_driver(head: Head, engine: Engine, begin: impl FnOnce(&mut Driver) -> Result<(), HeadError>) -> Result<RunEnd, HeadError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().thread_stack_size(STACK_BYTES).build().map_err(HeadError::Runtime)?;
    let (run, checked) = (head.run.clone(), head.checked.clone());
    let end = runtime.block_on(async {
        let (mut driver, receiver) = Driver::new(head, engine)?;
        begin(&mut driver)?;
        let outcome = driver.drive(receiver).await?;
        let log = EventLog::read::<Event>(&run)?;
        let table = TaskTable::new(&driver.engine, &log, clock::now_ms());
        Ok(RunEnd { run, checked, outcome, outputs: driver.outputs(), failures: driver.engine.failures().to_vec(), table, was_over: false })
    });
    // A blocking thread may still read a large file; nobody waits for its answer.
    runtime.shutdown_background();
    end
}

impl Driver {
    /// After a replay: batches in flight are adopted or looked up, then what the state calls for is done.
    fn take_over(&mut self) -> Result<(), HeadError> {
        self.adopt_all()?;
        self.go_on()
    }

    fn adopt_all(&mut self) -> Result<(), HeadError> {
        for row in self.engine.open_batches() {
            let record = BatchRecord::read(&self.run, row.batch)?;
            let mut batch = BatchFlight::new(row.batch, record);
            batch.elements.retain(|element, _| row.elements.get(*element as usize).is_some_and(|element| !element.is_over));
            batch.job_id = row.job.clone().map(JobId);
            self.adopt(batch, &row)?;
        }
        Ok(())
    }

    /// Evaluations without an answer are done again, an end that was begun is brought to its end.
    fn go_on(&mut self) -> Result<(), HeadError> {
        let actions = self.engine.pending_actions();
        self.act(actions)?;
        if self.outcome.is_some() { Ok(()) } else { self.tick_once() }
    }

    fn adopt(&mut self, batch: BatchFlight, row: &BatchRow) -> Result<(), HeadError> {
        let number = batch.number;
        let local = self.backend.adopt_locally(&self.run, &self.run_id, &batch);
        let known = row.job.is_some();
        self.batches.insert(number, batch);
        if known {
            return Ok(());
        }
        if let Some(job_id) = local {
            return self.take_job_id(number, job_id);
        }
        self.look_up(number);
        Ok(())
    }

    /// The id of a job whose submission was not recorded, from what the job itself has left: a marker, or its claim on an attempt's folder.
    /// It is the only trace of a job that ended long ago where Slurm keeps no accounting.
    pub(super) fn job_id_on_disk(&self, number: u32) -> Option<JobId> {
        let names = fs::read_dir(self.run.spool()).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut markers = names.filter_map(|path| Marker::parse(fs::read(path).ok()?).ok());
        if let Some(marker) = markers.find(|marker| marker.batch == number && marker.stage != Stage::Claim) {
            return Some(JobId(marker.job));
        }
        let batch = self.batches.get(&number)?;
        batch.elements.values().find_map(|flight| owner_of(&self.run, flight))
    }
}

/// The job that holds an attempt's claim: `owner` holds its id, then its restart count.
fn owner_of(run: &RunDir, flight: &super::flight::Flight) -> Option<JobId> {
    let attempt = &flight.element.attempt;
    let text = fs::read_to_string(run.attempt(&attempt.path, attempt.attempt).join("owner")).ok()?;
    text.split_whitespace().next().map(|id| JobId(id.to_owned()))
}
