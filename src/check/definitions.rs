//! A document as a whole: its structs, enums, tasks and workflows, and what its version does not have.

use std::collections::{HashMap, hash_map::Entry};

use super::{
    context::{Context, Interfaces},
    messages, metadata,
    names::Checked,
    report::Report,
    tasks, unused, workflows,
};
use crate::{
    source::Span,
    syntax::{
        ast::{Document, Version},
        documents::DocumentId,
    },
};

/// Checks one document of a set.
pub(super) fn check<'a>(checked: &'a Checked, document: DocumentId, interfaces: &mut Interfaces<'a>, report: &mut Report) {
    let tree = &checked.documents.get(document).document;
    for warning in &tree.warnings {
        report.push(warning.clone());
    }
    let mut context = Context {
        checked,
        document,
        version: tree.version,
        namespace: checked.namespace(document),
        interfaces,
        report,
        used_namespaces: std::collections::HashSet::new(),
        has_unknown_namespace: false,
        unknown_attributes: std::collections::HashSet::new(),
        ignored_attributes: Vec::new(),
    };
    types(&mut context, tree);
    callables(&mut context, tree);
    for task in &tree.tasks {
        tasks::check(&mut context, task);
    }
    for workflow in &tree.workflows {
        workflows::check(&mut context, workflow);
    }
    if !context.has_unknown_namespace {
        unused::imports(&mut context);
    }
    let ignored = std::mem::take(&mut context.ignored_attributes);
    if let Some((_, span)) = ignored.first() {
        let mut names: Vec<String> = ignored.iter().map(|(name, _)| name.clone()).collect();
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        context.report.push(messages::ignored_attributes(*span, &names));
    }
}

/// Structs and enums, and aliases of imported ones.
fn types(context: &mut Context<'_, '_>, tree: &Document) {
    for (original, _) in tree.imports.iter().flat_map(|import| &import.struct_aliases) {
        context.needs(Version::V1_0, original.span, "`alias`");
    }
    for definition in &tree.structs {
        context.needs(Version::V1_0, definition.name.span, "`struct`");
        if let Some(entry) = definition.meta.first().or(definition.parameter_meta.first()) {
            context.needs(Version::V1_2, entry.name.span, "metadata of a struct");
        }
        metadata::of_struct(context, definition);
        for member in &definition.members {
            context.check_type(&member.ty);
            if let Some(value) = &member.value {
                context.report.push(messages::member_with_value(value.span, &member.name.text));
            }
        }
    }
    for definition in &tree.enums {
        context.needs(Version::V1_3, definition.name.span, "`enum`");
        if let Some(written) = &definition.value_type {
            context.check_type(written);
        }
    }
}

/// Names of tasks and workflows.
fn callables(context: &mut Context<'_, '_>, tree: &Document) {
    let mut first: HashMap<&str, Span> = HashMap::new();
    for name in tree.tasks.iter().map(|task| &task.name) {
        match first.entry(&name.text) {
            Entry::Occupied(known) => context.report.push(messages::duplicate(name.span, *known.get(), "task", &name.text)),
            Entry::Vacant(place) => drop(place.insert(name.span)),
        }
    }
    for name in tree.workflows.iter().map(|workflow| &workflow.name) {
        if let Some(span) = first.get(name.text.as_str()) {
            context.report.violation(messages::workflow_named_as_task(name, *span));
        }
    }
    if let [first, rest @ ..] = tree.workflows.as_slice() {
        for second in rest {
            context.report.push(messages::second_workflow(second.name.span, first.name.span));
        }
    }
}
