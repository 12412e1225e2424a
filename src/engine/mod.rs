//! The run as a state machine: events in, actions out. No IO, no clock, no Slurm.
//!
//! The state of a run is a function of its source, its inputs and its events, so replaying `events.jsonl` through [`Engine::apply`]
//! gives the run back. The order for whoever drives it: `apply` the event (an illegal one changes nothing), append it to the log and
//! flush it, only then do what the actions say. On replay actions are dropped; afterwards [`Engine::outstanding_evaluations`] and
//! [`Engine::open_batches`] say what is still to be done.
//!
//! Entry: [`Engine::new`].

mod apply;
mod batches;
mod calls;
mod ending;
mod evaluate;
pub mod event;
mod gather;
mod inputs;
mod paths;
pub mod phase;
mod progress;
pub mod retry;
mod rows;
mod scopes;
pub mod status;
mod typed_json;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

pub use event::{
    Action, Attempt, EvaluationResult, Event, FORMAT_VERSION, IllegalEvent, NodeInstance, OnFailure, Outcome, Policy, RoleSeen, SubmitFailure,
};
pub use retry::{Growth, Limits, RetryAsk};
pub use status::{BatchRow, CallRow, CallState, Counts, Element, Failure};
pub use typed_json::to_logged;

use self::{
    batches::Batch,
    calls::CallTable,
    inputs::Given,
    paths::PathIndex,
    phase::{RunState, Step},
    progress::Due,
    scopes::{CallId, Scopes, SlotState},
};
use crate::{
    check::names::{Checked, TaskRef},
    diagnostic::Diagnostic,
    eval::{
        Evaluator,
        files::{Files, NoFiles},
    },
    plan::graph::{Formula, Graph, NodeKind, PathRule, SectionKind},
    syntax::documents::DocumentId,
    task::{CallPath, Cause},
    value::{Object, Value},
};

/// The state of a run.
#[derive(Debug)]
pub struct Engine {
    checked: Arc<Checked>,
    graph: Arc<Graph>,
    given: Arc<Given>,
    paths: PathIndex,
    policy: Policy,
    run: RunState,
    scopes: Scopes,
    calls: CallTable,
    counts: Counts,
    batches: BTreeMap<u32, Batch>,
    /// What misses nothing and has not been looked at.
    agenda: VecDeque<Due>,
    /// What the shell evaluates.
    evaluating: BTreeSet<NodeInstance>,
    failures: Vec<Failure>,
    /// Nodes whose expression failed, to be tried again if the run is resumed.
    failed_nodes: Vec<NodeInstance>,
    cancelled_by: Option<String>,
    /// Whether every node of the run's own scope is complete.
    is_complete: bool,
    /// Whether the shell must be told to cancel what is active.
    must_cancel: bool,
    /// Actions of the event that is being applied.
    actions: Vec<Action>,
}

/// A call that can be started now.
#[derive(Clone, Debug)]
pub struct ReadyCall {
    /// Which call, for [`Event::SubmitIntent`] and [`Event::TaskEnded`].
    pub path: CallPath,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The task.
    pub task: TaskRef,
    /// The values of its inputs that were given; the others take their defaults. An error: report [`Event::TaskEnded`] with
    /// [`crate::task::Cause::NotPrepared`], as when `eval::prepare` fails.
    pub inputs: Result<Object, Box<Diagnostic>>,
    /// How often the ask has grown since the first attempt.
    pub growth: Growth,
    /// Nodes that failed under earlier attempts: to be avoided where the site can.
    pub avoid_hosts: Vec<String>,
}

/// An expression that consults files, with all that is needed to evaluate it.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// Its name in [`Event::Evaluated`].
    pub path: String,
    /// The document it stands in.
    pub document: DocumentId,
    /// What to evaluate.
    pub formula: Formula,
    /// The values of its free names.
    pub names: Object,
    /// What paths in its value mean.
    pub paths: PathRule,
}

impl Evaluation {
    /// Evaluates it; may read and write files through `files`.
    pub fn evaluate(&self, checked: &Checked, files: &dyn Files) -> EvaluationResult {
        let evaluator = self.evaluator(checked, files);
        match self.value(&evaluator).and_then(|value| self.placed(&evaluator, value)) {
            Ok(value) => match self.formula {
                Formula::Expr(_) => EvaluationResult::Typed(typed_json::to_typed(&value)),
                Formula::Declaration(_) => EvaluationResult::Value(to_logged(&value)),
            },
            Err(diagnostic) => EvaluationResult::Failed(diagnostic.within(&self.path)),
        }
    }

