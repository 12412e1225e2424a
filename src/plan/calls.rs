//! First pass, continued: calls, and the inputs that they leave open to be given from outside.

use std::collections::{HashMap, HashSet};

use super::{
    graph::{Argument, ArgumentValue, NodeKind, OpenInput, SectionId, SectionKind, Slot, TaskCall, WorkflowCall},
    layout::{Layout, expression},
};
use crate::{
    check::names::{Callee, TaskRef},
    source::Span,
    syntax::ast::{Attribute, Call, CallInput, Expr, ExprKind, MetaEntry, MetaValue, Version, Workflow},
    value::Type,
};

impl Layout<'_> {
    /// The section of a task that is run without a workflow: one call, every input open.
    pub(super) fn lone_task(&mut self, task: TaskRef) -> SectionId {
        let section = self.section(SectionKind::Task(task), task.document, None);
        let name = self.checked.task(task).name.clone();
        let open_inputs = self.open_inputs(Callee::Task(task), &[]);
        let kind = self.task_call(task, Vec::new(), open_inputs);
        let slot = self.node(section, name.text, kind, name.span);
        self.node_mut(section, slot).is_read = true;
        section
    }

    pub(super) fn call(&mut self, section: SectionId, call: &Call) {
        let document = self.sections[section.0 as usize].document;
        let Some(callee) = self.checked.callee(document, call) else {
            // The checker has said so, and nothing is planned of documents with errors.
            return;
        };
        let name = &call.name().text;
        let arguments = self.arguments(section, call, callee);
        let mut open_inputs = self.open_inputs(callee, &call.inputs);
        if !self.allows_nested_inputs(section) {
            // Without those the workflow could not run at all; the checker warns of it.
            open_inputs.retain(|input| input.is_required);
        }
        let kind = match callee {
            Callee::Task(task) => self.task_call(task, arguments, open_inputs),
            Callee::Workflow(workflow) => {
                let callee = *self.workflows.get(&workflow.document).expect("callees are laid out before their callers");
                NodeKind::WorkflowCall(WorkflowCall { section: callee, arguments, open_inputs })
            }
        };
        let slot = self.node(section, name.clone(), kind, call.span);
        self.publish(section, slot, name);
        if !call.after.is_empty() {
            self.names[section.0 as usize].after.push((slot, call.after.clone()));
        }
    }

    fn task_call(&self, task: TaskRef, arguments: Vec<Argument>, open_inputs: Vec<OpenInput>) -> NodeKind {
        let outputs = self.checked.outputs(Callee::Task(task));
        NodeKind::TaskCall(TaskCall { task, task_name: self.checked.task(task).name.text.clone(), arguments, open_inputs, outputs })
    }

    fn arguments(&mut self, section: SectionId, call: &Call, callee: Callee) -> Vec<Argument> {
        let inputs: HashMap<&str, Type> =
            self.checked.inputs(callee).into_iter().map(|input| (input.declaration.name.text.as_str(), input.ty)).collect();
        let declared = |name: &str| inputs.get(name).cloned().unwrap_or(Type::Any);
        let mut argument = |input: &CallInput| {
            let ty = declared(&input.name.text);
            let value = self.argument_value(section, call, input);
            Argument { name: input.name.text.clone(), place: input.name.span, ty, value }
        };
        // Of two with one name the last holds, as in other engines.
        let last: HashMap<&str, usize> = call.inputs.iter().zip(0..).map(|(input, index)| (input.name.text.as_str(), index)).collect();
        let is_last = |(index, input): &(usize, &CallInput)| last[input.name.text.as_str()] == *index;
        call.inputs.iter().enumerate().filter(is_last).map(|(_, input)| argument(input)).collect()
    }

    /// An argument that consults files gets a node of its own, so that its value is logged once and not read again by a retry.
    fn argument_value(&mut self, section: SectionId, call: &Call, input: &CallInput) -> ArgumentValue {
        let same_name = || Expr { kind: ExprKind::Name(input.name.text.clone()), span: input.name.span };
        let value = expression(&input.value.clone().unwrap_or_else(same_name), None);
        if !value.needs_files {
            return ArgumentValue::Expression(value);
        }
        let name = format!("{}:{}", call.name().text, input.name.text);
        let slot = self.node(section, name, NodeKind::Value(value), input.name.span);
        self.node_mut(section, slot).is_read = true;
        ArgumentValue::Node(slot)
    }

    /// The callee's inputs that a call does not give.
    fn open_inputs(&self, callee: Callee, given: &[CallInput]) -> Vec<OpenInput> {
        let inputs = self.checked.inputs(callee).into_iter();
        let given: HashSet<&str> = given.iter().map(|input| input.name.text.as_str()).collect();
        let is_open = |name: &str| !given.contains(name);
        inputs
            .filter(|input| is_open(&input.declaration.name.text))
            .map(|input| OpenInput { name: input.declaration.name.text.clone(), ty: input.ty, is_required: input.required })
            .collect()
    }

    /// WDL 1.1 and later want `allowNestedInputs: true` in the workflow's `meta` (1.2: `allow_nested_inputs` in its hints).
    fn allows_nested_inputs(&self, section: SectionId) -> bool {
        if self.version(section) < Version::V1_1 {
            return true;
        }
        let document = self.sections[section.0 as usize].document;
        let workflow = self.checked.find_workflow(document).map(|reference| self.checked.workflow(reference));
        workflow.is_some_and(says_nested_inputs)
    }

    /// The place of a node in the text.
    pub(super) fn place(&self, section: SectionId, slot: Slot) -> Span {
        self.places[section.0 as usize][slot.0 as usize]
    }
}

fn says_nested_inputs(workflow: &Workflow) -> bool {
    let meta = |entry: &MetaEntry| entry.name.text == "allowNestedInputs" && entry.value == MetaValue::Boolean(true);
    let hint = |hint: &Attribute| {
        matches!(hint.name.text.as_str(), "allow_nested_inputs" | "allowNestedInputs") && matches!(hint.value.kind, ExprKind::Boolean(true))
    };
    workflow.meta.iter().any(meta) || workflow.hints.iter().flat_map(|hints| &hints.attributes).any(hint)
}
