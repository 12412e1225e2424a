//! Texts to documents, and what holds of every tree and every diagnostic.

use sluice::{
    diagnostic::{Diagnostic, shown},
    source::{Source, SourceId, Sources, Span},
    syntax::{
        self,
        ast::{Document, Expr, Statement, Text, TextPart},
        documents::{DocumentId, DocumentSet, LoadedDocument},
        dump,
        visit::{self, Descend},
    },
};

/// A line that begins so ends a document and names the next one; the first document has no name that others could import.
const NEXT_DOCUMENT: &str = "#=== ";

/// The documents of a text, the root first; none where one does not parse.
pub(crate) fn parse(text: &str) -> Option<DocumentSet> {
    let mut set = DocumentSet::default();
    let mut names = Vec::new();
    for (name, text) in parts(text) {
        let id = set.sources.add(Source::new(name, text));
        let source = set.sources.get(id).clone();
        match syntax::parse(id, &source) {
            Ok(document) => {
                hold_of_document(&document, &set.sources);
                names.push(name);
                set.documents.push(LoadedDocument { uri: format!("/wdl/{name}"), document, imports: Vec::new() });
            }
            Err(error) => {
                assert!(error.is_error(), "{error:?}");
                hold_of_diagnostic(&error, &set.sources);
                return None;
            }
        }
    }
    for loaded in &mut set.documents {
        let known = |uri: &str| names.iter().position(|name| *name == uri).map(DocumentId);
        loaded.imports = loaded.document.imports.iter().map(|import| known(&import.uri)).collect();
    }
    // What cannot be read is an error of `load`, and nothing is checked then.
    set.documents.iter().all(|loaded| loaded.imports.iter().all(Option::is_some)).then_some(set)
}

/// Documents by name.
fn parts(text: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    let (mut name, mut rest) = ("source.wdl", text);
    while let Some(at) = rest.find(&format!("\n{NEXT_DOCUMENT}")) {
        let (before, after) = rest.split_at(at + 1);
        parts.push((name, before));
        let line_end = after.find('\n').unwrap_or(after.len());
        name = after[NEXT_DOCUMENT.len()..line_end].trim();
        rest = &after[line_end..];
    }
    parts.push((name, rest));
    parts
}

/// It can be shown, and points into its texts.
pub(crate) fn hold_of_diagnostic(diagnostic: &Diagnostic, sources: &Sources) {
    assert!(!diagnostic.message.is_empty());
    for label in diagnostic.primary.iter().chain(&diagnostic.secondary) {
        hold_of_span(label.span, sources);
        let source = sources.get(label.span.source);
        let (start, end) = (source.position(label.span.start), source.position(label.span.end));
        assert!((start.line, start.column) <= (end.line, end.column), "{diagnostic:?}");
    }
    let said = shown(diagnostic.message.lines().next().unwrap_or_default()).into_owned();
    assert!(diagnostic.render(sources).contains(&said) || said.contains(['\t', '\r']), "{diagnostic:?}");
}

fn hold_of_span(span: Span, sources: &Sources) {
    let text = &sources.get(span.source).text;
    assert!(text.get(span.range()).is_some(), "{span:?} is no part of the text of {} bytes", text.len());
}

fn hold_of_document(document: &Document, sources: &Sources) {
    let mut tree = Tree { sources, source: document.source };
    for warning in &document.warnings {
        assert!(!warning.is_error());
        hold_of_diagnostic(warning, sources);
    }
    for import in &document.imports {
        tree.within(import.span, import.uri_span);
    }
    for task in &document.tasks {
        tree.name(&task.name.text, task.name.span);
        for declaration in task.input.declarations.iter().chain(&task.declarations).chain(&task.outputs) {
            tree.declaration(declaration);
        }
        if let Some(command) = &task.command {
            tree.text(&command.text);
        }
        for section in [&task.runtime, &task.requirements, &task.hints].into_iter().flatten() {
            section.attributes.iter().for_each(|attribute| tree.expr(&attribute.value));
        }
    }
    for workflow in &document.workflows {
        tree.name(&workflow.name.text, workflow.name.span);
        workflow.input.declarations.iter().for_each(|declaration| tree.declaration(declaration));
        tree.statements(&workflow.body);
    }
    assert!(dump::document(document).starts_with("version "));
}

/// A walk over a tree that looks at every span.
struct Tree<'a> {
    sources: &'a Sources,
    source: SourceId,
}

impl Tree<'_> {
    fn name(&mut self, name: &str, span: Span) {
        assert_eq!(self.sources.text(span), name);
    }

    fn within(&mut self, outer: Span, inner: Span) {
        assert_eq!(inner.source, self.source);
        hold_of_span(inner, self.sources);
        assert!(outer.start <= inner.start && inner.end <= outer.end, "{inner:?} is not within {outer:?}");
    }

    fn declaration(&mut self, declaration: &syntax::ast::Declaration) {
        self.name(&declaration.name.text, declaration.name.span);
        self.within(declaration.span, declaration.ty.span);
        if let Some(value) = &declaration.value {
            self.within(declaration.span, value.span);
            self.expr(value);
        }
    }

    /// Parts stand in order of text within their whole.
    fn expr(&mut self, expr: &Expr) {
        let whole = expr.span;
        visit::visit(expr, &mut |part| {
            self.within(whole, part.span);
            assert!(!part.span.range().is_empty(), "{part:?}");
            Descend::Yes
        });
        // A name may stand in parentheses.
        for reference in visit::references(expr) {
            assert!(self.sources.text(reference.span).contains(&reference.name), "{reference:?}");
        }
    }

    fn text(&mut self, text: &Text) {
        hold_of_span(text.span, self.sources);
        for part in &text.parts {
            if let TextPart::Placeholder(placeholder) = part {
                self.within(text.span, placeholder.span);
                self.within(placeholder.span, placeholder.expr.span);
                self.expr(&placeholder.expr);
            }
        }
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement {
                Statement::Declaration(declaration) => self.declaration(declaration),
                Statement::Call(call) => {
                    self.within(call.span, call.name().span);
                    call.inputs.iter().filter_map(|input| input.value.as_ref()).for_each(|value| self.expr(value));
                }
                Statement::Scatter(scatter) => {
                    self.expr(&scatter.collection);
                    self.statements(&scatter.body);
                }
                Statement::Conditional(conditional) => {
                    for branch in &conditional.branches {
                        self.within(conditional.span, branch.span);
                        branch.condition.iter().for_each(|condition| self.expr(condition));
                        self.statements(&branch.body);
                    }
                }
            }
        }
    }
}
