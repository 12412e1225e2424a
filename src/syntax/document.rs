//! A document and what stands at its top: imports, structs, enums, tasks, workflows.

use pest::iterators::{Pair, Pairs};

use super::{
    ast::{Document, EnumDef, Import, InputSection, StructDef, Task, Workflow},
    builder::{Builder, next, parts, unexpected},
    grammar::Rule,
    types::Place,
};
use crate::{diagnostic::Diagnostic, source::Span};

impl Builder {
    /// The whole document.
    pub(super) fn document(mut self, pairs: Pairs<'_, Rule>) -> Result<Document, Diagnostic> {
        let mut document = Document {
            source: self.source,
            version: self.version,
            version_span: None,
            imports: Vec::new(),
            structs: Vec::new(),
            enums: Vec::new(),
            tasks: Vec::new(),
            workflows: Vec::new(),
            warnings: Vec::new(),
        };
        for pair in pairs {
            match pair.as_rule() {
                Rule::version_statement => document.version_span = parts(pair).next().map(|number| self.span(&number)),
                Rule::import => document.imports.push(self.import(pair)?),
                Rule::struct_definition => document.structs.push(self.struct_definition(pair)?),
                Rule::enum_definition => document.enums.push(self.enum_definition(pair)?),
                Rule::task_draft2 | Rule::task_v1 => document.tasks.push(self.task(pair)?),
                Rule::workflow_draft2 | Rule::workflow_v1 => document.workflows.push(self.workflow(pair)?),
                Rule::EOI => {}
                rule => unexpected(rule, "a document"),
            }
        }
        document.warnings = self.warnings;
        Ok(document)
    }

    fn import(&mut self, pair: Pair<'_, Rule>) -> Result<Import, Diagnostic> {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let uri = next(&mut inner);
        let uri_span = self.span(&uri);
        let mut import = Import { uri: self.plain_string(uri, "an import")?, uri_span, alias: None, struct_aliases: Vec::new(), span };
        for part in inner {
            let rule = part.as_rule();
            let mut names = parts(part);
            if rule == Rule::import_name {
                import.alias = Some(self.new_name(&next(&mut names))?);
            } else {
                import.struct_aliases.push((self.word(&next(&mut names)), self.new_name(&next(&mut names))?));
            }
        }
        Ok(import)
    }

    fn struct_definition(&mut self, pair: Pair<'_, Rule>) -> Result<StructDef, Diagnostic> {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let name = self.new_name(&next(&mut inner))?;
        let mut definition = StructDef { name, members: Vec::new(), meta: Vec::new(), parameter_meta: Vec::new(), span };
        let mut seen = Sections::default();
        for part in inner {
            seen.once(part.as_rule(), self.span(&part))?;
            match part.as_rule() {
                Rule::declaration => {
                    let member = self.declaration(part, Place::Struct)?;
                    definition.members.push(member);
                }
                Rule::meta_section => definition.meta = self.meta_section(part)?,
                Rule::parameter_meta_section => definition.parameter_meta = self.meta_section(part)?,
                rule => unexpected(rule, "a struct"),
            }
        }
        Ok(definition)
    }

    fn enum_definition(&mut self, pair: Pair<'_, Rule>) -> Result<EnumDef, Diagnostic> {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let name = self.new_name(&next(&mut inner))?;
        let mut definition = EnumDef { name, value_type: None, choices: Vec::new(), span };
        for part in inner {
            if part.as_rule() == Rule::type_expr {
                definition.value_type = Some(self.type_expr(part)?);
                continue;
            }
            let mut choice = parts(part);
            let name = self.word(&next(&mut choice));
            let value = choice.next().map(|value| self.expression(value)).transpose()?;
            definition.choices.push((name, value));
        }
        Ok(definition)
    }

    fn task(&mut self, pair: Pair<'_, Rule>) -> Result<Task, Diagnostic> {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let mut task = Task {
            name: self.new_name(&next(&mut inner))?,
            input: InputSection::default(),
            declarations: Vec::new(),
            command: None,
            outputs: Vec::new(),
            runtime: None,
            requirements: None,
            hints: None,
            meta: Vec::new(),
            parameter_meta: Vec::new(),
            span,
        };
        let mut seen = Sections::default();
        for part in inner {
            seen.once(part.as_rule(), self.span(&part))?;
            match part.as_rule() {
                Rule::declaration => task.declarations.push(self.body_declaration(part)?),
                Rule::input_section => task.input = self.input_section(part)?,
                Rule::command_section => task.command = Some(self.command(part)?),
                Rule::task_output_section => task.outputs = parts(part).map(|output| self.output(output)).collect::<Result<_, _>>()?,
                Rule::runtime_section => task.runtime = Some(self.attributes(part)?),
                Rule::requirements_section => task.requirements = Some(self.attributes(part)?),
                Rule::hints_section => task.hints = Some(self.attributes(part)?),
                Rule::meta_section => task.meta = self.meta_section(part)?,
                Rule::parameter_meta_section => task.parameter_meta = self.meta_section(part)?,
                rule => unexpected(rule, "a task"),
            }
        }
        Ok(task)
    }

    fn workflow(&mut self, pair: Pair<'_, Rule>) -> Result<Workflow, Diagnostic> {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let mut workflow = Workflow {
            name: self.new_name(&next(&mut inner))?,
            input: InputSection::default(),
            body: Vec::new(),
            output: None,
            hints: None,
            meta: Vec::new(),
            parameter_meta: Vec::new(),
            span,
        };
        let mut seen = Sections::default();
        for part in inner {
            seen.once(part.as_rule(), self.span(&part))?;
            match part.as_rule() {
                Rule::input_section => workflow.input = self.input_section(part)?,
                Rule::workflow_output_section => workflow.output = Some(self.workflow_output(part)?),
                Rule::hints_section => workflow.hints = Some(self.attributes(part)?),
                Rule::meta_section => workflow.meta = self.meta_section(part)?,
                Rule::parameter_meta_section => workflow.parameter_meta = self.meta_section(part)?,
                _ => workflow.body.push(self.statement(part)?),
            }
        }
        Ok(workflow)
    }
}

/// The sections met so far: each may stand once.
#[derive(Debug, Default)]
struct Sections(Vec<(&'static str, Span)>);

impl Sections {
    fn once(&mut self, rule: Rule, span: Span) -> Result<(), Diagnostic> {
        let Some(section) = section_keyword(rule) else { return Ok(()) };
        if let Some((_, first)) = self.0.iter().find(|(name, _)| *name == section) {
            let keyword = |span: Span| Span { end: span.start + u32::try_from(section.len()).expect("keywords are short"), ..span };
            let error = Diagnostic::error(keyword(span), format!("expected one `{section}` section, found a second"));
            return Err(error.also(keyword(*first), "the first is here"));
        }
        self.0.push((section, span));
        Ok(())
    }
}

fn section_keyword(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::input_section => "input",
        Rule::command_section => "command",
        Rule::task_output_section | Rule::workflow_output_section => "output",
        Rule::runtime_section => "runtime",
        Rule::requirements_section => "requirements",
        Rule::hints_section => "hints",
        Rule::meta_section => "meta",
        Rule::parameter_meta_section => "parameter_meta",
        _ => return None,
    })
}
