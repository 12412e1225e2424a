//! What a run will do, as a static [`Graph`]: one node a call, declaration, input, scatter, branch and output. Pure.
//!
//! It expands nothing and evaluates nothing. Entry: [`plan`]. Two passes: `layout` makes nodes of statements and exports of what is seen
//! from outside a block, `resolve` finds what names mean; then `cycles` looks for what can never start.

mod calls;
mod cycles;
mod dump;
pub mod graph;
mod inputs;
mod layout;
mod messages;
mod outputs;
mod resolve;

pub use graph::Graph;
pub use inputs::{ExternalInput, KeyError, is_attribute_section};

use self::{graph::SectionId, layout::Layout};
use crate::{
    check::names::{Callee, Checked, WorkflowRef},
    diagnostic::Diagnostic,
    syntax::ast::{Call, Statement},
};

/// The graph of running `callee`, of documents without errors.
///
/// Errors: calls or declarations that wait for each other in a circle, an `after` that names nothing, a workflow that calls itself.
pub fn plan(checked: &Checked, callee: Callee) -> Result<Graph, Vec<Diagnostic>> {
    let mut layout = Layout::new(checked);
    let (root, name) = match callee {
        Callee::Task(task) => (layout.lone_task(task), checked.task(task).name.text.clone()),
        Callee::Workflow(workflow) => {
            let name = checked.workflow(workflow).name.text.clone();
            (lay_out_callees_first(&mut layout, workflow).map_err(|error| vec![*error])?, name)
        }
    };
    let mut diagnostics = layout.resolve();
    diagnostics.extend(layout.circles());
    if diagnostics.is_empty() { Ok(Graph { sections: layout.sections, root, callee, name }) } else { Err(diagnostics) }
}

/// A step of the walk over workflows that call workflows.
enum Step<'a> {
    Enter(WorkflowRef, Option<&'a Call>),
    LayOut(WorkflowRef),
}

/// Lays out `root` after every workflow that it calls, each once. Without recursion: chains of imports have no limit.
fn lay_out_callees_first(layout: &mut Layout<'_>, root: WorkflowRef) -> Result<SectionId, Box<Diagnostic>> {
    let checked = layout.checked;
    let mut entered: Vec<WorkflowRef> = Vec::new();
    let mut steps = vec![Step::Enter(root, None)];
    while let Some(step) = steps.pop() {
        match step {
            Step::LayOut(workflow) => {
                layout.workflow(workflow);
                entered.pop();
            }
            Step::Enter(workflow, _) if layout.workflows.contains_key(&workflow.document) => {}
            Step::Enter(workflow, call) => {
                if entered.contains(&workflow) {
                    let place = call.map_or(checked.workflow(workflow).span, |call| call.span);
                    return Err(Box::new(messages::calls_itself(place, &checked.workflow(workflow).name.text)));
                }
                entered.push(workflow);
                steps.push(Step::LayOut(workflow));
                let mut callees = Vec::new();
                called_workflows(checked, workflow, &checked.workflow(workflow).body, &mut callees);
                steps.extend(callees.into_iter().rev().map(|(callee, call)| Step::Enter(callee, Some(call))));
            }
        }
    }
    Ok(*layout.workflows.get(&root.document).expect("the walk ends with the root laid out"))
}

/// Workflows that a body calls, in order of text, each as often as it does.
fn called_workflows<'a>(checked: &Checked, caller: WorkflowRef, body: &'a [Statement], found: &mut Vec<(WorkflowRef, &'a Call)>) {
    for statement in body {
        match statement {
            Statement::Declaration(_) => {}
            Statement::Call(call) => {
                if let Some(Callee::Workflow(callee)) = checked.callee(caller.document, call) {
                    found.push((callee, call));
                }
            }
            Statement::Scatter(scatter) => called_workflows(checked, caller, &scatter.body, found),
            Statement::Conditional(conditional) => {
                conditional.branches.iter().for_each(|branch| called_workflows(checked, caller, &branch.body, found));
            }
        }
    }
}
