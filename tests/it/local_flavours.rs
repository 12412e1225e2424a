//! Each flavour of MPI in its newest version without Slurm, as the local backend starts it: by its own mpiexec.

use std::process::{Command, Stdio};

use sluice::{
    job::{Marker, Stage},
    task::Distributed,
};

use crate::support::{
    attempt_run::{AttemptRun, site},
    distributed::{distributed, task},
    flavours::{FLAVOURS, Flavour, flavour},
};

/// Runs three ranks of a program as this kind of cluster, the launcher's flavour first on the PATH, from inside another job of Slurm.
fn run(cluster: &str, launcher: &Flavour, program: &Flavour) -> (AttemptRun, Marker) {
    let task = task(&program.program, Distributed { procs: Some(3), ..distributed(cluster, Vec::new()) });
    let run = AttemptRun::new(&[task], &site(&format!("[node]\nkill_grace_seconds = 2\npath_prepend = [\"{}\"]\n", launcher.bin)));
    let mut command = Command::new("bash");
    command.arg(run.script()).env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", "local-1").env("SLUICE_ELEMENT", "0");
    command.env("SLURM_JOB_ID", "77").env("SLURM_JOBID", "77").env("SLURM_NODELIST", "n9").env("SLURM_PROCID", "5");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the script can be started");
    let marker = run.marker();
    (run, marker)
}

/// Also by a task that names no flavour: the mpiexec that comes first on the PATH is taken.
#[test]
fn flavour_is_one_world_by_its_mpiexec() {
    let folder = tempfile::tempdir().unwrap();
    for name in FLAVOURS {
        let Some(flavour) = flavour(name, folder.path()) else { return };
        for cluster in [name, "mpi"] {
            let (run, marker) = run(cluster, &flavour, &flavour);
            let (stdout, stderr) = (run.read("stdout"), run.read("stderr"));
            assert_eq!((marker.exit, marker.stage), (Some(0), Stage::Roles), "{name} as {cluster}: {}\n{stderr}", marker.detail);
            assert_eq!(stdout.matches("of 3 ").count(), 3, "{name} as {cluster}: {stdout}");
        }
    }
}

/// MPICH and Intel MPI understand each other's launchers. Else a program that does not understand its launcher would run as three worlds of one,
/// and exit with 0.
#[test]
fn program_of_another_flavour_is_one_world_or_none() {
    let folder = tempfile::tempdir().unwrap();
    for named in FLAVOURS {
        let Some(launcher) = flavour(named, folder.path()) else { return };
        for other in FLAVOURS.into_iter().filter(|other| *other != named) {
            let Some(program) = flavour(other, folder.path()) else { return };
            let what = format!("a program of {other} as {named}");
            let (run, marker) = run(named, &launcher, &program);
            let stdout = run.read("stdout");
            if named != "openmpi" && other != "openmpi" {
                assert_eq!((marker.exit, stdout.matches("of 3 ").count()), (Some(0), 3), "{what}: {}\n{stdout}", marker.detail);
                continue;
            }
            assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start), "{what}: {}\n{stdout}", marker.detail);
            let speaks = if other == "openmpi" { "mpiexec gives PMI, and" } else { "mpiexec gives PMIx, and" };
            for text in ["could not start its ranks as one world", speaks, "name the flavour of the program in `cluster`"] {
                assert!(marker.detail.contains(text), "{what}: {text}: {}", marker.detail);
            }
            assert!(!stdout.contains("of 1 "), "{what}: {stdout}");
        }
    }
}
