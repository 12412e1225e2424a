//! One function an event: each first proves the event legal, then changes the state.

use std::collections::BTreeSet;

use super::{
    Engine,
    batches::Batch,
    event::{Action, Attempt, EvaluationResult, Event, FORMAT_VERSION, IllegalEvent, NodeInstance, Outcome, Policy, SubmitFailure},
    phase::{RunState, Step},
    retry::{self, Decision, RetryAsk},
    scopes::{CallId, SlotState},
    status::Failure,
    typed_json::{from_logged, from_typed},
};
use crate::{
    diagnostic::Diagnostic,
    plan::graph::NodeKind,
    task::{Cause, TaskResult},
    value::{Coercion, Object, Type, Value, coerce},
};

impl Engine {
    /// See [`Engine::apply`]; actions are collected in the engine.
    pub(super) fn take_in(&mut self, event: &Event) -> Result<(), IllegalEvent> {
        self.check_run_state(event)?;
        match event {
            Event::Started { policy, .. } => self.begin(*policy),
            Event::Evaluated { node, result } => self.evaluated(node, result)?,
            Event::SubmitIntent { batch, tag, calls } => self.intend(*batch, tag, calls)?,
            Event::Submitted { batch, job } => self.submitted(*batch, job)?,
            Event::SubmitFailed { batch, kind, message } => self.submit_failed(*batch, *kind, message)?,
            Event::TaskStarted { attempt, started_ms, hosts } => self.task_started(attempt, *started_ms, hosts)?,
            // The tables read it from the log.
            Event::RolesSeen { .. } => {}
            Event::TaskEnded { attempt, result, outputs, ask } => self.task_ended(attempt, result, outputs.as_ref(), ask)?,
            Event::CancelRequested { by } => {
                self.cancelled_by.get_or_insert_with(|| by.clone());
                self.stop(Outcome::Cancelled);
            }
            Event::Finished { outcome } => self.run = RunState::Over(*outcome),
            Event::Resumed { .. } => self.resume(),
        }
        Ok(())
    }

    /// Which events a run takes in, by where it stands.
    fn check_run_state(&self, event: &Event) -> Result<(), IllegalEvent> {
        let is_legal = match event {
            Event::Started { format, .. } if *format > FORMAT_VERSION => return Err(IllegalEvent::NewerFormat { found: *format }),
            Event::Started { .. } => self.run == RunState::New,
            // While it stops nothing new is submitted.
            Event::SubmitIntent { .. } => self.run == RunState::Going,
            Event::Finished { outcome } => self.run == RunState::Ending(*outcome),
            Event::Resumed { .. } => {
                matches!(self.run, RunState::Ending(outcome) | RunState::Over(outcome) if outcome != Outcome::Succeeded)
            }
            Event::Evaluated { .. }
            | Event::Submitted { .. }
            | Event::SubmitFailed { .. }
            | Event::TaskStarted { .. }
            | Event::RolesSeen { .. }
            | Event::TaskEnded { .. }
            | Event::CancelRequested { .. } => !matches!(self.run, RunState::New | RunState::Over(_)),
        };
        if is_legal { Ok(()) } else { Err(IllegalEvent::WrongRunState { state: self.run.name(), step: event.name() }) }
    }

    fn begin(&mut self, policy: Policy) {
        self.policy = policy;
        self.run = RunState::Going;
        let (root, given) = (self.graph.root, self.given.clone());
        self.enter_workflow(root, None, &Object::new(), Some(given)).expect("inputs have been coerced to their types by `Engine::new`");
    }

    fn evaluated(&mut self, path: &str, result: &EvaluationResult) -> Result<(), IllegalEvent> {
        let node = self.paths.find(&self.scopes, path).ok_or_else(|| IllegalEvent::UnknownPath(path.to_owned()))?;
        if !self.evaluating.contains(&node) {
            return Err(IllegalEvent::WrongPhase { path: path.to_owned(), phase: "not being evaluated", step: "evaluated" });
        }
        match result {
            EvaluationResult::Failed(diagnostic) => self.fail_node(node, diagnostic.clone()),
            EvaluationResult::Value(json) => {
                let ty = self.expression(node).and_then(|expression| expression.ty.clone()).unwrap_or(Type::Any);
                let value = from_logged(json, &ty).map_err(|message| IllegalEvent::WrongValue { path: path.to_owned(), message })?;
                self.take_evaluated(node, value);
            }
            EvaluationResult::Typed(json) => {
                let wrong = |message| IllegalEvent::WrongValue { path: path.to_owned(), message };
                let value = from_typed(json).map_err(wrong)?;
                let ty = self.expression(node).and_then(|expression| expression.ty.clone()).unwrap_or(Type::Any);
                let value = coerce(value, &ty, Coercion::Loose).map_err(wrong)?;
                self.take_evaluated(node, value);
            }
        }
        Ok(())
    }

    fn take_evaluated(&mut self, node: NodeInstance, value: Value) {
        self.evaluating.remove(&node);
        let value = self.settled(node, value);
        self.take_value(node, value);
    }

