//! The values of a task call's inputs and declarations.

use std::cell::RefCell;

use indexmap::IndexMap;

use super::{
    Evaluator, Names, declared_paths,
    files::{FileError, FileKind, Files},
    messages, order,
    task::TaskCall,
    task_variable,
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{
        ast::{Declaration, Version},
        visit,
    },
    value::{Object, Value, coerce},
};

/// The values of a task call's inputs and declarations before its command runs. Since WDL 1.0 every file among them must exist.
pub(super) fn before_command(call: &TaskCall<'_>, files: &dyn Files) -> Result<Object, Diagnostic> {
    let mut values = Object::new();
    for declaration in call.declarations() {
        let layers = [&values];
        let names = TaskNames::of(&layers, None);
        let evaluator = call.evaluator(&names, files);
        let value = call.value(&evaluator, declaration)?;
        declared_paths::test(&evaluator, ("input", declaration), &value)?;
        values.insert(declaration.name.text.clone(), value);
    }
    Ok(values)
}

/// The same values once more, after the command. It may have moved a file that a declaration reads: that is an error only for outputs
/// which use it.
#[derive(Debug, Default)]
pub(super) struct AfterCommand {
    /// Values by name.
    pub(super) values: Object,
    failed: IndexMap<String, Diagnostic>,
}

impl AfterCommand {
    /// Evaluates what still can be.
    pub(super) fn of(call: &TaskCall<'_>, files: &dyn Files) -> Self {
        let mut after = Self::default();
        for declaration in call.declarations() {
            let result = {
                let layers = [&after.values];
                let names = TaskNames::of(&layers, None);
                call.value(&call.evaluator(&names, files), declaration).map_err(|error| after.cause(declaration, error))
            };
            let name = declaration.name.text.clone();
            match result {
                Ok(value) => drop(after.values.insert(name, value)),
                Err(error) => drop(after.failed.insert(name, error)),
            }
        }
        after
    }

    /// Why a declaration has no value: a name it uses has none, for a reason of its own.
    pub(super) fn cause(&self, declaration: &Declaration, error: Diagnostic) -> Diagnostic {
        let mut references = declaration.value.iter().flat_map(visit::references);
        references.find_map(|reference| self.failed.get(&reference.name).cloned()).unwrap_or(error)
    }
}

impl<'a> TaskCall<'a> {
    /// Inputs and declarations, each after those it uses.
    fn declarations(&self) -> Vec<&'a Declaration> {
        let task = self.checked.task(self.task);
        let declarations: Vec<&Declaration> = task.input.declarations.iter().chain(&task.declarations).collect();
        order::by_dependency(&declarations)
    }

    /// The evaluator of the task's document.
    pub(super) fn evaluator<'b>(&self, names: &'b dyn Names, files: &'b dyn Files) -> Evaluator<'b>
    where
        'a: 'b,
    {
        Evaluator { names, files, checked: self.checked, document: self.task.document }
    }

    /// What the caller gives for a declaration. In draft-2 every declaration of a task is an input; later those of `input` are.
    fn given(&self, declaration: &Declaration, version: Version) -> Option<&'a Value> {
        let section = self.checked.task(self.task).input.span;
        let is_input = section.is_some_and(|section| section.start <= declaration.span.start && declaration.span.end <= section.end);
        if version == Version::Draft2 || is_input { self.inputs.get(&declaration.name.text) } else { None }
    }

    fn value(&self, evaluator: &Evaluator<'_>, declaration: &Declaration) -> Result<Value, Diagnostic> {
        let ty = evaluator.declared_type(declaration)?;
        let given = self.given(declaration, evaluator.version());
        // `None` for an input that has a default and is not optional asks for the default (WDL 1.1, "Optional inputs with defaults").
        let given = given.filter(|value| **value != Value::None || declaration.value.is_none() || ty.is_optional());
        match given {
            Some(value) => coerce(value.clone(), &ty, evaluator.coercion()).map_err(|error| messages::wrong_input(declaration, &error)),
            None if declaration.value.is_some() || ty.is_optional() => {
                let value = declared_paths::beside_document(evaluator, declaration, &evaluator.declaration(declaration)?)?;
                Ok(declared_paths::without_absent(evaluator, value, &ty))
            }
            None if evaluator.files.unavailable() => Ok(Value::Unknown(declaration.name.text.as_str().into())),
            None => Err(messages::missing_input(declaration, &self.checked.task(self.task).name.text)),
        }
    }
}

/// Names as a task's expressions see them: inner layers first, then the variable `task`.
pub(super) struct TaskNames<'a> {
    layers: &'a [&'a Object],
    variable: Option<&'a Value>,
}

impl<'a> TaskNames<'a> {
    /// Layers of names, the innermost first, and what `task` stands for, where the version has it.
    pub(super) fn of(layers: &'a [&'a Object], variable: Option<&'a Value>) -> Self {
        Self { layers, variable }
    }
}

impl Names for TaskNames<'_> {
    fn lookup(&self, name: &str) -> Option<Value> {
        let layered = self.layers.iter().find_map(|layer| layer.get(name));
        layered.or_else(|| self.variable.filter(|_| name == task_variable::NAME)).cloned()
    }
}

/// Files that remember what was written through them: a container must see it.
pub(super) struct Recording<'a> {
    pub(super) inner: &'a dyn Files,
    pub(super) written: RefCell<Vec<String>>,
}

impl<'a> Recording<'a> {
    pub(super) fn new(inner: &'a dyn Files) -> Self {
        Self { inner, written: RefCell::default() }
    }
}

impl Files for Recording<'_> {
    fn absolute(&self, path: &str) -> String {
        self.inner.absolute(path)
    }
    fn read(&self, path: &str) -> Result<String, FileError> {
        self.inner.read(path)
    }
    fn size(&self, path: &str) -> Result<u64, FileError> {
        self.inner.size(path)
    }
    fn kind(&self, path: &str) -> Result<Option<FileKind>, FileError> {
        self.inner.kind(path)
    }
    fn resolved(&self, path: &str) -> String {
        self.inner.resolved(path)
    }
    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError> {
        self.inner.glob(pattern)
    }
    fn list(&self, folder: &str) -> Result<Vec<(String, FileKind)>, FileError> {
        self.inner.list(folder)
    }
    fn write(&self, content: &str, suffix: &str) -> Result<String, FileError> {
        let path = self.inner.write(content, suffix)?;
        self.written.borrow_mut().push(path.clone());
        Ok(path)
    }
    fn unavailable(&self) -> bool {
        self.inner.unavailable()
    }
    fn stdout(&self) -> Option<String> {
        self.inner.stdout()
    }
    fn stderr(&self) -> Option<String> {
        self.inner.stderr()
    }
}
