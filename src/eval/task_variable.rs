//! The variable `task` of WDL 1.2 and later: what a command and outputs can know of the attempt they belong to.

use std::sync::Arc;

use super::task::TaskCall;
use crate::{
    syntax::ast::{MetaEntry, MetaValue, Version},
    task::{Disk, Requirements},
    value::{Object, Value},
};

/// Its name.
pub(super) const NAME: &str = "task";

/// Whether the task's version of the language has it.
pub(super) fn is_in(call: &TaskCall<'_>) -> bool {
    version(call) >= Version::V1_2
}

fn version(call: &TaskCall<'_>) -> Version {
    call.checked.documents.get(call.task.document).document.version
}

/// Its value; `None` before WDL 1.2. `previous` is what the attempt before asked for, where there was one.
pub(super) fn value(call: &TaskCall<'_>, requirements: &Requirements, previous: Option<&Requirements>) -> Option<Value> {
    if !is_in(call) {
        return None;
    }
    let task = call.checked.task(call.task);
    let memory = memory(requirements);
    let mut members = vec![
        ("name", Value::string(&task.name.text)),
        ("id", Value::string(call.call_path.to_string())),
        ("container", requirements.container.first().map_or(Value::None, Value::string)),
        ("cpu", Value::Float(requirements.cpu.unwrap_or(1.0))),
        ("memory", memory.unwrap_or_else(|| Value::Unknown("task.memory".into()))),
        ("gpu", gpus(requirements)),
        ("fpga", Value::array(Vec::new())),
        ("disks", disks(requirements)),
        // From 0 in the specification; attempts are counted from 1 here.
        ("attempt", Value::Int(i64::from(call.attempt.saturating_sub(1)))),
        ("end_time", Value::None),
        ("return_code", call.return_code.map_or(Value::None, |code| Value::Int(i64::from(code)))),
        ("meta", object(&task.meta)),
        ("parameter_meta", object(&task.parameter_meta)),
        ("ext", Value::object(Object::new())),
    ];
    if version(call) >= Version::V1_3 {
        members.push(("max_retries", Value::Int(i64::from(requirements.max_retries))));
        members.push(("previous", asked_before(previous)));
    }
    Some(Value::object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

/// `task.previous` (1.3): on the first attempt every member is `None`, and so is what was not asked for.
fn asked_before(previous: Option<&Requirements>) -> Value {
    let of = |member: &dyn Fn(&Requirements) -> Option<Value>| previous.and_then(member).unwrap_or(Value::None);
    let members = [
        ("container", of(&|asked| asked.container.first().map(Value::string))),
        ("cpu", of(&|asked| asked.cpu.map(Value::Float))),
        ("memory", of(&memory)),
        ("gpu", of(&|asked| Some(gpus(asked)))),
        ("fpga", of(&|_| Some(Value::array(Vec::new())))),
        ("disks", of(&|asked| Some(disks(asked)))),
        ("max_retries", of(&|asked| Some(Value::Int(i64::from(asked.max_retries))))),
    ];
    Value::object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Bytes by mount point; the disk without one is the execution root's.
fn disks(requirements: &Requirements) -> Value {
    let entry = |disk: &Disk| (Value::string(disk.mount.as_deref().unwrap_or("/")), Value::Int(i64::try_from(disk.bytes).unwrap_or(i64::MAX)));
    Value::Map(Arc::new(requirements.disks.iter().map(entry).collect()))
}

fn memory(requirements: &Requirements) -> Option<Value> {
    requirements.memory_bytes.and_then(|bytes| i64::try_from(bytes).ok()).map(Value::Int)
}

fn gpus(requirements: &Requirements) -> Value {
    let kind = requirements.gpu.kind.as_deref().unwrap_or("gpu");
    Value::array((0..requirements.gpu.count).map(|_| Value::string(kind)).collect())
}

fn object(entries: &[MetaEntry]) -> Value {
    Value::object(entries.iter().map(|entry| (entry.name.text.clone(), meta(&entry.value))).collect())
}

fn meta(value: &MetaValue) -> Value {
    match value {
        MetaValue::Null => Value::None,
        MetaValue::Boolean(value) => Value::Boolean(*value),
        MetaValue::Int(value) => Value::Int(*value),
        MetaValue::Float(value) => Value::Float(*value),
        MetaValue::String(text) => Value::string(text),
        MetaValue::Array(items) => Value::array(items.iter().map(meta).collect()),
        MetaValue::Object(entries) => object(entries),
    }
}
