//! `runneroptions` of a distributed task, as far as they are written out; the same options as a hint (`hints { partisaner: … }`).

use std::collections::HashMap;

use super::{attributes::literal_text, constants::number, messages, quantities, report::Report, runner_messages};
use crate::{
    diagnostic::nearest_name,
    source::Span,
    syntax::ast::{Expr, ExprKind, Name},
    task::{CLUSTERS, FORMS, MOST_PROCESSES, ON_SERVER_EXIT, RANK_LAUNCHERS, ROLE_OPTIONS, RUNNER_OPTIONS, is_role_name},
};

/// Kinds whose `procs` counts the workers, beside roles that do not name them.
const WITH_WORKERS: [&str; 3] = ["spark", "ray", "dask"];

/// The options of an object as it is written, whatever kind of literal it is.
pub(super) fn members(expr: &Expr) -> Option<&[(Name, Expr)]> {
    match &expr.kind {
        ExprKind::Object(members) | ExprKind::Struct(_, members) | ExprKind::Hints(_, members) => Some(members),
        _ => None,
    }
}

/// Checks literal options; `attribute` is their key in `runtime` or `hints`.
pub(super) fn check(report: &mut Report, attribute: &Name, options: &[(Name, Expr)]) {
    let mut has_cluster = false;
    for (name, value) in options {
        match known(name, RUNNER_OPTIONS) {
            Some("cluster") => {
                has_cluster = true;
                cluster(report, value);
            }
            Some("procs" | "nodes" | "procspernode") => count(report, name, value),
            Some("roles") => roles(report, value),
            Some("form") => form(report, value),
            Some("launcher") => launcher(report, value),
            Some("onserverexit") => on_server_exit(report, value),
            Some("starttimeout") if number(value) == Some(0.0) => report.push(messages::not_positive(value.span, &name.text)),
            Some("starttimeout" | "loginterval") => whole_number(report, name, value),
            Some("abortonfail") => truth(report, name, value),
            Some("logdir" | "workdir") => folder(report, name, value),
            Some(_) => {}
            None => report.push(runner_messages::unknown_option(name, &attribute.text, nearest_name(&name.text, RUNNER_OPTIONS.iter().copied()))),
        }
    }
    together(report, options);
    if !has_cluster {
        report.push(runner_messages::no_cluster(attribute, &clusters(report)));
    }
}

/// Options that contradict each other.
fn together(report: &mut Report, options: &[(Name, Expr)]) {
    let find = |wanted: &str| options.iter().find(|(name, _)| name.text.eq_ignore_ascii_case(wanted));
    let Some(ExprKind::Array(roles)) = find("roles").map(|(_, roles)| &roles.kind) else { return };
    if roles.is_empty() {
        return;
    }
    let kind = find("cluster").and_then(|(_, kind)| literal_text(kind)).unwrap_or_default().to_lowercase();
    let named = |role: &Expr| member(role, "name").and_then(literal_text);
    let counts_workers = WITH_WORKERS.contains(&kind.as_str()) && roles.iter().all(|role| named(role).is_some_and(|name| name != "worker"));
    let unused = [("procs", counts_workers), ("nodes", false), ("procspernode", false)];
    for (name, _) in unused.iter().filter(|(_, is_read)| !is_read).filter_map(|(name, _)| find(name)) {
        report.push(runner_messages::option_beside_roles(name));
    }
}

