//! The tree in print: one line a declaration, statement or attribute, expressions in prefix form. For tests and for people
//! who ask how a document was read; nothing parses it.

use std::fmt::{self, Display, Write};

use super::ast::{
    Attribute, Call, Conditional, Declaration, Document, EnumDef, Import, MetaEntry, Statement, StructDef, Task, Workflow, WorkflowOutput,
};

mod expressions;

use expressions::{names, text};

/// A document's tree, many lines.
pub fn document(document: &Document) -> String {
    let mut dump = Dump::default();
    dump.line(format_args!("version {}", document.version.name()));
    document.imports.iter().for_each(|import| dump.import(import));
    document.structs.iter().for_each(|definition| dump.struct_definition(definition));
    document.enums.iter().for_each(|definition| dump.enum_definition(definition));
    document.tasks.iter().for_each(|task| dump.task(task));
    document.workflows.iter().for_each(|workflow| dump.workflow(workflow));
    dump.text
}

#[derive(Debug, Default)]
struct Dump {
    text: String,
    depth: usize,
}

impl Dump {
    fn line(&mut self, line: impl Display) {
        writeln!(self.text, "{:indent$}{line}", "", indent = self.depth * 2).expect("a String takes every write");
    }

    /// A headline and, one level deeper, what belongs to it.
    fn block(&mut self, headline: impl Display, inside: impl FnOnce(&mut Self)) {
        self.line(headline);
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }

    fn import(&mut self, import: &Import) {
        let alias = import.alias.as_ref().map(|name| format!(" as {}", name.text)).unwrap_or_default();
        self.block(format_args!("import {:?}{alias}", import.uri), |dump| {
            for (old, new) in &import.struct_aliases {
                dump.line(format_args!("alias {} as {}", old.text, new.text));
            }
        });
    }

    fn struct_definition(&mut self, definition: &StructDef) {
        self.block(format_args!("struct {}", definition.name.text), |dump| {
            dump.declarations(&definition.members);
            dump.meta("meta", &definition.meta);
            dump.meta("parameter_meta", &definition.parameter_meta);
        });
    }

    fn enum_definition(&mut self, definition: &EnumDef) {
        let value_type = definition.value_type.as_ref().map(|ty| format!("[{ty}]")).unwrap_or_default();
        self.block(format_args!("enum {}{value_type}", definition.name.text), |dump| {
            for (name, value) in &definition.choices {
                match value {
                    Some(value) => dump.line(format_args!("{} = {value}", name.text)),
                    None => dump.line(&name.text),
                }
            }
        });
    }

    fn task(&mut self, task: &Task) {
        self.block(format_args!("task {}", task.name.text), |dump| {
            if task.input.span.is_some() {
                dump.block("input", |dump| dump.declarations(&task.input.declarations));
            }
            dump.declarations(&task.declarations);
            if let Some(command) = &task.command {
                dump.line(format_args!("command {:?} {}", command.fence, text(&command.text)));
            }
            if !task.outputs.is_empty() {
                dump.block("output", |dump| dump.declarations(&task.outputs));
            }
            for (name, section) in [("runtime", &task.runtime), ("requirements", &task.requirements), ("hints", &task.hints)] {
                if let Some(section) = section {
                    dump.attributes(name, &section.attributes);
                }
            }
            dump.meta("meta", &task.meta);
            dump.meta("parameter_meta", &task.parameter_meta);
        });
    }

    fn workflow(&mut self, workflow: &Workflow) {
        self.block(format_args!("workflow {}", workflow.name.text), |dump| {
            if workflow.input.span.is_some() {
                dump.block("input", |dump| dump.declarations(&workflow.input.declarations));
            }
            dump.statements(&workflow.body);
            if let Some(output) = &workflow.output {
                dump.block("output", |dump| output.entries.iter().for_each(|entry| dump.workflow_output(entry)));
            }
            workflow.hints.iter().for_each(|section| dump.attributes("hints", &section.attributes));
            dump.meta("meta", &workflow.meta);
            dump.meta("parameter_meta", &workflow.parameter_meta);
        });
    }

    fn workflow_output(&mut self, entry: &WorkflowOutput) {
        match entry {
            WorkflowOutput::Declaration(declaration) => self.line(declaration),
            WorkflowOutput::Reference(path) => self.line(format_args!("reference {}", names(path))),
            WorkflowOutput::Wildcard(path) => self.line(format_args!("reference {}.*", names(path))),
        }
    }

    fn declarations(&mut self, declarations: &[Declaration]) {
        for declaration in declarations {
            self.line(declaration);
        }
    }

    fn attributes(&mut self, section: &str, attributes: &[Attribute]) {
        self.block(section, |dump| {
            for attribute in attributes {
                dump.line(format_args!("{}: {}", attribute.name.text, attribute.value));
            }
        });
    }

    fn meta(&mut self, section: &str, entries: &[MetaEntry]) {
        if !entries.is_empty() {
            self.block(section, |dump| entries.iter().for_each(|entry| dump.line(format_args!("{}: {}", entry.name.text, entry.value))));
        }
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement {
                Statement::Declaration(declaration) => self.line(declaration),
                Statement::Call(call) => self.call(call),
                Statement::Scatter(scatter) => {
                    let headline = format!("scatter {} in {}", scatter.variable.text, scatter.collection);
                    self.block(headline, |dump| dump.statements(&scatter.body));
                }
                Statement::Conditional(conditional) => self.conditional(conditional),
            }
        }
    }

    fn call(&mut self, call: &Call) {
        let mut headline = format!("call {}", names(&call.target));
        call.alias.iter().for_each(|alias| headline += &format!(" as {}", alias.text));
        call.after.iter().for_each(|after| headline += &format!(" after {}", after.text));
        self.block(headline, |dump| {
            for input in &call.inputs {
                match &input.value {
                    Some(value) => dump.line(format_args!("{} = {value}", input.name.text)),
                    None => dump.line(&input.name.text),
                }
            }
        });
    }

    fn conditional(&mut self, conditional: &Conditional) {
        for (branch_idx, branch) in conditional.branches.iter().enumerate() {
            let word = if branch_idx == 0 { "if" } else { "else if" };
            match &branch.condition {
                Some(condition) => self.block(format_args!("{word} {condition}"), |dump| dump.statements(&branch.body)),
                None => self.block("else", |dump| dump.statements(&branch.body)),
            }
        }
    }
}

impl Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let env = if self.env.is_some() { "env " } else { "" };
        write!(f, "{env}{} {}", self.ty, self.name.text)?;
        self.value.iter().try_for_each(|value| write!(f, " = {value}"))
    }
}
