//! From a path in the log (`sub[3].align[7]`, `sub[3].align:reads[7]`, `scatter-2`) back to the node it names. No search: each step is one look-up.

use std::collections::BTreeMap;

use super::{
    event::NodeInstance,
    scopes::{ScopeId, Scopes},
};
use crate::plan::graph::{Graph, NodeKind, SectionId, SectionKind, Slot};

/// For each workflow's own section, the nodes of a name in it and in the blocks in it. Several only where branches share a name.
#[derive(Debug)]
pub(super) struct PathIndex(BTreeMap<SectionId, BTreeMap<String, Vec<Place>>>);

/// A node and the way to it from its workflow's own section: openers, outermost first.
#[derive(Debug)]
struct Place {
    openers: Vec<(Slot, SectionKind)>,
    slot: Slot,
}

impl PathIndex {
    pub(super) fn new(graph: &Graph) -> Self {
        let mut index: BTreeMap<SectionId, BTreeMap<String, Vec<Place>>> = BTreeMap::new();
        for (number, section) in (0u32..).zip(&graph.sections) {
            let (home, openers) = way_down(graph, SectionId(number));
            let names = index.entry(home).or_default();
            for (slot, node) in section.slots() {
                if !matches!(node.kind, NodeKind::Export { .. }) {
                    names.entry(node.name.clone()).or_default().push(Place { openers: openers.clone(), slot });
                }
            }
        }
        Self(index)
    }

    /// The node of a path, if it has come into being.
    pub(super) fn find(&self, scopes: &Scopes, path: &str) -> Option<NodeInstance> {
        // What follows a colon may itself contain dots: `output:call.out`.
        let own = path.find(':').unwrap_or(path.len());
        let last_dot = path[..own].rfind('.');
        let (calls, last) = last_dot.map_or(("", path), |dot| (&path[..dot], &path[dot + 1..]));
        let mut workflow = Scopes::ROOT;
        for call in calls.split('.').filter(|call| !call.is_empty()) {
            workflow = scopes.opened_at(self.find_in(scopes, workflow, call)?, 0)?;
        }
        self.find_in(scopes, workflow, last)
    }

    fn find_in(&self, scopes: &Scopes, workflow: ScopeId, segment: &str) -> Option<NodeInstance> {
        let (name, indices) = match segment.split_once('[') {
            Some((name, rest)) => (name, rest.strip_suffix(']')?.split("][").map(|index| index.parse().ok()).collect::<Option<Vec<usize>>>()?),
            None => (segment, Vec::new()),
        };
        let places = self.0.get(&scopes.get(workflow).section)?.get(name)?;
        places.iter().find_map(|place| place.walk(scopes, workflow, &indices))
    }
}

impl Place {
    fn walk(&self, scopes: &Scopes, workflow: ScopeId, indices: &[usize]) -> Option<NodeInstance> {
        let mut indices = indices.iter();
        let mut scope = workflow;
        for &(slot, kind) in &self.openers {
            let shard = if kind == SectionKind::Scatter { *indices.next()? } else { 0 };
            scope = scopes.opened_at(NodeInstance { scope, slot }, shard)?;
        }
        indices.next().is_none().then_some(NodeInstance { scope, slot: self.slot })
    }
}

/// The workflow's own section above a section, and the openers on the way back down with the kind of what each opens.
fn way_down(graph: &Graph, section: SectionId) -> (SectionId, Vec<(Slot, SectionKind)>) {
    let (mut home, mut openers) = (section, Vec::new());
    while let Some((parent, opener)) = graph.section(home).parent {
        openers.push((opener, graph.section(home).kind));
        home = parent;
    }
    openers.reverse();
    (home, openers)
}
