//! The names of every document: imported documents, structs and enums, in the order in which documents import each other.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use super::{coercion, constants, messages, names::Namespace, report::Report, resolve::resolve_with};
use crate::{
    diagnostic::nearest_name,
    source::Span,
    syntax::{
        ast::{Document, EnumDef, Expr, Import, Name, StructDef, TypeExpr, Version},
        documents::{DocumentId, DocumentSet},
    },
    value::{Coercion, EnumType, StructType, Type, Value, coerce},
};

/// The namespace of each document of the set, by id.
pub(super) fn build(documents: &DocumentSet, report: &mut Report) -> Vec<Namespace> {
    let count = documents.documents.len();
    let namespaces = (0..count).map(|_| Namespace::default()).collect();
    let mut builder = Builder { documents, report, namespaces, states: vec![State::New; count], open: Vec::new() };
    for index in 0..count {
        builder.document(DocumentId(index));
    }
    builder.namespaces
}

/// The namespace an import has without `as`: its file's stem, which need not be a name.
pub(super) fn stem(uri: &str) -> &str {
    let path = uri.split(['?', '#']).next().unwrap_or(uri);
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".wdl").unwrap_or(file)
}

/// Whether a text can be written where WDL wants a name.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

struct Builder<'a> {
    documents: &'a DocumentSet,
    report: &'a mut Report,
    namespaces: Vec<Namespace>,
    states: Vec<State>,
    /// The documents on the way down from the first, each imported by the one before it.
    open: Vec<DocumentId>,
}

impl Builder<'_> {
    /// Builds a document's namespace after those that it imports.
    fn document(&mut self, id: DocumentId) {
        if self.states[id.0] != State::New {
            return;
        }
        self.states[id.0] = State::Open;
        self.open.push(id);
        let loaded = self.documents.get(id);
        let mut namespace = Namespace::default();
        let mut places = Places::default();
        for (import, target) in loaded.document.imports.iter().zip(&loaded.imports) {
            let Some(target) = *target else { continue };
            self.document(target);
            if self.states[target.0] == State::Open {
                self.report.push(messages::import_cycle(import.uri_span, &self.way_from(target)));
                continue;
            }
            let (own, other) = (loaded.document.version, self.documents.get(target).document.version);
            if own != Version::Draft2 && other > own {
                self.report.violation(messages::later_version_imported(import.uri_span, own, other));
            }
            self.import(&mut namespace, &mut places, import, target);
        }
        own_types(&loaded.document, &mut namespace, &mut places, self.report);
        self.namespaces[id.0] = namespace;
        self.states[id.0] = State::Done;
        self.open.pop();
    }

    /// The names of the open documents from `first` on.
    fn way_from(&self, first: DocumentId) -> Vec<&str> {
        let name = |id: &DocumentId| self.documents.sources.get(self.documents.get(*id).document.source).name.as_str();
        self.open.iter().skip_while(|open| **open != first).map(name).collect()
    }

    /// Takes in one import: its namespace, and its structs and enums under their names here.
    fn import(&mut self, namespace: &mut Namespace, places: &mut Places, import: &Import, target: DocumentId) {
        let name = import.alias.as_ref().map_or_else(|| stem(&import.uri), |alias| alias.text.as_str());
        let name_span = import.alias.as_ref().map_or(import.uri_span, |alias| alias.span);
        // Two files whose stems are no names harm nobody: no call can name either.
        let first = places.namespaces.insert(name.to_owned(), name_span).filter(|_| is_name(name));
        if let Some(first) = first {
            self.report.push(messages::duplicate(name_span, first, "namespace", name).hint("give one of them another name with `as`"));
        } else {
            namespace.imports.insert(name.to_owned(), target);
        }
        let imported = &self.namespaces[target.0];
        let known = || imported.structs.keys().chain(imported.enums.keys()).map(String::as_str);
        for (original, _) in &import.struct_aliases {
            if imported.named(&original.text).is_none() {
                self.report.push(messages::unknown_alias_source(original, &import.uri, nearest_name(&original.text, known())));
            }
        }
        let local_name = |name: &str| {
            let alias = import.struct_aliases.iter().find(|(original, _)| original.text == name);
            alias.map_or((name.to_owned(), import.uri_span), |(_, alias)| (alias.text.clone(), alias.span))
        };
        for (name, ty) in &imported.structs {
            let (name, span) = local_name(name);
            if namespace.named(&name).is_some_and(|known| known != Type::Struct(Arc::clone(ty))) {
                self.report.push(messages::struct_conflict(span, &name));
            } else {
                places.types.insert(name.clone(), span);
                namespace.structs.insert(name, Arc::clone(ty));
            }
        }
        for (name, ty) in &imported.enums {
            let (name, span) = local_name(name);
            if namespace.named(&name).is_some_and(|known| known != Type::Enum(Arc::clone(ty))) {
                self.report.push(messages::struct_conflict(span, &name));
            } else {
                places.types.insert(name.clone(), span);
                namespace.enums.insert(name, Arc::clone(ty));
            }
        }
    }
}

