//! What every check of one document needs: the document, its names, the interfaces of what it calls, and where diagnostics go.

use std::{collections::HashMap, rc::Rc, sync::Arc};

use super::{
    messages,
    names::{Callee, Checked, Input, Namespace},
    report::Report,
};
use crate::{
    diagnostic::nearest_name,
    source::Span,
    syntax::{
        ast::{TypeExpr, TypeExprKind, Version},
        documents::DocumentId,
    },
    value::{StructType, Type},
};

/// Interfaces are asked for once a callee, not once a call: a workflow may call one task 10,000 times.
pub(super) type Interfaces<'a> = HashMap<Callee, Rc<Interface<'a>>>;

/// The inputs and outputs of a task or workflow, by name.
#[derive(Debug)]
pub(super) struct Interface<'a> {
    pub(super) inputs: HashMap<&'a str, Input<'a>>,
    /// Names of the inputs that must be given, in order.
    pub(super) required: Vec<&'a str>,
    pub(super) outputs: Arc<StructType>,
    output_index: HashMap<String, usize>,
}

impl Interface<'_> {
    /// The type of an output.
    pub(super) fn output(&self, name: &str) -> Option<&Type> {
        self.output_index.get(name).map(|&index| &self.outputs.members[index].1)
    }
}

/// One document while it is checked.
pub(super) struct Context<'a, 'r> {
    pub(super) checked: &'a Checked,
    pub(super) document: DocumentId,
    pub(super) version: Version,
    pub(super) namespace: &'a Namespace,
    pub(super) interfaces: &'r mut Interfaces<'a>,
    pub(super) report: &'r mut Report,
    /// Namespaces that calls of this document name.
    pub(super) used_namespaces: std::collections::HashSet<String>,
    /// A call names a namespace that there is not: what it was to mean looks unused.
    pub(super) has_unknown_namespace: bool,
    /// Runtime attributes that were said to be unknown, in lower case.
    pub(super) unknown_attributes: std::collections::HashSet<String>,
    /// Runtime attributes that are accepted and do nothing here, in the order they were met.
    pub(super) ignored_attributes: Vec<(String, Span)>,
}

impl<'a> Context<'a, '_> {
    /// The interface of a callee.
    pub(super) fn interface(&mut self, callee: Callee) -> Rc<Interface<'a>> {
        if let Some(known) = self.interfaces.get(&callee) {
            return Rc::clone(known);
        }
        let inputs = self.checked.inputs(callee);
        let required = inputs.iter().filter(|input| input.required).map(|input| input.declaration.name.text.as_str()).collect();
        let outputs = self.checked.outputs(callee);
        let output_index = outputs.members.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect();
        let inputs = inputs.into_iter().map(|input| (input.declaration.name.text.as_str(), input)).collect();
        let interface = Rc::new(Interface { inputs, required, outputs, output_index });
        self.interfaces.insert(callee, Rc::clone(&interface));
        interface
    }

    /// The type that is written, with diagnostics for names that are not defined and for what this version does not have.
    pub(super) fn declared_type(&mut self, written: &TypeExpr) -> Type {
        self.check_type(written);
        self.checked.resolve(self.document, written).unwrap_or(Type::Any)
    }

    pub(super) fn check_type(&mut self, written: &TypeExpr) {
        match &written.kind {
            TypeExprKind::Boolean | TypeExprKind::Int | TypeExprKind::Float | TypeExprKind::String | TypeExprKind::File | TypeExprKind::Object => {}
            // Before 1.2 the word is free: a struct may have the name.
            TypeExprKind::Directory if self.namespace.named("Directory").is_some() => {}
            TypeExprKind::Directory => self.needs(Version::V1_2, written.span, "the type `Directory`"),
            TypeExprKind::Array { item: Some(item), .. } => self.check_type(item),
            TypeExprKind::Map(Some(inner)) | TypeExprKind::Pair(Some(inner)) => {
                self.check_type(&inner.0);
                self.check_type(&inner.1);
            }
            TypeExprKind::Array { item: None, .. } | TypeExprKind::Map(None) | TypeExprKind::Pair(None) => {
                if self.version > Version::Draft2 {
                    self.report.push(messages::bare_type(written.span, self.version));
                }
            }
            TypeExprKind::Optional(inner) => {
                if matches!(inner.kind, TypeExprKind::Optional(_)) {
                    self.report.violation(messages::optional_twice(written.span));
                }
                self.check_type(inner);
            }
            TypeExprKind::Named(name) => {
                // A document that could not be had may define it; that has a diagnostic of its own.
                let is_missing_import = |target: &Option<DocumentId>| target.is_none();
                if self.namespace.named(name).is_none() && !self.checked.documents.get(self.document).imports.iter().any(is_missing_import) {
                    const BUILT_IN: [&str; 10] = ["Boolean", "Int", "Float", "String", "File", "Directory", "Object", "Array", "Map", "Pair"];
                    let known = self.namespace.structs.keys().chain(self.namespace.enums.keys()).map(String::as_str);
                    self.report.push(messages::unknown_type(written.span, name, nearest_name(name, known.chain(BUILT_IN))));
                }
            }
        }
    }

    /// An error where this document's version does not have `what` yet.
    pub(super) fn needs(&mut self, since: Version, span: Span, what: &str) {
        if self.version < since {
            self.report.push(messages::needs_version(span, what, since, self.version));
        }
    }
}
