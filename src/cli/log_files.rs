//! Which files hold what a call or a role printed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::run::role_logs;

/// A file, and the name to put before each of its lines; none where it is the only one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) prefix: String,
    pub(super) path: PathBuf,
}

impl Source {
    /// Text with the name before each line.
    pub(super) fn named(prefix: &str, text: &str) -> String {
        text.lines().fold(String::new(), |named, line| named + prefix + ": " + line + "\n")
    }
}

/// The files that were asked for, and the names of those that there are.
pub(super) struct Sources {
    wanted: Vec<Source>,
    names: Vec<String>,
}

impl Sources {
    /// The files, or the names of others where there are none.
    pub(super) fn found(self) -> Result<Vec<Source>, Vec<String>> {
        if self.wanted.is_empty() { Err(self.names) } else { Ok(self.wanted) }
    }
}

/// A call's own output: `stdout` or `stderr` of an attempt.
pub(super) fn of_call(attempt: &Path, stream: &str) -> Sources {
    let path = attempt.join(stream);
    let wanted = if path.exists() { vec![Source { prefix: String::new(), path }] } else { Vec::new() };
    Sources { wanted, names: Vec::new() }
}

/// The log of one process (`worker.1`), or those of all processes of a role (`worker`).
pub(super) fn of_role(attempt: &Path, role: &str) -> Sources {
    let folder = role_logs(attempt);
    let names = processes(&folder);
    let path = |name: &String| folder.join(format!("{name}.log"));
    let wanted = if names.iter().any(|name| name == role) {
        vec![Source { prefix: String::new(), path: path(&role.to_owned()) }]
    } else {
        let of_role = names.iter().filter(|name| name.rsplit_once('.').is_some_and(|(stem, _)| stem == role));
        of_role.map(|name| Source { prefix: name.clone(), path: path(name) }).collect()
    };
    Sources { wanted, names }
}

/// The roles of processes, each once.
pub(super) fn roles(names: &[String]) -> Vec<String> {
    let mut roles: Vec<String> = names.iter().filter_map(|name| Some(name.rsplit_once('.')?.0.to_owned())).collect();
    roles.dedup();
    roles
}

/// Names of the processes that have a log, `ROLE.RANK`, by role and rank. Reading the folder is what shows a new file over NFS.
fn processes(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let process = |name: String| {
        // A role's name has no dot; launchers' own logs have two.
        let (role, rank) = name.strip_suffix(".log")?.split_once('.')?;
        Some((role.to_owned(), rank.parse::<u32>().ok()?))
    };
    let mut processes: Vec<(String, u32)> = entries.filter_map(|entry| process(entry.file_name().into_string().ok()?)).collect();
    processes.sort();
    processes.into_iter().map(|(role, rank)| format!("{role}.{rank}")).collect()
}
