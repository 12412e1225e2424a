//! Documents without errors to runs: planned, started without inputs, every task taken for done.

use std::sync::Arc;

use sluice::{
    check::names::{Callee, Checked},
    diagnostic::Diagnostic,
    engine::{Action, Attempt, Engine, Event, FORMAT_VERSION, Policy, RetryAsk},
    eval::{self, TaskCall, files::Files},
    plan::plan,
    task::{Cause, TaskResult},
    value::{Object, to_json},
};

use super::checking::callees;

/// Calls that are started in one run, and evaluations: no text of a fuzzer is to run for long.
const MOST_STEPS: usize = 200;

/// Runs everything that takes no input, and gives what went wrong on the way.
pub(crate) fn run(checked: Checked, files: &dyn Files) -> Vec<String> {
    let checked = Arc::new(checked);
    let mut errors = Vec::new();
    for callee in callees(&checked) {
        let graph = plan(&checked, callee).unwrap_or_else(|errors| panic!("what is checked cannot be planned: {errors:?}"));
        graph.external_inputs();
        if let Ok(engine) = Engine::new(Arc::clone(&checked), Arc::new(graph), Object::new()) {
            let mut run = Run { checked: &checked, engine, files, errors: Vec::new() };
            run.go();
            errors.append(&mut run.errors);
        }
        if let Callee::Task(task) = callee {
            let inputs = Object::new();
            let call = call(&checked, task, &inputs);
            errors.extend(eval::prepare(&call, files).err().map(|error| rendered(&checked, &error)));
        }
    }
    errors
}

fn call<'a>(checked: &'a Checked, task: sluice::check::names::TaskRef, inputs: &'a Object) -> TaskCall<'a> {
    let call_path = sluice::task::CallPath("fuzz".to_owned());
    TaskCall { checked, task, call_path, attempt: 1, inputs, growth: eval::Growth::default(), return_code: Some(0) }
}

fn rendered(checked: &Checked, error: &Diagnostic) -> String {
    super::documents::hold_of_diagnostic(error, &checked.documents.sources);
    error.render(&checked.documents.sources)
}

struct Run<'a> {
    checked: &'a Arc<Checked>,
    engine: Engine,
    files: &'a dyn Files,
    errors: Vec<String>,
}

impl Run<'_> {
    fn go(&mut self) {
        let mut actions = self.apply(&Event::Started { format: FORMAT_VERSION, policy: Policy::default() });
        for step in 0..MOST_STEPS {
            let next = match actions.pop() {
                Some(Action::Evaluate(node)) => self.evaluate(node),
                Some(Action::Finish(outcome)) => {
                    self.apply(&Event::Finished { outcome });
                    let failures = self.engine.failures().iter().map(|failure| format!("{failure:?}"));
                    return self.errors.extend(failures);
                }
                Some(Action::CancelAll) => Vec::new(),
                None => self.start(u32::try_from(step + 1).expect("a run has few steps")),
            };
            actions.extend(next);
        }
    }

    fn apply(&mut self, event: &Event) -> Vec<Action> {
        self.engine.apply(event).unwrap_or_else(|error| panic!("failed to {error}"))
    }

    fn evaluate(&mut self, node: sluice::engine::NodeInstance) -> Vec<Action> {
        let evaluation = self.engine.evaluation(node);
        let result = evaluation.evaluate(self.checked, self.files);
        self.apply(&Event::Evaluated { node: evaluation.path, result })
    }

    /// Takes one call that is ready and ends it.
    fn start(&mut self, batch: u32) -> Vec<Action> {
        let Some(ready) = self.engine.take_ready(1).pop() else { return Vec::new() };
        let attempt = Attempt { path: ready.path, attempt: ready.attempt };
        let outputs = ready.inputs.and_then(|inputs| {
            let call = call(self.checked, ready.task, &inputs);
            eval::prepare(&call, self.files)?;
            Ok(eval::outputs(&call, self.files)?)
        });
        let mut actions = self.apply(&Event::SubmitIntent { batch, tag: format!("b{batch}"), calls: vec![attempt.clone()] });
        actions.extend(self.apply(&Event::Submitted { batch, job: batch.to_string() }));
        let (cause, outputs) = match outputs {
            Ok(outputs) => (Cause::Success { exit_code: 0 }, Some(outputs)),
            Err(error) => {
                self.errors.push(rendered(self.checked, &error));
                (Cause::NodeFail, None)
            }
        };
        let outputs = outputs.map(|outputs| outputs.iter().map(|(name, value)| (name.clone(), to_json(value))).collect());
        let result = TaskResult { cause, detail: String::new(), hints: Vec::new(), hosts: Vec::new(), started_ms: None, ended_ms: None };
        let ended = Event::TaskEnded { attempt, result, outputs: outputs.map(serde_json::Value::Object), ask: RetryAsk::default() };
        actions.extend(self.apply(&ended));
        actions
    }
}