    fn intend(&mut self, batch: u32, tag: &str, attempts: &[Attempt]) -> Result<(), IllegalEvent> {
        if self.batches.contains_key(&batch) {
            return Err(IllegalEvent::WrongBatch { batch, state: "recorded already", step: "submit_intent" });
        }
        let mut calls = Vec::with_capacity(attempts.len());
        let mut distinct = BTreeSet::new();
        for attempt in attempts {
            let call = self.find_call(attempt)?;
            let is_legal = self.calls.get(call).state.next(Step::Intend).is_some() && distinct.insert(call);
            if !is_legal {
                return Err(self.wrong_phase(call, Step::Intend));
            }
            calls.push((call, attempt.attempt));
        }
        for (&(call, _), element) in calls.iter().zip(0u32..) {
            self.step(call, Step::Intend)?;
            self.calls.get_mut(call).batch = Some((batch, element));
        }
        self.batches.insert(batch, Batch::new(tag, calls));
        Ok(())
    }

    fn submitted(&mut self, batch: u32, job: &str) -> Result<(), IllegalEvent> {
        let unknown = IllegalEvent::WrongBatch { batch, state: "not recorded", step: "submitted" };
        let record = self.batches.get_mut(&batch).ok_or(unknown)?;
        if record.job.is_some() {
            return Err(IllegalEvent::WrongBatch { batch, state: "submitted already", step: "submitted" });
        }
        (record.job, record.refused) = (Some(job.to_owned()), None);
        for call in record.open_calls(batch, &self.calls) {
            // What was seen running, or ended, before the scheduler answered is further on.
            self.calls.step(call, Step::Submit, &mut self.counts);
        }
        Ok(())
    }

    fn submit_failed(&mut self, batch: u32, kind: SubmitFailure, message: &str) -> Result<(), IllegalEvent> {
        let unknown = IllegalEvent::WrongBatch { batch, state: "not recorded", step: "submit_failed" };
        let record = self.batches.get_mut(&batch).ok_or(unknown)?;
        if record.job.is_some() {
            return Err(IllegalEvent::WrongBatch { batch, state: "submitted already", step: "submit_failed" });
        }
        record.refused = Some(message.to_owned());
        if kind == SubmitFailure::Transient {
            return Ok(());
        }
        for call in record.open_calls(batch, &self.calls) {
            self.end_badly(call, &refusal(message), &RetryAsk::default())?;
        }
        Ok(())
    }

    fn task_started(&mut self, attempt: &Attempt, started_ms: Option<u64>, hosts: &[String]) -> Result<(), IllegalEvent> {
        let call = self.find_call(attempt)?;
        self.step(call, Step::Start)?;
        let record = self.calls.get_mut(call);
        record.started_ms = started_ms.or(record.started_ms);
        if !hosts.is_empty() {
            record.hosts = hosts.into();
        }
        Ok(())
    }

    fn task_ended(
        &mut self,
        attempt: &Attempt,
        result: &TaskResult,
        outputs: Option<&serde_json::Value>,
        ask: &RetryAsk,
    ) -> Result<(), IllegalEvent> {
        let call = self.find_call(attempt)?;
        if !result.cause.is_success() {
            return self.end_badly(call, result, ask);
        }
        let outputs = self.read_outputs(call, outputs).map_err(|message| IllegalEvent::WrongValue { path: attempt.path.0.clone(), message })?;
        self.end_well(call, outputs, Some(result))
    }

    pub(super) fn end_well(&mut self, call: CallId, outputs: Object, result: Option<&TaskResult>) -> Result<(), IllegalEvent> {
        self.step(call, Step::Succeed)?;
        if let Some(result) = result {
            self.note_times(call, result);
        }
        self.calls.set_outputs(call, outputs);
        let node = self.calls.get(call).node;
        self.complete(node);
        Ok(())
    }

    fn end_badly(&mut self, call: CallId, result: &TaskResult, ask: &RetryAsk) -> Result<(), IllegalEvent> {
        let decision = self.decide(call, result, ask);
        let step = match (self.run, decision) {
            // Another attempt will not come; nor is it this call's fault that it was cancelled with the run.
            (RunState::Stopping(_) | RunState::Ending(_), Decision::Retry(_)) => Step::Cancel,
            (RunState::Stopping(_) | RunState::Ending(_), _) if result.cause == Cause::Cancelled => Step::Cancel,
            (_, Decision::Retry(_)) => Step::Retry,
            (_, Decision::Done | Decision::Fail) => Step::Fail,
        };
        self.step(call, step)?;
        self.note_times(call, result);
        let history = self.calls.get_mut(call).history.get_or_insert_default();
        history.results.push(result.clone());
        if let Decision::Retry(growth) = decision {
            history.growth = growth;
        }
        match step {
            Step::Retry => self.calls.next_attempt(call),
            Step::Fail => self.fail_call(call, result),
            Step::Take | Step::PutBack | Step::Intend | Step::Submit | Step::Start | Step::Succeed | Step::Cancel | Step::Restart => {}
        }
        Ok(())
    }

