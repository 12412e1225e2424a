//! What is drawn: nodes in nested groups, edges between them. Plain data.

/// A picture of a workflow or task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Groups; the first is the whole, every other one comes after the group around it.
    pub groups: Vec<Group>,
    /// Nodes in the order of the text.
    pub nodes: Vec<Node>,
    /// Edges, each once.
    pub edges: Vec<Edge>,
}

/// What is drawn around nodes and other groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it is.
    pub kind: GroupKind,
    /// `workflow w`, `scatter (x in xs)`, `if (x > 1)`, `else`, `call s: workflow w`.
    pub label: String,
    /// The group around it; none for the first.
    pub parent: Option<usize>,
    /// What stands directly in it, in order.
    pub members: Vec<End>,
}

/// Forms of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// The workflow or task that is drawn, or a sub-workflow.
    Workflow,
    /// What is done for each element.
    Scatter,
    /// A branch of a conditional.
    Branch,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What is called.
    pub kind: NodeKind,
    /// The call's name.
    pub name: String,
    /// The name of the task or workflow, where it is another.
    pub callee: Option<String>,
    /// The group it stands in.
    pub group: usize,
}

/// Forms of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A task.
    Task,
    /// A distributed task with the kind of its cluster, where that is written out.
    Distributed(Option<String>),
    /// A workflow that is not expanded.
    Workflow,
}

impl Node {
    /// Its lines: the name first.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.name.clone()];
        match (&self.kind, &self.callee) {
            (NodeKind::Workflow, callee) => lines.push(format!("workflow {}", callee.as_ref().unwrap_or(&self.name))),
            (NodeKind::Task | NodeKind::Distributed(_), Some(callee)) => lines.push(format!("task {callee}")),
            (NodeKind::Task | NodeKind::Distributed(_), None) => {}
        }
        match &self.kind {
            NodeKind::Distributed(Some(cluster)) => lines.push(format!("cluster {cluster}")),
            NodeKind::Distributed(None) => lines.push("cluster".to_owned()),
            NodeKind::Task | NodeKind::Workflow => {}
        }
        lines
    }
}

/// What an edge begins or ends at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// A node.
    Node(usize),
    /// A group, which is not the first.
    Group(usize),
}

/// `to` waits for `from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edge {
    /// What is waited for.
    pub from: End,
    /// What waits.
    pub to: End,
    /// Why.
    pub kind: EdgeKind,
}

/// Why one waits for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EdgeKind {
    /// It takes a value of it.
    Data,
    /// `after`.
    After,
}

impl Picture {
    /// The group that an end stands in.
    pub(super) fn parent(&self, end: End) -> Option<usize> {
        match end {
            End::Node(node) => Some(self.nodes[node].group),
            End::Group(group) => self.groups[group].parent,
        }
    }

    /// The groups around an end, the nearest first.
    pub(super) fn around(&self, end: End) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.parent(end), |group| self.groups[*group].parent)
    }
}
