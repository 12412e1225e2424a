//! The graph as text, for goldens and for people who debug a plan: a line a node, what it needs behind it.

use std::fmt;

use super::graph::{Argument, ArgumentValue, Dependency, Expression, Graph, Node, NodeKind, Section, SectionKind};

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "run {} from section {}", self.name, self.root.0)?;
        for (index, section) in self.sections.iter().enumerate() {
            self.section_text(index, section, f)?;
        }
        Ok(())
    }
}

impl Graph {
    fn section_text(&self, index: usize, section: &Section, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let opener = section.parent.map(|(parent, opener)| &self.node(parent, opener).name);
        match (section.kind, opener) {
            (SectionKind::Task(_), _) => writeln!(f, "\nsection {index}: task")?,
            (SectionKind::Workflow(_), _) => writeln!(f, "\nsection {index}: workflow")?,
            (SectionKind::Scatter | SectionKind::Branch, Some(opener)) => writeln!(f, "\nsection {index}: body of {opener}")?,
            (SectionKind::Scatter | SectionKind::Branch, None) => writeln!(f, "\nsection {index}: body")?,
        }
        for (slot, node) in section.slots() {
            write!(f, "  {} ", slot.0)?;
            Self::node_text(node, f)?;
            write_needs(&node.needs, f)?;
            writeln!(f)?;
        }
        for (name, slot) in &section.outputs {
            writeln!(f, "  gives {name} = {}", slot.0)?;
        }
        Ok(())
    }

    fn node_text(node: &Node, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &node.kind {
            NodeKind::Input(expression) => write!(f, "input {}{}", node.name, Details(expression)),
            NodeKind::Value(expression) => write!(f, "value {}{}", node.name, Details(expression)),
            NodeKind::Variable => write!(f, "variable {}", node.name),
            NodeKind::TaskCall(call) => {
                write!(f, "call {} of task {}", node.name, call.task_name)?;
                write_arguments(&call.arguments, f)
            }
            NodeKind::WorkflowCall(call) => {
                write!(f, "call {} of section {}", node.name, call.section.0)?;
                write_arguments(&call.arguments, f)
            }
            NodeKind::Scatter { collection, body } => write!(f, "{} opens section {}{}", node.name, body.0, Details(collection)),
            NodeKind::Branch { condition, body, .. } => {
                write!(f, "{} opens section {}", node.name, body.0)?;
                condition.iter().try_for_each(|condition| write!(f, "{}", Details(condition)))
            }
            NodeKind::Export { inner } => {
                write!(f, "export {} of", node.name)?;
                let gathered = if node.is_read { "" } else { " (only waited for)" };
                for (opener, slot) in inner {
                    write!(f, " {}/{}", opener.0, slot.0)?;
                }
                f.write_str(gathered)
            }
        }
    }
}

fn write_needs(needs: &[Dependency], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, need) in needs.iter().enumerate() {
        f.write_str(if index == 0 { " needs " } else { ", " })?;
        f.write_str(&"^".repeat(need.levels as usize))?;
        write!(f, "{}", need.slot.0)?;
    }
    Ok(())
}

fn write_arguments(arguments: &[Argument], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, argument) in arguments.iter().enumerate() {
        f.write_str(if index == 0 { " (" } else { ", " })?;
        f.write_str(&argument.name)?;
        if let ArgumentValue::Node(slot) = argument.value {
            write!(f, " = {}", slot.0)?;
        }
    }
    f.write_str(if arguments.is_empty() { "" } else { ")" })
}

/// The type of an expression, and whether it consults files.
struct Details<'a>(&'a Expression);

impl fmt::Display for Details<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ty) = &self.0.ty {
            write!(f, ": {ty}")?;
        }
        f.write_str(if self.0.needs_files { " (files)" } else { "" })
    }
}
