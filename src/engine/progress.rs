//! How the run moves: nodes that miss nothing start, nodes that complete release those that wait for them. One agenda, first in first out,
//! no recursion; each completion costs what it releases.

use std::sync::Arc;

use super::{
    Engine,
    event::{Action, NodeInstance},
    inputs::Given,
    phase::RunState,
    scopes::{ScopeId, Scopes, SlotState},
};
use crate::{
    plan::graph::{Dependent, Expression, Graph, Node, NodeKind, SectionId, Slot, WorkflowCall},
    value::{Object, Value},
};

/// Something to do before the engine answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Due {
    /// This node misses nothing.
    Start(NodeInstance),
    /// Every node of this workflow's scope is complete.
    Return(ScopeId),
}

/// The scopes that a node opens.
enum Shards<'a> {
    /// One for each item, which its variable is.
    Items(&'a [Value]),
    /// A branch that is taken.
    Taken,
    /// A branch that is not.
    NotTaken,
}

impl Shards<'_> {
    fn count(&self) -> usize {
        match self {
            Self::Items(items) => items.len(),
            Self::Taken => 1,
            Self::NotTaken => 0,
        }
    }
}

impl Engine {
    /// Works off the agenda. A run that stops keeps the rest of it, for when it is resumed.
    pub(super) fn settle(&mut self) {
        while self.run == RunState::Going {
            match self.agenda.pop_front() {
                Some(Due::Start(node)) => self.start(node),
                Some(Due::Return(scope)) => self.return_from(scope),
                None => return,
            }
        }
    }

    fn start(&mut self, node: NodeInstance) {
        let graph = Arc::clone(&self.graph);
        match &self.node(&graph, node).kind {
            NodeKind::Input(expression) | NodeKind::Value(expression) => self.start_expression(node, expression),
            NodeKind::Scatter { collection, .. } => self.start_expression(node, collection),
            NodeKind::Branch { condition, previous, .. } => {
                if self.is_taken_before(&graph, node, *previous) {
                    self.open(node, &Shards::NotTaken);
                } else if let Some(condition) = condition {
                    self.start_expression(node, condition);
                } else {
                    self.open(node, &Shards::Taken);
                }
            }
            NodeKind::TaskCall(_) => self.start_call(node),
            NodeKind::WorkflowCall(call) => self.start_workflow(node, call),
            NodeKind::Export { inner } => {
                let value = if self.node(&graph, node).is_read { self.gather(node, inner) } else { Value::None };
                self.done(node, value);
            }
            NodeKind::Variable => {}
        }
    }

    /// Evaluates now what consults no files, and asks the shell for the rest.
    fn start_expression(&mut self, node: NodeInstance, expression: &Expression) {
        if expression.needs_files {
            self.scopes.set(node, SlotState::Evaluating);
            self.evaluating.insert(node);
            self.actions.push(Action::Evaluate(node));
            return;
        }
        match self.evaluate(node, expression) {
            Ok(value) => self.take_value(node, value),
            Err(diagnostic) => self.fail_node(node, diagnostic),
        }
    }

    /// What the value of a node's expression leads to.
    pub(super) fn take_value(&mut self, node: NodeInstance, value: Value) {
        let graph = Arc::clone(&self.graph);
        match (&self.node(&graph, node).kind, value) {
            (NodeKind::Scatter { .. }, Value::Array(items)) => self.open(node, &Shards::Items(&items)),
            // Only in `compile`: one sample of what nobody knows.
            (NodeKind::Scatter { .. }, unknown @ Value::Unknown(_)) => self.open(node, &Shards::Items(&[unknown])),
            (NodeKind::Scatter { collection, .. }, other) => {
                let diagnostic = super::evaluate::not_an_array(collection, &other);
                self.fail_node(node, diagnostic);
            }
            (NodeKind::Branch { .. }, Value::Boolean(true) | Value::Unknown(_)) => self.open(node, &Shards::Taken),
            (NodeKind::Branch { .. }, _) => self.open(node, &Shards::NotTaken),
            (_, value) => self.done(node, value),
        }
    }

