//! Inputs and outputs of tasks and workflows.

use std::{cell::LazyCell, collections::HashMap, sync::Arc};

use super::names::{Callee, Checked, Input, WorkflowRef};
use crate::{
    syntax::{
        ast::{Call, Declaration, Name, Statement, Version, Workflow, WorkflowOutput},
        documents::DocumentId,
    },
    value::{StructType, Type},
};

/// See [`Checked::inputs`].
pub(super) fn inputs(checked: &Checked, callee: Callee) -> Vec<Input<'_>> {
    let document = callee.document();
    let is_draft2 = checked.documents.get(document).document.version == Version::Draft2;
    let mut declarations: Vec<&Declaration> = Vec::new();
    match callee {
        Callee::Task(task) => {
            let task = checked.task(task);
            declarations.extend(&task.input.declarations);
            if is_draft2 {
                declarations.extend(&task.declarations);
            }
        }
        Callee::Workflow(workflow) => {
            let workflow = checked.workflow(workflow);
            declarations.extend(&workflow.input.declarations);
            if is_draft2 {
                declarations.extend(body_declarations(workflow));
            }
        }
    }
    let input = |declaration| input(checked, document, declaration);
    declarations.into_iter().map(input).collect()
}

/// Declarations of a workflow's body outside scatters and conditionals.
fn body_declarations(workflow: &Workflow) -> impl Iterator<Item = &Declaration> {
    workflow.body.iter().filter_map(|statement| match statement {
        Statement::Declaration(declaration) => Some(declaration),
        Statement::Call(_) | Statement::Scatter(_) | Statement::Conditional(_) => None,
    })
}

fn input<'a>(checked: &Checked, document: DocumentId, declaration: &'a Declaration) -> Input<'a> {
    let ty = declared_type(checked, document, declaration);
    let required = declaration.value.is_none() && !matches!(ty, Type::Optional(_));
    Input { ty, required, declaration }
}

/// The declared type; `Any` for a name that is not defined (the checker has said so).
pub(super) fn declared_type(checked: &Checked, document: DocumentId, declaration: &Declaration) -> Type {
    checked.resolve(document, &declaration.ty).unwrap_or(Type::Any)
}

/// See [`Checked::outputs`].
pub(super) fn outputs(checked: &Checked, callee: Callee) -> Arc<StructType> {
    let document = callee.document();
    let member = |declaration: &Declaration| (declaration.name.text.clone(), declared_type(checked, document, declaration));
    match callee {
        Callee::Task(task) => {
            let task = checked.task(task);
            Arc::new(StructType { name: task.name.text.clone(), members: task.outputs.iter().map(member).collect() })
        }
        Callee::Workflow(reference) => {
            let workflow = checked.workflow(reference);
            let mut members = Vec::new();
            let calls = LazyCell::new(|| calls_by_name(&workflow.body));
            for entry in workflow.output.iter().flat_map(|section| &section.entries) {
                match entry {
                    WorkflowOutput::Declaration(declaration) => members.push(member(declaration)),
                    WorkflowOutput::Reference(path) => members.extend(referenced_outputs(checked, reference, path, &calls)),
                    WorkflowOutput::Wildcard(path) => members.extend(wildcard_outputs(checked, reference, path, &calls)),
                }
            }
            Arc::new(StructType { name: workflow.name.text.clone(), members })
        }
    }
}

/// draft-2's `Call.out`: one output named `Call.out`.
fn referenced_outputs(checked: &Checked, workflow: WorkflowRef, path: &[Name], calls: &Calls<'_>) -> Vec<(String, Type)> {
    let Some((output, call_path)) = path.split_last() else { return Vec::new() };
    let mut members = wildcard_outputs(checked, workflow, call_path, calls);
    members.retain(|(name, _)| name.rsplit('.').next() == Some(output.text.as_str()));
    members
}

/// draft-2's `Call.*`: one output named `Call.out` for each output of the call, as the workflow's own scope sees it.
fn wildcard_outputs(checked: &Checked, workflow: WorkflowRef, call_path: &[Name], calls: &Calls<'_>) -> Vec<(String, Type)> {
    let Some(name) = call_path.last() else { return Vec::new() };
    let Some((call, wrappers)) = calls.get(name.text.as_str()) else { return Vec::new() };
    let Some(callee) = checked.callee(workflow.document, call) else { return Vec::new() };
    if callee == Callee::Workflow(workflow) {
        // A workflow that calls itself is an error; its outputs must not be asked for without end.
        return Vec::new();
    }
    let outputs = outputs(checked, callee);
    let wrap = |(output, ty): &(String, Type)| (format!("{}.{output}", name.text), wrappers.iter().copied().fold(ty.clone(), Wrapper::wrap));
    outputs.members.iter().map(wrap).collect()
}

/// What a block makes of the names in it when they are used outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapper {
    /// A scatter: an array of them.
    Array,
    /// A conditional: maybe none.
    Optional,
}

impl Wrapper {
    /// The type outside the block of a name of type `ty` in it.
    pub(super) fn wrap(ty: Type, wrapper: Self) -> Type {
        match wrapper {
            Self::Array => Type::array(ty),
            Self::Optional => ty.optional(),
        }
    }
}

/// Calls by name, each with the blocks it stands in, innermost first.
type Calls<'a> = HashMap<&'a str, (&'a Call, Vec<Wrapper>)>;

/// Every call of a body at any depth.
fn calls_by_name(body: &[Statement]) -> Calls<'_> {
    let mut calls = HashMap::new();
    collect_calls(body, &mut Vec::new(), &mut calls);
    calls
}

fn collect_calls<'a>(body: &'a [Statement], around: &mut Vec<Wrapper>, calls: &mut Calls<'a>) {
    for statement in body {
        match statement {
            Statement::Declaration(_) => {}
            Statement::Call(call) => {
                calls.insert(&call.name().text, (call, around.iter().rev().copied().collect()));
            }
            Statement::Scatter(scatter) => {
                around.push(Wrapper::Array);
                collect_calls(&scatter.body, around, calls);
                around.pop();
            }
            Statement::Conditional(conditional) => {
                around.push(Wrapper::Optional);
                conditional.branches.iter().for_each(|branch| collect_calls(&branch.body, around, calls));
                around.pop();
            }
        }
    }
}
