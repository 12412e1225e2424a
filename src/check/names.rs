//! What names mean: the tasks, workflows, structs and enums of every document of a set. Contract for `eval`, `plan` and `load`.

use std::{collections::HashMap, sync::Arc};

use indexmap::IndexMap;

use crate::{
    syntax::{
        ast::{Call, Declaration, Task, TypeExpr, Version, Workflow},
        documents::{DocumentId, DocumentSet},
    },
    value::{Coercion, EnumType, StructType, Type},
};

/// Documents without errors, and what their names mean.
#[derive(Debug)]
pub struct Checked {
    /// The documents.
    pub documents: DocumentSet,
    pub(super) namespaces: Vec<Namespace>,
    /// Tasks of each document by name: a workflow may have tens of thousands of calls.
    pub(super) tasks: Vec<HashMap<String, usize>>,
}

/// The names that one document can use.
#[derive(Debug, Default)]
pub struct Namespace {
    /// Structs, its own and imported, under the names it uses.
    pub structs: IndexMap<String, Arc<StructType>>,
    /// Enums, likewise.
    pub enums: IndexMap<String, Arc<EnumType>>,
    /// Imported documents by namespace.
    pub imports: IndexMap<String, DocumentId>,
}

/// A task of a set of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskRef {
    /// Its document.
    pub document: DocumentId,
    /// Its index among the document's tasks.
    pub index: usize,
}

/// A workflow of a set of documents (a document has at most one).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkflowRef {
    /// Its document.
    pub document: DocumentId,
}

/// What a call calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Callee {
    /// A task.
    Task(TaskRef),
    /// A workflow.
    Workflow(WorkflowRef),
}

impl Callee {
    /// The document it is defined in.
    pub fn document(self) -> DocumentId {
        match self {
            Self::Task(task) => task.document,
            Self::Workflow(workflow) => workflow.document,
        }
    }
}

/// An input of a task or workflow.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// Its type. An input with a default is `X?` for its caller; this is the declared type.
    pub ty: Type,
    /// Whether a caller must give it: no default and not optional.
    pub required: bool,
    /// Where it is declared, with its default.
    pub declaration: &'a Declaration,
}

impl Checked {
    /// What a document's names mean.
    pub fn namespace(&self, document: DocumentId) -> &Namespace {
        &self.namespaces[document.0]
    }

    /// How willing coercions are in a document: by its version.
    pub fn coercion(&self, document: DocumentId) -> Coercion {
        match self.documents.get(document).document.version {
            Version::Draft2 => Coercion::Loose,
            Version::V1_0 | Version::V1_1 | Version::V1_2 | Version::V1_3 => Coercion::Relaxed,
        }
    }

    /// A task's tree.
    pub fn task(&self, task: TaskRef) -> &Task {
        &self.documents.get(task.document).document.tasks[task.index]
    }

    /// A workflow's tree.
    pub fn workflow(&self, workflow: WorkflowRef) -> &Workflow {
        &self.documents.get(workflow.document).document.workflows[0]
    }

    /// The task of a name in a document (not through imports).
    pub fn find_task(&self, document: DocumentId, name: &str) -> Option<TaskRef> {
        self.tasks[document.0].get(name).map(|&index| TaskRef { document, index })
    }

    /// The workflow of a document.
    pub fn find_workflow(&self, document: DocumentId) -> Option<WorkflowRef> {
        (!self.documents.get(document).document.workflows.is_empty()).then_some(WorkflowRef { document })
    }

    /// What a call in `document` calls; `None` if there is no such thing (the checker has said so).
    pub fn callee(&self, document: DocumentId, call: &Call) -> Option<Callee> {
        let (name, namespaces) = call.target.split_last()?;
        let mut home = document;
        for namespace in namespaces {
            home = *self.namespace(home).imports.get(&namespace.text)?;
        }
        let task = self.find_task(home, &name.text).map(Callee::Task);
        let is_meant = |workflow: &WorkflowRef| self.workflow(*workflow).name.text == name.text;
        let workflow = self.find_workflow(home).filter(is_meant).map(Callee::Workflow);
        // A task and a workflow may share a name: the document's own workflow calls the task, other documents call the workflow.
        if namespaces.is_empty() { task.or(workflow) } else { workflow.or(task) }
    }

    /// The type that a type expression of `document` means; `None` for a name that is not defined.
    pub fn resolve(&self, document: DocumentId, written: &TypeExpr) -> Option<Type> {
        self.namespace(document).resolve(written)
    }

    /// The inputs of a task or workflow, in order. In draft-2 every task declaration is one, and so is every declaration of a
    /// workflow's body that stands outside scatters and conditionals.
    pub fn inputs(&self, callee: Callee) -> Vec<Input<'_>> {
        super::interface::inputs(self, callee)
    }

    /// The outputs of a task or workflow by name, in order, as the type of the call's name.
    pub fn outputs(&self, callee: Callee) -> Arc<StructType> {
        super::interface::outputs(self, callee)
    }
}
