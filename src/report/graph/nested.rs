//! Boxes in boxes: every group is laid out by itself, the innermost first, as one box of the group around it. An edge is cut where it crosses
//! a group's border, and its pieces meet there.

use std::collections::BTreeMap;

use super::{
    layered::{Flow, Layered, Port, Size, lay_out},
    picture::{EdgeKind, End, Picture},
};

/// Space between a group's border and what is in it.
const PAD: f64 = 16.0;
/// Room for a group's label.
const HEAD: f64 = 30.0;

/// A rectangle by its upper left corner.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) size: Size,
}

/// A line from above to below, with an arrow where it ends at what waits.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) kind: EdgeKind,
    pub(super) points: Vec<(f64, f64)>,
    pub(super) has_arrow: bool,
}

/// Everything with its place.
#[derive(Debug)]
pub(super) struct Drawing {
    pub(super) groups: Vec<Place>,
    pub(super) nodes: Vec<Place>,
    pub(super) lines: Vec<Line>,
}

/// What edges have in common that are drawn as one inside a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// They come from one end in the group.
    From(End, EdgeKind),
    /// They come from outside and go to one end in the group.
    To(End, EdgeKind),
}

/// Pieces of edges inside one group.
type Pieces = BTreeMap<Key, Piece>;

/// What is drawn as one inside a group.
#[derive(Clone, Debug, Default)]
struct Piece {
    /// The member it comes from; none: the upper border.
    origin: Option<End>,
    goals: Vec<Goal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    /// The lower border.
    Border,
    /// A member, which is `last` or a group that has it in it.
    Member { member: End, last: End },
}

impl Piece {
    fn add(&mut self, goal: Goal) {
        if !self.goals.contains(&goal) {
            self.goals.push(goal);
        }
    }
}

struct Nested<'a> {
    picture: &'a Picture,
    node_sizes: &'a [Size],
    pieces: Vec<Pieces>,
    inner: Vec<Layered>,
    label_widths: &'a [f64],
}

/// Places nodes of known sizes, groups with labels of known widths, and lines.
pub(super) fn place(picture: &Picture, node_sizes: &[Size], label_widths: &[f64]) -> Drawing {
    let pieces = cut(picture);
    let inner = picture.groups.iter().map(|_| Layered::default()).collect();
    let mut nested = Nested { picture, node_sizes, pieces, inner, label_widths };
    // A group comes after the one around it.
    for group in (0..picture.groups.len()).rev() {
        nested.inner[group] = lay_out(&nested.sizes(group), &nested.flows(group));
    }
    nested.drawing()
}

/// Cuts every edge at the borders that it crosses.
fn cut(picture: &Picture) -> Vec<Pieces> {
    let mut pieces: Vec<Pieces> = vec![Pieces::new(); picture.groups.len()];
    for edge in &picture.edges {
        let around_target: Vec<usize> = picture.around(edge.to).collect();
        let Some(common) = picture.around(edge.from).find(|group| around_target.contains(group)) else { continue };
        let from = Key::From(edge.from, edge.kind);
        let mut origin = edge.from;
        for group in picture.around(edge.from).take_while(|group| *group != common) {
            let piece = pieces[group].entry(from).or_default();
            piece.origin = Some(origin);
            piece.add(Goal::Border);
            origin = End::Group(group);
        }
        let mut member = edge.to;
        for group in around_target.into_iter().take_while(|group| *group != common) {
            pieces[group].entry(Key::To(edge.to, edge.kind)).or_default().add(Goal::Member { member, last: edge.to });
            member = End::Group(group);
        }
        let piece = pieces[common].entry(from).or_default();
        piece.origin = Some(origin);
        piece.add(Goal::Member { member, last: edge.to });
    }
    pieces
}

