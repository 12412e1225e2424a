//! The variable `task`: where it is known, and what it has there (1.2, "Runtime Access to Requirements, Hints, and Metadata"; 1.3).

use std::sync::Arc;

use super::{
    body::{Body, Site},
    messages,
};
use crate::{
    source::Span,
    syntax::ast::{Name, Version},
    value::{StructType, Type},
};

/// The name that its type has here; no struct can have it, since the word is reserved.
const TYPE_NAME: &str = "task";

/// Members that requirements and hints decide: not known while these are evaluated.
const DECIDED: [&str; 8] = ["container", "cpu", "memory", "gpu", "fpga", "disks", "end_time", "return_code"];

impl Body<'_, '_, '_> {
    /// The type of `task` at a place, with a diagnostic where it is not known.
    pub(super) fn task_variable(&mut self, span: Span, site: Site) -> Type {
        let version = self.context.version;
        let diagnostic = match site {
            _ if version < Version::V1_2 => messages::needs_version(span, "the variable `task`", Version::V1_2, version),
            Site::Workflow => messages::task_in_workflow(span),
            Site::Task => messages::task_too_early(span),
            Site::Attribute if version < Version::V1_3 => messages::task_in_attribute(span, version),
            Site::Attribute => return attempt_type(),
            Site::Command => return whole_type(version, Type::Int.optional()),
            // "Only guaranteed to be defined in the `output` section."
            Site::TaskOutput => return whole_type(version, Type::Int),
        };
        self.context.report.push(diagnostic);
        Type::Any
    }

    /// Says why `task` does not have a member here that it has elsewhere (requirements decide it, or 1.3 has it); whether that was the matter.
    pub(super) fn is_task_member_too_early(&mut self, ty: &StructType, name: &Name) -> bool {
        if ty.name == TYPE_NAME && self.context.version < Version::V1_3 && ["previous", "max_retries"].contains(&name.text.as_str()) {
            self.context.needs(Version::V1_3, name.span, &format!("`task.{}`", name.text));
            return true;
        }
        let is_too_early = ty.name == TYPE_NAME && (DECIDED.contains(&name.text.as_str()) || name.text == "max_retries");
        if is_too_early && ty.members.iter().all(|(known, _)| known != "cpu") {
            self.context.report.push(messages::task_member_too_early(name));
            return true;
        }
        false
    }
}

/// What an attempt knows of itself before its requirements are evaluated (1.3).
fn attempt_type() -> Type {
    structure(&[
        ("name", Type::String),
        ("id", Type::String),
        ("attempt", Type::Int),
        ("previous", previous_type()),
        ("meta", Type::Object),
        ("parameter_meta", Type::Object),
        ("ext", Type::Object),
    ])
}

fn whole_type(version: Version, return_code: Type) -> Type {
    let mut members = vec![
        ("name", Type::String),
        ("id", Type::String),
        ("container", Type::String.optional()),
        ("cpu", Type::Float),
        ("memory", Type::Int),
        ("gpu", Type::array(Type::String)),
        ("fpga", Type::array(Type::String)),
        ("disks", Type::map(Type::String, Type::Int)),
        ("attempt", Type::Int),
        ("end_time", Type::Int.optional()),
        ("return_code", return_code),
        ("meta", Type::Object),
        ("parameter_meta", Type::Object),
        ("ext", Type::Object),
    ];
    if version >= Version::V1_3 {
        members.extend([("max_retries", Type::Int), ("previous", previous_type())]);
    }
    structure(&members)
}

/// What the attempt before asked for; every member is `None` on the first.
fn previous_type() -> Type {
    structure(&[
        ("container", Type::String.optional()),
        ("cpu", Type::Float.optional()),
        ("memory", Type::Int.optional()),
        ("gpu", Type::array(Type::String).optional()),
        ("fpga", Type::array(Type::String).optional()),
        ("disks", Type::map(Type::String, Type::Int).optional()),
        ("max_retries", Type::Int.optional()),
    ])
}

fn structure(members: &[(&str, Type)]) -> Type {
    let members = members.iter().map(|(name, ty)| ((*name).to_owned(), ty.clone())).collect();
    Type::Struct(Arc::new(StructType { name: TYPE_NAME.to_owned(), members }))
}
