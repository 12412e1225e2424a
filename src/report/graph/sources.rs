//! From a plan to a picture: calls become nodes, sections become groups, and declarations between calls are followed to the calls behind them.

use std::collections::{BTreeSet, HashMap};

use super::picture::{Edge, EdgeKind, End, Group, GroupKind, Node, NodeKind, Picture};
use crate::{
    check::names::{Checked, TaskRef},
    plan::graph::{Argument, ArgumentValue, Dependency, Expression, Formula, Graph, NodeKind as Kind, SectionId, SectionKind, Slot},
    syntax::ast::{Expr, ExprKind},
};

/// Characters of an expression that a label shows.
const LONGEST_EXPRESSION: usize = 60;

/// The picture of a plan; sub-workflows are expanded so many levels deep.
pub fn picture(graph: &Graph, checked: &Checked, depth: usize) -> Picture {
    let what = if matches!(graph.section(graph.root).kind, SectionKind::Task(_)) { "task" } else { "workflow" };
    let whole = Group { kind: GroupKind::Workflow, label: format!("{what} {}", graph.name), parent: None, members: Vec::new() };
    let picture = Picture { groups: vec![whole], nodes: Vec::new(), edges: Vec::new() };
    let mut builder = Builder { graph, checked, picture, edges: BTreeSet::new() };
    builder.workflow(graph.root, 0, depth);
    builder.finish()
}

struct Builder<'a> {
    graph: &'a Graph,
    checked: &'a Checked,
    picture: Picture,
    edges: BTreeSet<Edge>,
}

/// One drawing of a workflow: a workflow that is called twice is drawn twice.
#[derive(Default)]
struct Drawn {
    /// What is drawn, in order.
    ends: Vec<(SectionId, Slot, End)>,
    calls: HashMap<(SectionId, Slot), End>,
    /// The section of each call.
    homes: HashMap<End, SectionId>,
    /// What a value comes from, once it was asked for.
    known: HashMap<(SectionId, Slot), BTreeSet<End>>,
}

impl Drawn {
    fn is_inside(&self, graph: &Graph, call: End, body: SectionId) -> bool {
        let mut here = self.homes.get(&call).copied();
        std::iter::from_fn(|| {
            let section = here?;
            here = graph.section(section).parent.map(|(parent, _)| parent);
            Some(section)
        })
        .any(|section| section == body)
    }
}

