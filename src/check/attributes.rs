//! `runtime`, `requirements` and `hints` of a task: which keys are known, and what is written in plain literals.

use std::collections::HashMap;

use super::{
    body::{Body, Place, Site, User},
    constants::number,
    context::Context,
    messages, quantities,
    report::Report,
    runner_messages, runner_options,
    scopes::ROOT,
};
use crate::{
    diagnostic::nearest_name,
    syntax::ast::{Attribute, AttributeSection, Expr, ExprKind, Name, Task},
    value::Type,
};

/// What becomes of an attribute here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// One plain value.
    Scalar,
    /// A number.
    Number,
    /// An amount of memory.
    Memory,
    /// Minutes, or Slurm's way to write a time.
    Time,
    /// A plain value or a list.
    List,
    /// An object or map.
    Object,
    /// Options of the runner.
    RunnerOptions,
    /// Accepted; does nothing here.
    Ignored,
}

use Meaning::{Ignored, List, Memory, Number, Object, RunnerOptions, Scalar, Time};

/// Attributes of the dialect and of WDL 1.1 and 1.2; keys are case-insensitive.
const KNOWN: &[(&str, Meaning)] = &[
    ("docker", List),
    ("container", List),
    ("cpu", Number),
    ("memory", Memory),
    ("time_minutes", Time),
    ("time", Time),
    ("walltime", Time),
    ("maxtime", Time),
    ("disk", List),
    ("disks", List),
    ("gpu", Scalar),
    ("gpuCount", Number),
    ("gpuType", Scalar),
    ("gpui", Scalar),
    ("fpga", Scalar),
    ("gpumemory", Memory),
    ("servertype", Scalar),
    ("slaveconstraints", Object),
    ("volumes", Object),
    ("retry", Number),
    ("maxRetries", Number),
    ("max_retries", Number),
    ("preemptible", Number),
    ("cputuneratio", Number),
    ("memtuneratio", Number),
    ("tag", Scalar),
    ("label", Scalar),
    ("returnCodes", List),
    ("return_codes", List),
    ("continueOnReturnCode", List),
    ("runner", Scalar),
    ("runneroptions", RunnerOptions),
    ("usextaoscheduler", Scalar),
    ("usextaosparkscheduler", Scalar),
    ("sparkexecutoruri", Scalar),
    ("ldapauth", Scalar),
    ("iopattern", Ignored),
    ("rwpattern", Ignored),
    ("workingset", Ignored),
    ("isolationlevel", Ignored),
    ("largesmallfiles", Ignored),
    ("epheremallevel", Ignored),
    ("epheremalfilepattern", Ignored),
    ("epheremalmap", Ignored),
    ("bootDiskSizeGb", Ignored),
    ("zones", Ignored),
    ("noAddress", Ignored),
    ("maxCpu", Ignored),
    ("max_cpu", Ignored),
    ("maxMemory", Ignored),
    ("max_memory", Ignored),
    ("shortTask", Ignored),
    ("short_task", Ignored),
    ("localizationOptional", Ignored),
    ("localization_optional", Ignored),
    ("inputs", Ignored),
    ("outputs", Ignored),
];

/// Attributes of a `requirements` section (1.2, "Requirements attributes"), and the older names that it takes for them.
const REQUIREMENTS: [&str; 11] =
    ["container", "docker", "cpu", "memory", "gpu", "fpga", "disks", "max_retries", "maxRetries", "return_codes", "returnCodes"];

/// Whether the attribute is a number of things, not of parts of them.
fn is_count(name: &str) -> bool {
    ["gpuCount", "retry", "maxRetries", "max_retries", "preemptible"].iter().any(|count| count.eq_ignore_ascii_case(name))
}

/// Checks a `runtime` section, or what it and a `requirements` section have in common.
pub(super) fn runtime<'a>(body: &mut Body<'_, 'a, '_>, section: &'a AttributeSection) {
    attributes(body, section, |context, name, near| {
        // Written for another engine, it stands in every task of the document.
        if context.unknown_attributes.insert(name.text.to_lowercase()) {
            context.report.push(messages::unknown_attribute(name, near));
        }
    });
}

/// Checks a `requirements` section: it has no other attributes than the specification's and the dialect's.
pub(super) fn requirements<'a>(body: &mut Body<'_, 'a, '_>, section: &'a AttributeSection) {
    attributes(body, section, |context, name, _| {
        context.report.violation(messages::not_a_requirement(name, nearest_name(&name.text, REQUIREMENTS)));
    });
}

