//! A shell for tests: takes calls, "submits" them, ends them with their real outputs, in an order that a seed decides.

use std::{collections::BTreeSet, sync::Arc};

use sluice::{
    check::names::Checked,
    engine::{Action, Attempt, Engine, EvaluationResult, Event, FORMAT_VERSION, NodeInstance, Outcome, Policy, RetryAsk, to_logged},
    eval::{self, TaskCall},
    plan::Graph,
    task::{Cause, TaskResult},
    value::{Object, to_json},
};

use crate::support::memory_files::MemoryFiles;

/// What `read_*` sees.
fn files() -> MemoryFiles {
    MemoryFiles::of(&[("/data/three", "1\n2\n3\n"), ("/data/seven", "7\n")])
}

/// A sequence of numbers that a seed decides (xorshift).
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("it is less than a usize")
    }
}

/// What a run is made of.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) checked: Arc<Checked>,
    pub(super) graph: Arc<Graph>,
    pub(super) inputs: Object,
}

impl Source {
    pub(super) fn engine(&self) -> Engine {
        Engine::new(Arc::clone(&self.checked), Arc::clone(&self.graph), self.inputs.clone()).expect("its inputs are right")
    }

    /// The engine after a log.
    pub(super) fn replay(&self, log: &[String]) -> Engine {
        let mut engine = self.engine();
        for line in log {
            engine.apply(&serde_json::from_str(line).expect("an event that was written can be read")).expect("it was applied before");
        }
        engine
    }
}

/// A run with its log and what a scheduler would hold.
pub(super) struct Run {
    pub(super) source: Source,
    pub(super) engine: Engine,
    pub(super) log: Vec<String>,
    /// Attempts whose intent is in the log.
    pub(super) intended: BTreeSet<Attempt>,
    unsubmitted: Vec<u32>,
    active: Vec<Attempt>,
    evaluations: Vec<NodeInstance>,
    pub(super) finished: Option<Outcome>,
    pub(super) was_cancelled: bool,
    /// One attempt in so many ends with its node; 0: none.
    pub(super) failing_nodes: usize,
}

impl Run {
    pub(super) fn new(source: Source) -> Self {
        let mut run = Self::of(source.engine(), source, Vec::new());
        run.tell(&Event::Started { format: FORMAT_VERSION, policy: Policy::default() });
        run
    }

    fn of(engine: Engine, source: Source, log: Vec<String>) -> Self {
        Self {
            source,
            engine,
            log,
            intended: BTreeSet::new(),
            unsubmitted: Vec::new(),
            active: Vec::new(),
            evaluations: Vec::new(),
            finished: None,
            was_cancelled: false,
            failing_nodes: 0,
        }
    }

    /// A run that goes on from a log, as `resume` does: what has an intent is looked up, not submitted again.
    pub(super) fn resumed(source: Source, log: &[String]) -> Self {
        if log.is_empty() {
            return Self::new(source);
        }
        let mut run = Self::of(source.replay(log), source, log.to_vec());
        for line in log {
            if let Event::SubmitIntent { calls, .. } = serde_json::from_str(line).expect("an event that was written can be read") {
                run.intended.extend(calls);
            }
        }
        for batch in run.engine.open_batches() {
            let open = batch.elements.iter().filter(|element| !element.is_over);
            run.active.extend(open.map(|element| Attempt { path: element.path.clone(), attempt: element.attempt }));
            if batch.job.is_none() {
                run.unsubmitted.push(batch.batch);
            }
        }
        let actions = run.engine.pending_actions();
        run.act(actions);
        run
    }