/// Where names were first met, for messages about duplicates.
#[derive(Default)]
struct Places {
    namespaces: HashMap<String, Span>,
    types: HashMap<String, Span>,
}

/// Adds a document's own structs and enums.
fn own_types(document: &Document, namespace: &mut Namespace, places: &mut Places, report: &mut Report) {
    let mut own = OwnTypes { enums: HashMap::new(), structs: HashMap::new(), done: HashMap::new(), namespace, report };
    let mut first: HashMap<&str, Span> = HashMap::new();
    for definition in &document.enums {
        match first.entry(&definition.name.text) {
            Entry::Occupied(known) => own.report.push(messages::duplicate(definition.name.span, *known.get(), "type", &definition.name.text)),
            Entry::Vacant(place) => {
                place.insert(definition.name.span);
                own.enums.insert(&definition.name.text, definition);
            }
        }
    }
    for definition in &document.structs {
        match first.entry(&definition.name.text) {
            Entry::Occupied(known) => own.report.push(messages::duplicate(definition.name.span, *known.get(), "type", &definition.name.text)),
            Entry::Vacant(place) => {
                place.insert(definition.name.span);
                own.structs.insert(&definition.name.text, definition);
            }
        }
    }
    let names = document.enums.iter().map(|definition| &definition.name).chain(document.structs.iter().map(|definition| &definition.name));
    for name in names.filter(|name| first.get(name.text.as_str()) == Some(&name.span)) {
        own.define(&name.text, name.span);
        let Some(Some(ty)) = own.done.get(name.text.as_str()).cloned() else { continue };
        let imported = own.namespace.named(&name.text);
        if imported.is_some_and(|imported| imported != ty) {
            let span = places.types.get(&name.text).copied().unwrap_or(name.span);
            own.report.violation(messages::struct_hidden(name.span, span, &name.text));
        }
    }
    let done = std::mem::take(&mut own.done);
    enter(document, &done, namespace);
}

/// Enters a document's own structs and enums into its namespace, over imported ones of the same name.
fn enter(document: &Document, done: &HashMap<&str, Option<Type>>, namespace: &mut Namespace) {
    for name in document.structs.iter().map(|definition| &definition.name.text) {
        if let Some(Some(Type::Struct(ty))) = done.get(name.as_str()) {
            namespace.structs.insert(name.clone(), Arc::clone(ty));
        }
    }
    for definition in &document.enums {
        if let Some(Some(Type::Enum(ty))) = done.get(definition.name.text.as_str()) {
            namespace.enums.insert(definition.name.text.clone(), Arc::clone(ty));
        }
    }
}

/// The value of each choice, as one of the enum's type; a choice without one stands for its name.
fn choice_values(definition: &EnumDef, ty: &Type) -> Vec<Value> {
    let value = |choice: &(Name, Option<Expr>)| {
        let value = choice_value(choice);
        coerce(value.clone(), ty, Coercion::Standard).unwrap_or(value)
    };
    definition.choices.iter().map(value).collect()
}

fn choice_value((name, value): &(Name, Option<Expr>)) -> Value {
    value.as_ref().and_then(constants::value).unwrap_or_else(|| Value::string(&name.text))
}

/// Structs and enums of one document while they are resolved, each after those that it mentions.
struct OwnTypes<'a, 'b> {
    enums: HashMap<&'a str, &'a EnumDef>,
    structs: HashMap<&'a str, &'a StructDef>,
    /// `None` while a struct is being resolved.
    done: HashMap<&'a str, Option<Type>>,
    namespace: &'b mut Namespace,
    report: &'b mut Report,
}

