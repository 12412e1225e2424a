//! One workflow: every name in it first, then every expression, then cycles and what nothing uses.

use super::{
    available::allows_nested,
    body::{Body, Place, Site, User},
    context::Context,
    cycles,
    defined::Defined,
    messages, metadata,
    names::{Callee, WorkflowRef},
    scopes::{BlockKind, EntityKind, ROOT, Scopes},
    unused,
};
use crate::{
    diagnostic::nearest_name,
    syntax::ast::{Call, Conditional, Declaration, Expr, Name, OutputSection, Scatter, Statement, Version, Workflow, WorkflowOutput},
    value::Type,
};

/// Something of a workflow to look at once every name is known.
enum Step<'a> {
    /// A declaration with its entity.
    Declaration(&'a Declaration, usize),
    /// A call with its entity.
    Call(&'a Call, usize),
    /// A scatter's collection, the block that it opens, its variable.
    Collection(&'a Expr, usize, usize),
    /// A branch's condition and the block that it opens.
    Condition(&'a Expr, usize),
}

/// Checks a workflow.
pub(super) fn check<'a>(context: &mut Context<'a, '_>, workflow: &'a Workflow) {
    let mut body = Body { context, scopes: Scopes::new(), unknown_names: 0, defined: Defined::default() };
    let mut steps = Vec::new();
    for declaration in &workflow.input.declarations {
        let entity = body.declare(declaration, ROOT, EntityKind::Input);
        steps.push(Step::Declaration(declaration, entity));
    }
    let mut collector = Collector { body: &mut body, steps, conditionals: 0 };
    collector.statements(&workflow.body, ROOT);
    let mut steps = collector.steps;
    if let Some(section) = &workflow.output {
        body.outputs(section, &mut steps);
    }
    for step in &steps {
        body.step(step);
    }
    if !allows_nested(body.context.checked, WorkflowRef { document: body.context.document }) {
        for step in &steps {
            if let Step::Call(call, entity) = step
                && let EntityKind::Call(_, Some(interface)) = body.scopes.entities[*entity].kind.clone()
            {
                body.missing_inputs(call, &interface);
            }
        }
    }
    if let Some(hints) = &workflow.hints {
        body.context.needs(Version::V1_2, hints.span, "a `hints` section");
        for attribute in &hints.attributes {
            body.infer(&attribute.value, Place::new(ROOT, User::Nobody, Site::Attribute));
        }
    }
    metadata::of_workflow(body.context, workflow);
    cycles::check(&body.scopes, body.context.report);
    unused::check(&mut body);
}

/// Gathers the names of a workflow's body.
struct Collector<'b, 'c, 'a, 'r> {
    body: &'b mut Body<'c, 'a, 'r>,
    steps: Vec<Step<'a>>,
    conditionals: usize,
}

impl<'a> Collector<'_, '_, 'a, '_> {
    fn statements(&mut self, statements: &'a [Statement], block: usize) {
        for statement in statements {
            match statement {
                Statement::Declaration(declaration) => {
                    // draft-2's inputs stand in the body.
                    let is_input = self.body.context.version == Version::Draft2 && block == ROOT && declaration.value.is_none();
                    let kind = if is_input { EntityKind::Input } else { EntityKind::Declaration };
                    let entity = self.body.declare(declaration, block, kind);
                    self.steps.push(Step::Declaration(declaration, entity));
                }
                Statement::Call(call) => {
                    let callee = self.body.context.callee(call);
                    if callee == Some(Callee::Workflow(WorkflowRef { document: self.body.context.document })) {
                        self.body.context.report.push(messages::recursion(call));
                    }
                    let interface = callee.map(|callee| self.body.context.interface(callee));
                    let ty = interface.as_ref().map_or(Type::Any, |interface| Type::Call(interface.outputs.clone()));
                    let entity = self.body.add(call.name(), block, EntityKind::Call(call, interface), ty);
                    self.steps.push(Step::Call(call, entity));
                }
                Statement::Scatter(scatter) => self.scatter(scatter, block),
                Statement::Conditional(conditional) => self.conditional(conditional, block),
            }
        }
    }

    fn scatter(&mut self, scatter: &'a Scatter, block: usize) {
        let inner = self.body.scopes.add_block(block, BlockKind::Scatter);
        let variable = self.body.add(&scatter.variable, inner, EntityKind::ScatterVariable, Type::Any);
        self.steps.push(Step::Collection(&scatter.collection, inner, variable));
        self.statements(&scatter.body, inner);
    }

    fn conditional(&mut self, conditional: &'a Conditional, block: usize) {
        let index = self.conditionals;
        self.conditionals += 1;
        let has_else = conditional.branches.last().is_some_and(|branch| branch.condition.is_none());
        let exhaustive = has_else.then_some(conditional.branches.len());
        if let Some(second) = conditional.branches.get(1) {
            self.body.context.needs(Version::V1_3, second.span, "`else`");
        }
        for branch in &conditional.branches {
            let inner = self.body.scopes.add_block(block, BlockKind::Branch { conditional: index, exhaustive });
            if let Some(condition) = &branch.condition {
                self.steps.push(Step::Condition(condition, inner));
            }
            self.statements(&branch.body, inner);
        }
    }
}

impl<'a> Body<'_, 'a, '_> {
    /// Gathers the names of an `output` section.
    fn outputs(&mut self, section: &'a OutputSection, steps: &mut Vec<Step<'a>>) {
        let block = self.scopes.add_block(ROOT, BlockKind::Output);
        for entry in &section.entries {
            match entry {
                WorkflowOutput::Declaration(declaration) => {
                    let entity = self.declare(declaration, block, EntityKind::Output);
                    steps.push(Step::Declaration(declaration, entity));
                }
                WorkflowOutput::Reference(path) => {
                    if let Some((output, call)) = path.split_last() {
                        self.old_output(call, Some(output));
                    }
                }
                WorkflowOutput::Wildcard(path) => self.old_output(path, None),
            }
        }
    }

    /// draft-2's `Call.out` and `Call.*`.
    fn old_output(&mut self, path: &'a [Name], output: Option<&'a Name>) {
        let Some(name) = path.last() else { return };
        if self.context.version > Version::Draft2 {
            self.context.report.push(messages::old_output(name.span, self.context.version));
        }
        let found = self.scopes.call(&name.text).and_then(|_| self.scopes.find(&name.text, ROOT));
        match (found, output) {
            (Some(found), Some(output)) => drop(self.output_of(&found, name.span, output, Place::new(ROOT, User::Nobody, Site::Workflow))),
            (Some(_), None) => {}
            (None, _) => {
                let calls = self.scopes.entities.iter().filter(|entity| matches!(entity.kind, EntityKind::Call(..)));
                let near = nearest_name(&name.text, calls.map(|entity| entity.name.text.as_str()));
                self.context.report.push(messages::unknown_call(name, near));
            }
        }
    }

    fn step(&mut self, step: &Step<'a>) {
        match *step {
            Step::Declaration(declaration, entity) => {
                let place = Place::new(self.scopes.entities[entity].block, User::Entity(entity), Site::Workflow);
                self.declaration(declaration, entity, place);
            }
            Step::Call(call, entity) => self.call(call, entity),
            Step::Collection(collection, block, variable) => {
                let place = Place::new(self.scopes.parent(block), User::Block(block), Site::Workflow);
                let ty = self.infer(collection, place);
                self.scopes.entities[variable].ty = self.item_type(&ty, collection);
            }
            Step::Condition(condition, block) => {
                let place = Place::new(self.scopes.parent(block), User::Block(block), Site::Workflow);
                self.decides(condition, place);
                self.defined.in_block(block, condition);
            }
        }
    }

    /// The value of a declaration, and that it has one where it must.
    pub(super) fn declaration(&mut self, declaration: &'a Declaration, entity: usize, place: Place) {
        let kind = self.scopes.entities[entity].kind.clone();
        match &declaration.value {
            Some(value) => {
                let expected = self.scopes.entities[entity].ty.clone();
                self.expect(value, &expected, place);
            }
            None => match kind {
                EntityKind::Output => self.context.report.push(messages::output_without_value(&declaration.name)),
                EntityKind::Declaration if self.context.version > Version::Draft2 => {
                    self.context.report.push(messages::declaration_without_value(&declaration.name));
                }
                EntityKind::Declaration | EntityKind::Input | EntityKind::Call(..) | EntityKind::ScatterVariable => {}
            },
        }
    }

    /// The type of a scatter's variable.
    fn item_type(&mut self, collection: &Type, expr: &Expr) -> Type {
        if matches!(collection, Type::Optional(_)) {
            self.unwrapped(collection, expr.span);
        }
        match collection.required() {
            Type::Array { item, .. } => (**item).clone(),
            Type::Map(parts) => {
                if self.context.version > Version::Draft2 {
                    self.context.report.violation(messages::loose_coercion(expr.span, collection, &Type::array(Type::Pair(parts.clone()))));
                }
                Type::Pair(parts.clone())
            }
            Type::Any => Type::Any,
            _ => {
                self.context.report.push(messages::not_scatterable(expr.span, collection));
                Type::Any
            }
        }
    }
}