fn attributes<'a>(body: &mut Body<'_, 'a, '_>, section: &'a AttributeSection, say_unknown: fn(&mut Context<'_, '_>, &Name, Option<&str>)) {
    let mut first = HashMap::new();
    for attribute in &section.attributes {
        if let Some(span) = first.insert(attribute.name.text.to_lowercase(), attribute.name.span) {
            body.context.report.violation(messages::given_twice(attribute.name.span, span, "attribute", &attribute.name.text));
        }
        let ty = body.infer(&attribute.value, Place::new(ROOT, User::Nobody, Site::Attribute));
        let known = KNOWN.iter().find(|(name, _)| name.eq_ignore_ascii_case(&attribute.name.text));
        match known {
            Some((_, Ignored)) => body.context.ignored_attributes.push((attribute.name.text.clone(), attribute.name.span)),
            Some((_, meaning)) => value(body, attribute, *meaning, &ty),
            None => {
                let near = nearest_name(&attribute.name.text, KNOWN.iter().map(|(name, _)| *name));
                say_unknown(body.context, &attribute.name, near);
            }
        }
    }
}

/// Checks a `hints` section: any key is allowed. `partisaner` asks for a distributed task as `runneroptions` do.
pub(super) fn hints<'a>(body: &mut Body<'_, 'a, '_>, section: &'a AttributeSection) {
    for attribute in &section.attributes {
        let ty = body.infer(&attribute.value, Place::new(ROOT, User::Nobody, Site::Attribute));
        if attribute.name.text.eq_ignore_ascii_case("partisaner") {
            value(body, attribute, RunnerOptions, &ty);
        }
    }
}

/// Checks the value of a known attribute, as far as it is written out.
fn value<'a>(body: &mut Body<'_, 'a, '_>, attribute: &'a Attribute, meaning: Meaning, ty: &Type) {
    let is_compound = |ty: &Type| matches!(ty.required(), Type::Map(_) | Type::Pair(_) | Type::Struct(_) | Type::Object | Type::Call(_));
    let is_list = matches!(ty.required(), Type::Array { .. });
    let expected = match meaning {
        Scalar if is_compound(ty) || is_list => Some("a single value"),
        Number | Memory | Time if is_compound(ty) || is_list || matches!(ty.required(), Type::Boolean) => Some("a number or a string"),
        List if is_compound(ty) => Some("a value or a list of values"),
        Object | RunnerOptions if !is_compound(ty) && !matches!(ty, Type::Any | Type::None) => Some("an object, `{ … }`"),
        Scalar | Number | Memory | Time | List | Object | RunnerOptions | Ignored => None,
    };
    if let Some(expected) = expected {
        body.context.report.push(messages::wrong_attribute(&attribute.name, attribute.value.span, expected, ty));
        return;
    }
    let text = literal_text(&attribute.value);
    let name = attribute.name.text.as_str();
    match (meaning, text) {
        (RunnerOptions, _) => {
            if let Some(options) = runner_options::members(&attribute.value) {
                runner_options::check(body.context.report, &attribute.name, options);
            }
        }
        (Scalar, None) if name.eq_ignore_ascii_case("fpga") && matches!(attribute.value.kind, ExprKind::Boolean(true)) => {
            body.context.report.push(messages::no_fpga(attribute.value.span));
        }
        (Number, _) if is_count(name) => runner_options::whole_number(body.context.report, &attribute.name, &attribute.value),
        (Number, Some(text)) if text.trim().parse::<f64>().is_err() => {
            body.context.report.push(messages::unreadable_number(attribute.value.span, name, &text));
        }
        (Number, _) if number(&attribute.value).is_some_and(|number| number < 0.0) => {
            body.context.report.push(messages::negative(attribute.value.span, name));
        }
        (Number, _) if name.eq_ignore_ascii_case("cpu") && number(&attribute.value) == Some(0.0) => {
            body.context.report.push(messages::not_positive(attribute.value.span, name));
        }
        (Memory, Some(text)) if !quantities::is_memory(&text) => {
            body.context.report.push(messages::unreadable_memory(attribute.value.span, name, &text));
        }
        (Time, Some(text)) if !quantities::is_time(&text) => {
            body.context.report.push(messages::unreadable_time(attribute.value.span, name, &text));
        }
        (Memory | Time, None) if number(&attribute.value).is_some_and(|number| number <= 0.0) => {
            body.context.report.push(messages::not_positive(attribute.value.span, name));
        }
        (Scalar | Number | Memory | Time | List | Object | Ignored, _) => {}
    }
}

/// Checks that a runner and its options stand together.
pub(super) fn runner(report: &mut Report, task: &Task) {
    let sections = [&task.requirements, &task.runtime, &task.hints].into_iter().flatten();
    let all = || sections.clone().flat_map(|section| &section.attributes);
    let find = |name: &str| all().find(|attribute| attribute.name.text.eq_ignore_ascii_case(name));
    match (find("runner"), find("runneroptions")) {
        (None, Some(options)) => report.push(runner_messages::options_without_runner(&options.name)),
        (Some(runner), options) => match literal_text(&runner.value) {
            Some(text) if !text.eq_ignore_ascii_case("partisaner") => report.push(runner_messages::unknown_runner(runner.value.span, &text)),
            Some(_) if options.is_none() => report.push(runner_messages::no_cluster(&runner.name, &runner_options::clusters(report))),
            Some(_) | None => {}
        },
        (None, None) => {}
    }
}

/// A string without placeholders.
pub(super) fn literal_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::String(text) => text.literal(),
        _ => None,
    }
}
