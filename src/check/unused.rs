//! Names that nothing uses. Only where that can hardly be meant: no false alarms.

use super::{body::Body, context::Context, messages, namespaces, scopes::EntityKind};

/// Warns of inputs and declarations that nothing mentions. A File may be an input only so that it lies beside another one.
pub(super) fn check(body: &mut Body<'_, '_, '_>) {
    // What a misspelt name was to mean looks unused.
    if body.unknown_names > 0 {
        return;
    }
    let report = &mut *body.context.report;
    for entity in body.scopes.entities.iter().filter(|entity| !entity.used) {
        match entity.kind {
            EntityKind::Input if !entity.ty.holds_paths() => report.push(messages::unused(entity.name, "input")),
            // A version is often kept for the record alone.
            EntityKind::Declaration if !entity.name.text.to_lowercase().contains("version") => {
                report.push(messages::unused(entity.name, "declaration"));
            }
            EntityKind::Input | EntityKind::Declaration | EntityKind::Output | EntityKind::Call(..) | EntityKind::ScatterVariable => {}
        }
    }
}

/// Warns of imports of which neither a task nor a type can be meant.
pub(super) fn imports(context: &mut Context<'_, '_>) {
    let loaded = context.checked.documents.get(context.document);
    for (import, target) in loaded.document.imports.iter().zip(&loaded.imports) {
        let Some(target) = target else { continue };
        let name = import.alias.as_ref().map_or_else(|| namespaces::stem(&import.uri), |alias| alias.text.as_str());
        let namespace = context.checked.namespace(*target);
        let brings_types = !namespace.structs.is_empty() || !namespace.enums.is_empty();
        if !brings_types && !context.used_namespaces.contains(name) {
            context.report.push(messages::unused_import(import.uri_span));
        }
    }
}