/// The option a name means; case is not minded, as in the rest of `runtime`.
fn known(name: &Name, options: &[&'static str]) -> Option<&'static str> {
    options.iter().copied().find(|option| option.eq_ignore_ascii_case(&name.text))
}

/// A member of an object as it is written.
fn member<'a>(object: &'a Expr, wanted: &str) -> Option<&'a Expr> {
    members(object)?.iter().find(|(name, _)| name.text.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
}

/// Kinds of clusters that are known: sluice's, then the site's.
pub(super) fn clusters(report: &Report) -> Vec<String> {
    CLUSTERS.iter().map(|kind| (*kind).to_owned()).chain(report.options.clusters.iter().cloned()).collect()
}

fn cluster(report: &mut Report, value: &Expr) {
    let Some(kind) = literal_text(value) else { return };
    let known = clusters(report);
    if !known.contains(&kind.to_lowercase()) {
        let near = nearest_name(&kind, known.iter().map(String::as_str));
        report.push(runner_messages::unknown_cluster(value.span, &kind, near, &known));
    }
    if kind.eq_ignore_ascii_case("tensorflow") {
        report.once("tensorflow", runner_messages::tensorflow_is_open(value.span));
    }
}

fn form(report: &mut Report, value: &Expr) {
    if let Some((form, _)) = unknown_word(value, FORMS) {
        report.push(runner_messages::unknown_form(value.span, &form));
    }
}

fn launcher(report: &mut Report, value: &Expr) {
    if let Some((word, near)) = unknown_word(value, RANK_LAUNCHERS) {
        report.push(runner_messages::unknown_launcher(value.span, &word, near));
    }
}

fn on_server_exit(report: &mut Report, value: &Expr) {
    if let Some((word, near)) = unknown_word(value, ON_SERVER_EXIT) {
        report.push(runner_messages::unknown_server_exit(value.span, &word, near));
    }
}

/// A word that is written out and is none of these, in any case, with the nearest of them.
fn unknown_word<T>(value: &Expr, words: &[(&'static str, T)]) -> Option<(String, Option<&'static str>)> {
    let word = literal_text(value).filter(|word| words.iter().all(|(known, _)| !known.eq_ignore_ascii_case(word)))?;
    let near = nearest_name(&word, words.iter().map(|(known, _)| *known));
    Some((word, near))
}

/// A folder as processes see it; a path of a volume has an `@`.
fn folder(report: &mut Report, name: &Name, value: &Expr) {
    if let Some(path) = literal_text(value).filter(|path| !path.starts_with('/') && !path.contains('@')) {
        report.push(runner_messages::relative_folder(value.span, &name.text, &path));
    }
}

/// A number of processes or nodes.
fn count(report: &mut Report, name: &Name, value: &Expr) {
    match (number(value), literal_text(value)) {
        (Some(number), _) if number < 1.0 => report.push(runner_messages::no_processes(value.span, &name.text)),
        (Some(number), _) if number.fract() != 0.0 => report.push(runner_messages::not_whole(value.span, &name.text)),
        (Some(number), _) if number > f64::from(MOST_PROCESSES) => report.push(runner_messages::too_many_processes(value.span, &name.text)),
        (None, Some(text)) => report.push(messages::unreadable_number(value.span, &name.text, &text)),
        _ => {}
    }
}

/// A whole number from 0 on: seconds, or tries.
pub(super) fn whole_number(report: &mut Report, name: &Name, value: &Expr) {
    match (number(value), literal_text(value)) {
        (Some(number), _) if number < 0.0 => report.push(messages::negative(value.span, &name.text)),
        (Some(number), _) if number.fract() != 0.0 => report.push(runner_messages::not_whole(value.span, &name.text)),
        (None, Some(text)) => report.push(messages::unreadable_number(value.span, &name.text, &text)),
        _ => {}
    }
}

/// `true`, `false`, or either in quotes.
fn truth(report: &mut Report, name: &Name, value: &Expr) {
    let is_word = |text: &str| ["true", "false"].iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
    if matches!(value.kind, ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Array(_)) || literal_text(value).is_some_and(|text| !is_word(&text)) {
        report.push(runner_messages::not_boolean(value.span, &name.text));
    }
}

fn roles(report: &mut Report, value: &Expr) {
    let roles = match &value.kind {
        ExprKind::Array(roles) => roles,
        ExprKind::Object(_) | ExprKind::Map(_) | ExprKind::Struct(..) | ExprKind::String(_) | ExprKind::Int(_) | ExprKind::Boolean(_) => {
            return report.push(runner_messages::roles_are_a_list(value.span));
        }
        _ => return,
    };
    let mut first = HashMap::new();
    for role in roles {
        let Some(options) = members(role) else { continue };
        role_options(report, options, &mut first);
        if member(role, "name").is_none() {
            report.push(runner_messages::role_without_name(role.span));
        }
    }
    let serves = |role: &Expr| member(role, "server").is_some_and(is_true);
    if !roles.is_empty() && roles.iter().all(serves) {
        report.push(runner_messages::only_services(value.span));
    }
}

fn is_true(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Boolean(true)) || literal_text(expr).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

fn role_options(report: &mut Report, options: &[(Name, Expr)], first: &mut HashMap<String, Span>) {
    for (name, value) in options {
        match known(name, ROLE_OPTIONS) {
            Some("name") => {
                let Some(text) = literal_text(value) else { continue };
                if !is_role_name(&text) {
                    report.push(runner_messages::bad_role_name(value.span, &text));
                } else if let Some(span) = first.insert(text.clone(), value.span) {
                    report.push(messages::duplicate(value.span, span, "role", &text));
                }
            }
            Some("procs") => count(report, name, value),
            Some("server") => truth(report, name, value),
            Some("onserverexit") => on_server_exit(report, value),
            Some("memory") => memory(report, value),
            Some("cpu") if number(value).is_some_and(|cores| cores <= 0.0) => report.push(messages::not_positive(value.span, "cpu")),
            Some("gpu") if number(value).is_some_and(|gpus| gpus < 0.0 || gpus.fract() != 0.0) => {
                report.push(runner_messages::not_whole(value.span, "gpu"));
            }
            Some("command") if literal_text(value).is_some_and(|text| text.trim().is_empty()) => {
                report.push(runner_messages::empty_command(value.span));
            }
            Some(_) => {}
            None => report.push(runner_messages::unknown_option(name, "a role", nearest_name(&name.text, ROLE_OPTIONS.iter().copied()))),
        }
    }
}

fn memory(report: &mut Report, value: &Expr) {
    if let Some(text) = literal_text(value).filter(|text| !quantities::is_memory(text)) {
        report.push(messages::unreadable_memory(value.span, "memory", &text));
    } else if number(value).is_some_and(|memory| memory <= 0.0) {
        report.push(messages::not_positive(value.span, "memory"));
    }
}
