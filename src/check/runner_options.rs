//! `runneroptions` of a distributed task, as far as they are written out.

use std::collections::HashMap;

use super::{attributes::literal_text, constants::number, messages, quantities, report::Report};
use crate::{
    diagnostic::nearest_name,
    syntax::ast::{Expr, ExprKind, Name},
    task::{CLUSTERS, ON_SERVER_EXIT, RANK_LAUNCHERS, ROLE_OPTIONS, RUNNER_OPTIONS},
};

/// Checks a literal `runneroptions`; `attribute` is its key in `runtime`.
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
            Some(_) => {}
            None => report.push(messages::unknown_option(name, "runneroptions", nearest_name(&name.text, RUNNER_OPTIONS.iter().copied()))),
        }
    }
    if !has_cluster {
        report.push(messages::no_cluster(attribute, &clusters(report)));
    }
}

/// The option a name means; case is not minded, as in the rest of `runtime`.
fn known(name: &Name, options: &[&'static str]) -> Option<&'static str> {
    options.iter().copied().find(|option| option.eq_ignore_ascii_case(&name.text))
}

/// Kinds of clusters that are known: sluice's, then the site's.
pub(super) fn clusters(report: &Report) -> Vec<String> {
    CLUSTERS.iter().map(|kind| (*kind).to_owned()).chain(report.options.clusters.iter().cloned()).collect()
}

fn cluster(report: &mut Report, value: &Expr) {
    let known = clusters(report);
    if let Some(kind) = literal_text(value).filter(|kind| !known.contains(&kind.to_lowercase())) {
        let near = nearest_name(&kind, known.iter().map(String::as_str));
        report.push(messages::unknown_cluster(value.span, &kind, near, &known));
    }
}

fn form(report: &mut Report, value: &Expr) {
    if let Some(form) = literal_text(value).filter(|form| !["het", "packed", "auto"].contains(&form.to_lowercase().as_str())) {
        report.push(messages::unknown_form(value.span, &form));
    }
}

fn launcher(report: &mut Report, value: &Expr) {
    if let Some(word) = literal_text(value).filter(|word| RANK_LAUNCHERS.iter().all(|(known, _)| !known.eq_ignore_ascii_case(word))) {
        report.push(messages::unknown_launcher(value.span, &word, nearest_name(&word, RANK_LAUNCHERS.iter().map(|(known, _)| *known))));
    }
}

fn on_server_exit(report: &mut Report, value: &Expr) {
    if let Some(word) = literal_text(value).filter(|word| ON_SERVER_EXIT.iter().all(|(known, _)| !known.eq_ignore_ascii_case(word))) {
        report.push(messages::unknown_server_exit(value.span, &word, nearest_name(&word, ON_SERVER_EXIT.iter().map(|(known, _)| *known))));
    }
}

/// A number of processes or nodes.
fn count(report: &mut Report, name: &Name, value: &Expr) {
    match (number(value), literal_text(value)) {
        (Some(number), _) if number < 1.0 => report.push(messages::no_processes(value.span, &name.text)),
        (None, Some(text)) => report.push(messages::unreadable_number(value.span, &name.text, &text)),
        _ => {}
    }
}

/// A role's name becomes part of file names and of variables in scripts.
fn is_role_name(name: &str) -> bool {
    let is_inside = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(is_inside)
}

fn roles(report: &mut Report, value: &Expr) {
    let ExprKind::Array(roles) = &value.kind else { return };
    let mut first = HashMap::new();
    for role in roles {
        let ExprKind::Object(options) = &role.kind else { continue };
        let mut has_name = false;
        for (name, value) in options {
            match known(name, ROLE_OPTIONS) {
                Some("name") => {
                    has_name = true;
                    let Some(text) = literal_text(value) else { continue };
                    if !is_role_name(&text) {
                        report.push(messages::bad_role_name(value.span, &text));
                    } else if let Some(span) = first.insert(text.clone(), value.span) {
                        report.push(messages::duplicate(value.span, span, "role", &text));
                    }
                }
                Some("procs") => count(report, name, value),
                Some("onserverexit") => on_server_exit(report, value),
                Some("memory") => {
                    if let Some(text) = literal_text(value).filter(|text| !quantities::is_memory(text)) {
                        report.push(messages::unreadable_memory(value.span, "memory", &text));
                    }
                }
                Some(_) => {}
                None => report.push(messages::unknown_option(name, "a role", nearest_name(&name.text, ROLE_OPTIONS.iter().copied()))),
            }
        }
        if !has_name {
            report.push(messages::role_without_name(role.span));
        }
    }
}
