//! The static graph of a run: what there is to do and what waits for what. Plain data, made by [`super::plan`], read by `engine`.
//!
//! A [`Section`] is the body of a workflow, a scatter or one branch of a conditional. Scatters and conditionals are never expanded here:
//! the run makes one scope of a section for each shard. A node of an inner section is seen from the section around it through an
//! [`NodeKind::Export`] there, which is complete when the inner node is complete in every shard: so waiting for a scattered call never
//! waits for the rest of its scatter.

use std::sync::Arc;

use crate::{
    check::names::{Callee, TaskRef, WorkflowRef},
    source::Span,
    syntax::{
        ast::{Declaration, Expr},
        documents::DocumentId,
    },
    value::{StructType, Type},
};

/// Everything that a run of one workflow or task does.
#[derive(Debug)]
pub struct Graph {
    /// Sections; those of one workflow stand together, the workflow's own first.
    pub sections: Vec<Section>,
    /// The section that the run starts with.
    pub root: SectionId,
    /// What is run.
    pub callee: Callee,
    /// The name of what is run, in front of the keys of its inputs and outputs.
    pub name: String,
}

/// Which section of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionId(pub u32);

/// Which node of a [`Section`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

/// A body: of a workflow, a scatter, one branch of a conditional, or around the one call of a task that is run alone.
#[derive(Debug)]
pub struct Section {
    /// What it is the body of.
    pub kind: SectionKind,
    /// The document it stands in: what its expressions' types and functions mean.
    pub document: DocumentId,
    /// The section around it and the node there that opens it; `None` for a workflow's own.
    pub parent: Option<(SectionId, Slot)>,
    /// Its nodes.
    pub nodes: Vec<Node>,
    /// For a workflow's own section: its outputs by name (`out`, or draft-2's `call.out`), in order.
    pub outputs: Vec<(String, Slot)>,
}

/// What a section is the body of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// One call of a task that is run without a workflow.
    Task(TaskRef),
    /// A workflow.
    Workflow(WorkflowRef),
    /// A scatter; its first node is the variable.
    Scatter,
    /// A branch of a conditional.
    Branch,
}

/// One thing to do, or one value to have.
#[derive(Debug)]
pub struct Node {
    /// Its name in the log. Unique in its workflow: what has no WDL name of its own gets one that no identifier can be
    /// (`scatter-2`, `if-1`, `output:x`, `align:reads`). Calls in different branches may share one.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// What must be complete before it, each once.
    pub needs: Vec<Dependency>,
    /// The nodes that name this one among their needs.
    pub dependents: Vec<Dependent>,
    /// The node of the section around it that stands for this one there.
    pub export: Option<Slot>,
    /// Whether any expression reads its value: if not (it is only waited for), values of its shards are not gathered.
    pub is_read: bool,
}

/// Forms of a node.
#[derive(Debug)]
pub enum NodeKind {
    /// An input of a workflow: the given value, else the default.
    Input(Expression),
    /// A declaration, an output, or an input of a call whose expression consults files.
    Value(Expression),
    /// The variable of a scatter: known when its scope is made.
    Variable,
    /// A call of a task.
    TaskCall(TaskCall),
    /// A call of a workflow: makes a scope of that workflow's section.
    WorkflowCall(WorkflowCall),
    /// Makes one scope of `body` for each item of the collection.
    Scatter {
        /// What it runs over.
        collection: Expression,
        /// What it runs.
        body: SectionId,
    },
    /// Makes one scope of `body` or none.
    Branch {
        /// When it is taken; `None` for `else`.
        condition: Option<Expression>,
        /// The branch before it, which must not have been taken.
        previous: Option<Slot>,
        /// What it runs.
        body: SectionId,
    },
    /// Stands for nodes of inner sections.
    Export {
        /// For each: the node here that opens the inner section, and the node in that section. Several where branches share a name.
        inner: Vec<(Slot, Slot)>,
    },
}

