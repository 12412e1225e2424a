//! One task: its declarations, command, outputs and runtime attributes.

use super::{
    attributes,
    body::{Body, Place, Site, User},
    context::Context,
    cycles,
    defined::Defined,
    messages, metadata,
    scopes::{BlockKind, EntityKind, ROOT, Scopes},
    unused,
};
use crate::{
    source::Span,
    syntax::ast::{Declaration, Task, Version},
};

/// Checks a task.
pub(super) fn check<'a>(context: &mut Context<'a, '_>, task: &'a Task) {
    let mut body = Body { context, scopes: Scopes::new(), unknown_names: 0, defined: Defined::default() };
    let is_draft2 = body.context.version == Version::Draft2;
    let mut declarations: Vec<(&Declaration, usize, Site)> = Vec::new();
    for declaration in &task.input.declarations {
        declarations.push((declaration, body.declare(declaration, ROOT, EntityKind::Input), Site::Task));
    }
    for declaration in &task.declarations {
        // Any declaration of a draft-2 task can be given from outside.
        let kind = if is_draft2 { EntityKind::Input } else { EntityKind::Declaration };
        declarations.push((declaration, body.declare(declaration, ROOT, kind), Site::Task));
    }
    let outputs = body.scopes.add_block(ROOT, BlockKind::Output);
    for declaration in &task.outputs {
        declarations.push((declaration, body.declare(declaration, outputs, EntityKind::Output), Site::TaskOutput));
    }
    for (declaration, entity, site) in declarations {
        let place = Place::new(body.scopes.entities[entity].block, User::Entity(entity), site);
        body.declaration(declaration, entity, place);
    }
    if let Some(command) = &task.command {
        body.text(&command.text, Place::new(ROOT, User::Nobody, Site::Command));
    } else if is_draft2 {
        body.context.report.violation(messages::command_missing(&task.name));
    } else {
        body.context.report.push(messages::command_missing(&task.name));
    }
    if let Some(section) = &task.runtime {
        attributes::runtime(&mut body, section);
    }
    if let Some(section) = &task.requirements {
        body.context.needs(Version::V1_2, section.span, "a `requirements` section");
        attributes::requirements(&mut body, section);
    }
    if let Some(section) = &task.hints {
        body.context.needs(Version::V1_2, section.span, "a `hints` section");
        attributes::hints(&mut body, section);
    }
    one_kind_of_attributes(body.context, task);
    metadata::of_task(body.context, task);
    attributes::runner(body.context.report, task);
    cycles::check(&body.scopes, body.context.report);
    unused::check(&mut body);
}

/// `runtime` excludes `requirements` and `hints` (1.2, "Runtime Section").
fn one_kind_of_attributes(context: &mut Context<'_, '_>, task: &Task) {
    let Some(runtime) = &task.runtime else { return };
    for (section, keyword) in [(&task.requirements, "requirements"), (&task.hints, "hints")] {
        if let Some(section) = section {
            let word = |span: Span, word: &str| Span { end: span.start + u32::try_from(word.len()).expect("keywords are short"), ..span };
            context.report.push(messages::runtime_beside(word(section.span, keyword), word(runtime.span, "runtime"), keyword));
        }
    }
}
