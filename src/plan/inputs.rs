//! What may be given from outside a run, and under which keys: `workflow.n`, and for what calls leave open `workflow.call.n`,
//! `workflow.sub.call.n`.

use super::graph::{Formula, Graph, NodeKind, OpenInput, Section, SectionId, SectionKind};
use crate::{diagnostic::nearest_name, value::Type};

/// An input of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ExternalInput {
    /// Its key without the name of the run's workflow or task: `n`, `call.n`, `sub.call.n`.
    pub key: String,
    /// Its declared type. One with a default may be null too.
    pub ty: Type,
    /// Whether the run cannot begin without it.
    pub is_required: bool,
}

/// A key that is none of a run's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// The key, as given.
    pub key: String,
    /// The nearest known key, where one is near.
    pub nearest: Option<String>,
}

impl Graph {
    /// Every input that may be given, those of the workflow itself first. A static list: one for each call, not for each shard.
    pub fn external_inputs(&self) -> Vec<ExternalInput> {
        let mut found = Vec::new();
        let mut todo = vec![(String::new(), self.root, true)];
        while let Some((prefix, section, is_root)) = todo.pop() {
            if is_root {
                found.extend(self.own_inputs(section));
            }
            let first_new = todo.len();
            for call in self.calls_below(section) {
                let prefix =
                    if matches!(self.section(section).kind, SectionKind::Task(_)) { String::new() } else { format!("{prefix}{}.", call.name) };
                found.extend(call.open.iter().map(|input| external(&prefix, input)));
                todo.extend(call.workflow.map(|workflow| (prefix, workflow, false)));
            }
            todo[first_new..].reverse();
        }
        found
    }

    /// The input that a key means: `n`, `workflow.n`, `workflow.call.n`, …
    pub fn external_input(&self, key: &str) -> Result<ExternalInput, KeyError> {
        let known = self.external_inputs();
        let bare = self.bare_key(key);
        let found = known.iter().find(|input| input.key == bare).or_else(|| known.iter().find(|input| input.key == key));
        let nearest = || nearest_name(bare, known.iter().map(|input| input.key.as_str())).map(|near| format!("{}.{near}", self.name));
        found.cloned().ok_or_else(|| KeyError { key: key.to_owned(), nearest: nearest() })
    }

    /// A key without the name of what is run in front of it.
    pub fn bare_key<'a>(&self, key: &'a str) -> &'a str {
        key.strip_prefix(self.name.as_str()).and_then(|rest| rest.strip_prefix('.')).unwrap_or(key)
    }

    /// Whether a key (without the run's name) overrides an attribute of a task: `call.runtime.memory`, or `runtime.memory` of a task
    /// that is run alone (WDL 1.1, "Specifying / Overriding Runtime Attributes").
    pub fn overrides_attribute(&self, key: &str) -> bool {
        let parts: Vec<&str> = key.split('.').collect();
        let [calls @ .., section, _] = parts.as_slice() else { return false };
        if !is_attribute_section(section) {
            return false;
        }
        let mut here = self.root;
        if let (SectionKind::Task(_), []) = (self.section(here).kind, calls) {
            return true;
        }
        for (depth, name) in calls.iter().enumerate() {
            let Some(call) = self.calls_below(here).into_iter().find(|call| call.name == *name) else { return false };
            match call.workflow {
                Some(workflow) => here = workflow,
                None => return depth + 1 == calls.len(),
            }
        }
        false
    }

    fn own_inputs(&self, section: SectionId) -> Vec<ExternalInput> {
        let input = |(_, node): (_, &super::graph::Node)| {
            let NodeKind::Input(expression) = &node.kind else { return None };
            let ty = expression.ty.clone().unwrap_or(Type::Any);
            let Formula::Declaration(declaration) = &expression.formula else { return None };
            let is_required = declaration.value.is_none() && !ty.is_optional();
            Some(ExternalInput { key: node.name.clone(), ty, is_required })
        };
        self.section(section).slots().filter_map(input).collect()
    }

    /// Calls of a workflow's section and of the blocks in it, in the order of their nodes.
    fn calls_below(&self, section: SectionId) -> Vec<OpenCall<'_>> {
        let mut calls = Vec::new();
        let mut todo = vec![section];
        while let Some(section) = todo.pop() {
            let section: &Section = self.section(section);
            let first_new = todo.len();
            for node in &section.nodes {
                todo.extend(node.kind.body());
                match &node.kind {
                    NodeKind::TaskCall(call) => calls.push(OpenCall { name: &node.name, open: &call.open_inputs, workflow: None }),
                    NodeKind::WorkflowCall(call) => {
                        calls.push(OpenCall { name: &node.name, open: &call.open_inputs, workflow: Some(call.section) });
                    }
                    NodeKind::Input(_)
                    | NodeKind::Value(_)
                    | NodeKind::Variable
                    | NodeKind::Scatter { .. }
                    | NodeKind::Branch { .. }
                    | NodeKind::Export { .. } => {}
                }
            }
            todo[first_new..].reverse();
        }
        calls
    }
}

/// Whether a part of a key is a section of attributes and not a call: these are reserved words.
pub fn is_attribute_section(part: &str) -> bool {
    matches!(part, "runtime" | "requirements" | "hints")
}

/// A call and what it leaves open.
struct OpenCall<'a> {
    name: &'a str,
    open: &'a [OpenInput],
    workflow: Option<SectionId>,
}

fn external(prefix: &str, input: &OpenInput) -> ExternalInput {
    ExternalInput { key: format!("{prefix}{}", input.name), ty: input.ty.clone(), is_required: input.is_required }
}
