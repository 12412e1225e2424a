//! The run as a state machine: events in, actions out. No IO, no clock, no Slurm.
//!
//! The state of a run is a function of its source, its inputs and its events, so replaying `events.jsonl` through [`Engine::apply`]
//! gives the run back. The order for whoever drives it: `apply` the event (an illegal one changes nothing), append it to the log and
//! flush it, only then do what the actions say. On replay actions are dropped; afterwards [`Engine::outstanding_evaluations`] and
//! [`Engine::open_batches`] say what is still to be done.
//!
//! Entry: [`Engine::new`].

pub mod event;
pub mod retry;
pub mod status;

use std::sync::Arc;

pub use event::{
    Action, Attempt, EvaluationResult, Event, FORMAT_VERSION, IllegalEvent, NodeInstance, OnFailure, Outcome, Policy, SubmitFailure,
};
pub use retry::{Growth, Limits, RetryAsk};
pub use status::{BatchRow, CallRow, CallState, Counts, Element, Failure};

use crate::{
    check::names::{Checked, TaskRef},
    diagnostic::Diagnostic,
    eval::files::Files,
    plan::graph::{Formula, Graph},
    syntax::documents::DocumentId,
    task::CallPath,
    value::{Object, Value},
};

/// The state of a run.
#[derive(Debug)]
pub struct Engine {
    // STUB: the state follows on this branch.
    checked: Arc<Checked>,
    graph: Arc<Graph>,
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
}

impl Evaluation {
    /// Evaluates it; may read and write files through `files`.
    pub fn evaluate(&self, checked: &Checked, files: &dyn Files) -> EvaluationResult {
        let evaluator = crate::eval::Evaluator { names: &self.names, files, checked, document: self.document };
        let value = match &self.formula {
            Formula::Expr(expr) => evaluator.expression(expr),
            Formula::Declaration(declaration) => evaluator.declaration(declaration),
        };
        match value {
            Ok(value) => EvaluationResult::Value(crate::value::to_json(&value)),
            Err(diagnostic) => EvaluationResult::Failed(diagnostic.within(&self.path)),
        }
    }
}

impl Engine {
    /// A run that has not begun: the first event is [`Event::Started`].
    ///
    /// `inputs` are typed values by key: `n`, `workflow.n`, and where the language allows it `workflow.call.n`, `workflow.sub.call.n`.
    /// Errors: a missing input, an unknown key (with the nearest known one), a value of a wrong type.
    pub fn new(checked: Arc<Checked>, graph: Arc<Graph>, _inputs: Object) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self { checked, graph })
    }

    /// Takes in what happened and says what to do. An illegal event changes nothing.
    pub fn apply(&mut self, _event: &Event) -> Result<Vec<Action>, IllegalEvent> {
        // STUB
        Ok(Vec::new())
    }

    /// At most `most` calls that can be started, oldest first; each is given once (again after a replay, if no intent was recorded).
    /// Empty once the run is failing, cancelled or over.
    pub fn take_ready(&mut self, _most: usize) -> Vec<ReadyCall> {
        // STUB
        Vec::new()
    }

    /// How many calls [`Engine::take_ready`] would give.
    pub fn ready_count(&self) -> usize {
        0
    }

    /// Gives a taken call back (its batch was not full, say): it is ready again.
    pub fn put_back(&mut self, _attempt: &Attempt) -> Result<(), IllegalEvent> {
        // STUB
        Ok(())
    }

    /// What [`Action::Evaluate`] means.
    pub fn evaluation(&self, _node: NodeInstance) -> Evaluation {
        // STUB
        unimplemented!("stub: {:?} {:?}", self.checked.documents.documents.len(), self.graph.root)
    }

    /// Evaluations that were asked for and have no answer yet; after a replay they must be done again.
    pub fn outstanding_evaluations(&self) -> Vec<NodeInstance> {
        Vec::new()
    }

    /// Batches with an intent whose calls are not all over, oldest first.
    pub fn open_batches(&self) -> Vec<BatchRow> {
        Vec::new()
    }

    /// The number for the next batch: one above every number in the log.
    pub fn next_batch(&self) -> u32 {
        1
    }

    /// Counts of calls by state; cheap.
    pub fn status(&self) -> Counts {
        Counts::default()
    }

    /// One row a call that has been ready, in the order they became so.
    pub fn calls(&self) -> impl Iterator<Item = CallRow> + '_ {
        std::iter::empty()
    }

    /// The row of one call.
    pub fn call(&self, _path: &CallPath) -> Option<CallRow> {
        None
    }

    /// What failed, first failure first.
    pub fn failures(&self) -> &[Failure] {
        &[]
    }

    /// How the run ended or is about to end; `None` while it goes on as it should.
    pub fn outcome(&self) -> Option<Outcome> {
        None
    }

    /// The outputs by full name (`workflow.output`, `task.output`), once the run has succeeded.
    pub fn outputs(&self) -> Option<Object> {
        None
    }

    /// For `compile` only, never logged: a call ends as if it had succeeded with these outputs, [`Value::Unknown`] where nobody knows.
    pub fn suppose_call(&mut self, _path: &CallPath, _outputs: Object) -> Result<Vec<Action>, IllegalEvent> {
        // STUB
        Ok(Vec::new())
    }

    /// For `compile` only, never logged: an expression that consults files has this value.
    pub fn suppose_value(&mut self, _node: NodeInstance, _value: Value) -> Result<Vec<Action>, IllegalEvent> {
        // STUB
        Ok(Vec::new())
    }
}
