//! Each flavour of MPI in its newest version, under a real Slurm: one world or a reason why not. Runs with `SLUICE_TEST_SLURM=1`.

use std::{collections::BTreeSet, fs, path::Path};

use sluice::{
    job::{FailedStart, Marker, Stage},
    task::{Distributed, Form, Role, TaskInstance},
};

use crate::support::{
    attempt_run::{AttemptRun, wait_for},
    distributed::{distributed, role, task},
    flavours::{FLAVOURS, Flavour, flavour},
    real_roles::{assert_nothing_left, ends, pin, run_to_end, run_with},
    real_slurm::{end_of, has_slurm, submit},
    skipped::skipped,
};

/// A task of four ranks on two nodes.
fn four(cluster: &str, command: &str) -> TaskInstance {
    task(command, Distributed { procs: Some(4), nodes: Some(2), ..distributed(cluster, Vec::new()) })
}

/// Roles of two sizes, of so many ranks in all.
fn roles(cluster: &str, form: Form, ranks: u32, command: &str) -> TaskInstance {
    let roles = vec![Role { cpu: Some(2.0), ..role("head", 1) }, role("tail", ranks - 1)];
    task(command, Distributed { form, ..distributed(cluster, roles) })
}

/// Keys of a site whose ranks are started by this flavour's mpiexec.
fn by_mpiexec(flavour: &Flavour) -> String {
    format!("path_prepend = [\"{}\"]\n[distributed]\nlauncher = \"mpiexec\"\n", flavour.bin)
}

/// All ranks are of one world, on two nodes; what it is said of.
#[track_caller]
fn assert_one_world(run: &AttemptRun, marker: &Marker, ranks: usize, what: &str) {
    let (stdout, stderr) = (run.read("stdout"), run.read("stderr"));
    assert_eq!((marker.exit, marker.stage), (Some(0), Stage::Roles), "{what}: {}\n{stdout}{stderr}", marker.detail);
    assert_eq!(marker.hosts.len(), 2, "{what}: {:?}", marker.hosts);
    let lines: BTreeSet<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), ranks, "{what}: {stdout}");
    for (rank, line) in lines.iter().enumerate() {
        assert!(line.starts_with(&format!("rank {rank} of {ranks} on n")) && line.contains(&format!(", sum {ranks},")), "{what}: {line}");
    }
}

/// It failed for want of a world, in these words, and no rank took itself for all of one.
#[track_caller]
fn assert_no_world(run: &AttemptRun, marker: &Marker, words: &[&str], what: &str) {
    let (stdout, stderr) = (run.read("stdout"), run.read("stderr"));
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start), "{what}: {}\n{stdout}{stderr}", marker.detail);
    assert_eq!(marker.start, Some(FailedStart::Unfit), "{what}: another try would end so too");
    for text in ["could not start its ranks as one world"].iter().chain(words) {
        assert!(marker.detail.contains(text), "{what}: {text}: {}", marker.detail);
    }
    assert!(!stdout.contains("of 1 "), "{what}: {stdout}");
}

fn world_by_srun(name: &str) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let Some(flavour) = has_slurm().then(|| flavour(name, folder.path())).flatten() else { return };
    let run = run_with(four(name, &flavour.program), "");
    assert_one_world(&run, &run_to_end(&run).1, 4, "two nodes");
    for form in [Form::Het, Form::Packed] {
        let run = run_with(roles(name, form, 4, &flavour.program), "");
        if form == Form::Het {
            // Slurm before 23.02.2 needs them to ascend for PMIx.
            pin(&run, &["n1", "n2"]);
        }
        assert_one_world(&run, &run_to_end(&run).1, 4, &format!("{form:?}"));
    }
}

#[test]
fn real_slurm_intelmpi_by_srun_is_one_world() {
    world_by_srun("intelmpi");
}

#[test]
fn real_slurm_openmpi_5_by_srun_is_one_world() {
    world_by_srun("openmpi");
}

#[test]
fn real_slurm_mpich_5_by_srun_is_one_world() {
    world_by_srun("mpich");
}

