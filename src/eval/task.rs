//! A task call: what it asks of the cluster before it runs, what it gives back after.

use std::collections::BTreeSet;

use super::{
    attributes, distributed,
    files::Files,
    order,
    outputs::OutputFiles,
    paths, requirements,
    scope::{self, AfterCommand, Recording, TaskNames},
    task_variable,
};
use crate::{
    check::names::{Checked, TaskRef},
    diagnostic::Diagnostic,
    syntax::ast::{Declaration, Version},
    task::{Access, CallPath, Distributed, InputPath, Requirements, TaskInstance},
    value::{Coercion, Object, Value, is_url, primitive_text, to_json, visit_paths},
};

/// One attempt of a call of a task.
#[derive(Clone)]
pub struct TaskCall<'a> {
    /// The documents.
    pub checked: &'a Checked,
    /// The task.
    pub task: TaskRef,
    /// Which call.
    pub call_path: CallPath,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The inputs that were given, under the task's names for them; coerced here, so raw values will do. A name like
    /// `runtime.memory` overrides a runtime attribute.
    pub inputs: &'a Object,
    /// How often earlier attempts ended for want of something.
    pub growth: Growth,
    /// The command's exit code, once it has ended: the `task.return_code` of its outputs.
    pub return_code: Option<i32>,
}

/// How often earlier attempts ended for want of memory or cores: the ask is multiplied by `1 + ratio` each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// Times `memtuneratio` applies.
    pub memory: u32,
    /// Times `cputuneratio` applies.
    pub cpu: u32,
}

/// Evaluates everything of a task call that is known before it runs: inputs, declarations, command, requirements.
///
/// With files that are [unavailable](Files::unavailable) it never fails for a file: what depends on one is unknown.
pub fn prepare(call: &TaskCall<'_>, files: &dyn Files) -> Result<TaskInstance, Diagnostic> {
    prepared(call, files).map_err(|diagnostic| diagnostic.within(call.call_path.to_string()))
}

/// Evaluates the outputs of a task call whose command has succeeded, in the order of its output section.
pub fn outputs(call: &TaskCall<'_>, files: &dyn Files) -> Result<Object, Diagnostic> {
    collected(call, files).map_err(|diagnostic| diagnostic.within(call.call_path.to_string()))
}

fn prepared(call: &TaskCall<'_>, files: &dyn Files) -> Result<TaskInstance, Diagnostic> {
    let recording = Recording::new(files);
    let task = call.checked.task(call.task);
    let values = scope::before_command(call, &recording)?;
    let asked = Asked::of(call, &recording, &values)?;
    let variable = task_variable::value(call, &asked.requirements, asked.previous.as_ref());
    let layers = [&values];
    let names = TaskNames::of(&layers, variable.as_ref());
    let command = match &task.command {
        Some(command) => call.evaluator(&names, &recording).text(&command.text)?,
        None => String::new(),
    };
    Ok(TaskInstance {
        call_path: call.call_path.clone(),
        attempt: call.attempt,
        task_name: task.name.text.clone(),
        command,
        environment: asked.variables.into_iter().chain(environment(call, &values)).collect(),
        requirements: asked.requirements,
        input_paths: input_paths(call, &values, recording.written.take()),
        distributed: asked.distributed,
        label: asked.label,
    })
}

/// What a task asks for, from its attributes.
struct Asked {
    requirements: Requirements,
    distributed: Option<Distributed>,
    label: Option<String>,
    /// Variables that an attribute stands for.
    variables: Vec<(String, String)>,
    /// What the attempt before asked for: the `task.previous` of WDL 1.3.
    previous: Option<Requirements>,
}

