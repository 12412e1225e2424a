//! Values given from outside: by key, checked against what the graph takes, then sorted by the call they are for.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::{
    check::names::Checked,
    diagnostic::{Diagnostic, nearest_name},
    plan::{ExternalInput, Graph, is_attribute_section},
    value::{Object, Value, coerce},
};

/// Values for a workflow, and for its calls by their names.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) values: Object,
    pub(super) calls: IndexMap<String, Arc<Given>>,
}

/// Sorts the inputs of a run. Errors: unknown keys, wrong types, missing inputs.
pub(super) fn sort(checked: &Checked, graph: &Graph, inputs: Object) -> Result<Given, Vec<Diagnostic>> {
    let known: IndexMap<String, ExternalInput> = graph.external_inputs().into_iter().map(|input| (input.key.clone(), input)).collect();
    let document = graph.section(graph.root).document;
    let (mut typed, mut wrong) = (IndexMap::new(), Vec::new());
    for (key, value) in inputs {
        let bare = [graph.bare_key(&key), &key].into_iter().find(|key| known.contains_key(*key)).map(str::to_owned);
        let Some(bare) = bare else {
            if graph.overrides_attribute(graph.bare_key(&key)) {
                typed.insert(graph.bare_key(&key).to_owned(), value);
                continue;
            }
            wrong.push(unknown(graph, &key, &known));
            continue;
        };
        let input = &known[&bare];
        if value == Value::None && !input.ty.is_optional() {
            // `null` for an input with a default means the default; for one without, it is missing.
            continue;
        }
        match coerce(value, &input.ty, checked.coercion(document)) {
            Ok(value) => drop(typed.insert(bare, value)),
            Err(message) => wrong.push(Diagnostic::error_without_span(format!("input `{}.{bare}`: {message}", graph.name))),
        }
    }
    wrong.extend(known.values().filter(|input| input.is_required && !typed.contains_key(&input.key)).map(|input| missing(graph, input)));
    if wrong.is_empty() { Ok(nest(typed)) } else { Err(wrong) }
}

/// Sorts values by the call they are for.
fn nest(values: IndexMap<String, Value>) -> Given {
    let mut own = Object::new();
    let mut below: IndexMap<String, IndexMap<String, Value>> = IndexMap::new();
    for (key, value) in values {
        match key.split_once('.').filter(|(first, _)| !is_attribute_section(first)) {
            None => drop(own.insert(key, value)),
            Some((call, rest)) => drop(below.entry(call.to_owned()).or_default().insert(rest.to_owned(), value)),
        }
    }
    Given { values: own, calls: below.into_iter().map(|(call, values)| (call, Arc::new(nest(values)))).collect() }
}

fn unknown(graph: &Graph, key: &str, known: &IndexMap<String, ExternalInput>) -> Diagnostic {
    let error = Diagnostic::error_without_span(format!("`{}` has no input `{key}`", graph.name));
    match nearest_name(graph.bare_key(key), known.keys().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{}.{near}`?", graph.name)),
        None => error.hint("`sluice inputs FILE` lists what can be given"),
    }
}

fn missing(graph: &Graph, input: &ExternalInput) -> Diagnostic {
    let key = format!("{}.{}", graph.name, input.key);
    let error = Diagnostic::error_without_span(format!("`{key}` of type {} has no default and is not given", input.ty));
    error.hint(format!("give it as `{}=…`, or as \"{key}\" in an inputs JSON", input.key))
}
