//! `sluice inputs`: a template of the inputs, each with its type.

use super::{
    args::InputsArgs,
    exit::{Exit, Failure},
    print,
    target::{self, Chosen},
};
use crate::{check::available::AvailableInput, syntax::ast::MetaValue};

/// Prints a JSON object with every input: its type, whether it must be given, its default as written, what the author says of it.
pub(super) fn inputs(args: &InputsArgs) -> Result<Exit, Failure> {
    let chosen = target::choose_typed(&args.target, Vec::new())?;
    let available = chosen.available_inputs();
    let wanted = available.iter().filter(|input| input.required || !args.required);
    let describe = |input: &AvailableInput| (input.key.clone(), serde_json::Value::String(text_of(&chosen, input)));
    let object: serde_json::Map<String, serde_json::Value> = wanted.map(describe).collect();
    let text = serde_json::to_string_pretty(&object).expect("a template is plain data");
    print(&format!("{text}\n"))?;
    Ok(Exit::Done)
}

/// What a template says of an input. `run` takes it for no value.
pub(super) fn text_of(chosen: &Chosen, input: &AvailableInput) -> String {
    let mut text = input.ty.to_string();
    let default = input.declaration.value.as_ref().map(|value| chosen.checked.documents.sources.text(value.span));
    match default {
        Some(default) => text.push_str(&format!(" (optional, default = {default})")),
        None if input.required => {}
        None => text.push_str(" (optional)"),
    }
    if let Some(help) = input.meta.as_ref().and_then(help_of) {
        text.push_str(&format!(" -- {help}"));
    }
    text
}

/// What `parameter_meta` says: a string, or the `help` or `description` of an object.
fn help_of(meta: &MetaValue) -> Option<String> {
    match meta {
        MetaValue::String(text) => Some(text.clone()),
        MetaValue::Object(members) => {
            let member = members.iter().find(|member| ["help", "description"].contains(&member.name.text.as_str()))?;
            help_of(&member.value)
        }
        MetaValue::Null | MetaValue::Boolean(_) | MetaValue::Int(_) | MetaValue::Float(_) | MetaValue::Array(_) => None,
    }
}