impl Builder<'_> {
    fn workflow(&mut self, section: SectionId, group: usize, depth: usize) {
        let mut drawn = Drawn::default();
        self.section(section, group, depth, &mut drawn);
        for (section, slot, end) in drawn.ends.clone() {
            self.edges_to(section, slot, end, &mut drawn);
        }
    }

    fn section(&mut self, section: SectionId, group: usize, depth: usize, drawn: &mut Drawn) {
        let graph = self.graph;
        for (slot, node) in graph.section(section).slots() {
            let end = match &node.kind {
                Kind::TaskCall(call) => {
                    let kind = self.kind_of_task(call.task);
                    self.node(Node { kind, name: node.name.clone(), callee: other(&call.task_name, &node.name), group })
                }
                Kind::WorkflowCall(call) => {
                    let callee = self.name_of(call.section);
                    if depth == 0 {
                        self.node(Node { kind: NodeKind::Workflow, name: node.name.clone(), callee: other(&callee, &node.name), group })
                    } else {
                        let inner = self.group(GroupKind::Workflow, format!("call {}: workflow {callee}", node.name), group);
                        self.workflow(call.section, inner, depth - 1);
                        End::Group(inner)
                    }
                }
                Kind::Scatter { body, .. } | Kind::Branch { body, .. } if has_calls(graph, *body) => {
                    let (kind, label) = self.block(&node.kind);
                    let inner = self.group(kind, label, group);
                    self.section(*body, inner, depth, drawn);
                    drawn.ends.push((section, slot, End::Group(inner)));
                    continue;
                }
                Kind::Scatter { .. } | Kind::Branch { .. } | Kind::Input(_) | Kind::Value(_) | Kind::Variable | Kind::Export { .. } => continue,
            };
            drawn.calls.insert((section, slot), end);
            drawn.homes.insert(end, section);
            drawn.ends.push((section, slot, end));
        }
    }

    fn node(&mut self, node: Node) -> End {
        let end = End::Node(self.picture.nodes.len());
        self.picture.groups[node.group].members.push(end);
        self.picture.nodes.push(node);
        end
    }

    fn group(&mut self, kind: GroupKind, label: String, parent: usize) -> usize {
        let group = self.picture.groups.len();
        self.picture.groups[parent].members.push(End::Group(group));
        self.picture.groups.push(Group { kind, label, parent: Some(parent), members: Vec::new() });
        group
    }

    fn name_of(&self, section: SectionId) -> String {
        match self.graph.section(section).kind {
            SectionKind::Workflow(workflow) => self.checked.workflow(workflow).name.text.clone(),
            SectionKind::Task(task) => self.checked.task(task).name.text.clone(),
            SectionKind::Scatter | SectionKind::Branch => String::new(),
        }
    }

    /// What a scatter or branch is labelled with.
    fn block(&self, kind: &Kind) -> (GroupKind, String) {
        match kind {
            Kind::Scatter { collection, body } => {
                let variable = &self.graph.section(*body).nodes[0].name;
                (GroupKind::Scatter, format!("scatter ({variable} in {})", self.text(collection)))
            }
            Kind::Branch { condition: Some(condition), previous, .. } => {
                let word = if previous.is_some() { "else if" } else { "if" };
                (GroupKind::Branch, format!("{word} ({})", self.text(condition)))
            }
            _ => (GroupKind::Branch, "else".to_owned()),
        }
    }

    /// An expression as its author wrote it, on one line and not too long.
    fn text(&self, expression: &Expression) -> String {
        let span = match &expression.formula {
            Formula::Expr(expr) => expr.span,
            Formula::Declaration(declaration) => declaration.span,
        };
        let text = self.checked.documents.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() <= LONGEST_EXPRESSION {
            return text;
        }
        text.chars().take(LONGEST_EXPRESSION - 1).chain(['…']).collect()
    }

    /// Whether a task is distributed, as far as its `runtime` says so in so many words.
    fn kind_of_task(&self, task: TaskRef) -> NodeKind {
        let Some(runtime) = &self.checked.task(task).runtime else { return NodeKind::Task };
        let find = |name: &str| runtime.attributes.iter().find(|attribute| attribute.name.text.eq_ignore_ascii_case(name)).map(|found| &found.value);
        if find("usextaosparkscheduler").is_some_and(|value| literal(value).is_some_and(|text| text == "true")) {
            return NodeKind::Distributed(Some("spark".to_owned()));
        }
        if find("runner").and_then(literal).is_none_or(|runner| !runner.eq_ignore_ascii_case("partisaner")) {
            return NodeKind::Task;
        }
        let options = match find("runneroptions").map(|options| &options.kind) {
            Some(ExprKind::Object(members)) => members.as_slice(),
            _ => &[],
        };
        let cluster = options.iter().find(|(name, _)| name.text.eq_ignore_ascii_case("cluster"));
        NodeKind::Distributed(cluster.and_then(|(_, value)| literal(value)))
    }

    /// Edges to a call, or to a scatter or branch for what its collection or condition takes.
    fn edges_to(&mut self, section: SectionId, slot: Slot, to: End, drawn: &mut Drawn) {
        let node = self.graph.node(section, slot);
        let arguments: &[Argument] = match &node.kind {
            Kind::TaskCall(call) => &call.arguments,
            Kind::WorkflowCall(call) => &call.arguments,
            _ => &[],
        };
        let is_call = matches!(node.kind, Kind::TaskCall(_) | Kind::WorkflowCall(_));
        let takes = |need: &Dependency| {
            arguments.iter().any(|argument| match &argument.value {
                ArgumentValue::Expression(expression) => expression.names.iter().any(|(_, meaning)| meaning == need),
                ArgumentValue::Node(slot) => *need == Dependency { levels: 0, slot: *slot },
            })
        };
        for need in &node.needs {
            let kind = if is_call && !takes(need) { EdgeKind::After } else { EdgeKind::Data };
            let sources = sources(self.graph, (section, *need), drawn);
            self.edges.extend(sources.into_iter().map(|from| Edge { from, to, kind }));
        }
    }

    /// Leaves out what is said already: `after` beside data, and an edge into a group beside one to the group.
    fn finish(mut self) -> Picture {
        let edges = std::mem::take(&mut self.edges);
        let picture = &self.picture;
        let is_said = |edge: &Edge| {
            let same = |to| Edge { from: edge.from, to, kind: EdgeKind::Data };
            let is_after_beside_data = edge.kind == EdgeKind::After && edges.contains(&same(edge.to));
            let is_within = |end: End, group: usize| end == End::Group(group) || picture.around(end).any(|around| around == group);
            let outer = picture.around(edge.to).take_while(|group| !is_within(edge.from, *group));
            is_after_beside_data || outer.into_iter().any(|group| edges.contains(&same(End::Group(group))))
        };
        let kept = edges.iter().filter(|edge| edge.from != edge.to && !is_said(edge)).copied().collect();
        Picture { edges: kept, ..self.picture }
    }
}

