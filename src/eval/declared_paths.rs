//! Paths that a document itself names: relative ones lie beside it, and what is there is tested where the version says so.

use super::{Evaluator, files::FileKind, messages, paths};
use crate::{
    diagnostic::Diagnostic,
    source::Span,
    syntax::ast::{Declaration, Version},
    value::{self, PathKind, Type, Value, is_url, map_paths, visit_path_kinds, visit_paths},
};

/// A value with relative paths taken from the folder of the document that names them. In draft-2 a relative path may as well be a file
/// that the command makes, so it is taken so only where something stands there.
pub(super) fn beside_document(evaluator: &Evaluator<'_>, declaration: &Declaration, value: &Value) -> Result<Value, Diagnostic> {
    let version = evaluator.version();
    if version != Version::Draft2 {
        refuse_remote(evaluator, declaration, value)?;
    }
    let folder = paths::folder(&evaluator.checked.documents.get(evaluator.document).uri);
    Ok(map_paths(value, &mut |path| {
        let beside = paths::join(folder, path);
        let stands = || matches!(evaluator.files.kind(&beside), Ok(Some(_)));
        match version {
            Version::Draft2 if !stands() => path.to_owned(),
            Version::Draft2 | Version::V1_0 | Version::V1_1 => beside,
            Version::V1_2 | Version::V1_3 => paths::normal(&beside),
        }
    }))
}

/// A relative path in a document from the network means a file of its server. Documents are fetched from there, files are not: a task would
/// find a URL where it was promised a path.
pub fn refuse_remote(evaluator: &Evaluator<'_>, declaration: &Declaration, value: &Value) -> Result<(), Diagnostic> {
    refuse_remote_at(&evaluator.checked.documents.get(evaluator.document).uri, (&declaration.name.text, declaration.span), value)
}

/// The same for the value of a name at a place of the document `uri`.
pub fn refuse_remote_at(uri: &str, place: (&str, Span), value: &Value) -> Result<(), Diagnostic> {
    let mut relative = None;
    if is_url(uri) {
        visit_paths(value, &mut |path| {
            if !path.is_empty() && !paths::is_absolute(path) {
                relative.get_or_insert_with(|| path.to_owned());
            }
        });
    }
    relative.map_or(Ok(()), |path| Err(messages::file_of_a_server(place, &path, uri)))
}

/// A value that the document gives a declaration: an optional File or Directory that names nothing is `None` (1.2, "Files and Directories").
pub(super) fn without_absent(evaluator: &Evaluator<'_>, value: Value, ty: &Type) -> Value {
    if evaluator.version() < Version::V1_2 || evaluator.files.unavailable() || !ty.holds_paths() {
        return value;
    }
    value::without_absent(&value, ty, &|path| !is_url(path) && matches!(evaluator.files.kind(path), Ok(None)))
}

/// Since WDL 1.0 an input file of a task must exist; draft-2 never looks. `kind` is what the message calls the declaration.
pub(super) fn test(evaluator: &Evaluator<'_>, (kind, declaration): (&str, &Declaration), value: &Value) -> Result<(), Diagnostic> {
    if evaluator.version() == Version::Draft2 || evaluator.files.unavailable() {
        return Ok(());
    }
    let mut result = Ok(());
    visit_path_kinds(value, &mut |path, said| {
        if result.is_ok() && !is_url(path) {
            result = match (evaluator.files.kind(path), said) {
                (Ok(Some(FileKind::Folder)), PathKind::File) | (Ok(Some(FileKind::File)), PathKind::Directory) => {
                    Err(messages::wrong_path_kind((kind, declaration), path, said))
                }
                (Ok(Some(_)), _) => Ok(()),
                (Ok(None), _) => Err(messages::missing_path((kind, declaration), path)),
                (Err(error), _) => Err(messages::file_failed(declaration, &error)),
            };
        }
    });
    result
}

/// The value of a workflow's declaration whose paths its document names: since WDL 1.3 they must be there when it is declared ("Path
/// Canonicalization and Validation").
pub fn in_workflow(evaluator: &Evaluator<'_>, declaration: &Declaration, value: &Value) -> Result<Value, Diagnostic> {
    let ty = evaluator.declared_type(declaration)?;
    let value = without_absent(evaluator, beside_document(evaluator, declaration, value)?, &ty);
    if evaluator.version() >= Version::V1_3 {
        test(evaluator, ("declaration", declaration), &value)?;
    }
    Ok(value)
}

/// Two values to be compared: since 1.2 text beside a File or Directory is the path that it means ("Path Canonicalization and Validation").
pub(super) fn comparable(evaluator: &Evaluator<'_>, left: Value, right: Value) -> (Value, Value) {
    match (&left, &right) {
        (Value::String(_), _) => (meant(evaluator, &left, &right), right),
        (_, Value::String(_)) => {
            let right = meant(evaluator, &right, &left);
            (left, right)
        }
        _ => (left, right),
    }
}

/// A text as the path that it means where another value is one; every other value as it is. In outputs that is a path of the task's folder.
pub(super) fn meant(evaluator: &Evaluator<'_>, value: &Value, other: &Value) -> Value {
    let (Value::String(text), Value::File(path) | Value::Directory(path)) = (value, other) else { return value.clone() };
    if evaluator.version() < Version::V1_2 || text == path || text.is_empty() {
        return value.clone();
    }
    if evaluator.files.absolute(text) == **path {
        return other.clone();
    }
    let folder = paths::folder(&evaluator.checked.documents.get(evaluator.document).uri);
    Value::string(paths::normal(&paths::join(folder, text)))
}
