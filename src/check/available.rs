//! Every input that can be given to a run from outside, under its full key.

use super::names::{Callee, Checked, WorkflowRef};
use crate::{
    syntax::{
        ast::{Attribute, Call, Declaration, ExprKind, MetaEntry, MetaValue, Name, Statement, Version},
        documents::DocumentId,
    },
    value::Type,
};

/// An input under the key that an inputs JSON uses.
#[derive(Clone, Debug)]
pub struct AvailableInput {
    /// `workflow.input`, `workflow.call.input`, `workflow.sub.call.input`, or `task.input`.
    pub key: String,
    /// Its declared type; `X?` where it has a default, since `null` then means the default.
    pub ty: Type,
    /// Whether it must be given.
    pub required: bool,
    /// The document that declares it.
    pub document: DocumentId,
    /// Its declaration, for the default and the place.
    pub declaration: Declaration,
    /// What `parameter_meta` says of it.
    pub meta: Option<MetaValue>,
}

/// Sub-workflows nest as deep as documents do; a cycle is refused before, so this only bounds the walk over a set with errors.
const DEEPEST: usize = 64;

/// Every input of a task or workflow that can be given, its own first, then those of its calls that no call sets.
/// Inputs of calls are open from outside in draft-2 and 1.0, and since 1.1 where `allowNestedInputs` says so (1.1, "Computing call inputs").
/// Elsewhere only those are that the call must give and does not: the checker warns of them.
pub fn available_inputs(checked: &Checked, callee: Callee) -> Vec<AvailableInput> {
    let name = match callee {
        Callee::Task(task) => &checked.task(task).name.text,
        Callee::Workflow(workflow) => &checked.workflow(workflow).name.text,
    };
    let mut found = Vec::new();
    collect(checked, callee, name, &mut found);
    if let Callee::Workflow(workflow) = callee {
        nested(checked, (workflow, true), name, &mut found, DEEPEST);
    }
    found
}

fn collect(checked: &Checked, callee: Callee, prefix: &str, found: &mut Vec<AvailableInput>) {
    let (document, metas) = match callee {
        Callee::Task(task) => (task.document, &checked.task(task).parameter_meta),
        Callee::Workflow(workflow) => (workflow.document, &checked.workflow(workflow).parameter_meta),
    };
    for input in checked.inputs(callee) {
        let name = &input.declaration.name.text;
        let ty = if input.declaration.value.is_some() { input.ty.clone().optional() } else { input.ty.clone() };
        let meta = metas.iter().find(|entry| entry.name.text == *name).map(|entry| entry.value.clone());
        found.push(AvailableInput {
            key: format!("{prefix}.{name}"),
            ty,
            required: input.required,
            document,
            declaration: input.declaration.clone(),
            meta,
        });
    }
}

/// `is_open`: whether the workflows around this one let inputs of calls be given.
fn nested(checked: &Checked, (workflow, is_open): (WorkflowRef, bool), prefix: &str, found: &mut Vec<AvailableInput>, depth: usize) {
    if depth == 0 {
        return;
    }
    let is_open = is_open && allows_nested(checked, workflow);
    let mut calls = Vec::new();
    calls_of(&checked.workflow(workflow).body, &mut calls);
    for call in calls {
        let Some(callee) = checked.callee(workflow.document, call) else { continue };
        let prefix = format!("{prefix}.{}", call.name().text);
        let mut inputs = Vec::new();
        collect(checked, callee, &prefix, &mut inputs);
        let is_set = |input: &AvailableInput| call.inputs.iter().any(|set| set.name.text == input.declaration.name.text);
        found.extend(inputs.into_iter().filter(|input| !is_set(input) && (is_open || input.required)));
        if let Callee::Workflow(sub) = callee {
            nested(checked, (sub, is_open), &prefix, found, depth - 1);
        }
    }
}

/// Whether the calls of a workflow take inputs from outside.
pub fn allows_nested(checked: &Checked, workflow: WorkflowRef) -> bool {
    let version = checked.documents.get(workflow.document).document.version;
    let workflow = checked.workflow(workflow);
    let in_meta = |entry: &MetaEntry| is_switch(&entry.name) && entry.value == MetaValue::Boolean(true);
    let in_hints = |hint: &Attribute| is_switch(&hint.name) && matches!(hint.value.kind, ExprKind::Boolean(true));
    let mut hints = workflow.hints.iter().flat_map(|section| &section.attributes);
    version < Version::V1_1 || workflow.meta.iter().any(in_meta) || hints.any(in_hints)
}

/// The name in `meta` (1.1) and in `hints` (1.2).
fn is_switch(name: &Name) -> bool {
    ["allowNestedInputs", "allow_nested_inputs"].contains(&name.text.as_str())
}

/// The calls of a body at any depth of scatters and conditionals, in order of text.
pub fn calls_of<'a>(body: &'a [Statement], calls: &mut Vec<&'a Call>) {
    for statement in body {
        match statement {
            Statement::Declaration(_) => {}
            Statement::Call(call) => calls.push(call),
            Statement::Scatter(scatter) => calls_of(&scatter.body, calls),
            Statement::Conditional(conditional) => conditional.branches.iter().for_each(|branch| calls_of(&branch.body, calls)),
        }
    }
}
