//! MPI under a real Slurm: one world or a reason why not, by each way of starting ranks. Runs with `SLUICE_TEST_SLURM=1`.

use std::{collections::BTreeSet, fs};

use sluice::{
    job::{FailedStart, Stage},
    task::{Distributed, Form, Role, TaskInstance},
};

use crate::support::{
    attempt_run::wait_for,
    distributed::{distributed, mpi_program, mpi_program_of, role, task},
    real_roles::{assert_nothing_left, ends, log, pin, run_of, run_to_end, run_with},
    real_slurm::{end_of, has_slurm, submit},
};

/// A task of four ranks on two nodes.
fn mpi(command: &str) -> TaskInstance {
    task(command, Distributed { procs: Some(4), nodes: Some(2), ..distributed("mpich", Vec::new()) })
}

#[test]
fn real_slurm_mpi_is_one_world_over_two_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program(folder.path())).flatten() else { return };
    let run = run_of(mpi(&format!("echo \"$SLUICE_ROLE $SLUICE_RANK $SLUICE_SIZE\" >&2; {}\n", program.display())));
    let (end, marker) = run_to_end(&run);
    assert_eq!((end.as_str(), marker.exit, marker.stage), ("COMPLETED 0:0", Some(0), Stage::Roles), "{}", marker.detail);
    assert_eq!(ends(&marker), ["rank.0: 0", "rank.1: 0", "rank.2: 0", "rank.3: 0"]);
    assert_eq!(marker.hosts.len(), 2, "{:?}", marker.hosts);
    let stdout = run.read("stdout");
    let lines: BTreeSet<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{stdout}");
    for (rank, line) in lines.iter().enumerate() {
        assert!(line.starts_with(&format!("rank {rank} of 4 on n")) && line.ends_with("sum 4, outside"), "{line}");
        let log = log(&run, &format!("rank.{rank}"));
        assert_eq!(log.lines().collect::<BTreeSet<_>>(), BTreeSet::from([*line, &format!("rank {rank} 4")]));
    }
    assert!(!run.attempts[0].join("roles/state").exists(), "state files are in the marker now");
    assert_eq!(run.script_output(), "");
}

/// Ranks read it from their first moment, and what all of them tell later is what was foreseen.
#[test]
fn real_slurm_mpi_ranks_read_a_cluster_file_that_is_never_replaced() {
    if !has_slurm() {
        return;
    }
    let run = run_of(mpi("sleep 3\n[ \"$SLUICE_CLUSTER_FILE\" -ot \"${SLUICE_CLUSTER_FILE%/*}/up/rank.0\" ]\n"));
    let (_, marker) = run_to_end(&run);
    assert_eq!(marker.exit, Some(0), "it is younger than the first rank: {}", marker.detail);
}

#[test]
fn real_slurm_mpi_of_roles_is_one_world_in_both_forms() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program(folder.path())).flatten() else { return };
    for form in [Form::Het, Form::Packed] {
        let roles = vec![Role { cpu: Some(2.0), ..role("head", 1) }, role("tail", 3)];
        let command = format!("echo \"nodes: ${{SLURM_NNODES-not told}}\" >&2\n{}\n", program.display());
        let run = run_of(task(&command, Distributed { form, ..distributed("mpich", roles) }));
        let (_, marker) = run_to_end(&run);
        assert_eq!(marker.exit, Some(0), "{form:?}: {}", marker.detail);
        assert_eq!(ends(&marker), ["head.0: 0", "tail.0: 0", "tail.1: 0", "tail.2: 0"]);
        // That of one component would be taken for the world's.
        let nodes = if form == Form::Het { "nodes: not told" } else { "nodes: 2" };
        assert_eq!(run.read("stderr").lines().filter(|line| *line == nodes).count(), 4, "{}", run.read("stderr"));
        assert_eq!(run.read("stdout").lines().filter(|line| line.contains("of 4 ") && line.ends_with("sum 4, outside")).count(), 4);
    }
}

/// srun itself would say 143.
#[test]
fn real_slurm_mpi_rank_that_exits_3_ends_the_task_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program(folder.path())).flatten() else { return };
    let run = run_of(mpi(&format!("FAIL=2 {}\n", program.display())));
    let (end, marker) = run_to_end(&run);
    assert_eq!((end.as_str(), marker.exit, marker.signal.clone()), ("FAILED 3:0", Some(3), None));
    assert!(marker.detail.starts_with("rank.2 on n"), "{}", marker.detail);
    assert!(marker.detail.contains("exited with 3") && marker.detail.contains("rank 2 of 4"), "{}", marker.detail);
}