impl Nested<'_> {
    fn sizes(&self, group: usize) -> Vec<Size> {
        let members = self.picture.groups[group].members.iter();
        members.map(|member| self.size(*member)).collect()
    }

    fn size(&self, end: End) -> Size {
        match end {
            End::Node(node) => self.node_sizes[node],
            End::Group(group) => {
                let inner = self.inner[group].size;
                let width = inner.width.max(self.label_widths[group]) + 2.0 * PAD;
                Size { width, height: inner.height + HEAD + PAD }
            }
        }
    }

    /// The pieces of a group as flows between its members by index.
    fn flows(&self, group: usize) -> Vec<Flow> {
        let index: BTreeMap<End, usize> = self.picture.groups[group].members.iter().enumerate().map(|(index, member)| (*member, index)).collect();
        let target = |kind: EdgeKind, goal: &Goal| match *goal {
            Goal::Border => None,
            Goal::Member { member, last } => Some(Port { item: index[&member], offset: self.offset(member, Key::To(last, kind)) }),
        };
        let flow = |(key, piece): (&Key, &Piece)| Flow {
            origin: piece.origin.map(|member| Port { item: index[&member], offset: self.offset(member, *key) }),
            targets: piece.goals.iter().map(|goal| target(key.kind(), goal)).collect(),
        };
        self.pieces[group].iter().map(flow).collect()
    }

    /// Where a line meets the side of a member, right of its centre.
    fn offset(&self, end: End, key: Key) -> f64 {
        let End::Group(group) = end else { return 0.0 };
        let way = self.pieces[group].keys().position(|other| *other == key).map(|index| &self.inner[group].ways[index]);
        let crossing = way.and_then(|way| match key {
            Key::From(..) => way.bottom,
            Key::To(..) => way.top,
        });
        crossing.map_or(0.0, |x| self.left(group) + x - self.size(end).width / 2.0)
    }

    /// Where what is in a group begins, right of its border.
    fn left(&self, group: usize) -> f64 {
        (self.size(End::Group(group)).width - self.inner[group].size.width) / 2.0
    }

    fn drawing(&self) -> Drawing {
        let mut drawing = Drawing {
            groups: vec![Place::default(); self.picture.groups.len()],
            nodes: vec![Place::default(); self.picture.nodes.len()],
            lines: Vec::new(),
        };
        drawing.groups[0].size = self.size(End::Group(0));
        for (group, inner) in self.inner.iter().enumerate() {
            let whole = drawing.groups[group];
            let (x, y) = (whole.x + self.left(group), whole.y + HEAD);
            for (member, corner) in self.picture.groups[group].members.iter().zip(&inner.corners) {
                let place = Place { x: x + corner.0, y: y + corner.1, size: self.size(*member) };
                match *member {
                    End::Node(node) => drawing.nodes[node] = place,
                    End::Group(group) => drawing.groups[group] = place,
                }
            }
            self.lines(group, &mut drawing);
        }
        drawing
    }

    /// The lines inside a group whose members have their places.
    fn lines(&self, group: usize, drawing: &mut Drawing) {
        let whole = drawing.groups[group];
        let (x, y) = (whole.x + self.left(group), whole.y + HEAD);
        let place = |end: End| match end {
            End::Node(node) => drawing.nodes[node],
            End::Group(group) => drawing.groups[group],
        };
        let middle = |end: End, offset: f64| place(end).x + place(end).size.width / 2.0 + offset;
        let mut lines = Vec::new();
        for ((key, piece), way) in self.pieces[group].iter().zip(&self.inner[group].ways) {
            let start = match piece.origin {
                Some(end) => {
                    let x = middle(end, self.offset(end, *key));
                    vec![(x, place(end).y + place(end).size.height), (x, y + way.below_origin)]
                }
                None => vec![(x + way.top.unwrap_or_default(), whole.y)],
            };
            for (goal, passed) in piece.goals.iter().zip(&way.passed) {
                let mut points = if passed.is_some() { start.clone() } else { start[..1].to_vec() };
                let bends = way.bends.iter().take(passed.unwrap_or(0));
                points.extend(bends.flat_map(|bend| [(x + bend.x, y + bend.top), (x + bend.x, y + bend.bottom)]));
                points.push(match *goal {
                    Goal::Member { member, last } => (middle(member, self.offset(member, Key::To(last, key.kind()))), place(member).y),
                    Goal::Border => (x + way.bottom.unwrap_or_default(), whole.y + whole.size.height),
                });
                let has_arrow = matches!(goal, Goal::Member { member, last } if member == last);
                lines.push(Line { kind: key.kind(), points, has_arrow });
            }
        }
        drawing.lines.extend(lines);
    }
}

impl Key {
    fn kind(self) -> EdgeKind {
        match self {
            Self::From(_, kind) | Self::To(_, kind) => kind,
        }
    }
}
