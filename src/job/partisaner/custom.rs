//! Kinds of clusters that a site adds (`[clusters.<name>]`): what the table says, no rule of our own.

use super::{
    draft::{Asked, Draft, check_names, check_single, listed, problem},
    plan::{Duty, Output, Setting, When},
};
use crate::{
    job::{error::LowerError, resources::cpus},
    site::{ClusterKind, ClusterRole, RoleDuty, RolePlace, RoleStart},
    task::{OnServerExit, Role},
};

/// The roles that the author wrote, and those of the kind that are there in any case.
pub(super) fn draft(kind: &ClusterKind, asked: &Asked<'_>) -> Result<Vec<Draft>, LowerError> {
    let roles = &asked.distributed.roles;
    let names: Vec<&str> = kind.roles.iter().map(|role| role.name.as_str()).collect();
    check_names(roles, &names)?;
    let counted = counted(kind, asked)?;
    let is_there = |role: &&ClusterRole| match roles.iter().any(|written| written.name == role.name) {
        true => true,
        false if roles.is_empty() => role.procs > 0,
        false => !role.optional,
    };
    let there: Vec<&ClusterRole> = kind.roles.iter().filter(is_there).collect();
    let drafts = there.iter().map(|role| {
        let serves = role.duty == RoleDuty::Service || there.iter().any(|other| other.name == role.serves_beside);
        let written = roles.iter().find(|written| written.name == role.name);
        let procs = if counted == Some(role.name.as_str()) { asked.distributed.procs } else { None };
        with_rules(role, (written, procs.unwrap_or(role.procs)), serves, asked)
    });
    drafts.collect()
}

/// The role that `procs` of the task counts: the only one of which there can be many.
fn counted<'a>(kind: &'a ClusterKind, asked: &Asked<'_>) -> Result<Option<&'a str>, LowerError> {
    if asked.distributed.procs.is_none() || !asked.distributed.roles.is_empty() {
        return Ok(None);
    }
    let many: Vec<&str> = kind.roles.iter().filter(|role| role.procs > 0 && !role.is_single()).map(|role| role.name.as_str()).collect();
    match many[..] {
        [one] => Ok(Some(one)),
        [] => Err(problem(&kind.roles[0].name, "no role of this kind can have more than one process; leave out `procs`".to_owned())),
        [first, ..] => {
            let text = format!("`procs` may mean each of {}; write `roles` with the `procs` of each", listed(&many));
            Err(problem(first, text))
        }
    }
}

/// A role with the amounts of its author, else of its kind, else of the task.
fn with_rules(role: &ClusterRole, (written, procs): (Option<&Role>, u32), serves: bool, asked: &Asked<'_>) -> Result<Draft, LowerError> {
    let task = written.map_or_else(|| asked.unnamed(&role.name, procs), |written| asked.named(written));
    let serves = serves || task.duty == Duty::Serve;
    let gpus = role.gpu.or(serves.then_some(0)).unwrap_or(task.gpus);
    let command = (!role.command.is_empty()).then(|| format!("{}\n", role.command.trim_end()));
    let draft = Draft {
        cpus: written.and_then(|written| written.cpu).or(role.cpu).map_or(task.cpus, |cores| cpus(Some(cores), asked.site)),
        mem_mib: written.and_then(|written| written.memory_mib).or(role.memory_mib).unwrap_or(task.mem_mib),
        gpus: written.and_then(|written| written.gpu).unwrap_or(gpus),
        duty: duty(role, serves),
        when: match role.start {
            RoleStart::First => When::First,
            RoleStart::Ready => When::Ready,
        },
        output: if serves { Output::Log } else { Output::First },
        beside_batch: role.place == RolePlace::Batch,
        command: written.and_then(|written| written.command.clone()).or(command),
        ..task
    };
    if role.is_single() {
        check_single(&draft)?;
    }
    if draft.mem_mib < role.least_memory_mib {
        let text = format!("asked {} MiB of memory; this kind needs at least {} MiB a process", draft.mem_mib, role.least_memory_mib);
        return Err(problem(&draft.name, text));
    }
    Ok(draft)
}

fn duty(role: &ClusterRole, serves: bool) -> Duty {
    match (serves, role.on_exit) {
        (false, _) => Duty::Decide,
        (true, OnServerExit::Fail) => Duty::Serve,
        (true, OnServerExit::Tolerate) => Duty::Spare,
        (true, OnServerExit::Restart) => Duty::Revive,
    }
}

/// File name of a kind's shell functions in the run's `lib/`.
pub(crate) fn library_file(name: &str) -> String {
    format!("site-{name}.sh")
}

/// What `custom.sh` reads.
pub(super) fn settings(name: &str, kind: &ClusterKind) -> Vec<Setting> {
    let setting = |name: String, value: &str| Setting { name, value: value.to_owned() };
    let library = if kind.library.is_empty() { String::new() } else { library_file(name) };
    let mut settings = vec![setting("sluice_site_kind".to_owned(), name), setting("sluice_site_library".to_owned(), &library)];
    let variables = kind.environment.iter().enumerate();
    settings.extend(variables.map(|(idx, (variable, value))| setting(format!("sluice_site_environment[{idx}]"), &format!("{variable}={value}"))));
    for role in &kind.roles {
        if role.port {
            settings.push(setting(format!("sluice_site_port_{}", role.name), "yes"));
        }
        if !role.ready.is_empty() {
            settings.push(setting(format!("sluice_site_ready_{}", role.name), &role.ready));
        }
        if !role.probe.is_empty() {
            settings.push(setting(format!("sluice_site_probe_{}", role.name), &role.probe));
        }
    }
    settings
}