impl Asked {
    fn of(call: &TaskCall<'_>, files: &dyn Files, values: &Object) -> Result<Self, Diagnostic> {
        let layers = [values];
        // Since WDL 1.3 requirements may look at the attempt; what they ask for themselves they cannot know.
        let previous = Self::of_previous(call, files, values)?;
        let variable = task_variable::value(call, &Requirements::default(), previous.as_ref());
        let names = TaskNames::of(&layers, variable.as_ref());
        let evaluator = call.evaluator(&names, files);
        let attributes = attributes::attributes(&evaluator, call.checked.task(call.task), call.inputs)?;
        let requirements = requirements::requirements(&attributes)?;
        let mut distributed = distributed::distributed(&attributes)?;
        for role in distributed.iter_mut().flat_map(|distributed| &mut distributed.roles) {
            role.cpu = role.cpu.map(|cpu| call.growth.cores(cpu, requirements.cpu_growth));
            role.memory_mib = role.memory_mib.map(|memory| call.growth.memory(memory, requirements.memory_growth));
        }
        let label = requirements::label(&attributes)?;
        let variables = requirements::variables(&attributes);
        Ok(Self { requirements: call.growth.grown(requirements), distributed, label, variables, previous })
    }

    /// Requirements depend on inputs and the attempt alone, so those of the attempt before are evaluated once more, not kept.
    fn of_previous(call: &TaskCall<'_>, files: &dyn Files, values: &Object) -> Result<Option<Requirements>, Diagnostic> {
        let version = call.checked.documents.get(call.task.document).document.version;
        if version < Version::V1_3 || call.attempt < 2 {
            return Ok(None);
        }
        let before = TaskCall { attempt: call.attempt - 1, growth: Growth::default(), ..call.clone() };
        Self::of(&before, files, values).map(|asked| Some(asked.requirements))
    }
}

/// Variables of inputs and declarations marked `env` (1.2); `None` is an empty variable.
fn environment(call: &TaskCall<'_>, values: &Object) -> Vec<(String, String)> {
    let task = call.checked.task(call.task);
    let marked = task.input.declarations.iter().chain(&task.declarations).filter(|declaration| declaration.env.is_some());
    let variable = |declaration: &Declaration| {
        let text = match &values[&declaration.name.text] {
            Value::None => String::new(),
            value => primitive_text(value, Coercion::Standard).unwrap_or_else(|| to_json(value).to_string()),
        };
        (declaration.name.text.clone(), text)
    };
    marked.map(variable).collect()
}

/// Absolute paths of files and folders in the values, and of files that expressions wrote, each once, sorted.
fn input_paths(call: &TaskCall<'_>, values: &Object, written: Vec<String>) -> Vec<InputPath> {
    let version = call.checked.documents.get(call.task.document).document.version;
    let access = if version == Version::Draft2 { Access::ReadWrite } else { Access::ReadOnly };
    let mut found: BTreeSet<String> = written.into_iter().collect();
    for value in values.values() {
        visit_paths(value, &mut |path| {
            if !is_url(path) && path.starts_with('/') {
                found.insert(paths::normal(path));
            }
        });
    }
    found.into_iter().map(|path| InputPath { path, access }).collect()
}

fn collected(call: &TaskCall<'_>, files: &dyn Files) -> Result<Object, Diagnostic> {
    let recording = Recording::new(files);
    let task = call.checked.task(call.task);
    let after = AfterCommand::of(call, &recording);
    let values = &after.values;
    // What the task asked for matters here only to the variable `task`.
    let variable = if task_variable::is_in(call) {
        let asked = Asked::of(call, &recording, values)?;
        task_variable::value(call, &asked.requirements, asked.previous.as_ref())
    } else {
        None
    };
    let declarations: Vec<&Declaration> = task.outputs.iter().collect();
    let mut found = Object::new();
    for declaration in order::by_dependency(&declarations) {
        let layers = [&found, values];
        let names = TaskNames::of(&layers, variable.as_ref());
        let evaluator = call.evaluator(&names, &recording);
        let value = evaluator.declaration(declaration).map_err(|error| after.cause(declaration, error))?;
        let output_files = OutputFiles { evaluator: &evaluator, declaration, values, written: &recording.written.borrow() };
        let value = if files.unavailable() { output_files.known_or_unknown(value, &call.call_path)? } else { output_files.collect(&value)? };
        found.insert(declaration.name.text.clone(), value);
    }
    Ok(declarations.iter().map(|output| (output.name.text.clone(), found[&output.name.text].clone())).collect())
}