/// srun has no PMI here, as far as the site knows.
fn world_by_mpiexec(name: &str) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let Some(flavour) = has_slurm().then(|| flavour(name, folder.path())).flatten() else { return };
    let site = format!("{}[mpi]\n{name} = \"none\"\n", by_mpiexec(&flavour));
    let run = run_with(four(name, &flavour.program), &site);
    let (_, marker) = run_to_end(&run);
    assert_one_world(&run, &marker, 4, "two nodes");
    assert_eq!(ends(&marker), ["rank.0: 0", "rank.1: 0", "rank.2: 0", "rank.3: 0"]);
    let run = run_with(roles(name, Form::Auto, 3, &flavour.program), &site);
    let (_, marker) = run_to_end(&run);
    assert_one_world(&run, &marker, 3, "packed roles");
    assert_eq!(ends(&marker), ["head.0: 0", "tail.0: 0", "tail.1: 0"]);
    let even = vec![role("head", 1), role("tail", 4)];
    let run = run_with(task(&flavour.program, distributed(name, even)), &site);
    let (_, marker) = run_to_end(&run);
    assert_one_world(&run, &marker, 5, "a full node and a rank more");
    let on_first = marker.roles.iter().filter(|end| end.host.as_ref() == marker.hosts.first()).count();
    assert_eq!(on_first, 4, "as planned: {:?}", marker.roles);
}

#[test]
fn real_slurm_intelmpi_by_mpiexec_is_one_world() {
    world_by_mpiexec("intelmpi");
}

#[test]
fn real_slurm_openmpi_5_by_mpiexec_is_one_world() {
    world_by_mpiexec("openmpi");
}

#[test]
fn real_slurm_mpich_5_by_mpiexec_is_one_world() {
    world_by_mpiexec("mpich");
}

/// `I_MPI_PMI_LIBRARY` reaches the program.
#[test]
fn real_slurm_intelmpi_by_the_site_s_pmi_library() {
    let library = "/usr/lib/x86_64-linux-gnu/libpmi2.so.0";
    let folder = tempfile::tempdir().unwrap();
    let Some(flavour) = has_slurm().then(|| flavour("intelmpi", folder.path())).flatten() else { return };
    if !Path::new(library).exists() {
        return skipped(&format!("no {library}"));
    }
    let run = run_with(four("intelmpi", &flavour.program), &format!("[distributed]\npmi_library = \"{library}\"\n"));
    assert_one_world(&run, &run_to_end(&run).1, 4, "Slurm's library");
    assert_eq!(run.read("stdout").matches("Slurm's PMI").count(), 4, "{}", run.read("stdout"));
}

/// Open MPI 5 would run as four worlds of one, and exit with 0.
#[test]
fn real_slurm_openmpi_5_under_pmi2_says_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let Some(flavour) = has_slurm().then(|| flavour("openmpi", folder.path())).flatten() else { return };
    let run = run_with(four("openmpi", &flavour.program), "[mpi]\nopenmpi = \"pmi2\"\n");
    assert_no_world(&run, &run_to_end(&run).1, &["(Open MPI) speaks PMIx: set `openmpi` in the site file's [mpi] to pmix"], "pmi2");
}

/// MPICH 5 that was built without `PMIx`, as that of the Python package.
#[test]
fn real_slurm_mpich_5_under_pmix_says_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let Some(flavour) = has_slurm().then(|| flavour("mpich", folder.path())).flatten() else { return };
    let run = run_with(four("mpich", &flavour.program), "[mpi]\nmpich = \"pmix\"\n");
    assert_no_world(&run, &run_to_end(&run).1, &["Slurm gives PMIx", "set `mpich` in the site file's [mpi] to pmi2"], "pmix");
}

