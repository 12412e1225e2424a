//! Declarations, calls and blocks that need themselves, through values or through `after`.

use super::{
    messages,
    report::Report,
    scopes::{Need, ROOT, Scopes},
};

/// Reports every cycle once, at the first need found that closes it. Iterative: chains may be as long as a workflow.
pub(super) fn check(scopes: &Scopes<'_>, report: &mut Report) {
    let mut search = Search { scopes, states: vec![State::New; scopes.entities.len() + scopes.blocks.len()], path: Vec::new() };
    for node in 0..search.states.len() {
        search.from(node, report);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the path that is being followed.
    Open,
    Done,
}

/// Nodes are the entities, then the blocks.
struct Search<'s, 'a> {
    scopes: &'s Scopes<'a>,
    states: Vec<State>,
    /// Nodes on the way, each with how many of its needs have been followed.
    path: Vec<(usize, usize)>,
}

impl Search<'_, '_> {
    fn from(&mut self, start: usize, report: &mut Report) {
        if self.states[start] != State::New {
            return;
        }
        self.open(start);
        while let Some((node, followed)) = self.path.last_mut() {
            let (node, index) = (*node, *followed);
            *followed += 1;
            let Some((next, need)) = self.need(node, index) else {
                self.states[node] = State::Done;
                self.path.pop();
                continue;
            };
            match self.states[next] {
                State::New => self.open(next),
                State::Open => self.report(next, need, report),
                State::Done => {}
            }
        }
    }

    fn open(&mut self, node: usize) {
        self.states[node] = State::Open;
        self.path.push((node, 0));
    }

    /// The node that a node needs at an index, and the need where it is written down (a thing needs its block without saying so).
    fn need(&self, node: usize, index: usize) -> Option<(usize, Option<Need>)> {
        let entities = self.scopes.entities.len();
        let (needs, block) = if node < entities {
            (&self.scopes.entity_needs[node], self.scopes.entities[node].block)
        } else {
            (&self.scopes.block_needs[node - entities], self.scopes.parent(node - entities))
        };
        if let Some(need) = needs.get(index) {
            return Some((need.entity, Some(*need)));
        }
        let needs_block = index == needs.len() && block != ROOT;
        needs_block.then_some((entities + block, None))
    }

    fn report(&self, closing: usize, need: Option<Need>, report: &mut Report) {
        let start = self.path.iter().position(|(node, _)| *node == closing).unwrap_or(0);
        let cycle = &self.path[start..];
        let names: Vec<&str> = cycle.iter().filter_map(|(node, _)| self.scopes.entities.get(*node)).map(|entity| entity.name.text.as_str()).collect();
        let entities = cycle.iter().filter_map(|(node, _)| self.scopes.entities.get(*node));
        let Some(first) = entities.clone().min_by_key(|entity| entity.name.span) else { return };
        // The place that closes it: where the need is written, or the last that is written before a block.
        let written = need.or_else(|| cycle.iter().rev().find_map(|(node, followed)| self.need(*node, followed - 1)?.1));
        report.push(messages::cycle(written.map_or(first.name.span, |need| need.span), &names));
    }
}