    fn start_workflow(&mut self, node: NodeInstance, call: &WorkflowCall) {
        let inputs = match self.arguments(node, &call.arguments) {
            Ok(inputs) => inputs,
            Err(diagnostic) => return self.fail_node(node, *diagnostic),
        };
        let given = self.given_to(node);
        let first = self.scopes.next_id();
        self.scopes.set(node, SlotState::Opened { first, count: 1 });
        if let Err(diagnostic) = self.enter_workflow(call.section, Some(node), &inputs, given) {
            self.fail_node(node, *diagnostic);
        }
    }

    /// Makes the scope of a workflow, its inputs bound.
    pub(super) fn enter_workflow(
        &mut self,
        section: SectionId,
        opener: Option<NodeInstance>,
        inputs: &Object,
        given: Option<Arc<Given>>,
    ) -> Result<(), Box<crate::diagnostic::Diagnostic>> {
        let graph = Arc::clone(&self.graph);
        let body = graph.section(section);
        let mut bound = Vec::new();
        for (slot, node) in body.slots() {
            let NodeKind::Input(expression) = &node.kind else { continue };
            let value = inputs.get(&node.name).or_else(|| given.as_ref().and_then(|given| given.values.get(&node.name)));
            if let Some(value) = value {
                bound.extend(self.bind(section, expression, value.clone())?.map(|value| (slot, value)));
            }
        }
        let scope = self.scopes.add(section, opener, body.nodes.len());
        let inner = self.scopes.get_mut(scope);
        inner.given = given;
        inner.remaining = u32::try_from(body.nodes.len() - bound.len()).expect("nodes are numbered by u32");
        if inner.remaining == 0 {
            self.agenda.push_back(Due::Return(scope));
        }
        for (slot, value) in bound {
            self.scopes.set(NodeInstance { scope, slot }, SlotState::Done(value));
        }
        self.await_needs(&graph, scope);
        Ok(())
    }

    fn return_from(&mut self, scope: ScopeId) {
        match self.scopes.get(scope).opener {
            None => self.is_complete = true,
            Some(call) => {
                self.scopes.set(call, SlotState::Returned(scope));
                self.complete(call);
            }
        }
    }

    /// Opens a scatter or a branch: makes its scopes, tells its exports how many nodes they wait for, and is complete.
    fn open(&mut self, node: NodeInstance, shards: &Shards<'_>) {
        let graph = Arc::clone(&self.graph);
        let section = self.node(&graph, node).kind.body().expect("only scatters and branches are opened");
        let body = graph.section(section);
        let count = u32::try_from(shards.count()).expect("memory ends before 4 billion shards do");
        for export in body.nodes.iter().filter_map(|inner| inner.export) {
            self.expect_shards(Scopes::sibling(node, export), count);
        }
        self.scopes.set(node, SlotState::Opened { first: self.scopes.next_id(), count });
        self.scopes.reserve(shards.count(), body.nodes.len());
        for index in 0..count {
            let scope = self.scopes.add(section, Some(node), body.nodes.len());
            self.scopes.get_mut(scope).index = index;
            if let Shards::Items(items) = shards {
                self.scopes.set(NodeInstance { scope, slot: Slot(0) }, SlotState::Done(items[index as usize].clone()));
            }
            self.await_needs(&graph, scope);
        }
        self.complete(node);
    }

    /// An export waits for its opener until that is open, then for the node in each of the opener's scopes.
    fn expect_shards(&mut self, export: NodeInstance, count: u32) {
        let SlotState::Waiting(waiting) = self.scopes.slot(export) else { return };
        let waiting = waiting + count;
        self.scopes.set(export, SlotState::Waiting(waiting));
        self.release(export);
    }

    /// Counts what each node of a new scope waits for.
    fn await_needs(&mut self, graph: &Graph, scope: ScopeId) {
        for (slot, node) in graph.section(self.scopes.get(scope).section).slots() {
            let instance = NodeInstance { scope, slot };
            if matches!(self.scopes.slot(instance), SlotState::Done(_)) {
                continue;
            }
            let missing = match &node.kind {
                NodeKind::Export { inner } => inner.len(),
                NodeKind::TaskCall(_) => {
                    self.counts.waiting += 1;
                    self.missing_needs(scope, node)
                }
                NodeKind::Input(_)
                | NodeKind::Value(_)
                | NodeKind::Variable
                | NodeKind::WorkflowCall(_)
                | NodeKind::Scatter { .. }
                | NodeKind::Branch { .. } => self.missing_needs(scope, node),
            };
            // One more than it misses, so that the release that follows finds the ones that miss nothing.
            self.scopes.set(instance, SlotState::Waiting(u32::try_from(missing).expect("nodes are numbered by u32") + 1));
            self.release(instance);
        }
    }