    /// Its value as far as it can be known without files; an error where no file could mend it.
    pub fn suppose(&self, checked: &Checked) -> Result<Value, Box<Diagnostic>> {
        let evaluator = self.evaluator(checked, &NoFiles);
        let value = self.value(&evaluator).unwrap_or_else(|_| Value::Unknown(self.path.as_str().into()));
        self.placed(&evaluator, value).map_err(|diagnostic| Box::new(diagnostic.within(&self.path)))
    }

    fn evaluator<'a>(&'a self, checked: &'a Checked, files: &'a dyn Files) -> Evaluator<'a> {
        Evaluator { names: &self.names, files, checked, document: self.document }
    }

    fn value(&self, evaluator: &Evaluator<'_>) -> Result<Value, Diagnostic> {
        match &self.formula {
            Formula::Expr(expr) => evaluator.expression(expr),
            Formula::Declaration(declaration) => evaluator.declaration(declaration),
        }
    }

    /// The value with its paths where they are meant to be.
    fn placed(&self, evaluator: &Evaluator<'_>, value: Value) -> Result<Value, Diagnostic> {
        let Formula::Declaration(declaration) = &self.formula else { return Ok(value) };
        match self.paths {
            PathRule::AsWritten => Ok(value),
            PathRule::BesideDocument => crate::eval::refuse_remote(evaluator, declaration, &value).map(|()| value),
            PathRule::Tested => crate::eval::in_workflow(evaluator, declaration, &value),
        }
    }
}

impl Engine {
    /// A run that has not begun: the first event is [`Event::Started`].
    ///
    /// `inputs` are typed values by key: `n`, `workflow.n`, and where the language allows it `workflow.call.n`, `workflow.sub.call.n`.
    /// Errors: a missing input, an unknown key (with the nearest known one), a value of a wrong type.
    pub fn new(checked: Arc<Checked>, graph: Arc<Graph>, inputs: Object) -> Result<Self, Vec<Diagnostic>> {
        let given = Arc::new(inputs::sort(&checked, &graph, inputs)?);
        Ok(Self {
            paths: PathIndex::new(&graph),
            checked,
            graph,
            given,
            policy: Policy::default(),
            run: RunState::New,
            scopes: Scopes::default(),
            calls: CallTable::default(),
            counts: Counts::default(),
            batches: BTreeMap::new(),
            agenda: VecDeque::new(),
            evaluating: BTreeSet::new(),
            failures: Vec::new(),
            failed_nodes: Vec::new(),
            cancelled_by: None,
            is_complete: false,
            must_cancel: false,
            actions: Vec::new(),
        })
    }

    /// Takes in what happened and says what to do. An illegal event changes nothing.
    pub fn apply(&mut self, event: &Event) -> Result<Vec<Action>, IllegalEvent> {
        self.take_in(event)?;
        Ok(self.answer())
    }

    /// Moves on as far as the state allows.
    fn answer(&mut self) -> Vec<Action> {
        self.settle();
        self.finish_if_over();
        std::mem::take(&mut self.actions)
    }

    /// At most `most` calls that can be started, oldest first; each is given once (again after a replay, if no intent was recorded).
    /// Empty once the run is failing, cancelled or over.
    pub fn take_ready(&mut self, most: usize) -> Vec<ReadyCall> {
        let calls: Vec<CallId> = self.calls.ready.iter().copied().take(most).collect();
        calls.into_iter().map(|call| self.take(call)).collect()
    }

    fn take(&mut self, id: CallId) -> ReadyCall {
        self.calls.step(id, Step::Take, &mut self.counts).expect("a ready call can be taken");
        let graph = Arc::clone(&self.graph);
        let call = self.calls.get(id);
        let NodeKind::TaskCall(task) = &self.node(&graph, call.node).kind else { unreachable!("records are made of task calls only") };
        let history = call.history.as_deref();
        let failures = history.map_or(&[][..], |history| &history.results);
        let bad_hosts = failures.iter().filter(|result| matches!(result.cause, Cause::NodeFail | Cause::LaunchFailed));
        ReadyCall {
            path: CallPath(self.scopes.path(&graph, call.node)),
            attempt: call.attempt,
            task: task.task,
            inputs: self.arguments(call.node, &task.arguments),
            growth: history.map(|history| history.growth).unwrap_or_default(),
            avoid_hosts: bad_hosts.flat_map(|result| result.hosts.iter().cloned()).collect(),
        }
    }

    /// How many calls [`Engine::take_ready`] would give.
    pub fn ready_count(&self) -> usize {
        self.calls.ready.len()
    }

    /// Gives a taken call back (its batch was not full, say): it is ready again.
    pub fn put_back(&mut self, attempt: &Attempt) -> Result<(), IllegalEvent> {
        let call = self.find_call(attempt)?;
        self.step(call, Step::PutBack)
    }

    /// What an [`Action::Evaluate`] means.
    pub fn evaluation(&self, node: NodeInstance) -> Evaluation {
        self.described(node)
    }

