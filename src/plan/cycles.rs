//! Circles of waiting. What an inner node needs is waited for inside its section, so a circle may cross sections.

use super::{
    graph::{NodeKind, SectionId, SectionKind, Slot},
    layout::Layout,
    messages,
};
use crate::{diagnostic::Diagnostic, source::Span};

/// A node, anywhere.
type Place = (SectionId, Slot);

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    OnPath,
    Clear,
}

impl Layout<'_> {
    /// One diagnostic for each workflow that has a circle.
    pub(super) fn circles(&self) -> Vec<Diagnostic> {
        let mut marks: Vec<Vec<Mark>> = self.sections.iter().map(|section| vec![Mark::New; section.nodes.len()]).collect();
        let mut found = Vec::new();
        let mut blamed = None;
        let mut workflow = 0;
        for (index, section) in self.sections.iter().enumerate() {
            if matches!(section.kind, SectionKind::Workflow(_) | SectionKind::Task(_)) {
                workflow = index;
            }
            for (slot, _) in section.slots() {
                let start = (SectionId(u32::try_from(index).expect("sections are numbered by u32")), slot);
                let circle = self.circle_from(start, &mut marks);
                if let Some(circle) = circle.filter(|_| blamed != Some(workflow)) {
                    blamed = Some(workflow);
                    found.push(messages::circle(&self.told(&circle)));
                }
            }
        }
        found
    }

    /// Depth first without recursion: chains of waiting may be as long as a workflow.
    fn circle_from(&self, start: Place, marks: &mut [Vec<Mark>]) -> Option<Vec<Place>> {
        let mut path: Vec<(Place, Vec<Place>)> = Vec::new();
        let mut next = Some(start);
        let mut circle = None;
        loop {
            if let Some(place) = next.take() {
                match mark(marks, place) {
                    Mark::Clear => {}
                    Mark::OnPath => {
                        let from = path.iter().position(|(other, _)| *other == place).unwrap_or_default();
                        circle.get_or_insert_with(|| path[from..].iter().map(|(place, _)| *place).collect::<Vec<_>>());
                    }
                    Mark::New => {
                        *mark(marks, place) = Mark::OnPath;
                        path.push((place, self.waits_for(place)));
                    }
                }
            }
            let Some((place, rest)) = path.last_mut() else { return circle };
            next = rest.pop();
            if next.is_none() {
                *mark(marks, *place) = Mark::Clear;
                path.pop();
            }
        }
    }

    /// All that must be complete before a node is: its needs, the opener of its section, and for an export what it stands for.
    fn waits_for(&self, (section, slot): Place) -> Vec<Place> {
        let node = &self.sections[section.0 as usize].nodes[slot.0 as usize];
        let mut places: Vec<Place> = node.needs.iter().map(|need| (self.ancestor(section, need.levels), need.slot)).collect();
        places.extend(self.sections[section.0 as usize].parent);
        if let NodeKind::Export { inner } = &node.kind {
            for &(opener, slot) in inner {
                let body = self.sections[section.0 as usize].nodes[opener.0 as usize].kind.body();
                places.extend(body.map(|body| (body, slot)));
            }
        }
        places
    }

    /// Names and places for a person: without exports, which no author wrote.
    fn told(&self, circle: &[Place]) -> Vec<(String, Span)> {
        let written = |&&(section, slot): &&Place| !matches!(self.sections[section.0 as usize].nodes[slot.0 as usize].kind, NodeKind::Export { .. });
        let tell = |&(section, slot): &Place| {
            let name = &self.sections[section.0 as usize].nodes[slot.0 as usize].name;
            (name.strip_prefix("output:").unwrap_or(name).to_owned(), self.place(section, slot))
        };
        circle.iter().filter(written).map(tell).collect()
    }
}

fn mark(marks: &mut [Vec<Mark>], (section, slot): Place) -> &mut Mark {
    &mut marks[section.0 as usize][slot.0 as usize]
}
