//! A task call: what it asks of the cluster before it runs, what it gives back after.

use super::files::Files;
use crate::{
    check::names::{Checked, TaskRef},
    diagnostic::Diagnostic,
    task::{CallPath, TaskInstance},
    value::Object,
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
    /// The inputs that were given, under the task's names for them; coerced here, so raw values will do.
    pub inputs: &'a Object,
    /// How often earlier attempts ended for want of something.
    pub growth: Growth,
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
pub fn prepare(call: &TaskCall<'_>, _files: &dyn Files) -> Result<TaskInstance, Diagnostic> {
    Err(Diagnostic::error_without_span(format!("cannot prepare {}", call.call_path)))
}

/// Evaluates the outputs of a task call whose command has succeeded, in the order of its output section.
pub fn outputs(call: &TaskCall<'_>, _files: &dyn Files) -> Result<Object, Diagnostic> {
    Err(Diagnostic::error_without_span(format!("cannot collect the outputs of {}", call.call_path)))
}
