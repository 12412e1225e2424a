//! The variable `task` of WDL 1.2 and later: what a command and outputs can know of the attempt they belong to.

use super::task::TaskCall;
use crate::{
    syntax::ast::{MetaEntry, MetaValue, Version},
    task::Requirements,
    value::{Object, Value},
};

/// Its name.
pub(super) const NAME: &str = "task";

/// Its value; `None` before WDL 1.2.
pub(super) fn value(call: &TaskCall<'_>, requirements: &Requirements) -> Option<Value> {
    let version = call.checked.documents.get(call.task.document).document.version;
    if version < Version::V1_2 {
        return None;
    }
    let task = call.checked.task(call.task);
    let gpus = (0..requirements.gpu.count).map(|_| Value::string(requirements.gpu.kind.as_deref().unwrap_or("gpu")));
    let memory = requirements.memory_bytes.and_then(|bytes| i64::try_from(bytes).ok());
    let members = [
        ("name", Value::string(&task.name.text)),
        ("id", Value::string(call.call_path.to_string())),
        ("container", requirements.container.first().map_or(Value::None, Value::string)),
        ("cpu", Value::Float(requirements.cpu.unwrap_or(1.0))),
        ("memory", memory.map_or_else(|| Value::Unknown("task.memory".into()), Value::Int)),
        ("gpu", Value::array(gpus.collect())),
        ("fpga", Value::array(Vec::new())),
        ("disks", Value::Map(std::sync::Arc::default())),
        // From 0 in the specification; attempts are counted from 1 here.
        ("attempt", Value::Int(i64::from(call.attempt.saturating_sub(1)))),
        ("end_time", Value::None),
        ("return_code", call.return_code.map_or(Value::None, |code| Value::Int(i64::from(code)))),
        ("meta", object(&task.meta)),
        ("parameter_meta", object(&task.parameter_meta)),
        ("ext", Value::object(Object::new())),
    ];
    Some(Value::object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
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