/// Intel MPI speaks `PMIx` by a library of the node. With another it would run as four worlds of one, and exit with 0.
#[test]
fn real_slurm_intelmpi_under_pmix_is_one_world_or_says_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let Some(flavour) = has_slurm().then(|| flavour("intelmpi", folder.path())).flatten() else { return };
    let run = run_with(four("intelmpi", &flavour.program), "[mpi]\nintelmpi = \"pmix\"\n");
    assert_one_world(&run, &run_to_end(&run).1, 4, "the node's own");
    let command = format!("export I_MPI_PMI_LIBRARY=/no/libpmix.so\n{}", flavour.program);
    let run = run_with(four("intelmpi", &command), "[mpi]\nintelmpi = \"pmix\"\n");
    assert_no_world(&run, &run_to_end(&run).1, &["Slurm gives PMIx", "set `intelmpi` in the site file's [mpi] to pmi2"], "no library");
}

/// Intel MPI says it, and goes on as four worlds of one with exit code 0.
#[test]
fn real_slurm_intelmpi_that_finds_no_process_manager_is_no_world() {
    let folder = tempfile::tempdir().unwrap();
    let Some(flavour) = has_slurm().then(|| flavour("intelmpi", folder.path())).flatten() else { return };
    let run = run_with(four("intelmpi", &format!("unset PMI_FD\n{}", flavour.program)), "");
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start), "{}", marker.detail);
    for text in ["could not start its ranks as one world", "(Intel MPI) found nothing of what Slurm gives", "`pmi_library` in the site file's"] {
        assert!(marker.detail.contains(text), "{text}: {}", marker.detail);
    }
}

/// The author names another flavour than the program's: MPICH and Intel MPI understand each other's launchers, and Open MPI nobody's.
#[test]
fn real_slurm_program_of_another_flavour_is_one_world_or_none() {
    let folder = tempfile::tempdir().unwrap();
    for named in FLAVOURS {
        let Some(launcher) = has_slurm().then(|| flavour(named, folder.path())).flatten() else { return };
        for other in FLAVOURS.into_iter().filter(|other| *other != named) {
            let Some(program) = flavour(other, folder.path()) else { return };
            for (by, site) in [("srun", String::new()), ("mpiexec", by_mpiexec(&launcher))] {
                let what = format!("a program of {other} as {named}, by {by}");
                let run = run_with(four(named, &program.program), &site);
                let (_, marker) = run_to_end(&run);
                match (named, other, by) {
                    (_, "openmpi", _) => {
                        assert_no_world(&run, &marker, &["(Open MPI) speaks PMIx: name the flavour of the program in `cluster`"], &what);
                    }
                    ("openmpi", "mpich", _) | ("openmpi", "intelmpi", "mpiexec") => {
                        let words = ["speaks PMI-1 or PMI-2 (MPICH, Intel MPI and their kin): name the flavour of the program in `cluster`"];
                        assert_no_world(&run, &marker, &words, &what);
                    }
                    _ => assert_one_world(&run, &marker, 4, &what),
                }
            }
        }
    }
}

/// A failing rank, and a cancellation: the same verdicts as under srun, and nothing left on any node.
fn mpiexec_ends_cleanly(name: &str) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let Some(flavour) = has_slurm().then(|| flavour(name, folder.path())).flatten() else { return };
    let run = run_with(four(name, &format!("FAIL=2 {}", flavour.program)), &by_mpiexec(&flavour));
    let (_, marker) = run_to_end(&run);
    assert_eq!(marker.exit, Some(3), "{}", marker.detail);
    assert!(marker.detail.starts_with("rank.2 on n"), "{}", marker.detail);

    let run = run_with(four(name, &format!("FAIL=9 {}", flavour.program)), &by_mpiexec(&flavour));
    let job = submit(&run);
    wait_for("the last rank", 60, || {
        let seen = fs::read_to_string(run.attempts[0].join("roles/rank.3.log")).unwrap_or_default();
        if seen.contains("of 4") { Ok(()) } else { Err(seen) }
    });
    assert!(std::process::Command::new("scancel").arg(&job).status().expect("it can be started").success());
    end_of(&job);
    assert_nothing_left(&run);
}

#[test]
fn real_slurm_mpiexec_of_intelmpi_is_ended_cleanly() {
    mpiexec_ends_cleanly("intelmpi");
}

#[test]
fn real_slurm_mpiexec_of_openmpi_5_is_ended_cleanly() {
    mpiexec_ends_cleanly("openmpi");
}
