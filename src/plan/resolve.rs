//! Second pass: what the names in expressions mean, and so what every node needs.

use super::{
    graph::{ArgumentValue, Dependency, Dependent, Expression, Formula, NodeKind, SectionId, Slot},
    layout::Layout,
    messages,
};
use crate::{diagnostic::Diagnostic, syntax::visit};

impl Layout<'_> {
    /// Fills in names, needs and dependents of every node.
    pub(super) fn resolve(&mut self) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for index in 0..self.sections.len() {
            let section = SectionId(u32::try_from(index).expect("sections are numbered by u32"));
            for slot in 0..self.sections[index].nodes.len() {
                self.resolve_node(section, Slot(u32::try_from(slot).expect("nodes are numbered by u32")));
            }
            self.resolve_after(section, &mut diagnostics);
        }
        self.spread_reads();
        self.fill_dependents();
        diagnostics
    }

    fn resolve_node(&mut self, section: SectionId, slot: Slot) {
        let mut kind = std::mem::replace(&mut self.node_mut(section, slot).kind, NodeKind::Variable);
        let is_output = self.node_mut(section, slot).name.starts_with("output:");
        for expression in expressions(&mut kind) {
            let own = is_output.then_some(slot);
            expression.names = self.meanings(section, expression, own);
            for (_, dependency) in &expression.names {
                self.need(section, slot, *dependency);
                self.mark_read(section, *dependency);
            }
        }
        for hoisted in direct_needs(&kind) {
            self.need(section, slot, Dependency { levels: 0, slot: hoisted });
        }
        self.node_mut(section, slot).kind = kind;
    }

    fn resolve_after(&mut self, section: SectionId, diagnostics: &mut Vec<Diagnostic>) {
        for (slot, names) in std::mem::take(&mut self.names[section.0 as usize].after) {
            for name in names {
                match self.lookup(section, &name.text) {
                    Some(dependency) => self.need(section, slot, dependency),
                    None => diagnostics.push(messages::unknown_after(&name, &self.visible_names(section))),
                }
            }
        }
    }

    /// Free names of an expression and what they mean. A name that means nothing here is an enum's, or the evaluator's to complain of.
    fn meanings(&self, section: SectionId, expression: &Expression, own_output: Option<Slot>) -> Vec<(String, Dependency)> {
        let references = match &expression.formula {
            Formula::Expr(expr) => visit::references(expr),
            Formula::Declaration(declaration) => declaration.value.as_ref().map(visit::references).unwrap_or_default(),
        };
        let mut names: Vec<(String, Dependency)> = Vec::new();
        for reference in references {
            if names.iter().any(|(name, _)| *name == reference.name) {
                continue;
            }
            let meaning = self.lookup(section, &reference.name).or_else(|| {
                let output = own_output.and_then(|_| self.names[section.0 as usize].outputs.get(&reference.name));
                output.map(|&slot| Dependency { levels: 0, slot })
            });
            names.extend(meaning.map(|dependency| (reference.name, dependency)));
        }
        names
    }

    /// The node that a name means in a section: there or in the nearest section around it.
    fn lookup(&self, section: SectionId, name: &str) -> Option<Dependency> {
        let mut here = section;
        for levels in 0u32.. {
            if let Some(&slot) = self.names[here.0 as usize].visible.get(name) {
                return Some(Dependency { levels, slot });
            }
            here = self.sections[here.0 as usize].parent?.0;
        }
        None
    }

    fn visible_names(&self, section: SectionId) -> Vec<String> {
        let mut names = Vec::new();
        let mut here = Some(section);
        while let Some(section) = here {
            names.extend(self.names[section.0 as usize].visible.keys().cloned());
            here = self.sections[section.0 as usize].parent.map(|(parent, _)| parent);
        }
        names
    }

    fn need(&mut self, section: SectionId, slot: Slot, dependency: Dependency) {
        let needs = &mut self.node_mut(section, slot).needs;
        if !needs.contains(&dependency) {
            needs.push(dependency);
        }
    }

    /// The section so many levels up.
    pub(super) fn ancestor(&self, section: SectionId, levels: u32) -> SectionId {
        let up = |section: SectionId, _| self.sections[section.0 as usize].parent.expect("lookup climbed only to sections there are").0;
        (0..levels).fold(section, up)
    }

    fn mark_read(&mut self, section: SectionId, dependency: Dependency) {
        let home = self.ancestor(section, dependency.levels);
        self.node_mut(home, dependency.slot).is_read = true;
    }

    /// Who reads an export reads what it stands for. Outer sections are numbered below the inner ones, so one pass in order suffices.
    fn spread_reads(&mut self) {
        for section in 0..self.sections.len() {
            let mut read = Vec::new();
            for node in self.sections[section].nodes.iter().filter(|node| node.is_read) {
                if let NodeKind::Export { inner } = &node.kind {
                    let body = |&(opener, slot): &(Slot, Slot)| (self.sections[section].nodes[opener.0 as usize].kind.body(), slot);
                    read.extend(inner.iter().map(body));
                }
            }
            for (body, slot) in read {
                self.node_mut(body.expect("an export's openers open sections"), slot).is_read = true;
            }
        }
    }

    fn fill_dependents(&mut self) {
        for index in 0..self.sections.len() {
            let section = SectionId(u32::try_from(index).expect("sections are numbered by u32"));
            for slot in 0..self.sections[index].nodes.len() {
                for need in self.sections[index].nodes[slot].needs.clone() {
                    let (home, openers) = self.way_up(section, need.levels);
                    let slot = Slot(u32::try_from(slot).expect("nodes are numbered by u32"));
                    self.node_mut(home, need.slot).dependents.push(Dependent { openers, slot });
                }
            }
        }
    }

    /// The section so many levels up, and the openers on the way back down.
    fn way_up(&self, section: SectionId, levels: u32) -> (SectionId, Vec<Slot>) {
        let (mut home, mut openers) = (section, Vec::new());
        for _ in 0..levels {
            let (parent, opener) = self.sections[home.0 as usize].parent.expect("lookup climbed only to sections there are");
            openers.push(opener);
            home = parent;
        }
        openers.reverse();
        (home, openers)
    }
}