/// An MPICH program without PMI would run as four worlds of one, and exit 0.
#[test]
fn real_slurm_mpi_without_process_manager_is_refused() {
    if !has_slurm() {
        return;
    }
    let run = run_with(mpi("echo ran\n"), "[mpi]\nmpich = \"none\"\n");
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage, marker.start), (Some(1), Stage::Start, Some(FailedStart::Unfit)));
    assert!(marker.detail.contains("makes no world of its ranks"), "{}", marker.detail);
    assert_eq!(run.read("stdout"), "");
}

/// srun speaks `PMIx`, the program PMI: each rank would be a world of its own, with exit code 0.
#[test]
fn real_slurm_mpich_under_pmix_says_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program(folder.path())).flatten() else { return };
    let run = run_with(mpi(&format!("{}\n", program.display())), "[mpi]\nmpich = \"pmix\"\n");
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start), "{}", marker.detail);
    for text in
        ["could not start its ranks as one world", "Slurm gives PMIx", "set `mpich` in the site file's [mpi] to pmi2", "srun here offers pmix none"]
    {
        assert!(marker.detail.contains(text), "{text}: {}", marker.detail);
    }
    assert!(!run.read("stdout").contains("of 1 "), "no rank is a world of its own: {}", run.read("stdout"));
}

#[test]
fn real_slurm_openmpi_by_pmix_is_one_world_in_both_forms() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program_of("openmpi", folder.path())).flatten() else { return };
    for form in [Form::Het, Form::Packed] {
        let roles = vec![Role { cpu: Some(2.0), ..role("head", 1) }, role("tail", 3)];
        let run = run_with(task(&format!("{}\n", program.display()), Distributed { form, ..distributed("openmpi", roles) }), OLD_SLURM);
        if form == Form::Het {
            pin(&run, &["n1", "n2"]);
        }
        let (_, marker) = run_to_end(&run);
        assert_eq!(marker.exit, Some(0), "{form:?}: {}", marker.detail);
        assert_eq!(ends(&marker), ["head.0: 0", "tail.0: 0", "tail.1: 0", "tail.2: 0"]);
        assert_eq!(run.read("stdout").lines().filter(|line| line.contains("of 4 ") && line.ends_with("sum 4, outside")).count(), 4);
    }
}

/// Said of Slurm before 23.02.2, whose `PMIx` puts ranks on wrong nodes.
const OLD_SLURM: &str = "[slurm]\nversion = \"22.05.8\"\n";

/// They would die or hang in `MPI_Init`; another start may be given other nodes.
#[test]
fn real_slurm_pmix_ranks_on_nodes_that_do_not_ascend_are_refused() {
    if !has_slurm() {
        return;
    }
    let roles = vec![role("head", 1), role("tail", 2)];
    let run = run_with(task("echo started\n", Distributed { form: Form::Het, ..distributed("openmpi", roles) }), OLD_SLURM);
    pin(&run, &["n2", "n1"]);
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage, marker.start), (Some(1), Stage::Start, None), "{}", marker.detail);
    for text in ["could not start its ranks: Slurm before 23.02.2", "it gave n2,n1", "leave out `form: \"het\"`"] {
        assert!(marker.detail.contains(text), "{text}: {}", marker.detail);
    }
    assert!(!run.attempts[0].join("stdout").exists(), "no rank has begun");
}

/// Slurm ends the step of one component, the shims with it; the verdict says of what.
#[test]
fn real_slurm_component_that_takes_too_much_memory_ends_the_world() {
    if !has_slurm() {
        return;
    }
    let hog = "exec python3 -c 'import time; held = bytearray(400 << 20); time.sleep(300)'\n";
    let tail = Role { memory_mib: Some(100), command: Some(hog.to_owned()), ..role("tail", 1) };
    let run = run_of(task("sleep 300\n", Distributed { form: Form::Het, ..distributed("mpich", vec![role("head", 1), tail]) }));
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.oom_kills), (Some(137), 1), "{}", marker.detail);
    for text in ["tail.0 on n", "left no word of its end; its launcher ended with 137", "exceeded memory limit", "out of memory"] {
        assert!(marker.detail.contains(text), "{text}: {}", marker.detail);
    }
    assert_eq!(ends(&marker), ["head.0: stopped", "tail.0: 137"]);
}