    fn missing_needs(&self, scope: ScopeId, node: &Node) -> usize {
        node.needs.iter().filter(|need| !self.is_node_complete(self.scopes.target(scope, **need))).count()
    }

    fn is_node_complete(&self, node: NodeInstance) -> bool {
        match self.scopes.slot(node) {
            SlotState::Done(_) | SlotState::Returned(_) => true,
            SlotState::Opened { .. } => !matches!(self.node(&self.graph, node).kind, NodeKind::WorkflowCall(_)),
            SlotState::Call(call) => self.calls.get(*call).is_done(),
            SlotState::Waiting(_) | SlotState::Due | SlotState::Evaluating | SlotState::Failed => false,
        }
    }

    /// A node has its value.
    fn done(&mut self, node: NodeInstance, value: Value) {
        self.scopes.set(node, SlotState::Done(value));
        self.complete(node);
    }

    /// Releases what waits for a node that is complete from now on.
    pub(super) fn complete(&mut self, node: NodeInstance) {
        let graph = Arc::clone(&self.graph);
        let complete = self.node(&graph, node);
        for dependent in &complete.dependents {
            self.release_dependent(node.scope, dependent);
        }
        if let (Some(export), Some(opener)) = (complete.export, self.scopes.get(node.scope).opener) {
            self.release(Scopes::sibling(opener, export));
        }
        if graph.section(self.scopes.get(node.scope).section).parent.is_none() {
            let scope = self.scopes.get_mut(node.scope);
            scope.remaining -= 1;
            if scope.remaining == 0 {
                self.agenda.push_back(Due::Return(node.scope));
            }
        }
    }

    /// Releases one dependent in every scope that is open on the way down to it; scopes made later will not wait for this node.
    fn release_dependent(&mut self, scope: ScopeId, dependent: &Dependent) {
        let Some((first, rest)) = dependent.openers.split_first() else {
            return self.release(NodeInstance { scope, slot: dependent.slot });
        };
        let mut scopes: Vec<ScopeId> = self.scopes.opened(NodeInstance { scope, slot: *first }).collect();
        for opener in rest {
            scopes = scopes.iter().flat_map(|&scope| self.scopes.opened(NodeInstance { scope, slot: *opener })).collect();
        }
        for scope in scopes {
            self.release(NodeInstance { scope, slot: dependent.slot });
        }
    }

    /// One thing less that a node waits for. A node that was given its value waits for nothing.
    fn release(&mut self, node: NodeInstance) {
        if let SlotState::Waiting(missing) = self.scopes.slot(node) {
            let missing = missing.saturating_sub(1);
            if missing == 0 {
                self.scopes.set(node, SlotState::Due);
                self.agenda.push_back(Due::Start(node));
            } else {
                self.scopes.set(node, SlotState::Waiting(missing));
            }
        }
    }

    /// Whether a branch before this one of the same conditional is taken.
    fn is_taken_before(&self, graph: &Graph, node: NodeInstance, mut previous: Option<Slot>) -> bool {
        while let Some(slot) = previous {
            let sibling = Scopes::sibling(node, slot);
            if self.scopes.opened(sibling).next().is_some() {
                return true;
            }
            previous = match &self.node(graph, sibling).kind {
                NodeKind::Branch { previous, .. } => *previous,
                NodeKind::Input(_)
                | NodeKind::Value(_)
                | NodeKind::Variable
                | NodeKind::TaskCall(_)
                | NodeKind::WorkflowCall(_)
                | NodeKind::Scatter { .. }
                | NodeKind::Export { .. } => None,
            };
        }
        false
    }

    pub(super) fn node<'g>(&self, graph: &'g Graph, node: NodeInstance) -> &'g Node {
        graph.node(self.scopes.get(node.scope).section, node.slot)
    }
}