    /// Applies an event as the log would hold it, and logs it.
    pub(super) fn tell(&mut self, event: &Event) {
        let line = serde_json::to_string(event).expect("it is plain data");
        let read: Event = serde_json::from_str(&line).expect("an event that was written can be read");
        assert_eq!(read, *event, "an event comes back from the log as it went in");
        let actions = self.engine.apply(&read).unwrap_or_else(|error| panic!("failed to {error}"));
        self.log.push(line);
        self.act(actions);
    }

    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            assert!(self.finished.is_none(), "{action:?} after the end");
            match action {
                Action::Evaluate(node) => {
                    assert!(!self.was_cancelled, "an evaluation after cancelling");
                    self.evaluations.push(node);
                }
                Action::CancelAll => self.was_cancelled = true,
                Action::Finish(outcome) => self.finished = Some(outcome),
            }
        }
    }

    /// One thing that can happen next; `false` when nothing can.
    pub(super) fn step(&mut self, numbers: &mut Numbers) -> bool {
        if self.finished.is_some() {
            return false;
        }
        let mut moves: Vec<fn(&mut Self, &mut Numbers)> = Vec::new();
        if self.engine.ready_count() > 0 {
            moves.push(Self::submit);
        }
        if !self.unsubmitted.is_empty() {
            moves.push(Self::answer_submission);
        }
        if !self.active.is_empty() {
            moves.extend([Self::end_one as fn(&mut Self, &mut Numbers), Self::end_one]);
        }
        if !self.evaluations.is_empty() {
            moves.push(Self::evaluate_one);
        }
        assert!(!moves.is_empty(), "nothing can happen and the run has not ended: {:?}", self.engine.status());
        let chosen = moves[numbers.below(moves.len())];
        chosen(self, numbers);
        true
    }

    pub(super) fn go_to_the_end(&mut self, numbers: &mut Numbers) {
        let mut steps = 0;
        while self.step(numbers) {
            steps += 1;
            assert!(steps < 100_000, "the run does not end");
        }
        self.tell(&Event::Finished { outcome: self.finished.expect("the engine has asked to finish") });
    }

    fn submit(&mut self, numbers: &mut Numbers) {
        let mut calls = self.engine.take_ready(1 + numbers.below(4));
        if calls.len() > 1 && numbers.below(3) == 0 {
            let call = calls.pop().expect("one call was taken");
            self.engine.put_back(&Attempt { path: call.path, attempt: call.attempt }).expect("it was taken and not announced");
        }
        let calls: Vec<Attempt> = calls.into_iter().map(|call| Attempt { path: call.path, attempt: call.attempt }).collect();
        for call in &calls {
            assert!(self.intended.insert(call.clone()), "{call:?} would be submitted twice");
        }
        let batch = self.engine.next_batch();
        self.tell(&Event::SubmitIntent { batch, tag: format!("w.b{batch}"), calls: calls.clone() });
        self.active.extend(calls);
        self.unsubmitted.push(batch);
    }

    fn answer_submission(&mut self, numbers: &mut Numbers) {
        let batch = self.unsubmitted.swap_remove(numbers.below(self.unsubmitted.len()));
        self.tell(&Event::Submitted { batch, job: (1000 + batch).to_string() });
    }

    fn end_one(&mut self, numbers: &mut Numbers) {
        let attempt = self.active.swap_remove(numbers.below(self.active.len()));
        if self.failing_nodes > 0 && attempt.attempt == 1 && numbers.below(self.failing_nodes) == 0 {
            return self.tell(&ended(&attempt, Cause::NodeFail, None));
        }
        let (task, inputs) = self.engine.call_inputs(&attempt.path).expect("the call is known");
        let call = TaskCall {
            checked: &self.source.checked,
            task,
            call_path: attempt.path.clone(),
            attempt: attempt.attempt,
            inputs: &inputs.expect("its inputs can be evaluated"),
            growth: eval::Growth::default(),
            return_code: Some(0),
        };
        let outputs = eval::outputs(&call, &files()).unwrap_or_else(|error| panic!("{error:?}"));
        let json = outputs.iter().map(|(name, value)| (name.clone(), to_logged(value))).collect();
        self.tell(&ended(&attempt, Cause::Success { exit_code: 0 }, Some(serde_json::Value::Object(json))));
    }

    fn evaluate_one(&mut self, numbers: &mut Numbers) {
        let node = self.evaluations.swap_remove(numbers.below(self.evaluations.len()));
        let evaluation = self.engine.evaluation(node);
        let result = evaluation.evaluate(&self.source.checked, &files());
        assert!(matches!(result, EvaluationResult::Value(_) | EvaluationResult::Typed(_)), "{result:?}");
        self.tell(&Event::Evaluated { node: evaluation.path, result });
    }

    /// Ends everything that is active as a cancelled scheduler does.
    pub(super) fn end_cancelled(&mut self) {
        for attempt in std::mem::take(&mut self.active) {
            self.tell(&ended(&attempt, Cause::Cancelled, None));
        }
    }

    pub(super) fn outputs(&self) -> Option<String> {
        let outputs = self.engine.outputs()?;
        Some(outputs.iter().fold(String::new(), |text, (name, value)| text + &format!("{name} = {}\n", to_json(value))))
    }
}

/// The end of an attempt.
pub(super) fn ended(attempt: &Attempt, cause: Cause, outputs: Option<serde_json::Value>) -> Event {
    let result = TaskResult { cause, detail: String::new(), hints: Vec::new(), hosts: vec!["n1".to_owned()], started_ms: Some(1), ended_ms: Some(2) };
    Event::TaskEnded { attempt: attempt.clone(), result, outputs, ask: RetryAsk::default() }
}
