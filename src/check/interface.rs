//! Inputs and outputs of tasks and workflows.

use std::sync::Arc;

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
            for entry in workflow.output.iter().flat_map(|section| &section.entries) {
                match entry {
                    WorkflowOutput::Declaration(declaration) => members.push(member(declaration)),
                    WorkflowOutput::Reference(path) => members.extend(referenced_outputs(checked, reference, path)),
                    WorkflowOutput::Wildcard(path) => members.extend(wildcard_outputs(checked, reference, path)),
                }
            }
            Arc::new(StructType { name: workflow.name.text.clone(), members })
        }
    }
}

/// draft-2's `Call.out`: one output named `Call.out`.
fn referenced_outputs(checked: &Checked, workflow: WorkflowRef, path: &[Name]) -> Vec<(String, Type)> {
    let Some((output, call_path)) = path.split_last() else { return Vec::new() };
    let mut members = wildcard_outputs(checked, workflow, call_path);
    members.retain(|(name, _)| name.rsplit('.').next() == Some(output.text.as_str()));
    members
}

/// draft-2's `Call.*`: one output named `Call.out` for each output of the call, as the workflow's own scope sees it.
fn wildcard_outputs(checked: &Checked, workflow: WorkflowRef, call_path: &[Name]) -> Vec<(String, Type)> {
    let Some(name) = call_path.last() else { return Vec::new() };
    let Some((call, wrappers)) = find_call(&checked.workflow(workflow).body, &name.text) else { return Vec::new() };
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

/// The call of a name anywhere in a body, and the blocks it stands in, innermost first.
pub(super) fn find_call<'a>(body: &'a [Statement], name: &str) -> Option<(&'a Call, Vec<Wrapper>)> {
    let inside = |body, wrapper| {
        find_call(body, name).map(|(call, mut wrappers)| {
            wrappers.push(wrapper);
            (call, wrappers)
        })
    };
    body.iter().find_map(|statement| match statement {
        Statement::Declaration(_) => None,
        Statement::Call(call) => (call.name().text == name).then(|| (call, Vec::new())),
        Statement::Scatter(scatter) => inside(&scatter.body, Wrapper::Array),
        Statement::Conditional(conditional) => conditional.branches.iter().find_map(|branch| inside(&branch.body, Wrapper::Optional)),
    })
}
