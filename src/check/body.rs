//! One task or workflow while it is checked: its scopes, and what a place in it is.

use super::{
    context::Context,
    defined::Defined,
    messages,
    scopes::{EntityKind, Found, Need, Scopes},
};
use crate::{
    diagnostic::nearest_name,
    source::Span,
    syntax::ast::{Declaration, Name, Version},
    value::Type,
};

/// A task or workflow with the names in it.
pub(super) struct Body<'c, 'a, 'r> {
    pub(super) context: &'c mut Context<'a, 'r>,
    pub(super) scopes: Scopes<'a>,
    /// Unknown names so far: after many, no more near names are looked for, which is work for each.
    pub(super) unknown_names: usize,
    /// What `if defined(x) then … else …` and `if (defined(x)) { … }` have asked about.
    pub(super) defined: Defined,
}

/// Where an expression stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The block it is in.
    pub(super) block: usize,
    /// What needs its value.
    pub(super) user: User,
    /// What kind of text is around it.
    pub(super) site: Site,
    /// Whether it is inside a placeholder, where text joined to `None` is `None` (WDL 1.0, "Interpolating and concatenating optional strings").
    pub(super) in_placeholder: bool,
}

/// What needs the value of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum User {
    /// A declaration, output or call.
    Entity(usize),
    /// A scatter's collection or a branch's condition, which belongs to the block that it opens.
    Block(usize),
    /// A command or runtime attribute: nothing can need it in turn.
    Nobody,
}

/// What kind of text is around an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// A declaration, call input or the like, of a workflow.
    Workflow,
    /// A declaration of a task.
    Task,
    /// An output of a task: the command has run.
    TaskOutput,
    /// A task's command.
    Command,
    /// A value of `runtime`, `requirements` or `hints`.
    Attribute,
}

impl Place {
    pub(super) fn new(block: usize, user: User, site: Site) -> Self {
        Self { block, user, site, in_placeholder: false }
    }
}

impl<'a> Body<'_, 'a, '_> {
    /// Adds a declaration to a block, with diagnostics about its type and its name.
    pub(super) fn declare(&mut self, declaration: &'a Declaration, block: usize, kind: EntityKind<'a>) -> usize {
        let ty = self.context.declared_type(&declaration.ty);
        if let Some(env) = declaration.env {
            self.context.needs(Version::V1_2, env, "`env`");
        }
        let entity = self.add(&declaration.name, block, kind, ty);
        // The command may read it as a variable.
        self.scopes.entities[entity].used |= declaration.env.is_some();
        entity
    }

    /// Adds a name to a block, with a diagnostic where it is taken.
    pub(super) fn add(&mut self, name: &'a Name, block: usize, kind: EntityKind<'a>, ty: Type) -> usize {
        let what = match kind {
            EntityKind::Output => "output",
            EntityKind::Call(..) => "call",
            EntityKind::Input | EntityKind::Declaration | EntityKind::ScatterVariable => "name",
        };
        let (index, clash) = self.scopes.add(name, block, kind, ty);
        if let Some(first) = clash {
            // Which of the two is meant elsewhere is not known, so neither is called unused.
            self.scopes.entities[index].used = true;
            self.scopes.entities[first].used = true;
            let first = self.scopes.entities[first].name.span;
            let diagnostic = messages::duplicate(name.span, first, what, &name.text);
            self.context.report.push(if what == "call" { diagnostic.hint("give one of the calls another name with `as`") } else { diagnostic });
        }
        index
    }

    /// Notes that the user of a place needs what was found.
    pub(super) fn need(&mut self, found: &Found, span: Span, place: Place) {
        for &entity in &found.entities {
            self.scopes.entities[entity].used = true;
            let need = Need { entity, span };
            match place.user {
                User::Entity(user) => self.scopes.entity_needs[user].push(need),
                User::Block(block) => self.scopes.block_needs[block].push(need),
                User::Nobody => {}
            }
        }
    }

    /// The type of a name at a place.
    pub(super) fn name(&mut self, text: &str, span: Span, place: Place) -> Type {
        if let Some(found) = self.scopes.find(text, place.block) {
            self.need(&found, span, place);
            return self.found_type(&found, |body, entity| body.scopes.entities[entity].ty.clone());
        }
        if text == "task" {
            return self.task_variable(span, place.site);
        }
        if text == "None" {
            self.context.needs(Version::V1_1, span, "`None`");
            return Type::Any;
        }
        if let Some(variable) = self.scopes.scatter_variable(text) {
            self.context.report.push(messages::outside_its_scatter(span, text, variable.span));
            return Type::Any;
        }
        let near = self.near_name(text);
        self.context.report.push(messages::unknown_name(span, text, near.as_deref()));
        Type::Any
    }

    /// The name in scope that was most likely meant.
    pub(super) fn near_name(&mut self, text: &str) -> Option<String> {
        if self.may_look_for_near_names() { nearest_name(text, self.scopes.known_names()).map(str::to_owned) } else { None }
    }

    /// Counts an unknown name. Each look through all names is work, so a document that is full of unknown names gets few hints.
    pub(super) fn may_look_for_near_names(&mut self) -> bool {
        const MANY: usize = 50;
        self.unknown_names += 1;
        self.unknown_names <= MANY
    }

    /// The type at the place of what was found, `ty` giving the type of each entity in its own block.
    pub(super) fn found_type(&mut self, found: &Found, mut ty: impl FnMut(&mut Self, usize) -> Type) -> Type {
        let mut common: Option<Type> = None;
        for (index, &entity) in found.entities.iter().enumerate() {
            let raw = ty(self, entity);
            let here = if matches!(raw, Type::Call(_)) { raw } else { found.wrap(index, raw) };
            common = Some(match common {
                None => here,
                Some(known) => super::coercion::common(&known, &here).unwrap_or(Type::Any),
            });
        }
        common.unwrap_or(Type::Any)
    }
}
