//! Calls: what they call, what they give it, and what they wait for.

use std::{collections::HashMap, rc::Rc};

use super::{
    body::{Body, Place, Site, User},
    context::{Context, Interface},
    messages,
    names::{Callee, Input},
    namespaces,
    scopes::{EntityKind, Need},
};
use crate::{
    diagnostic::nearest_name,
    syntax::{
        ast::{Call, CallInput, Name, Version},
        documents::DocumentId,
    },
    value::Type,
};

impl Context<'_, '_> {
    /// What a call calls, with a diagnostic where there is no such thing.
    pub(super) fn callee(&mut self, call: &Call) -> Option<Callee> {
        let (name, namespaces) = call.target.split_last()?;
        let mut home = self.document;
        for namespace in namespaces {
            let imports = &self.checked.namespace(home).imports;
            let Some(document) = imports.get(&namespace.text) else {
                self.unknown_namespace(home, namespace);
                return None;
            };
            home = *document;
        }
        if let Some(first) = namespaces.first() {
            self.used_namespaces.insert(first.text.clone());
        }
        let callee = self.checked.callee(self.document, call);
        if callee.is_none() {
            self.unknown_callee(home, name);
        }
        callee
    }

    fn unknown_namespace(&mut self, home: DocumentId, namespace: &Name) {
        let loaded = self.checked.documents.get(home);
        // An import that could not be had, or closes a cycle, has its own diagnostic.
        let is_broken = loaded.document.imports.iter().any(|import| {
            let stem = namespaces::stem(&import.uri);
            import.alias.as_ref().map_or(stem, |alias| alias.text.as_str()) == namespace.text
        });
        if is_broken {
            return;
        }
        let unnamed = loaded.document.imports.iter().find(|import| import.alias.is_none() && !namespaces::is_name(namespaces::stem(&import.uri)));
        self.has_unknown_namespace = true;
        let near = nearest_name(&namespace.text, self.checked.namespace(home).imports.keys().map(String::as_str));
        self.report.push(messages::unknown_namespace(namespace, near, unnamed.map(|import| import.uri.as_str())));
    }

    fn unknown_callee(&mut self, home: DocumentId, name: &Name) {
        let document = &self.checked.documents.get(home).document;
        let tasks = document.tasks.iter().map(|task| &task.name);
        let known = || tasks.clone().chain(document.workflows.iter().map(|workflow| &workflow.name)).map(|name| name.text.as_str());
        let elsewhere = self.namespace.imports.iter().find(|(_, document)| {
            let is_workflow = || self.checked.documents.get(**document).document.workflows.iter().any(|workflow| workflow.name.text == name.text);
            home == self.document && (self.checked.find_task(**document, &name.text).is_some() || is_workflow())
        });
        let near = nearest_name(&name.text, known()).map(str::to_owned);
        let near = elsewhere.map(|(namespace, _)| format!("{namespace}.{}", name.text)).or(near);
        self.report.push(messages::unknown_callee(name, near.as_deref()));
    }
}

impl<'a> Body<'_, 'a, '_> {
    /// Checks a call's inputs and what it comes after. `entity` is the call.
    pub(super) fn call(&mut self, call: &'a Call, entity: usize) {
        let block = self.scopes.entities[entity].block;
        let place = Place::new(block, User::Entity(entity), Site::Workflow);
        let EntityKind::Call(_, interface) = self.scopes.entities[entity].kind.clone() else { return };
        if let Some(span) = call.bare_inputs.filter(|_| self.context.version < Version::V1_2) {
            self.context.report.violation(messages::bare_call_inputs(span, self.context.version));
        }
        let mut given = HashMap::new();
        for input in &call.inputs {
            if let Some(first) = given.insert(input.name.text.as_str(), input.name.span) {
                self.context.report.violation(messages::given_twice(input.name.span, first, "call input", &input.name.text));
            }
            let expected = interface.as_ref().and_then(|interface| self.input_type(call, interface, input));
            self.call_input(input, expected, place);
        }
        for after in &call.after {
            self.after(call, after, entity);
        }
    }

    /// The type a caller may give for an input; `None`, with a diagnostic, if there is no such input.
    fn input_type(&mut self, call: &Call, interface: &Rc<Interface<'a>>, input: &CallInput) -> Option<Type> {
        if let Some(Input { ty, declaration, .. }) = interface.inputs.get(input.name.text.as_str()) {
            // Its own default stands in for none.
            return Some(if declaration.value.is_some() { ty.clone().optional() } else { ty.clone() });
        }
        let near = nearest_name(&input.name.text, interface.inputs.keys().copied());
        self.context.report.push(messages::unknown_call_input(&input.name, &interface.outputs.name, &call.name().text, near));
        None
    }

    fn call_input(&mut self, input: &'a CallInput, expected: Option<Type>, place: Place) {
        match (&input.value, expected) {
            (Some(value), Some(expected)) => self.expect(value, &expected, place),
            (Some(value), None) => drop(self.infer(value, place)),
            (None, expected) => {
                self.context.needs(Version::V1_1, input.name.span, "a call input without a value");
                let found = self.name(&input.name.text, input.name.span, place);
                if let Some(expected) = expected {
                    self.fits(&found, &expected, input.name.span);
                }
            }
        }
    }

    /// `after name`: a call of this workflow, by the name it has here.
    fn after(&mut self, call: &Call, after: &Name, entity: usize) {
        if self.context.version == Version::V1_0 {
            self.context.report.violation(messages::after_in_1_0(after.span));
        }
        if let Some(target) = self.scopes.call(&after.text) {
            self.scopes.entities[target].used = true;
            self.scopes.entity_needs[entity].push(Need { entity: target, span: after.span });
            return;
        }
        let name = &call.name().text;
        if !self.may_look_for_near_names() {
            self.context.report.push(messages::unknown_after(after, name, None));
            return;
        }
        let calls = self.scopes.entities.iter().filter_map(|known| match known.kind {
            EntityKind::Call(call, _) => Some(call),
            EntityKind::Input | EntityKind::Declaration | EntityKind::Output | EntityKind::ScatterVariable => None,
        });
        let aliased = calls.clone().find(|known| known.target.last().is_some_and(|target| target.text == after.text));
        self.context.report.push(match aliased {
            Some(aliased) => messages::after_target(after, name, &aliased.name().text),
            None => messages::unknown_after(
                after,
                name,
                nearest_name(&after.text, calls.map(|known| known.name().text.as_str()).filter(|known| known != name)),
            ),
        });
    }

    /// For each input that must be given and is not: from 1.1 on nobody else may give it. Other engines let the run's inputs give it all
    /// the same and much is written so, therefore only a warning.
    pub(super) fn missing_inputs(&mut self, call: &Call, interface: &Interface<'a>) {
        let given: std::collections::HashSet<&str> = call.inputs.iter().map(|input| input.name.text.as_str()).collect();
        let missing: Vec<&str> = interface.required.iter().copied().filter(|name| !given.contains(name)).collect();
        if !missing.is_empty() {
            self.context.report.violation(messages::missing_call_inputs(call, &missing));
        }
    }
}
