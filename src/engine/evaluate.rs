//! Expressions that consult no files, evaluated inside the engine by need; arguments of calls.

use std::sync::Arc;

use super::{Engine, Evaluation, event::NodeInstance, inputs::Given, scopes::ScopeId};
use crate::{
    diagnostic::Diagnostic,
    eval::{Evaluator, Names, files::NoFiles},
    plan::graph::{Argument, ArgumentValue, Expression, Formula, NodeKind, PathRule, SectionId},
    source::Span,
    syntax::{ast::Version, documents::DocumentId},
    value::{Object, Value, coerce, is_url, map_paths},
};

/// Names of one expression, looked up in its scope.
struct ScopeNames<'a> {
    engine: &'a Engine,
    scope: ScopeId,
    expression: &'a Expression,
}

impl Names for ScopeNames<'_> {
    fn lookup(&self, name: &str) -> Option<Value> {
        let (_, dependency) = self.expression.names.iter().find(|(known, _)| known == name)?;
        self.engine.value(self.engine.scopes.target(self.scope, *dependency))
    }
}

impl Engine {
    /// The value of a node's expression.
    pub(super) fn evaluate(&self, node: NodeInstance, expression: &Expression) -> Result<Value, Diagnostic> {
        let document = self.document(node.scope);
        let names = ScopeNames { engine: self, scope: node.scope, expression };
        let evaluator = Evaluator { names: &names, files: &NoFiles, checked: &self.checked, document };
        let value = match &expression.formula {
            Formula::Declaration(declaration) => evaluator.declaration(declaration).and_then(|value| match expression.paths {
                PathRule::AsWritten => Ok(value),
                PathRule::BesideDocument | PathRule::Tested => crate::eval::refuse_remote(&evaluator, declaration, &value).map(|()| value),
            }),
            Formula::Expr(expr) => evaluator.expression(expr).and_then(|value| match &expression.ty {
                None => Ok(value),
                Some(ty) => coerce(value, ty, self.checked.coercion(document)).map_err(|message| Diagnostic::error(expr.span, message)),
            }),
        };
        let value = value.map_err(|diagnostic| diagnostic.within(self.scopes.path(&self.graph, node)))?;
        Ok(self.settled(node, value))
    }

    /// A declaration names files beside its document; every other value stays as it is.
    pub(super) fn settled(&self, node: NodeInstance, value: Value) -> Value {
        match self.expression(node).map(|expression| expression.paths) {
            Some(PathRule::BesideDocument | PathRule::Tested) => {
                let uri = &self.checked.documents.get(self.document(node.scope)).uri;
                map_paths(&value, &mut |path| beside(uri, path))
            }
            Some(PathRule::AsWritten) | None => value,
        }
    }

