//! `[clusters.<name>]`: kinds of clusters that a site adds. What a kind is: `site-configs/default.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    diagnostic::nearest_name,
    task::{CLUSTERS, OnServerExit},
};

/// A kind of cluster of the site's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterKind {
    /// File of shell functions, beside the site file; empty: none.
    pub library: String,
    /// Variables for every process; `{role.0}` and `{role}` stand for addresses.
    pub environment: BTreeMap<String, String>,
    /// Roles in the order in which they start.
    #[serde(rename = "role")]
    pub roles: Vec<ClusterRole>,
}

/// `[[clusters.<name>.role]]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterRole {
    /// Its name.
    pub name: String,
    /// What its end means.
    pub duty: RoleDuty,
    /// Processes where the author says nothing.
    pub procs: u32,
    /// Whether there can be one process only.
    pub single: bool,
    /// Whether it is left out where the author names roles, but not this one.
    pub optional: bool,
    /// A role beside which this one is a service, whatever its duty; empty: none.
    pub serves_beside: String,
    /// When it starts.
    pub start: RoleStart,
    /// What its processes run; empty: the task's command.
    pub command: String,
    /// What succeeds on its node once it is ready; empty: it is ready when it has started.
    pub ready: String,
    /// What succeeds where its processes run, if all is there that they need; empty: nobody asks.
    pub probe: String,
    /// Whether each process is given a port.
    pub port: bool,
    /// Where it runs.
    pub place: RolePlace,
    /// What its early end means where it serves and the author says nothing.
    pub on_exit: OnServerExit,
    /// Cores a process where the author says nothing; absent: the task's.
    pub cpu: Option<f64>,
    /// MiB a process where the author says nothing; absent: the task's.
    pub memory_mib: Option<u64>,
    /// Least MiB a process; 0: any.
    pub least_memory_mib: u64,
    /// GPUs a process where the author says nothing; absent: the task's, for services none.
    pub gpu: Option<u32>,
}

/// What the end of a role's processes means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleDuty {
    /// One process, whose exit code is the task's.
    Driver,
    /// Processes that all must end well.
    #[default]
    Peer,
    /// It never ends by itself, and is stopped in the end.
    Service,
}

/// When a role starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleStart {
    /// At once.
    #[default]
    First,
    /// Once those that start at once are ready.
    Ready,
}

/// Where a role runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RolePlace {
    /// On nodes or cores of its own, by the form of the job.
    #[default]
    Own,
    /// On the job's first node, beside the batch script: it costs no node.
    Batch,
}

impl Default for ClusterRole {
    fn default() -> Self {
        Self {
            name: String::new(),
            duty: RoleDuty::default(),
            procs: 1,
            single: false,
            optional: false,
            serves_beside: String::new(),
            start: RoleStart::default(),
            command: String::new(),
            ready: String::new(),
            probe: String::new(),
            port: false,
            place: RolePlace::default(),
            on_exit: OnServerExit::Fail,
            cpu: None,
            memory_mib: None,
            least_memory_mib: 0,
            gpu: None,
        }
    }
}

impl ClusterRole {
    /// Whether there can be one process only.
    pub fn is_single(&self) -> bool {
        self.single || self.duty == RoleDuty::Driver
    }
}

/// Key, value, what was expected.
type Problem = (String, String, String);

/// The first thing that makes no sense in a kind of the site's own.
pub(super) fn check(name: &str, kind: &ClusterKind) -> Result<(), Problem> {
    let key = |key: &str| format!("clusters.{name}.{key}");
    if CLUSTERS.contains(&name) {
        return Err((format!("clusters.{name}"), name.to_owned(), "expected a name of its own: sluice has a kind of that name".to_owned()));
    }
    if !is_word(name) || name.contains(|letter: char| letter.is_ascii_uppercase()) {
        let text = "expected small letters, digits and `_`, a letter first: it is part of the names of shell functions".to_owned();
        return Err((format!("clusters.{name}"), name.to_owned(), text));
    }
    if kind.roles.is_empty() {
        return Err((key("role"), String::new(), format!("expected at least one `[[clusters.{name}.role]]`")));
    }
    for (idx, role) in kind.roles.iter().enumerate() {
        check_role(&kind.roles, idx)
            .map_err(|(member, value, text)| (key(&format!("role.{member}")), value, format!("role `{}`: {text}", role.name)))?;
    }
    if kind.roles.iter().all(|role| role.duty == RoleDuty::Service) {
        return Err((
            key("role.duty"),
            "service".to_owned(),
            "expected a role that decides, `driver` or `peer`: the task would never end".to_owned(),
        ));
    }
    kind.environment.iter().try_for_each(|(variable, value)| {
        if !is_word(variable) {
            return Err((key("environment"), variable.clone(), "expected the name of a variable: letters, digits, `_`".to_owned()));
        }
        check_addresses(kind, value).map_err(|text| (key(&format!("environment.{variable}")), value.clone(), text))
    })
}

fn check_role(roles: &[ClusterRole], idx: usize) -> Result<(), Problem> {
    let role = &roles[idx];
    let problem = |member: &str, value: &str, text: &str| Err((member.to_owned(), value.to_owned(), text.to_owned()));
    if !is_word(&role.name) {
        return problem("name", &role.name, "expected letters, digits and `_`, a letter first");
    }
    if roles[..idx].iter().any(|earlier| earlier.name == role.name) {
        return problem("name", &role.name, "it comes twice");
    }
    if role.is_single() && role.procs > 1 {
        return problem("procs", &role.procs.to_string(), "expected 1: a driver, and a role with `single`, is one process");
    }
    if role.procs == 0 && !role.optional {
        return problem("procs", "0", "expected at least 1, or `optional = true` for a role that is there only where the author names it");
    }
    if role.cpu.is_some_and(|cpu| !cpu.is_finite() || cpu <= 0.0) {
        return problem("cpu", &role.cpu.unwrap_or_default().to_string(), "expected more than 0");
    }
    if role.memory_mib.is_some_and(|memory| memory < role.least_memory_mib.max(1)) {
        return problem("memory_mib", &role.memory_mib.unwrap_or_default().to_string(), "expected at least 1, and at least `least_memory_mib`");
    }
    let beside = &role.serves_beside;
    if !beside.is_empty() && (*beside == role.name || roles.iter().all(|other| other.name != *beside)) {
        return problem("serves_beside", beside, "expected another role of this kind");
    }
    if role.on_exit == OnServerExit::Restart && role.duty != RoleDuty::Service && beside.is_empty() {
        return problem("on_exit", "restart", "only services are started again; expected `duty = \"service\"`");
    }
    Ok(())
}

/// `{role}` and `{role.0}` name roles of the kind.
fn check_addresses(kind: &ClusterKind, value: &str) -> Result<(), String> {
    for inner in value.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)) {
        let (name, rank) = inner.split_once('.').map_or((inner, None), |(name, rank)| (name, Some(rank)));
        // Braces of JSON, say, are text.
        if !is_word(name) || rank.is_some_and(|rank| rank.parse::<u32>().is_err()) {
            continue;
        }
        let names = kind.roles.iter().map(|role| role.name.as_str());
        if !names.clone().any(|known| known == name) {
            let near = nearest_name(name, names).map(|name| format!(", the nearest is `{name}`")).unwrap_or_default();
            return Err(format!("`{{{inner}}}` names no role of this kind{near}"));
        }
    }
    Ok(())
}

/// A letter, then letters, digits, `_`.
fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