/// Open MPI gives up by itself, in words about how Slurm was built; the reason says what to set.
#[test]
fn real_slurm_openmpi_under_pmi2_says_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program_of("openmpi", folder.path())).flatten() else { return };
    let mut task = mpi(&format!("{}\n", program.display()));
    task.distributed.as_mut().unwrap().cluster = "openmpi".to_owned();
    let run = run_with(task, "[mpi]\nopenmpi = \"pmi2\"\n");
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start), "{}", marker.detail);
    assert!(marker.detail.contains("(Open MPI) speaks PMIx: set `openmpi` in the site file's [mpi] to pmix"), "{}", marker.detail);
}

/// srun makes no world here at all, and the flavour's own mpiexec does.
#[test]
fn real_slurm_mpiexec_where_srun_has_no_pmi() {
    let folder = tempfile::tempdir().unwrap();
    for flavour in ["mpich", "openmpi"] {
        let Some(program) = has_slurm().then(|| mpi_program_of(flavour, folder.path())).flatten() else { return };
        let command = format!("echo \"$SLUICE_RANK on $(uname -n), published $SLUICE_ADDRESS\" >&2; {}\n", program.display());
        let mut task = mpi(&command);
        task.distributed.as_mut().unwrap().cluster = flavour.to_owned();
        let run = run_with(task, &format!("[mpi]\n{flavour} = \"none\"\n[distributed]\nlauncher = \"mpiexec\"\n"));
        let (end, marker) = run_to_end(&run);
        assert_eq!((end.as_str(), marker.exit), ("COMPLETED 0:0", Some(0)), "{flavour}: {}\n{}", marker.detail, run.read("stderr"));
        assert_eq!(ends(&marker), ["rank.0: 0", "rank.1: 0", "rank.2: 0", "rank.3: 0"]);
        assert_eq!(marker.hosts.len(), 2, "{:?}", marker.hosts);
        assert_eq!(run.read("stdout").lines().filter(|line| line.contains("of 4 ") && line.ends_with("sum 4, outside")).count(), 4);
        for line in run.read("stderr").lines().filter(|line| line.contains("published")) {
            let words: Vec<&str> = line.split([' ', ',']).collect();
            assert_eq!(words[2], words[5], "each rank is where it says it is: {line}");
        }
    }
}

/// Roles of two sizes, packed: rank by rank on the planned nodes.
#[test]
fn real_slurm_mpiexec_of_roles_is_packed() {
    let folder = tempfile::tempdir().unwrap();
    for flavour in ["mpich", "openmpi"] {
        let Some(program) = has_slurm().then(|| mpi_program_of(flavour, folder.path())).flatten() else { return };
        let roles = vec![Role { cpu: Some(2.0), ..role("head", 1) }, role("tail", 2)];
        let run = run_with(task(&format!("{}\n", program.display()), distributed(flavour, roles)), "[distributed]\nlauncher = \"mpiexec\"\n");
        let (_, marker) = run_to_end(&run);
        assert_eq!(marker.exit, Some(0), "{flavour}: {}\n{}", marker.detail, run.read("stderr"));
        assert_eq!(ends(&marker), ["head.0: 0", "tail.0: 0", "tail.1: 0"]);
        assert_eq!(marker.hosts.len(), 2, "two cores a rank, four a node: {:?}", marker.hosts);
        assert_eq!(run.read("stdout").lines().filter(|line| line.contains("of 3 ")).count(), 3);
    }
}

/// A failing rank, and a cancellation, under mpiexec: the same verdicts, and nothing left on any node.
#[test]
fn real_slurm_mpiexec_is_ended_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program(folder.path())).flatten() else { return };
    let more = "[distributed]\nlauncher = \"mpiexec\"\n";
    let run = run_with(mpi(&format!("FAIL=2 {}\n", program.display())), more);
    let (_, marker) = run_to_end(&run);
    assert_eq!(marker.exit, Some(3), "{}", marker.detail);
    assert!(marker.detail.starts_with("rank.2 on n"), "{}", marker.detail);

    let run = run_with(mpi(&format!("FAIL=9 {}\n", program.display())), more);
    let job = submit(&run);
    wait_for("the last rank", 60, || {
        let seen = fs::read_to_string(run.attempts[0].join("roles/rank.3.log")).unwrap_or_default();
        if seen.contains("of 4") { Ok(()) } else { Err(seen) }
    });
    assert!(std::process::Command::new("scancel").arg(&job).status().unwrap().success());
    end_of(&job);
    assert_nothing_left(&run);
}
