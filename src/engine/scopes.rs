//! The run's memory: one scope for each workflow call, shard and taken branch, one slot in it for each node of its section.
//!
//! Slots of all scopes lie in one vector, so a shard costs what its slots cost. A scope knows its parent, never copies from it.

use std::sync::Arc;

use super::{event::NodeInstance, inputs::Given};
use crate::{
    plan::graph::{Dependency, Graph, SectionId, SectionKind, Slot},
    value::Value,
};

/// Which scope of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ScopeId(pub(super) u32);

/// Which call record of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct CallId(pub(super) u32);

/// One instance of a section.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) section: SectionId,
    /// The node that opened it; `None` for the run's own.
    pub(super) opener: Option<NodeInstance>,
    /// Which shard, in a scatter.
    pub(super) index: u32,
    /// In a workflow's own scope: how many of its nodes are not complete.
    pub(super) remaining: u32,
    /// In a workflow's own scope: values given from outside the run.
    pub(super) given: Option<Arc<Given>>,
    first_slot: usize,
}

/// What is known of a node in one scope.
#[derive(Debug)]
pub(super) enum SlotState {
    /// So many of its needs are not complete.
    Waiting(u32),
    /// Nothing is missing: it is on the agenda.
    Due,
    /// The shell evaluates it.
    Evaluating,
    /// It has a value.
    Done(Value),
    /// A call of a task: its record says more.
    Call(CallId),
    /// A scatter or branch that is complete, or a call of a workflow that is not: its scopes.
    Opened {
        /// The first scope.
        first: ScopeId,
        /// How many; their ids follow each other.
        count: u32,
    },
    /// A call of a workflow that is complete: its scope.
    Returned(ScopeId),
    /// Its expression failed.
    Failed,
}

/// All scopes.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    scopes: Vec<Scope>,
    slots: Vec<SlotState>,
}

impl Scopes {
    /// The run's own scope.
    pub(super) const ROOT: ScopeId = ScopeId(0);

    pub(super) fn get(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    pub(super) fn get_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// The id that the next scope gets.
    pub(super) fn next_id(&self) -> ScopeId {
        ScopeId(u32::try_from(self.scopes.len()).expect("memory ends before 4 billion scopes do"))
    }

    /// Adds a scope of `size` nodes, all waiting for nothing yet.
    pub(super) fn add(&mut self, section: SectionId, opener: Option<NodeInstance>, size: usize) -> ScopeId {
        let id = self.next_id();
        let first_slot = self.slots.len();
        self.scopes.push(Scope { section, opener, index: 0, remaining: 0, given: None, first_slot });
        self.slots.extend(std::iter::repeat_with(|| SlotState::Waiting(0)).take(size));
        id
    }

    /// Makes room at once for many scopes.
    pub(super) fn reserve(&mut self, scopes: usize, slots: usize) {
        self.scopes.reserve(scopes);
        self.slots.reserve(scopes * slots);
    }

    pub(super) fn slot(&self, node: NodeInstance) -> &SlotState {
        &self.slots[self.get(node.scope).first_slot + node.slot.0 as usize]
    }

    pub(super) fn set(&mut self, node: NodeInstance, state: SlotState) {
        let position = self.get(node.scope).first_slot + node.slot.0 as usize;
        self.slots[position] = state;
    }

    /// The scope so many levels up.
    pub(super) fn ancestor(&self, mut scope: ScopeId, levels: u32) -> ScopeId {
        for _ in 0..levels {
            scope = self.get(scope).opener.expect("dependencies climb only to sections there are").scope;
        }
        scope
    }

    /// The node that a dependency of a node in `scope` means.
    pub(super) fn target(&self, scope: ScopeId, dependency: Dependency) -> NodeInstance {
        NodeInstance { scope: self.ancestor(scope, dependency.levels), slot: dependency.slot }
    }

    /// Scopes that a node has opened.
    pub(super) fn opened(&self, node: NodeInstance) -> impl Iterator<Item = ScopeId> + use<> {
        let (first, count) = match self.slot(node) {
            SlotState::Opened { first, count } => (first.0, *count),
            SlotState::Returned(scope) => (scope.0, 1),
            SlotState::Waiting(_) | SlotState::Due | SlotState::Evaluating | SlotState::Done(_) | SlotState::Call(_) | SlotState::Failed => (0, 0),
        };
        (first..first + count).map(ScopeId)
    }

    /// One of the scopes that a node has opened; without counting up to it.
    pub(super) fn opened_at(&self, node: NodeInstance, index: usize) -> Option<ScopeId> {
        match self.slot(node) {
            SlotState::Opened { first, count } if index < *count as usize => u32::try_from(index).ok().map(|index| ScopeId(first.0 + index)),
            SlotState::Returned(scope) if index == 0 => Some(*scope),
            SlotState::Opened { .. }
            | SlotState::Returned(_)
            | SlotState::Waiting(_)
            | SlotState::Due
            | SlotState::Evaluating
            | SlotState::Done(_)
            | SlotState::Call(_)
            | SlotState::Failed => None,
        }
    }

    /// The path of a node: names of the calls that lead to it, each with the shards around it (`sub[3].align[7]`).
    pub(super) fn path(&self, graph: &Graph, node: NodeInstance) -> String {
        let mut parts = Vec::new();
        let mut here = Some(node);
        while let Some(node) = here {
            let name = &graph.node(self.get(node.scope).section, node.slot).name;
            let mut indices = Vec::new();
            let mut scope = self.get(node.scope);
            loop {
                match graph.section(scope.section).kind {
                    SectionKind::Scatter => indices.push(scope.index),
                    SectionKind::Branch => {}
                    SectionKind::Task(_) | SectionKind::Workflow(_) => break,
                }
                let opener = scope.opener.expect("only a workflow's own scope has no opener in its workflow");
                scope = self.get(opener.scope);
            }
            let mut part = name.clone();
            for index in indices.iter().rev() {
                part.push_str(&format!("[{index}]"));
            }
            parts.push(part);
            here = scope.opener;
        }
        parts.reverse();
        parts.join(".")
    }

    /// The workflow scope that a scope belongs to.
    pub(super) fn workflow_scope(&self, graph: &Graph, mut scope: ScopeId) -> ScopeId {
        while graph.section(self.get(scope).section).parent.is_some() {
            scope = self.ancestor(scope, 1);
        }
        scope
    }

    /// The node's slot, as a node of the same scope.
    pub(super) fn sibling(node: NodeInstance, slot: Slot) -> NodeInstance {
        NodeInstance { scope: node.scope, slot }
    }
}
