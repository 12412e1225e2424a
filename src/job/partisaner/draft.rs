//! Roles with a kind's defaults applied, not yet on nodes; and the checks that hold for every kind.

use super::plan::{Duty, Output, When};
use crate::{
    diagnostic::nearest_name,
    job::{
        error::LowerError,
        resources::{cpus, memory_mib},
        spec::AttemptPaths,
    },
    site::Site,
    task::{Distributed, Role, TaskInstance, is_role_name},
};

/// What a kind looks at.
pub(super) struct Asked<'a> {
    /// The task.
    pub instance: &'a TaskInstance,
    /// Its `runneroptions`.
    pub distributed: &'a Distributed,
    /// The site.
    pub site: &'a Site,
    /// Where the attempt is, and which nodes it is to avoid.
    pub paths: &'a AttemptPaths,
}

/// A role with its amounts; all are per process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    /// Its name.
    pub name: String,
    /// Processes.
    pub procs: u32,
    /// Cores.
    pub cpus: u32,
    /// MiB.
    pub mem_mib: u64,
    /// GPUs.
    pub gpus: u32,
    /// What its end means.
    pub duty: Duty,
    /// When it starts.
    pub when: When,
    /// Where its output goes.
    pub output: Output,
    /// Whether it runs beside the batch script, on the job's first node, rather than as a step.
    pub beside_batch: bool,
    /// Whether no two of its processes may share a node.
    pub one_a_node: bool,
    /// Whether the kind has a program for it, which runs in place of a command.
    pub is_daemon: bool,
    /// Its own command.
    pub command: Option<String>,
    /// Its own image.
    pub container: Option<String>,
}

impl Asked<'_> {
    /// A role that the author did not write: `procs` processes with the task's amounts.
    pub(super) fn unnamed(&self, name: &str, procs: u32) -> Draft {
        let requirements = &self.instance.requirements;
        Draft {
            name: name.to_owned(),
            procs,
            cpus: cpus(requirements.cpu, self.site),
            mem_mib: memory_mib(requirements.memory_bytes, self.site),
            gpus: requirements.gpu.count,
            ..Draft::default()
        }
    }

    /// A role as written, the task's amounts where it names none.
    pub(super) fn named(&self, role: &Role) -> Draft {
        let task = self.unnamed(&role.name, role.procs);
        Draft {
            cpus: role.cpu.map_or(task.cpus, |cpu| cpus(Some(cpu), self.site)),
            mem_mib: role.memory_mib.unwrap_or(task.mem_mib).max(1),
            gpus: role.gpu.unwrap_or(task.gpus),
            duty: if role.server { Duty::Serve } else { Duty::Decide },
            command: role.command.clone(),
            container: role.container.clone(),
            ..task
        }
    }

    /// The role of that name, if the author wrote it.
    pub(super) fn find(&self, name: &str) -> Option<Draft> {
        self.distributed.roles.iter().find(|role| role.name == name).map(|role| self.named(role))
    }
}

/// Refuses a role whose name the kind does not know.
pub(super) fn check_names(roles: &[Role], known: &[&str]) -> Result<(), LowerError> {
    let is_unknown = |role: &&Role| !role.name.is_empty() && !known.contains(&role.name.as_str());
    let Some(role) = roles.iter().find(is_unknown) else { return Ok(()) };
    let near = nearest_name(&role.name, known.iter().copied()).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    Err(problem(&role.name, format!("this kind of cluster has the roles {}{near}", listed(known))))
}

/// Refuses more than one process where a kind can have one only.
pub(super) fn check_single(draft: &Draft) -> Result<(), LowerError> {
    if draft.procs > 1 {
        return Err(problem(&draft.name, format!("asked {} processes; there can be one only", draft.procs)));
    }
    Ok(())
}

/// Refuses options that nothing would read.
pub(super) fn check_unread(distributed: &Distributed, counts_workers: bool) -> Result<(), LowerError> {
    if distributed.roles.is_empty() {
        return Ok(());
    }
    let counted = counts_workers && distributed.roles.iter().all(|role| role.name != "worker");
    let options = [
        ("procs", distributed.procs.filter(|_| !counted)),
        ("nodes", distributed.nodes.filter(|_| !counted)),
        ("procspernode", distributed.procs_per_node.filter(|_| !counted)),
    ];
    let Some((what, value)) = options.iter().find_map(|(what, value)| Some((*what, (*value)?))) else { return Ok(()) };
    let problem = "the task has `roles`, and nothing reads it beside them; give each role its own `procs`, or leave out `roles`".to_owned();
    Err(LowerError::BadValue { what, value: value.to_string(), problem })
}

/// Refuses a role that has nothing to run: a service without a command would end at once, in the middle of everything.
pub(super) fn check_commands(drafts: &[Draft], instance: &TaskInstance) -> Result<(), LowerError> {
    let is_empty = |command: Option<&str>| command.unwrap_or(&instance.command).trim().is_empty();
    let Some(draft) = drafts.iter().find(|draft| !draft.is_daemon && is_empty(draft.command.as_deref())) else { return Ok(()) };
    Err(problem(&draft.name, "it has no command, and the task's is empty; write one".to_owned()))
}

/// What holds for every kind: names, numbers, and someone to decide.
pub(super) fn check(drafts: &[Draft]) -> Result<(), LowerError> {
    for (idx, draft) in drafts.iter().enumerate() {
        if draft.name.is_empty() {
            return Err(problem(&format!("number {}", idx + 1), "it has no name; give it one: `\"name\": \"worker\"`".to_owned()));
        }
        if !is_role_name(&draft.name) {
            return Err(problem(&draft.name, "expected a name of letters, digits and `_` that begins with a letter".to_owned()));
        }
        if draft.procs == 0 {
            return Err(problem(&draft.name, "`procs` is 0; expected at least 1, or leave the role out".to_owned()));
        }
        if drafts[..idx].iter().any(|earlier| earlier.name == draft.name) {
            return Err(problem(&draft.name, "it is named twice; join the two, or rename one".to_owned()));
        }
    }
    if drafts.iter().all(|draft| draft.duty != Duty::Decide) {
        let names: Vec<&str> = drafts.iter().map(|draft| draft.name.as_str()).collect();
        let text = "every role is a service, so the task would never end; leave out `server: true` at one".to_owned();
        return Err(problem(&names.join(", "), text));
    }
    Ok(())
}

/// An error about a role.
pub(super) fn problem(role: &str, problem: String) -> LowerError {
    LowerError::Role { role: role.to_owned(), problem }
}

/// `a`, `b`
pub(super) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