/// Every expression of a node.
fn expressions(kind: &mut NodeKind) -> Vec<&mut Expression> {
    let arguments = match kind {
        NodeKind::Input(expression) | NodeKind::Value(expression) | NodeKind::Scatter { collection: expression, .. } => {
            return vec![expression];
        }
        NodeKind::Branch { condition, .. } => return condition.iter_mut().collect(),
        NodeKind::Variable | NodeKind::Export { .. } => return Vec::new(),
        NodeKind::TaskCall(call) => &mut call.arguments,
        NodeKind::WorkflowCall(call) => &mut call.arguments,
    };
    let values = arguments.iter_mut().filter_map(|argument| match &mut argument.value {
        ArgumentValue::Expression(expression) => Some(expression),
        ArgumentValue::Node(_) => None,
    });
    values.collect()
}

/// Nodes of the same section that a node names by slot.
fn direct_needs(kind: &NodeKind) -> Vec<Slot> {
    let arguments = match kind {
        NodeKind::Branch { previous, .. } => return previous.iter().copied().collect(),
        NodeKind::TaskCall(call) => &call.arguments,
        NodeKind::WorkflowCall(call) => &call.arguments,
        NodeKind::Input(_) | NodeKind::Value(_) | NodeKind::Scatter { .. } | NodeKind::Variable | NodeKind::Export { .. } => return Vec::new(),
    };
    let nodes = arguments.iter().filter_map(|argument| match argument.value {
        ArgumentValue::Node(slot) => Some(slot),
        ArgumentValue::Expression(_) => None,
    });
    nodes.collect()
}
