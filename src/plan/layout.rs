//! First pass: every statement becomes nodes of its section, and is made visible in the sections around it. Names mean nothing yet.

use std::{collections::BTreeMap, sync::Arc};

use indexmap::IndexMap;

use super::graph::{Expression, Formula, Node, NodeKind, PathRule, Section, SectionId, SectionKind, Slot};
use crate::{
    check::names::{Checked, WorkflowRef},
    source::Span,
    syntax::{
        ast::{Conditional, Declaration, Expr, ExprKind, Name, Scatter, Statement, Version, Workflow},
        documents::DocumentId,
    },
    value::Type,
};

/// Sections under construction.
pub(super) struct Layout<'a> {
    pub(super) checked: &'a Checked,
    pub(super) sections: Vec<Section>,
    /// For each section, what its names mean.
    pub(super) names: Vec<SectionNames>,
    /// For each section, where each of its nodes stands in the text.
    pub(super) places: Vec<Vec<Span>>,
    /// Sections of the workflows that are laid out.
    pub(super) workflows: BTreeMap<DocumentId, SectionId>,
    /// The conditional that each branch node belongs to.
    conditionals: BTreeMap<(SectionId, Slot), u32>,
    scatter_count: u32,
    conditional_count: u32,
}

/// Names of one section.
#[derive(Default)]
pub(super) struct SectionNames {
    /// Declarations, calls, the scatter variable, and what inner sections export.
    pub(super) visible: IndexMap<String, Slot>,
    /// Outputs, which may have the name of an input.
    pub(super) outputs: IndexMap<String, Slot>,
    /// What calls wait for without data.
    pub(super) after: Vec<(Slot, Vec<Name>)>,
}

impl<'a> Layout<'a> {
    pub(super) fn new(checked: &'a Checked) -> Self {
        Self {
            checked,
            sections: Vec::new(),
            names: Vec::new(),
            places: Vec::new(),
            workflows: BTreeMap::new(),
            conditionals: BTreeMap::new(),
            scatter_count: 0,
            conditional_count: 0,
        }
    }

    /// Lays out a workflow whose callees are laid out.
    pub(super) fn workflow(&mut self, reference: WorkflowRef) -> SectionId {
        let (checked, document) = (self.checked, reference.document);
        let workflow = checked.workflow(reference);
        (self.scatter_count, self.conditional_count) = (0, 0);
        let section = self.section(SectionKind::Workflow(reference), document, None);
        self.workflows.insert(document, section);
        for declaration in &workflow.input.declarations {
            self.declaration(section, declaration, NodeKind::Input);
        }
        self.body(section, &workflow.body);
        self.outputs(section, workflow);
        section
    }

    pub(super) fn section(&mut self, kind: SectionKind, document: DocumentId, parent: Option<(SectionId, Slot)>) -> SectionId {
        let id = SectionId(u32::try_from(self.sections.len()).expect("fewer than 4 billion sections"));
        self.sections.push(Section { kind, document, parent, nodes: Vec::new(), outputs: Vec::new() });
        self.names.push(SectionNames::default());
        self.places.push(Vec::new());
        id
    }

    fn body(&mut self, section: SectionId, body: &[Statement]) {
        for statement in body {
            match statement {
                Statement::Declaration(declaration) => self.body_declaration(section, declaration),
                Statement::Call(call) => self.call(section, call),
                Statement::Scatter(scatter) => self.scatter(section, scatter),
                Statement::Conditional(conditional) => self.conditional(section, conditional),
            }
        }
    }

    /// In draft-2 a declaration outside scatters and conditionals is an input, its value a default.
    fn body_declaration(&mut self, section: SectionId, declaration: &Declaration) {
        let is_draft2 = self.version(section) == Version::Draft2;
        let is_outermost = self.sections[section.0 as usize].parent.is_none();
        self.declaration(section, declaration, if is_draft2 && is_outermost { NodeKind::Input } else { NodeKind::Value });
    }

    fn declaration(&mut self, section: SectionId, declaration: &Declaration, kind: impl FnOnce(Expression) -> NodeKind) {
        let name = &declaration.name.text;
        let mut expression = self.declared(section, declaration);
        expression.paths = self.path_rule(section, declaration, &expression);
        expression.needs_files |= expression.paths == PathRule::Tested;
        let slot = self.node(section, name.clone(), kind(expression), declaration.span);
        self.publish(section, slot, name);
    }

    fn scatter(&mut self, section: SectionId, scatter: &Scatter) {
        self.scatter_count += 1;
        let name = format!("scatter-{}", self.scatter_count);
        let opener = self.node(section, name, NodeKind::Variable, scatter.span);
        let document = self.sections[section.0 as usize].document;
        let body = self.section(SectionKind::Scatter, document, Some((section, opener)));
        let variable = self.node(body, scatter.variable.text.clone(), NodeKind::Variable, scatter.variable.span);
        self.names[body.0 as usize].visible.insert(scatter.variable.text.clone(), variable);
        let collection = expression(&scatter.collection, None);
        self.node_mut(section, opener).kind = NodeKind::Scatter { collection, body };
        self.body(body, &scatter.body);
    }

