//! Sections of tasks and workflows.

use pest::iterators::Pair;

use super::{
    ast::{Attribute, AttributeSection, Expr, ExprKind, InputSection, Name, OutputSection, WorkflowOutput},
    builder::{Braces, Builder, next, parts, unexpected},
    grammar::Rule,
    types::Place,
};
use crate::diagnostic::Diagnostic;

impl Builder {
    /// `input { … }`.
    pub(super) fn input_section(&mut self, pair: Pair<'_, Rule>) -> Result<InputSection, Diagnostic> {
        let span = Some(self.span(&pair));
        let declarations = parts(pair).map(|part| self.declaration(part, Place::Input)).collect::<Result<_, _>>()?;
        Ok(InputSection { declarations, span })
    }

    /// A declaration of an `output` section.
    pub(super) fn output(&mut self, pair: Pair<'_, Rule>) -> Result<super::ast::Declaration, Diagnostic> {
        self.declaration(pair, Place::Output)
    }

    /// A workflow's `output { … }`.
    pub(super) fn workflow_output(&mut self, pair: Pair<'_, Rule>) -> Result<OutputSection, Diagnostic> {
        let span = self.span(&pair);
        let mut entries = Vec::new();
        for part in parts(pair) {
            entries.push(match part.as_rule() {
                Rule::declaration => WorkflowOutput::Declaration(self.output(part)?),
                Rule::output_reference => self.output_reference(part),
                rule => unexpected(rule, "the output section of a workflow"),
            });
        }
        Ok(OutputSection { entries, span })
    }

    fn output_reference(&self, pair: Pair<'_, Rule>) -> WorkflowOutput {
        let mut names = Vec::new();
        let mut is_wildcard = false;
        for part in parts(pair) {
            match part.as_rule() {
                Rule::star => is_wildcard = true,
                _ => names.push(self.word(&part)),
            }
        }
        if is_wildcard { WorkflowOutput::Wildcard(names) } else { WorkflowOutput::Reference(names) }
    }

    /// `runtime`, `requirements` or `hints`; inside the values every `{}` is an object.
    pub(super) fn attributes(&mut self, pair: Pair<'_, Rule>) -> Result<AttributeSection, Diagnostic> {
        let span = self.span(&pair);
        let outer = std::mem::replace(&mut self.braces, Braces::Object);
        let attributes: Result<Vec<Attribute>, Diagnostic> = parts(pair).map(|part| self.attribute(part)).collect();
        self.braces = outer;
        Ok(AttributeSection { attributes: attributes?, span })
    }

    fn attribute(&mut self, pair: Pair<'_, Rule>) -> Result<Attribute, Diagnostic> {
        let (name, value) = self.hint(pair)?;
        Ok(Attribute { name, value })
    }

    /// `key: value`, where the value of a hint may be a section of hints itself.
    fn hint(&mut self, pair: Pair<'_, Rule>) -> Result<(Name, Expr), Diagnostic> {
        let mut parts = parts(pair);
        let name = self.word(&next(&mut parts));
        let value = next(&mut parts);
        let value = if value.as_rule() == Rule::scoped_hints { self.scoped_hints(value)? } else { self.expression(value)? };
        Ok((name, value))
    }

    /// `hints { … }`, `input { … }`, `output { … }` as a value (WDL 1.2, "Hints Section").
    fn scoped_hints(&mut self, pair: Pair<'_, Rule>) -> Result<Expr, Diagnostic> {
        let span = self.span(&pair);
        self.deeper(span, |builder| {
            let mut parts = parts(pair);
            let scope = builder.word(&next(&mut parts));
            let hints = parts.map(|hint| builder.hint(hint)).collect::<Result<_, _>>()?;
            Ok(Expr { kind: ExprKind::Hints(scope, hints), span })
        })
    }
}
