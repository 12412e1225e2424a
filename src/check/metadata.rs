//! `parameter_meta`: what its keys name (1.0, "Parameter Metadata Section"; 1.2 for structs).

use super::{context::Context, messages};
use crate::{
    diagnostic::nearest_name,
    syntax::ast::{Declaration, MetaEntry, Statement, StructDef, Task, Version, Workflow, WorkflowOutput},
};

/// Warns of keys that name neither an input nor an output of a task.
pub(super) fn of_task(context: &mut Context<'_, '_>, task: &Task) {
    let declarations = task.input.declarations.iter().chain(&task.declarations).chain(&task.outputs);
    unknown(context, &task.parameter_meta, "input or output of this task", &declarations.map(name).collect::<Vec<_>>());
}

/// Warns of keys that name neither an input nor an output of a workflow.
pub(super) fn of_workflow(context: &mut Context<'_, '_>, workflow: &Workflow) {
    let mut names: Vec<&str> = workflow.input.declarations.iter().map(name).collect();
    if context.version == Version::Draft2 {
        names.extend(workflow.body.iter().filter_map(|statement| match statement {
            Statement::Declaration(declaration) => Some(name(declaration)),
            Statement::Call(_) | Statement::Scatter(_) | Statement::Conditional(_) => None,
        }));
    }
    for entry in workflow.output.iter().flat_map(|section| &section.entries) {
        match entry {
            WorkflowOutput::Declaration(declaration) => names.push(name(declaration)),
            WorkflowOutput::Reference(path) => names.extend(path.last().map(|name| name.text.as_str())),
            // What it brings is the call's to say.
            WorkflowOutput::Wildcard(_) => return,
        }
    }
    unknown(context, &workflow.parameter_meta, "input or output of this workflow", &names);
}

/// Warns of keys that name no member of a struct.
pub(super) fn of_struct(context: &mut Context<'_, '_>, definition: &StructDef) {
    unknown(context, &definition.parameter_meta, "member of this struct", &definition.members.iter().map(name).collect::<Vec<_>>());
}

fn name(declaration: &Declaration) -> &str {
    &declaration.name.text
}

fn unknown(context: &mut Context<'_, '_>, entries: &[MetaEntry], of: &str, names: &[&str]) {
    for entry in entries.iter().filter(|entry| !names.contains(&entry.name.text.as_str())) {
        context.report.push(messages::unknown_parameter(&entry.name, of, nearest_name(&entry.name.text, names.iter().copied())));
    }
}
