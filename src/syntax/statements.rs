//! Statements of a workflow's body.

use pest::iterators::Pair;

use super::{
    ast::{Branch, Call, CallInput, Conditional, Scatter, Statement, Version},
    builder::{Builder, next, parts, unexpected},
    grammar::Rule,
    types::Place,
};
use crate::{diagnostic::Diagnostic, source::Span};

impl Builder {
    /// One statement.
    pub(super) fn statement(&mut self, pair: Pair<'_, Rule>) -> Result<Statement, Diagnostic> {
        match pair.as_rule() {
            Rule::declaration => Ok(Statement::Declaration(self.body_declaration(pair)?)),
            Rule::call_statement => Ok(Statement::Call(self.call(pair)?)),
            Rule::scatter_statement => Ok(Statement::Scatter(self.scatter(pair)?)),
            Rule::if_statement => Ok(Statement::Conditional(self.conditional(pair)?)),
            rule => unexpected(rule, "the body of a workflow"),
        }
    }

    /// A declaration outside `input` and `output`: in draft-2 one without a value is an input.
    pub(super) fn body_declaration(&mut self, pair: Pair<'_, Rule>) -> Result<super::ast::Declaration, Diagnostic> {
        let place = match self.version {
            Version::Draft2 => Place::Input,
            Version::V1_0 | Version::V1_1 | Version::V1_2 | Version::V1_3 => Place::Body,
        };
        self.declaration(pair, place)
    }

    fn body(&mut self, pair: Pair<'_, Rule>) -> Result<Vec<Statement>, Diagnostic> {
        let span = self.span(&pair);
        self.deeper(span, |builder| parts(pair).map(|part| builder.statement(part)).collect())
    }

    fn call(&mut self, pair: Pair<'_, Rule>) -> Result<Call, Diagnostic> {
        let span = self.span(&pair);
        let mut call = Call { target: Vec::new(), alias: None, after: Vec::new(), inputs: Vec::new(), bare_inputs: None, span };
        for part in parts(pair) {
            match part.as_rule() {
                Rule::call_target => call.target = parts(part).map(|name| self.word(&name)).collect(),
                Rule::call_alias => {
                    let alias = self.new_name(&next(&mut parts(part)))?;
                    if call.alias.is_some() {
                        return Err(Diagnostic::error(alias.span, "expected one `as` in a call, found a second"));
                    }
                    call.alias = Some(alias);
                }
                Rule::call_after => call.after.push(self.word(&next(&mut parts(part)))),
                Rule::call_body => {
                    let is_bare = !part.clone().into_inner().any(|part| part.as_rule() == Rule::kw_input);
                    call.inputs = parts(part).map(|input| self.call_input(input)).collect::<Result<_, _>>()?;
                    call.bare_inputs = call.inputs.first().filter(|_| is_bare).map(|input| input.name.span);
                }
                rule => unexpected(rule, "a call"),
            }
        }
        Ok(call)
    }

    fn call_input(&mut self, pair: Pair<'_, Rule>) -> Result<CallInput, Diagnostic> {
        let mut parts = parts(pair);
        let name = self.word(&next(&mut parts));
        let value = parts.next().map(|value| self.expression(value)).transpose()?;
        Ok(CallInput { name, value })
    }

    fn scatter(&mut self, pair: Pair<'_, Rule>) -> Result<Scatter, Diagnostic> {
        let span = self.span(&pair);
        let mut parts = parts(pair);
        let variable = self.new_name(&next(&mut parts))?;
        let collection = self.expression(next(&mut parts))?;
        let body = self.body(next(&mut parts))?;
        Ok(Scatter { variable, collection, body, span })
    }

    fn conditional(&mut self, pair: Pair<'_, Rule>) -> Result<Conditional, Diagnostic> {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let condition = self.expression(next(&mut inner))?;
        let body = next(&mut inner);
        let first_span = Span { end: self.span(&body).end, ..span };
        let mut branches = vec![Branch { condition: Some(condition), body: self.body(body)?, span: first_span }];
        for branch in inner {
            let span = self.span(&branch);
            if branches.last().is_some_and(|last| last.condition.is_none()) {
                return Err(Diagnostic::error(span, "expected nothing after `else { … }`, found another branch"));
            }
            let mut parts = parts(branch).peekable();
            let condition = parts.next_if(|part| part.as_rule() == Rule::expression);
            let condition = condition.map(|condition| self.expression(condition)).transpose()?;
            branches.push(Branch { condition, body: self.body(next(&mut parts))?, span });
        }
        Ok(Conditional { branches, span })
    }
}