/// The calls behind a value. A scatter's variable comes from the collection.
fn sources(graph: &Graph, (section, need): (SectionId, Dependency), drawn: &mut Drawn) -> BTreeSet<End> {
    let up = |section: SectionId, _| graph.section(section).parent.expect("a need climbs only to sections there are").0;
    let home = (0..need.levels).fold(section, up);
    sources_of(graph, (home, need.slot), drawn)
}

fn sources_of(graph: &Graph, place: (SectionId, Slot), drawn: &mut Drawn) -> BTreeSet<End> {
    if let Some(call) = drawn.calls.get(&place) {
        return BTreeSet::from([*call]);
    }
    if let Some(known) = drawn.known.get(&place) {
        return known.clone();
    }
    let node = graph.node(place.0, place.1);
    let mut found = BTreeSet::new();
    match &node.kind {
        Kind::Input(_) | Kind::Value(_) => {
            node.needs.iter().for_each(|need| found.extend(sources(graph, (place.0, *need), drawn)));
        }
        Kind::Variable => found = opener_sources(graph, place.0, drawn),
        Kind::Export { inner } => {
            for (opener, slot) in inner {
                let body = graph.node(place.0, *opener).kind.body().expect("an export's openers open sections");
                let inner = sources_of(graph, (body, *slot), drawn);
                // A call inside waits for the collection or condition itself; a value that needs none of them does not.
                if !inner.iter().any(|end| drawn.is_inside(graph, *end, body)) {
                    found.extend(opener_sources(graph, body, drawn));
                }
                found.extend(inner);
            }
        }
        Kind::TaskCall(_) | Kind::WorkflowCall(_) | Kind::Scatter { .. } | Kind::Branch { .. } => {}
    }
    drawn.known.insert(place, found.clone());
    found
}

/// What the collection or condition of a section comes from.
fn opener_sources(graph: &Graph, section: SectionId, drawn: &mut Drawn) -> BTreeSet<End> {
    let Some((parent, opener)) = graph.section(section).parent else { return BTreeSet::new() };
    let needs = graph.node(parent, opener).needs.iter();
    needs.flat_map(|need| sources(graph, (parent, *need), drawn)).collect()
}

fn has_calls(graph: &Graph, section: SectionId) -> bool {
    graph.section(section).nodes.iter().any(|node| match &node.kind {
        Kind::TaskCall(_) | Kind::WorkflowCall(_) => true,
        kind => kind.body().is_some_and(|body| has_calls(graph, body)),
    })
}

fn other(callee: &str, name: &str) -> Option<String> {
    (callee != name).then(|| callee.to_owned())
}

fn literal(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::String(text) => text.literal(),
        ExprKind::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}