    /// Evaluations that were asked for and have no answer yet; after a replay they must be done again.
    pub fn outstanding_evaluations(&self) -> Vec<NodeInstance> {
        self.evaluating.iter().copied().collect()
    }

    /// The actions that the state calls for: what to do after a replay, whose own actions are dropped.
    pub fn pending_actions(&self) -> Vec<Action> {
        self.due_actions()
    }

    /// Batches with an intent whose calls are not all over, oldest first.
    pub fn open_batches(&self) -> Vec<BatchRow> {
        self.batches.iter().filter(|(_, batch)| batch.open > 0).map(|(number, batch)| self.batch_row(*number, batch)).collect()
    }

    /// The number for the next batch: one above every number in the log.
    pub fn next_batch(&self) -> u32 {
        self.batches.last_key_value().map_or(1, |(number, _)| number + 1)
    }

    /// Counts of calls by state; cheap.
    pub fn status(&self) -> Counts {
        self.counts
    }

    /// One row a call that has been ready, in the order they became so.
    pub fn calls(&self) -> impl Iterator<Item = CallRow> + '_ {
        self.calls.iter().map(|(_, call)| self.call_row(call))
    }

    /// The row of one call.
    pub fn call(&self, path: &CallPath) -> Option<CallRow> {
        self.call_at(path).map(|call| self.call_row(self.calls.get(call)))
    }

    /// The task of a call and the values of its inputs that were given, whatever its state: to evaluate its outputs, which need
    /// them again.
    pub fn call_inputs(&self, path: &CallPath) -> Option<(TaskRef, Result<Object, Box<Diagnostic>>)> {
        let call = self.calls.get(self.call_at(path)?);
        let NodeKind::TaskCall(task) = &self.node(&self.graph, call.node).kind else { return None };
        Some((task.task, self.arguments(call.node, &task.arguments)))
    }

    /// How often the ask of a call's present attempt has grown.
    pub fn growth(&self, path: &CallPath) -> Growth {
        let history = self.call_at(path).and_then(|call| self.calls.get(call).history.as_deref());
        history.map(|history| history.growth).unwrap_or_default()
    }

    /// What failed, first failure first.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Who cancelled the run, in words for a person.
    pub fn cancelled_by(&self) -> Option<&str> {
        self.cancelled_by.as_deref()
    }

    /// How the run ended or is about to end; `None` while it goes on as it should.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.run {
            RunState::New | RunState::Going => None,
            RunState::Stopping(outcome) | RunState::Ending(outcome) | RunState::Over(outcome) => Some(outcome),
        }
    }

    /// Whether [`Event::Finished`] is in the log.
    pub fn is_over(&self) -> bool {
        matches!(self.run, RunState::Over(_))
    }

    /// The outputs by full name (`workflow.output`, `task.output`), once the run has succeeded.
    pub fn outputs(&self) -> Option<Object> {
        if !self.is_complete {
            return None;
        }
        let outputs = match self.graph.section(self.graph.root).kind {
            SectionKind::Task(_) => {
                let call = self.calls.iter().next().and_then(|(_, call)| call.outputs());
                if let Some(Value::Object(outputs)) = call { (*outputs).clone() } else { Object::new() }
            }
            SectionKind::Workflow(_) | SectionKind::Scatter | SectionKind::Branch => self.scope_outputs(Scopes::ROOT),
        };
        Some(outputs.into_iter().map(|(name, value)| (format!("{}.{name}", self.graph.name), value)).collect())
    }

    /// For `compile` only, never logged: a call ends as if it had succeeded with these outputs, [`Value::Unknown`] where nobody knows.
    pub fn suppose_call(&mut self, path: &CallPath, outputs: Object) -> Result<Vec<Action>, IllegalEvent> {
        let call = self.call_at(path).ok_or_else(|| IllegalEvent::UnknownPath(path.0.clone()))?;
        self.end_well(call, outputs, None)?;
        Ok(self.answer())
    }

    /// For `compile` only, never logged: an expression that consults files has this value.
    pub fn suppose_value(&mut self, node: NodeInstance, value: Result<Value, Box<Diagnostic>>) -> Result<Vec<Action>, IllegalEvent> {
        if !self.evaluating.remove(&node) {
            let path = self.scopes.path(&self.graph, node);
            return Err(IllegalEvent::WrongPhase { path, phase: "not being evaluated", step: "evaluated" });
        }
        self.scopes.set(node, SlotState::Due);
        match value {
            Ok(value) => {
                let value = self.settled(node, value);
                self.take_value(node, value);
            }
            Err(diagnostic) => self.fail_node(node, *diagnostic),
        }
        Ok(self.answer())
    }
}
