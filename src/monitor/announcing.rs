//! From scripts on disk to intents in the log, at the pace that the site allows: distributed tasks are held back while as many are under way as it wants.
//!
//! What is held back is not in the log: a resumed head prepares it anew. [`Driver::prepared`] holds batches, [`Driver::announce`] lets them go.

use super::{
    HeadError,
    driver::Driver,
    flight::BatchFlight,
    prepare::{Prepared, PreparedBatch},
};
use crate::engine::{Event, RetryAsk};

impl Driver {
    /// Scripts are on disk: calls that became nothing have failed; the others are held until their turn has come, unless that failure ends the run.
    pub(super) fn prepared(&mut self, prepared: Prepared) -> Result<(), HeadError> {
        self.is_preparing = false;
        for (attempt, result) in prepared.failed {
            // Once the run is ending, the calls that were being prepared have ended with it.
            if self.engine.outcome().is_none() {
                self.record(&[Event::TaskEnded { attempt, result, outputs: None, ask: RetryAsk::default() }])?;
            }
        }
        for batch in prepared.batches {
            self.next_batch = self.next_batch.max(batch.number + 1);
            self.held.push(batch);
        }
        Ok(())
    }

    /// Announces, then submits, every batch that need not be held back any longer.
    pub(super) fn announce(&mut self) -> Result<(), HeadError> {
        if self.engine.outcome().is_some() {
            // Nothing of this was announced, so nothing of it exists.
            self.held.clear();
        }
        if self.held.is_empty() {
            return Ok(());
        }
        let limit = self.workshop.site.limits.distributed_running;
        let mut under_way: u32 = self.batches.values().map(BatchFlight::distributed_at_once).sum();
        let (due, held): (Vec<_>, Vec<_>) = std::mem::take(&mut self.held).into_iter().partition(|batch| {
            let own = batch.record.distributed_at_once(batch.record.elements.len());
            let is_due = own == 0 || limit == 0 || under_way == 0 || under_way + own <= limit;
            under_way += if is_due { own } else { 0 };
            is_due
        });
        self.held = held;
        let numbers: Vec<u32> = due.iter().map(|batch| batch.number).collect();
        let events: Vec<Event> = due.iter().map(intent).collect();
        self.batches.extend(due.into_iter().map(|batch| (batch.number, BatchFlight::new(batch.number, batch.record))));
        self.record(&events)?;
        numbers.into_iter().try_for_each(|number| self.send(number))
    }

    /// How many jobs this run has in the queue in Slurm's eyes, those included that are about to be there.
    pub(super) fn jobs_in_queue(&self) -> usize {
        let flying = self.batches.values().map(|batch| batch.elements.len() * batch.record.components as usize);
        let held = self.held.iter().map(|batch| batch.record.elements.len() * batch.record.components as usize);
        flying.chain(held).sum()
    }
}

fn intent(batch: &PreparedBatch) -> Event {
    let calls = batch.record.elements.iter().map(|element| element.attempt.clone()).collect();
    Event::SubmitIntent { batch: batch.number, tag: batch.record.tag.clone(), calls }
}