    /// Values of what a call gives, and of what the run's inputs give it.
    pub(super) fn arguments(&self, node: NodeInstance, arguments: &[Argument]) -> Result<Object, Box<Diagnostic>> {
        let mut values = Object::with_capacity(arguments.len());
        for argument in arguments {
            let value = match &argument.value {
                ArgumentValue::Expression(expression) => self.evaluate(node, expression)?,
                ArgumentValue::Node(slot) => self.value(NodeInstance { scope: node.scope, slot: *slot }).unwrap_or(Value::None),
            };
            let value = self.argument_paths(node, argument, value)?;
            values.insert(argument.name.clone(), value);
        }
        if let Some(given) = self.given_to(node) {
            for (name, value) in &given.values {
                values.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(values)
    }

    /// A call's argument of a type with paths: text that it becomes a path by is relative to the document of the call, not to the callee's.
    fn argument_paths(&self, node: NodeInstance, argument: &Argument, value: Value) -> Result<Value, Diagnostic> {
        let (ty, document) = (&argument.ty, self.document(node.scope));
        let loaded = self.checked.documents.get(document);
        if loaded.document.version == Version::Draft2 || !ty.makes_paths() {
            return Ok(value);
        }
        // What does not fit is the callee's to refuse.
        let Ok(paths) = coerce(value.clone(), ty, self.checked.coercion(document)) else { return Ok(value) };
        crate::eval::refuse_remote_at(&loaded.uri, (&argument.name, argument.place), &paths)?;
        Ok(map_paths(&paths, &mut |path| beside(&loaded.uri, path)))
    }

    /// What the run's inputs give to a call; to the one call of a run without a workflow, all of them.
    pub(super) fn given_to(&self, node: NodeInstance) -> Option<Arc<Given>> {
        let workflow = self.scopes.workflow_scope(&self.graph, node.scope);
        let given = self.scopes.get(workflow).given.as_ref()?;
        match self.graph.section(self.scopes.get(workflow).section).kind {
            crate::plan::graph::SectionKind::Task(_) => Some(Arc::clone(given)),
            crate::plan::graph::SectionKind::Workflow(_) | crate::plan::graph::SectionKind::Scatter | crate::plan::graph::SectionKind::Branch => {
                given.calls.get(&self.node(&self.graph, node).name).cloned()
            }
        }
    }

    /// A value as the input of a workflow. `None` for a value of none where the input has a default and cannot be none: the default holds.
    pub(super) fn bind(&self, section: SectionId, input: &Expression, value: Value) -> Result<Option<Value>, Box<Diagnostic>> {
        let Formula::Declaration(declaration) = &input.formula else { return Ok(Some(value)) };
        let Some(ty) = &input.ty else { return Ok(Some(value)) };
        if value == Value::None && declaration.value.is_some() && !ty.is_optional() {
            return Ok(None);
        }
        let willing = self.checked.coercion(self.graph.section(section).document);
        let wrong = |message| Box::new(Diagnostic::error(declaration.span, format!("input `{}`: {message}", declaration.name.text)));
        coerce(value, ty, willing).map(Some).map_err(wrong)
    }

    /// See [`Engine::evaluation`].
    pub(super) fn described(&self, node: NodeInstance) -> Evaluation {
        let path = self.scopes.path(&self.graph, node);
        let expression = self.expression(node).expect("only nodes with an expression are evaluated by the shell");
        let value = |(name, dependency): &(String, _)| self.value(self.scopes.target(node.scope, *dependency)).map(|value| (name.clone(), value));
        let names = expression.names.iter().filter_map(value).collect();
        Evaluation { path, document: self.document(node.scope), formula: expression.formula.clone(), names, paths: expression.paths }
    }

    /// The expression of a node that has one.
    pub(super) fn expression(&self, node: NodeInstance) -> Option<&Expression> {
        match &self.node(&self.graph, node).kind {
            NodeKind::Input(expression) | NodeKind::Value(expression) | NodeKind::Scatter { collection: expression, .. } => Some(expression),
            NodeKind::Branch { condition, .. } => condition.as_ref(),
            NodeKind::Variable | NodeKind::TaskCall(_) | NodeKind::WorkflowCall(_) | NodeKind::Export { .. } => None,
        }
    }

    fn document(&self, scope: ScopeId) -> DocumentId {
        self.graph.section(self.scopes.get(scope).section).document
    }
}

/// A scatter over something else than an array.
pub(super) fn not_an_array(collection: &Expression, found: &Value) -> Diagnostic {
    let found = match found {
        Value::None => "none",
        Value::Map(_) => "a map (hint: `as_pairs` makes an array of it)",
        Value::Boolean(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::File(_)
        | Value::Directory(_)
        | Value::Array(_)
        | Value::Pair(_)
        | Value::Struct(_)
        | Value::Object(_)
        | Value::Enum(_)
        | Value::Unknown(_) => "something else",
    };
    let message = format!("expected an array to scatter over, found {found}");
    match span(&collection.formula) {
        Some(span) => Diagnostic::error(span, message),
        None => Diagnostic::error_without_span(message),
    }
}

fn span(formula: &Formula) -> Option<Span> {
    match formula {
        Formula::Expr(expr) => Some(expr.span),
        Formula::Declaration(declaration) => declaration.value.as_ref().map(|value| value.span),
    }
}

/// A relative path as one beside a document. URLs and Achelous volumes (`vol1@alamo:dir/file`) are not relative.
fn beside(uri: &str, path: &str) -> String {
    let is_volume = path.split_once(':').is_some_and(|(volume, _)| volume.contains('@') && !volume.contains('/'));
    match uri.rsplit_once('/') {
        Some((folder, _)) if !path.is_empty() && !path.starts_with('/') && !is_url(path) && !is_volume => format!("{folder}/{path}"),
        _ => path.to_owned(),
    }
}