impl<'a> OwnTypes<'a, '_> {
    /// The type of a name used at `span`; `None` if there is none, `Any` where an error has been reported.
    fn define(&mut self, name: &str, span: Span) -> Option<Type> {
        if let Some(state) = self.done.get(name) {
            if state.is_none() {
                self.report.push(messages::struct_cycle(span, name));
            }
            return Some(state.clone().unwrap_or(Type::Any));
        }
        if let Some(definition) = self.enums.get(name).copied() {
            let ty = Type::Enum(Arc::new(self.enumeration(definition)));
            self.done.insert(&definition.name.text, Some(ty.clone()));
            return Some(ty);
        }
        let Some(definition) = self.structs.get(name).copied() else { return self.namespace.named(name) };
        self.done.insert(&definition.name.text, None);
        let ty = Type::Struct(Arc::new(self.structure(definition)));
        self.done.insert(&definition.name.text, Some(ty.clone()));
        Some(ty)
    }

    fn structure(&mut self, definition: &'a StructDef) -> StructType {
        let mut first: HashMap<&str, Span> = HashMap::new();
        let mut members = Vec::new();
        for member in &definition.members {
            if let Some(span) = first.insert(&member.name.text, member.name.span) {
                self.report.push(messages::duplicate(member.name.span, span, "member", &member.name.text));
                continue;
            }
            members.push((member.name.text.clone(), self.resolve(&member.ty)));
        }
        StructType { name: definition.name.text.clone(), members }
    }

    fn enumeration(&mut self, definition: &'a EnumDef) -> EnumType {
        let mut first: HashMap<&str, Span> = HashMap::new();
        for (choice, value) in &definition.choices {
            if let Some(span) = first.insert(&choice.text, choice.span) {
                self.report.push(messages::duplicate(choice.span, span, "choice", &choice.text));
            }
            if let Some(value) = value.as_ref().filter(|value| constants::value(value).is_none()) {
                self.report.push(messages::choice_not_constant(value.span, &choice.text));
            }
        }
        let value_type = self.value_type(definition);
        let choices = definition.choices.iter().map(|(choice, _)| choice.text.clone()).collect();
        let values = choice_values(definition, &value_type);
        EnumType { name: definition.name.text.clone(), value_type, choices, values }
    }

    /// The type of an enum's values: as written, and every value must fit it, or the one that all values have (1.3, "Enumeration Types").
    fn value_type(&mut self, definition: &'a EnumDef) -> Type {
        let Some(written) = &definition.value_type else { return self.common_type(definition) };
        let ty = self.resolve(written);
        for choice in definition.choices.iter().filter(|(_, value)| value.as_ref().is_none_or(|value| constants::value(value).is_some())) {
            if let Err(reason) = coerce(choice_value(choice), &ty, Coercion::Standard) {
                let span = choice.1.as_ref().map_or(choice.0.span, |value| value.span);
                self.report.push(messages::choice_of_other_type(span, &choice.0.text, &messages::type_text(&ty), &reason));
            }
        }
        ty
    }

    /// The type that the values have in common: Float for whole numbers and others, but no text of what is none.
    fn common_type(&mut self, definition: &'a EnumDef) -> Type {
        let mut common: Option<Type> = None;
        for (choice, value) in &definition.choices {
            let found = value.as_ref().map_or(Some(Type::String), constants::literal_type).unwrap_or(Type::Any);
            let Some(known) = &common else {
                common = Some(found);
                continue;
            };
            let joined = coercion::common(known, &found).filter(|joined| *joined != Type::String || (*known == found));
            if joined.is_none() {
                let types = (messages::type_text(known), messages::type_text(&found));
                self.report.push(match value {
                    Some(value) => messages::choices_differ(value.span, &definition.name.text, (&types.0, &types.1)),
                    None => messages::choice_without_value(choice, &definition.name.text, &types.0),
                });
            }
            common = joined.or(common);
        }
        common.unwrap_or(Type::String)
    }

    /// The type that is written; `Any` for a name that is not defined, which `definitions` reports.
    fn resolve(&mut self, written: &TypeExpr) -> Type {
        let mut named = |name: &str, place: &TypeExpr| Some(self.define(name, place.span).unwrap_or(Type::Any));
        resolve_with(written, &mut named).unwrap_or(Type::Any)
    }
}