    fn decide(&self, call: CallId, result: &TaskResult, ask: &RetryAsk) -> Decision {
        let history = self.calls.get(call).history.as_deref();
        let earlier = history.map_or(&[][..], |history| &history.results[history.forgiven..]);
        let causes: Vec<Cause> = earlier.iter().chain([result]).map(|result| result.cause.clone()).collect();
        retry::decide(&causes, ask, &self.policy.retries)
    }

    fn read_outputs(&self, call: CallId, json: Option<&serde_json::Value>) -> Result<Object, String> {
        let NodeKind::TaskCall(task) = &self.node(&self.graph, self.calls.get(call).node).kind else { return Ok(Object::new()) };
        let null = serde_json::Value::Null;
        let read = |(name, ty): &(String, Type)| {
            let json = json.and_then(|outputs| outputs.get(name)).unwrap_or(&null);
            from_logged(json, ty).map(|value| (name.clone(), value)).map_err(|message| format!("output `{name}`: {message}"))
        };
        task.outputs.members.iter().map(read).collect()
    }

    fn note_times(&mut self, call: CallId, result: &TaskResult) {
        let record = self.calls.get_mut(call);
        record.started_ms = result.started_ms.or(record.started_ms);
        record.ended_ms = result.ended_ms;
        if !result.hosts.is_empty() {
            record.hosts = result.hosts.clone().into();
        }
    }

    /// The call of an attempt that is its latest.
    pub(super) fn find_call(&self, attempt: &Attempt) -> Result<CallId, IllegalEvent> {
        let path = &attempt.path;
        let call = self.call_at(path).ok_or_else(|| IllegalEvent::UnknownPath(path.0.clone()))?;
        let expected = self.calls.get(call).attempt;
        if expected == attempt.attempt { Ok(call) } else { Err(IllegalEvent::OtherAttempt { path: path.clone(), expected, found: attempt.attempt }) }
    }

    pub(super) fn call_at(&self, path: &crate::task::CallPath) -> Option<CallId> {
        match self.scopes.slot(self.paths.find(&self.scopes, &path.0)?) {
            SlotState::Call(call) => Some(*call),
            SlotState::Waiting(_)
            | SlotState::Due
            | SlotState::Evaluating
            | SlotState::Done(_)
            | SlotState::Opened { .. }
            | SlotState::Returned(_)
            | SlotState::Failed => None,
        }
    }

    pub(super) fn step(&mut self, call: CallId, step: Step) -> Result<(), IllegalEvent> {
        let state = self.calls.get(call).state;
        self.calls.step(call, step, &mut self.counts).ok_or_else(|| self.wrong_phase(call, step))?;
        if let (true, Some((batch, _))) = (state.is_active() && !self.calls.get(call).state.is_active(), self.calls.get(call).batch) {
            self.batches.get_mut(&batch).expect("a call's batch was recorded with its intent").open -= 1;
        }
        Ok(())
    }

    fn wrong_phase(&self, call: CallId, step: Step) -> IllegalEvent {
        let record = self.calls.get(call);
        let path = self.scopes.path(&self.graph, record.node);
        IllegalEvent::WrongPhase { path, phase: record.state.name(), step: step.name() }
    }
}

/// What becomes of the calls of a batch that the scheduler will never take.
fn refusal(message: &str) -> TaskResult {
    TaskResult { cause: Cause::Refused, detail: message.to_owned(), hints: Vec::new(), hosts: Vec::new(), started_ms: None, ended_ms: None }
}

impl Engine {
    /// A call can start.
    pub(super) fn start_call(&mut self, node: NodeInstance) {
        let call = self.calls.add(node, &mut self.counts);
        self.scopes.set(node, SlotState::Call(call));
    }

    /// An expression of a workflow has no value.
    pub(super) fn fail_node(&mut self, node: NodeInstance, diagnostic: Diagnostic) {
        self.evaluating.remove(&node);
        self.scopes.set(node, SlotState::Failed);
        self.failed_nodes.push(node);
        let path = self.scopes.path(&self.graph, node);
        self.failures.push(Failure::Expression { path, diagnostic: Box::new(diagnostic) });
        self.after_failure();
    }

    fn fail_call(&mut self, call: CallId, result: &TaskResult) {
        let record = self.calls.get(call);
        let (attempt, path) = (record.attempt, crate::task::CallPath(self.scopes.path(&self.graph, record.node)));
        self.failures.push(Failure::Call { path, attempt, result: Box::new(result.clone()) });
        self.after_failure();
    }

    /// The actions that the state calls for, whatever led to it: for a shell that has just replayed a log.
    pub(super) fn due_actions(&self) -> Vec<Action> {
        match self.run {
            RunState::New | RunState::Over(_) => Vec::new(),
            RunState::Going => self.evaluating.iter().map(|node| Action::Evaluate(*node)).collect(),
            RunState::Stopping(_) => vec![Action::CancelAll],
            RunState::Ending(outcome) => vec![Action::Finish(outcome)],
        }
    }
}
