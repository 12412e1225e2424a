//! Distributed tasks on the real Slurm of the tests: run to their end, with a look at what is left.

use std::fs;

use sluice::{job::Marker, task::TaskInstance};

use super::{
    attempt_run::{AttemptRun, site, wait_for},
    real_slurm::{end_of, submit},
};

/// A run of one task.
pub(crate) fn run_of(task: TaskInstance) -> AttemptRun {
    run_with(task, "")
}

/// The same; `more` are further keys of `[node]`, and tables after them.
pub(crate) fn run_with(task: TaskInstance, more: &str) -> AttemptRun {
    AttemptRun::new(&[task], &site(&format!("[node]\nkill_grace_seconds = 2\n{more}")))
}

/// Gives each component of a heterogeneous job of one node each its node.
pub(crate) fn pin(run: &AttemptRun, nodes: &[&str]) {
    let script = fs::read_to_string(run.script()).expect("it was written");
    let mut parts = script.split("#SBATCH --nodes=1\n");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, node) in parts.zip(nodes) {
        text += &format!("#SBATCH --nodes=1\n#SBATCH --nodelist={node}\n{part}");
    }
    assert_eq!(text.matches("--nodelist=").count(), nodes.len(), "{text}");
    fs::write(run.script(), text).expect("it can be written");
}

/// Runs to the end: its state, and the marker.
#[track_caller]
pub(crate) fn run_to_end(run: &AttemptRun) -> (String, Marker) {
    let end = end_of(&submit(run));
    let marker = wait_for("the marker", 20, || if run.markers().is_empty() { Err(run.script_output()) } else { Ok(run.marker()) });
    assert_nothing_left(run);
    (end, marker)
}

/// No process of the run, on any of the cluster's nodes: they are all on this machine. What a framework has started may name the run in its
/// environment only.
#[track_caller]
pub(crate) fn assert_nothing_left(run: &AttemptRun) {
    let folder = run.run.display().to_string();
    wait_for("no process of the run", 20, || {
        let list = |process: &fs::DirEntry, name: &str| {
            let text = String::from_utf8_lossy(&fs::read(process.path().join(name)).ok()?).into_owned();
            text.contains(&folder).then(|| format!("{}: {text}", process.file_name().display()))
        };
        let processes = fs::read_dir("/proc").expect("Linux has /proc").flatten();
        let left: Vec<_> = processes.filter_map(|process| list(&process, "cmdline").or_else(|| list(&process, "environ"))).collect();
        if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
    });
}

/// What became of each process: `role.rank: exit`, `stopped` where sluice ended it.
pub(crate) fn ends(marker: &Marker) -> Vec<String> {
    let end = |role: &sluice::job::RoleEnd| {
        let how = if role.stopped { "stopped".to_owned() } else { role.exit.map_or("none".to_owned(), |code| code.to_string()) };
        format!("{}.{}: {how}", role.role, role.rank)
    };
    marker.roles.iter().map(end).collect()
}

/// The log of a process.
pub(crate) fn log(run: &AttemptRun, process: &str) -> String {
    run.read(&format!("roles/{process}.log"))
}
