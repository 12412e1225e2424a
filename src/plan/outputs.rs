//! First pass, continued: outputs of workflows, draft-2's old forms too.

use super::{
    graph::{NodeKind, SectionId, SectionKind},
    layout::{Layout, expression},
};
use crate::{
    check::names::{Callee, Checked},
    source::Span,
    syntax::{
        ast::{Call, Expr, ExprKind, Name, Statement, WorkflowOutput},
        documents::DocumentId,
    },
};

impl Layout<'_> {
    pub(super) fn output(&mut self, section: SectionId, entry: &WorkflowOutput) {
        match entry {
            WorkflowOutput::Declaration(declaration) => {
                let value = NodeKind::Value(self.declared(section, declaration));
                self.add_output(section, &declaration.name.text, value, declaration.span);
            }
            WorkflowOutput::Reference(path) => {
                // The checker has seen that the path is `call.output`, or `namespace.call.output` with the call's name before the last.
                if let [.., call, output] = path.as_slice() {
                    self.member_output(section, call, &output.text);
                }
            }
            WorkflowOutput::Wildcard(path) => {
                let Some(call) = path.last() else { return };
                for output in self.call_outputs(section, &call.text) {
                    self.member_output(section, call, &output);
                }
            }
        }
    }

    /// draft-2 without an `output` section: every output of every call. Meant for the run's own workflow; a caller sees none of them.
    pub(super) fn all_outputs(&mut self, section: SectionId, body: &[Statement]) {
        let mut calls = Vec::new();
        collect_calls(body, &mut calls);
        let document = self.sections[section.0 as usize].document;
        for call in calls {
            for output in declared_outputs(self.checked, document, call) {
                self.member_output(section, call.name(), &output);
            }
        }
    }

    /// The output `call.output`.
    fn member_output(&mut self, section: SectionId, call: &Name, output: &str) {
        let base = Expr { kind: ExprKind::Name(call.text.clone()), span: call.span };
        let member = Name { text: output.to_owned(), span: call.span };
        let expr = Expr { kind: ExprKind::Member(Box::new(base), member), span: call.span };
        let value = NodeKind::Value(expression(&expr, None));
        self.add_output(section, &format!("{}.{output}", call.text), value, call.span);
    }

    fn add_output(&mut self, section: SectionId, name: &str, value: NodeKind, place: Span) {
        let slot = self.node(section, format!("output:{name}"), value, place);
        self.node_mut(section, slot).is_read = true;
        self.names[section.0 as usize].outputs.entry(name.to_owned()).or_insert(slot);
        self.sections[section.0 as usize].outputs.push((name.to_owned(), slot));
    }

    /// Names of the outputs of a call anywhere in the workflow of `section`. A callee without an `output` section has the draft-2 ones.
    fn call_outputs(&self, section: SectionId, call: &str) -> Vec<String> {
        let section = &self.sections[section.0 as usize];
        let SectionKind::Workflow(workflow) = section.kind else { return Vec::new() };
        let mut calls = Vec::new();
        collect_calls(&self.checked.workflow(workflow).body, &mut calls);
        let found = calls.into_iter().find(|other| other.name().text == call);
        found.map(|call| declared_outputs(self.checked, section.document, call)).unwrap_or_default()
    }
}

fn declared_outputs(checked: &Checked, document: DocumentId, call: &Call) -> Vec<String> {
    let callee: Option<Callee> = checked.callee(document, call);
    let outputs = callee.map(|callee| checked.outputs(callee));
    outputs.map(|outputs| outputs.members.iter().map(|(name, _)| name.clone()).collect()).unwrap_or_default()
}

/// Calls in order of text, those in scatters and conditionals too.
fn collect_calls<'a>(body: &'a [Statement], calls: &mut Vec<&'a Call>) {
    for statement in body {
        match statement {
            Statement::Declaration(_) => {}
            Statement::Call(call) => calls.push(call),
            Statement::Scatter(scatter) => collect_calls(&scatter.body, calls),
            Statement::Conditional(conditional) => conditional.branches.iter().for_each(|branch| collect_calls(&branch.body, calls)),
        }
    }
}