    fn conditional(&mut self, section: SectionId, conditional: &Conditional) {
        self.conditional_count += 1;
        let number = self.conditional_count;
        let mut previous = None;
        for (index, branch) in conditional.branches.iter().enumerate() {
            let name = if index == 0 { format!("if-{number}") } else { format!("if-{number}-{}", index + 1) };
            let opener = self.node(section, name, NodeKind::Variable, branch.span);
            self.conditionals.insert((section, opener), number);
            let document = self.sections[section.0 as usize].document;
            let body = self.section(SectionKind::Branch, document, Some((section, opener)));
            let condition = branch.condition.as_ref().map(|condition| expression(condition, Some(Type::Boolean)));
            self.node_mut(section, opener).kind = NodeKind::Branch { condition, previous, body };
            self.body(body, &branch.body);
            previous = Some(opener);
        }
    }

    /// Adds a node that no name means.
    pub(super) fn node(&mut self, section: SectionId, name: String, kind: NodeKind, place: Span) -> Slot {
        let nodes = &mut self.sections[section.0 as usize].nodes;
        let slot = Slot(u32::try_from(nodes.len()).expect("fewer than 4 billion nodes"));
        nodes.push(Node { name, kind, needs: Vec::new(), dependents: Vec::new(), export: None, is_read: false });
        self.places[section.0 as usize].push(place);
        slot
    }

    pub(super) fn node_mut(&mut self, section: SectionId, slot: Slot) -> &mut Node {
        &mut self.sections[section.0 as usize].nodes[slot.0 as usize]
    }

    /// Makes a node visible in its section and, through exports, in every section around it.
    pub(super) fn publish(&mut self, mut section: SectionId, mut slot: Slot, name: &str) {
        self.names[section.0 as usize].visible.entry(name.to_owned()).or_insert(slot);
        while let Some((parent, opener)) = self.sections[section.0 as usize].parent {
            let joined = self.export_of_sibling(parent, opener, name);
            let export = joined.unwrap_or_else(|| self.new_export(parent, name, self.places[section.0 as usize][slot.0 as usize]));
            if let NodeKind::Export { inner } = &mut self.node_mut(parent, export).kind {
                inner.push((opener, slot));
            }
            self.node_mut(section, slot).export = Some(export);
            if joined.is_some() {
                // A branch before this one has made it visible further up.
                return;
            }
            (section, slot) = (parent, export);
        }
    }

    fn new_export(&mut self, section: SectionId, name: &str, place: Span) -> Slot {
        let export = self.node(section, name.to_owned(), NodeKind::Export { inner: Vec::new() }, place);
        self.names[section.0 as usize].visible.entry(name.to_owned()).or_insert(export);
        export
    }

    /// The export of the same name from an earlier branch of the same conditional: both are one name outside.
    fn export_of_sibling(&self, section: SectionId, opener: Slot, name: &str) -> Option<Slot> {
        let conditional = self.conditionals.get(&(section, opener))?;
        let slot = *self.names[section.0 as usize].visible.get(name)?;
        let NodeKind::Export { inner } = &self.sections[section.0 as usize].nodes[slot.0 as usize].kind else { return None };
        let is_sibling = |&(other, _): &(Slot, Slot)| other != opener && self.conditionals.get(&(section, other)) == Some(conditional);
        inner.iter().any(is_sibling).then_some(slot)
    }

    pub(super) fn version(&self, section: SectionId) -> Version {
        self.checked.documents.get(self.sections[section.0 as usize].document).document.version
    }

    /// A declaration as an expression of its type.
    pub(super) fn declared(&self, section: SectionId, declaration: &Declaration) -> Expression {
        let document = self.sections[section.0 as usize].document;
        let ty = self.checked.resolve(document, &declaration.ty).unwrap_or(Type::Any);
        let needs_files = declaration.value.as_ref().is_some_and(crate::eval::needs_files);
        Expression {
            formula: Formula::Declaration(Arc::new(declaration.clone())),
            ty: Some(ty),
            names: Vec::new(),
            needs_files,
            paths: PathRule::AsWritten,
        }
    }

    /// Outside outputs a relative path is one beside the document (WDL 1.2 and 1.3, "Files and Directories"); older texts leave it open. In
    /// draft-2 that holds for defaults of inputs alone, other paths are the tasks' own.
    fn path_rule(&self, section: SectionId, declaration: &Declaration, expression: &Expression) -> PathRule {
        let version = self.version(section);
        let is_made_here = declaration.value.as_ref().is_some_and(|value| !matches!(value.kind, ExprKind::Name(_) | ExprKind::Member(..)));
        if version >= Version::V1_2 && is_made_here && expression.ty.as_ref().is_some_and(Type::makes_paths) {
            PathRule::Tested
        } else if version >= Version::V1_0 || self.sections[section.0 as usize].parent.is_none() {
            PathRule::BesideDocument
        } else {
            PathRule::AsWritten
        }
    }

    fn outputs(&mut self, section: SectionId, workflow: &Workflow) {
        if let Some(outputs) = &workflow.output {
            for entry in &outputs.entries {
                self.output(section, entry);
            }
        } else if self.version(section) == Version::Draft2 {
            self.all_outputs(section, &workflow.body);
        }
    }
}

/// An expression whose names mean nothing yet.
pub(super) fn expression(expr: &Expr, ty: Option<Type>) -> Expression {
    Expression {
        formula: Formula::Expr(Arc::new(expr.clone())),
        ty,
        names: Vec::new(),
        needs_files: crate::eval::needs_files(expr),
        paths: PathRule::AsWritten,
    }
}