/// A call of a task.
#[derive(Debug)]
pub struct TaskCall {
    /// The task.
    pub task: TaskRef,
    /// Its name in its document.
    pub task_name: String,
    /// What the call gives it.
    pub arguments: Vec<Argument>,
    /// Its inputs that may be given from outside, as `workflow.call.input`.
    pub open_inputs: Vec<OpenInput>,
    /// Its outputs by name.
    pub outputs: Arc<StructType>,
}

/// A call of a workflow.
#[derive(Debug)]
pub struct WorkflowCall {
    /// The workflow's own section.
    pub section: SectionId,
    /// What the call gives it.
    pub arguments: Vec<Argument>,
    /// Its inputs that may be given from outside, as `workflow.call.input`.
    pub open_inputs: Vec<OpenInput>,
}

/// An input that a call leaves open.
#[derive(Clone, Debug)]
pub struct OpenInput {
    /// The callee's name for it.
    pub name: String,
    /// Its declared type.
    pub ty: Type,
    /// Whether it must be given, having no default.
    pub is_required: bool,
}

/// An input that a call gives.
#[derive(Debug)]
pub struct Argument {
    /// The callee's name for it.
    pub name: String,
    /// Where the call gives it.
    pub place: Span,
    /// Its declared type.
    pub ty: Type,
    /// Its value.
    pub value: ArgumentValue,
}

/// Where the value of an argument comes from.
#[derive(Debug)]
pub enum ArgumentValue {
    /// Evaluated when the call is about to start, and not kept.
    Expression(Expression),
    /// A node of the same section: the expression consults files, so its value is logged.
    Node(Slot),
}

/// An expression with what its names mean.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What is evaluated.
    pub formula: Formula,
    /// The type of its value, where it is declared.
    pub ty: Option<Type>,
    /// Its free names and the nodes they mean.
    pub names: Vec<(String, Dependency)>,
    /// Whether it consults files and so cannot be evaluated inside the engine.
    pub needs_files: bool,
    /// What paths in its value mean.
    pub paths: PathRule,
}

/// What the paths mean that an expression makes out of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathRule {
    /// What is written.
    AsWritten,
    /// Relative ones lie beside the document.
    BesideDocument,
    /// The same, and what stands there is looked at (since WDL 1.2).
    Tested,
}

/// What an [`Expression`] evaluates.
#[derive(Clone, Debug)]
pub enum Formula {
    /// An expression.
    Expr(Arc<Expr>),
    /// A declaration: its value, coerced to its type; none where it has no value.
    Declaration(Arc<Declaration>),
}

/// A node as another node sees it: so many sections up, then that slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dependency {
    /// Sections up; 0: the same section.
    pub levels: u32,
    /// The node there.
    pub slot: Slot,
}

/// A node as one that it needs sees it: down through the openers, then that slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependent {
    /// Nodes that open the sections on the way down, outermost first; empty: the same section.
    pub openers: Vec<Slot>,
    /// The node there.
    pub slot: Slot,
}

impl Graph {
    /// A section.
    pub fn section(&self, id: SectionId) -> &Section {
        &self.sections[id.0 as usize]
    }

    /// A node.
    pub fn node(&self, section: SectionId, slot: Slot) -> &Node {
        &self.section(section).nodes[slot.0 as usize]
    }
}

impl Section {
    /// Its nodes with their slots.
    pub fn slots(&self) -> impl Iterator<Item = (Slot, &Node)> {
        (0u32..).map(Slot).zip(&self.nodes)
    }
}

impl NodeKind {
    /// The section that the node opens, if it opens one of its own workflow.
    pub fn body(&self) -> Option<SectionId> {
        match self {
            Self::Scatter { body, .. } | Self::Branch { body, .. } => Some(*body),
            Self::Input(_) | Self::Value(_) | Self::Variable | Self::TaskCall(_) | Self::WorkflowCall(_) | Self::Export { .. } => None,
        }
    }
}
