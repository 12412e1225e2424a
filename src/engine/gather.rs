//! What a node is worth to those who read it: from inside its scope, and from outside its scatter or conditional.

use std::sync::Arc;

use super::{
    Engine,
    event::NodeInstance,
    scopes::{ScopeId, Scopes, SlotState},
};
use crate::{
    plan::graph::{NodeKind, SectionId, Slot},
    value::{Object, Value},
};

impl Engine {
    /// The value of a complete node; a call's is the object of its outputs.
    pub(super) fn value(&self, node: NodeInstance) -> Option<Value> {
        match self.scopes.slot(node) {
            SlotState::Done(value) => Some(value.clone()),
            SlotState::Call(call) => self.calls.get(*call).outputs(),
            SlotState::Returned(scope) => Some(Value::object(self.scope_outputs(*scope))),
            SlotState::Waiting(_) | SlotState::Due | SlotState::Evaluating | SlotState::Opened { .. } | SlotState::Failed => None,
        }
    }

    /// The outputs of a workflow's scope that is complete.
    pub(super) fn scope_outputs(&self, scope: ScopeId) -> Object {
        let section = self.graph.section(self.scopes.get(scope).section);
        let output = |(name, slot): &(String, Slot)| {
            let value = self.value(NodeInstance { scope, slot: *slot });
            (name.clone(), value.unwrap_or(Value::None))
        };
        section.outputs.iter().map(output).collect()
    }

    /// The value of an export: an array over the shards, or what the taken branch gives, or none. Of a call it is one object whose
    /// members are arrays or optional, so that `call.out` reads the same inside and outside.
    pub(super) fn gather(&self, node: NodeInstance, inner: &[(Slot, Slot)]) -> Value {
        let Some(&(first_opener, first_inner)) = inner.first() else { return Value::None };
        let is_scatter = matches!(self.node(&self.graph, Scopes::sibling(node, first_opener)).kind, NodeKind::Scatter { .. });
        let mut values = Vec::new();
        for &(opener, slot) in inner {
            let scopes = self.scopes.opened(Scopes::sibling(node, opener));
            values.extend(scopes.map(|scope| self.value(NodeInstance { scope, slot }).unwrap_or(Value::None)));
        }
        let body = self.node(&self.graph, Scopes::sibling(node, first_opener)).kind.body();
        match body.and_then(|body| self.call_members(body, first_inner)) {
            Some(members) => Value::object(members.into_iter().map(|name| member(name, &values, is_scatter)).collect()),
            None => joined(values, is_scatter),
        }
    }

    /// Names of the outputs of a call, where a node is one or stands for one.
    fn call_members(&self, mut section: SectionId, mut slot: Slot) -> Option<Vec<String>> {
        loop {
            let node = self.graph.node(section, slot);
            match &node.kind {
                NodeKind::TaskCall(call) => return Some(call.outputs.members.iter().map(|(name, _)| name.clone()).collect()),
                NodeKind::WorkflowCall(call) => {
                    let outputs = &self.graph.section(call.section).outputs;
                    return Some(outputs.iter().map(|(name, _)| name.clone()).collect());
                }
                NodeKind::Export { inner } => {
                    let &(opener, next) = inner.first()?;
                    (section, slot) = (self.graph.node(section, opener).kind.body()?, next);
                }
                NodeKind::Input(_) | NodeKind::Value(_) | NodeKind::Variable | NodeKind::Scatter { .. } | NodeKind::Branch { .. } => return None,
            }
        }
    }
}

/// One output over all shards.
fn member(name: String, calls: &[Value], is_scatter: bool) -> (String, Value) {
    let of = |call: &Value| match call {
        Value::Object(outputs) => outputs.get(&name).cloned().unwrap_or(Value::None),
        other => other.clone(),
    };
    let values = calls.iter().map(of).collect();
    (name, joined(values, is_scatter))
}

fn joined(values: Vec<Value>, is_scatter: bool) -> Value {
    if is_scatter { Value::Array(Arc::new(values)) } else { values.into_iter().next().unwrap_or(Value::None) }
}
