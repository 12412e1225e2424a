//! Files among a task's outputs: found, tested, made absolute.

use std::sync::Arc;

use super::{Evaluator, files::FileKind, messages, paths};
use crate::{
    diagnostic::Diagnostic,
    syntax::ast::{Declaration, Version},
    task::CallPath,
    value::{Object, StructValue, Type, Value, is_url, visit_paths},
};

/// What it takes to find the files of one output.
pub(super) struct OutputFiles<'a> {
    pub(super) evaluator: &'a Evaluator<'a>,
    pub(super) declaration: &'a Declaration,
    /// The task's inputs and declarations: a file among them may be given back as it is.
    pub(super) values: &'a Object,
    /// Files that expressions wrote.
    pub(super) written: &'a [String],
}

impl OutputFiles<'_> {
    /// An output's value with every path absolute and tested; a missing file is `None` where the type is optional.
    pub(super) fn collect(&self, value: &Value) -> Result<Value, Diagnostic> {
        let ty = self.evaluator.declared_type(self.declaration)?;
        if ty.holds_paths() { self.found(value, &ty) } else { Ok(value.clone()) }
    }

    /// While compiling: the value, unknown under the call's name where it is unknown or a path of a folder that is not made yet.
    pub(super) fn known_or_unknown(&self, value: Value, call_path: &CallPath) -> Result<Value, Diagnostic> {
        let ty = self.evaluator.declared_type(self.declaration)?;
        let mut known = value.unknown().is_none();
        if ty.holds_paths() {
            visit_paths(&value, &mut |path| known &= paths::is_absolute(path));
        }
        if known {
            return Ok(value);
        }
        let call = call_path.0.rsplit('.').next().unwrap_or_default();
        let call = call.split('[').next().unwrap_or_default();
        Ok(Value::Unknown(format!("{call}.{}", self.declaration.name.text).into()))
    }

    fn found(&self, value: &Value, ty: &Type) -> Result<Value, Diagnostic> {
        match (value, ty) {
            (Value::File(path) | Value::Directory(path), Type::Optional(inner)) => Ok(self.path(path, inner)?.unwrap_or(Value::None)),
            (Value::File(path) | Value::Directory(path), _) => self.path(path, ty)?.ok_or_else(|| self.missing(path)),
            (_, Type::Optional(inner)) => self.found(value, inner),
            (Value::Array(items), Type::Array { item, .. }) => {
                Ok(Value::array(items.iter().map(|value| self.found(value, item)).collect::<Result<_, _>>()?))
            }
            (Value::Map(entries), Type::Map(inner)) => {
                let entry = |(key, value): &(Value, Value)| Ok((self.found(key, &inner.0)?, self.found(value, &inner.1)?));
                Ok(Value::Map(Arc::new(entries.iter().map(entry).collect::<Result<_, _>>()?)))
            }
            (Value::Pair(pair), Type::Pair(inner)) => Ok(Value::Pair(Arc::new((self.found(&pair.0, &inner.0)?, self.found(&pair.1, &inner.1)?)))),
            (Value::Struct(inner), Type::Struct(ty)) => {
                let member = |(name, ty): &(String, Type)| Ok((name.clone(), self.found(&inner.members[name], ty)?));
                let members = ty.members.iter().map(member).collect::<Result<_, _>>()?;
                Ok(Value::Struct(Arc::new(StructValue { ty: Arc::clone(ty), members })))
            }
            (Value::Array(items), Type::Object | Type::Any) => {
                Ok(Value::array(items.iter().map(|value| self.found(value, ty)).collect::<Result<_, _>>()?))
            }
            (Value::Object(members), Type::Object | Type::Any) => {
                let member = |(name, value): (&String, &Value)| Ok((name.clone(), self.found(value, &Type::Any)?));
                Ok(Value::object(members.iter().map(member).collect::<Result<_, _>>()?))
            }
            _ => Ok(value.clone()),
        }
    }

    /// The absolute path of an output; nothing where nothing stands there.
    fn path(&self, written: &str, ty: &Type) -> Result<Option<Value>, Diagnostic> {
        let files = self.evaluator.files;
        let path = paths::normal(&files.absolute(written));
        let is_draft2 = self.evaluator.version() == Version::Draft2;
        if !is_draft2 && !self.may_leave(&path) {
            return Err(messages::output_outside(self.declaration, &path));
        }
        let value = |path: &str| if *ty == Type::Directory { Value::Directory(path.into()) } else { Value::file(path) };
        if is_url(&path) {
            return Ok(Some(value(&path)));
        }
        // A symlink inside the folder may lead out of it.
        let resolved = files.resolved(&path);
        if !is_draft2 && resolved != path && !self.may_leave(&resolved) {
            return Err(messages::output_outside(self.declaration, &resolved));
        }
        let kind = files.kind(&path).map_err(|error| messages::file_failed(self.declaration, &error))?;
        match (kind, ty) {
            (None, _) => Ok(None),
            (Some(FileKind::Folder), Type::File) if !is_draft2 => Err(messages::wrong_output_kind(self.declaration, &path, "a file")),
            (Some(FileKind::File), Type::Directory) => Err(messages::wrong_output_kind(self.declaration, &path, "a folder")),
            (Some(FileKind::Folder), Type::Directory) if !is_draft2 => {
                self.test_links(&path, &resolved)?;
                Ok(Some(value(&path)))
            }
            (Some(_), _) => Ok(Some(value(&path))),
        }
    }

    /// Refuses symlinks below a folder, at any depth, that lead out of what may be an output. `resolved` is the folder without symlinks.
    fn test_links(&self, folder: &str, resolved: &str) -> Result<(), Diagnostic> {
        let files = self.evaluator.files;
        for (name, kind) in files.list(folder).map_err(|error| messages::file_failed(self.declaration, &error))? {
            let (path, own) = (paths::join(folder, &name), paths::join(resolved, &name));
            let target = files.resolved(&path);
            if target == own {
                // A folder behind a symlink is not walked: it may lead back here.
                if kind == FileKind::Folder {
                    self.test_links(&path, &own)?;
                }
            } else if !self.may_leave(&target) {
                return Err(messages::link_outside(self.declaration, &path, &target));
            }
        }
        Ok(())
    }

    /// Whether a path may be an output since WDL 1.0: below the work folder, one of the command's streams, written by an expression, or
    /// an input given back.
    fn may_leave(&self, path: &str) -> bool {
        let files = self.evaluator.files;
        let is_below =
            |folder: &str| paths::is_within(path, &paths::normal(&files.absolute(folder))) || paths::is_within(path, &files.resolved(folder));
        if is_below(".") {
            return true;
        }
        let streams = [files.stdout(), files.stderr()];
        if streams.iter().flatten().chain(self.written).any(|own| paths::normal(own) == path || files.resolved(own) == path) {
            return true;
        }
        let mut is_input = false;
        for value in self.values.values() {
            visit_paths(value, &mut |input| is_input = is_input || is_below(input));
        }
        is_input
    }

    fn missing(&self, written: &str) -> Diagnostic {
        let files = self.evaluator.files;
        let path = paths::normal(&files.absolute(written));
        let held = files.list(paths::folder(&path)).ok();
        let names: Option<Vec<String>> = held.map(|entries| entries.into_iter().map(|(name, _)| name).collect());
        let own_name = path.rsplit('/').next().unwrap_or_default();
        if names.as_ref().is_some_and(|names| names.iter().any(|name| name == own_name)) {
            return messages::link_to_nothing(self.declaration, written);
        }
        messages::missing_output_file(self.declaration, written, names)
    }
}
