//! `compile`: a run in the mind. Every call is evaluated and lowered, and ends as if it had succeeded with outputs that nobody knows yet. Nothing runs.
//!
//! A value that only a run would know is [`Value::Unknown`]; a scatter over one gives a single sample shard.

use crate::{
    check::names::Callee,
    diagnostic::Diagnostic,
    engine::{Action, Engine, Event, FORMAT_VERSION, Outcome, Policy, ReadyCall},
    eval::{self, TaskCall, files::NoFiles},
    job::{self, AttemptPaths, JobSpec, LowerError},
    task::CallPath,
    value::{self, Object, Value},
};

use super::{
    Head, HeadError,
    error::inputs_error,
    scripts::{batch_paths, write_script},
};

/// A call as it would be submitted.
#[derive(Debug)]
pub struct SampleTask {
    /// Which call.
    pub path: CallPath,
    /// Images that it names: of each, the alternatives. Names that only a run would know are left out.
    pub images: Vec<Vec<String>>,
    /// Its job, or why the site refuses it, or why it cannot be evaluated.
    pub job: Result<JobSpec, SampleFailure>,
}

/// Why a call would not become a job.
#[derive(Debug)]
pub enum SampleFailure {
    /// The author's: an expression.
    Author(Box<Diagnostic>),
    /// The site's: no partition takes it, no such cluster kind.
    Site(LowerError),
}

/// What a run would do.
#[derive(Debug)]
pub struct Compiled {
    /// Its calls, in the order they would become ready.
    pub tasks: Vec<SampleTask>,
    /// Its outputs as far as they are known; `<<unknown: call.output>>` else.
    pub outputs: serde_json::Value,
    /// Expressions that fail already.
    pub failures: Vec<crate::engine::Failure>,
}

/// Walks through a run without running anything; stops after `most` calls.
pub fn compile(head: &Head, most: usize) -> Result<Compiled, HeadError> {
    let mut engine = Engine::new(head.checked.clone(), head.graph.clone(), head.inputs.clone()).map_err(|diagnostics| inputs_error(&diagnostics))?;
    let mut walk = Walk { head, tasks: Vec::new(), succeeded: false };
    let mut actions = engine.apply(&Event::Started { format: FORMAT_VERSION, policy: Policy::default() })?;
    while walk.tasks.len() < most {
        actions = walk.step(&mut engine, actions)?;
        if actions.is_empty() && engine.ready_count() == 0 {
            break;
        }
    }
    let outputs = if walk.succeeded { engine.outputs().unwrap_or_default() } else { Object::new() };
    let outputs = outputs.iter().map(|(name, output)| (name.clone(), value::to_json(output))).collect();
    Ok(Compiled { tasks: walk.tasks, outputs: serde_json::Value::Object(outputs), failures: engine.failures().to_vec() })
}

struct Walk<'a> {
    head: &'a Head,
    tasks: Vec<SampleTask>,
    succeeded: bool,
}

impl Walk<'_> {
    /// Carries out actions, or else takes the next ready call.
    fn step(&mut self, engine: &mut Engine, actions: Vec<Action>) -> Result<Vec<Action>, HeadError> {
        let mut next = Vec::new();
        let is_idle = actions.is_empty();
        for action in actions {
            match action {
                Action::Evaluate(node) => {
                    let value = engine.evaluation(node).suppose(&self.head.checked);
                    next.extend(engine.suppose_value(node, value)?);
                }
                Action::CancelAll => {}
                Action::Finish(outcome) => self.succeeded = outcome == Outcome::Succeeded,
            }
        }
        if is_idle {
            for call in engine.take_ready(1) {
                let outputs = self.sample(&call);
                next.extend(engine.suppose_call(&call.path, outputs)?);
            }
        }
        Ok(next)
    }

    /// Evaluates and lowers a call; gives the outputs that it would have.
    fn sample(&mut self, call: &ReadyCall) -> Object {
        let no_inputs = Object::new();
        let task_call = TaskCall {
            checked: &self.head.checked,
            task: call.task,
            call_path: call.path.clone(),
            attempt: call.attempt,
            inputs: call.inputs.as_ref().unwrap_or(&no_inputs),
            growth: call.growth.into(),
            // The sample's command is taken to succeed.
            return_code: Some(0),
        };
        let instance = match &call.inputs {
            Ok(_) => eval::prepare(&task_call, &NoFiles).map_err(|diagnostic| SampleFailure::Author(Box::new(diagnostic))),
            Err(diagnostic) => Err(SampleFailure::Author(diagnostic.clone())),
        };
        let paths = AttemptPaths {
            attempt_folder: self.head.run.attempt(&call.path, call.attempt).display().to_string(),
            values_folder: self.head.run.values().display().to_string(),
            ..AttemptPaths::default()
        };
        let images = instance.as_ref().map(|instance| job::images(instance, &self.head.site)).unwrap_or_default();
        let job = instance.and_then(|instance| job::lower(&instance, &self.head.site, &paths).map_err(SampleFailure::Site));
        let is_known = |alternatives: &Vec<String>| !alternatives.iter().any(|image| image.contains("<<unknown"));
        self.tasks.push(SampleTask { path: call.path.clone(), images: images.into_iter().filter(is_known).collect(), job });
        eval::outputs(&task_call, &NoFiles).unwrap_or_else(|_| self.unknown_outputs(call))
    }

    fn unknown_outputs(&self, call: &ReadyCall) -> Object {
        let outputs = self.head.checked.outputs(Callee::Task(call.task));
        let unknown = |name: &String| (name.clone(), Value::Unknown(format!("{}.{name}", call.path).into()));
        outputs.members.iter().map(|(name, _)| unknown(name)).collect()
    }
}

impl Compiled {
    /// Writes the scripts as a run would, below the run's folder; gives the path of each with the calls in it.
    pub fn write(self, head: &Head) -> Result<Vec<(String, usize)>, HeadError> {
        let specs = self.tasks.into_iter().filter_map(|task| task.job.ok()).collect();
        let mut written = Vec::new();
        for (number, batch) in (1u32..).zip(job::batch(specs, &head.site.limits)) {
            let first = batch.elements.first().expect("a batch has at least one element");
            let paths = batch_paths(&head.run, &format!("{}.{}.b{number}", first.task_name, head.record.id), number);
            let script = job::render(&batch, &head.templates, &paths).map_err(|error| HeadError::Inputs(error.to_string()))?;
            let folder = head.run.batch(u64::from(number));
            write_script(&script, &folder)?;
            written.push((folder.join("script.sbatch").display().to_string(), batch.elements.len()));
        }
        Ok(written)
    }
}
