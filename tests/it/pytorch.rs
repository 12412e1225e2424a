//! `PyTorch`: what ranks are told, on this machine with shell commands, and on a real Slurm with real torch (`SLUICE_TEST_SLURM=1`).

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use rstest::rstest;
use sluice::{
    job::Stage,
    task::{Distributed, Form, RankLauncher, Role, TaskInstance},
};

use crate::support::{
    attempt_run::{AttemptRun, site},
    distributed::{distributed, role, task},
    real_roles::{ends, log, run_to_end, run_with},
    real_slurm::has_slurm,
    skipped::skipped,
};

const SAY: &str = "echo \"$RANK of $WORLD_SIZE, $LOCAL_RANK of $LOCAL_WORLD_SIZE on $NODE_RANK, $OMP_NUM_THREADS at $MASTER_ADDR:$MASTER_PORT\"\n";

/// Two ranks of two cores, then three of one.
fn two_roles(command: &str) -> TaskInstance {
    task(command, distributed("pytorch", vec![Role { cpu: Some(2.0), ..role("first", 2) }, role("second", 3)]))
}

/// What each rank said, the port cut off; all said the same port.
#[track_caller]
fn said(run: &AttemptRun, processes: &[&str]) -> Vec<String> {
    let lines: Vec<String> = processes.iter().map(|process| log(run, process).trim_end().to_owned()).collect();
    let ports: BTreeSet<&str> = lines.iter().filter_map(|line| line.rsplit(':').next()).collect();
    assert!(ports.len() == 1 && ports.iter().all(|port| port.parse::<u16>().is_ok()), "{lines:?}");
    lines.iter().filter_map(|line| line.rsplit_once(':')).map(|(said, _)| said.to_owned()).collect()
}

#[test]
fn ranks_are_numbered_over_roles() {
    let run = AttemptRun::new(&[two_roles(SAY)], &site("[node]\nkill_grace_seconds = 2\n"));
    let mut command = Command::new("bash");
    command.arg(run.script()).env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", "local-1").env("SLUICE_ELEMENT", "0");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the script can be started");
    assert_eq!(run.marker().exit, Some(0), "{}", run.marker().detail);
    let expected = [
        "0 of 5, 0 of 2 on 0, 2 at 127.0.0.1",
        "1 of 5, 1 of 2 on 0, 2 at 127.0.0.1",
        "2 of 5, 0 of 3 on 1, 1 at 127.0.0.1",
        "3 of 5, 1 of 3 on 1, 1 at 127.0.0.1",
        "4 of 5, 2 of 3 on 1, 1 at 127.0.0.1",
    ];
    assert_eq!(said(&run, &["first.0", "first.1", "second.0", "second.1", "second.2"]), expected);
    assert_eq!(run.read("stdout"), log(&run, "first.0"), "rank 0 speaks for the task");
}

#[test]
fn real_slurm_pytorch_ranks_know_their_nodes() {
    if !has_slurm() {
        return;
    }
    let asked = Distributed { procs: Some(4), nodes: Some(2), ..distributed("pytorch", Vec::new()) };
    let run = run_with(task(SAY, asked), "");
    let (end, marker) = run_to_end(&run);
    assert_eq!((end.as_str(), marker.exit, marker.hosts.len()), ("COMPLETED 0:0", Some(0), 2), "{}", marker.detail);
    let said: BTreeSet<String> = said(&run, &["rank.0", "rank.1", "rank.2", "rank.3"]).into_iter().collect();
    let places: Vec<String> = said.iter().filter_map(|line| Some(line.split_once(", ")?.1.split_once(", ")?.0.to_owned())).collect();
    assert_eq!(said.iter().map(|line| &line[..6]).collect::<Vec<_>>(), ["0 of 4", "1 of 4", "2 of 4", "3 of 4"]);
    let places = places.iter().map(String::as_str).collect::<BTreeSet<_>>();
    assert_eq!(places, BTreeSet::from(["0 of 2 on 0", "1 of 2 on 0", "0 of 2 on 1", "1 of 2 on 1"]));
    assert!(run.read("stdout").starts_with("0 of 4, 0 of 2 on 0, 1 at "), "{}", run.read("stdout"));
}

/// The site names the interface that ranks talk over.
#[test]
fn real_slurm_pytorch_uses_the_interface_of_the_site() {
    if !has_slurm() {
        return;
    }
    let asked = Distributed { procs: Some(2), ..distributed("pytorch", Vec::new()) };
    let run = run_with(task("echo \"$GLOO_SOCKET_IFNAME $NCCL_SOCKET_IFNAME $MASTER_ADDR\"\n", asked), "[distributed]\ninterface = \"lo\"\n");
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, run.read("stdout").as_str()), (Some(0), "lo lo 127.0.0.1\n"), "{}", marker.detail);
}

/// A torchrun that says what it was asked and starts the ranks.
const TORCHRUN: &str = r#"#!/bin/sh
printf '%s\n' "$@" >&2
for argument; do case $argument in --nproc_per_node=*) n=${argument#*=} ;; --node_rank=*) node=${argument#*=} ;; esac; done
while [ "$1" != --no_python ]; do shift; done
shift
i=0
while [ $i -lt "$n" ]; do RANK=$((node * n + i)) "$@" || exit 1; i=$((i + 1)); done
"#;

/// This torchrun is a program of the test; `tests/frameworks` runs a real one. A `PyTorch` before 2.0 has no `local_addr`.
#[rstest]
#[case::new("parser.add_argument(\"--local_addr\")", true)]
#[case::old("parser.add_argument(\"--nnodes\")", false)]
fn real_slurm_pytorch_torchrun_is_started_once_a_node(#[case] run_py: &str, #[case] takes_address: bool) {
    if !has_slurm() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let torchrun = folder.path().join("torchrun");
    fs::write(&torchrun, TORCHRUN).expect("it can be written");
    fs::set_permissions(&torchrun, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    let module = folder.path().join("torch/distributed");
    fs::create_dir_all(&module).expect("a folder can be made");
    fs::write(folder.path().join("torch/__init__.py"), "raise ImportError('this takes seconds')").expect("it can be written");
    fs::write(module.join("run.py"), run_py).expect("it can be written");
    let asked = Distributed { procs: Some(4), procs_per_node: Some(2), launcher: Some(RankLauncher::Torchrun), ..distributed("pytorch", Vec::new()) };
    let mut task = task("echo \"rank $RANK, node $SLUICE_RANK of $SLUICE_SIZE, $OMP_NUM_THREADS\"\n", asked);
    task.requirements.cpu = Some(2.0);
    let place = folder.path().display();
    let run = run_with(task, &format!("path_prepend = [\"{place}\"]\nenvironment = {{ PYTHONPATH = \"{place}\" }}\n"));
    let (end, marker) = run_to_end(&run);
    assert_eq!((end.as_str(), marker.exit), ("COMPLETED 0:0", Some(0)), "{}", marker.detail);
    assert_eq!((ends(&marker), marker.hosts.len()), (vec!["node.0: 0".to_owned(), "node.1: 0".to_owned()], 2));
    let asked: Vec<Vec<String>> = [0, 1].map(|node| log(&run, &format!("node.{node}")).lines().map(str::to_owned).collect()).to_vec();
    for (node, lines) in asked.iter().enumerate() {
        let has = |line: &str| assert!(lines.iter().any(|said| said == line), "{line}: {lines:?}");
        ["--nnodes=2", "--nproc_per_node=2", "--rdzv_backend=c10d", "--max_restarts=0"].into_iter().for_each(has);
        has(&format!("--node_rank={node}"));
        has(&format!("--rdzv_conf=is_host={}", node == 0));
        assert_eq!(lines.iter().any(|said| said == "--local_addr=127.0.0.1"), takes_address, "{lines:?}");
        for rank in 0..2 {
            has(&format!("rank {}, node {node} of 2, 2", 2 * node + rank));
        }
    }
    let endpoint = |lines: &[String]| lines.iter().find(|line| line.starts_with("--rdzv_endpoint=127.0.0.1:")).cloned();
    assert!(endpoint(&asked[0]).is_some() && endpoint(&asked[0]) == endpoint(&asked[1]), "{asked:?}");
}

/// Debian's `PyTorch` 1.13 with Debian's Python 3.11: its torchrun ends in a traceback, and the verdict says what to do.
#[test]
fn real_slurm_pytorch_torchrun_that_is_too_old_says_so() {
    if !has_slurm() {
        return;
    }
    let flags = "/usr/lib/python3/dist-packages/torch/distributed/elastic/multiprocessing/api.py";
    if !fs::read_to_string(flags).is_ok_and(|text| text.contains("for s in Std:")) {
        return skipped("no torch 1.13 (Debian's python3-torch)");
    }
    let asked = Distributed { procs: Some(2), procs_per_node: Some(2), launcher: Some(RankLauncher::Torchrun), ..distributed("pytorch", Vec::new()) };
    let run = run_with(task("echo ran\n", asked), "");
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start), "{}", marker.detail);
    assert!(marker.detail.starts_with("node.0 on n") && marker.detail.contains("does not run with Python 3.11 and later"), "{}", marker.detail);
    assert!(marker.detail.contains("leave out `launcher'"), "{}", marker.detail);
}

/// On rank 0, the first time: somebody else takes the port between its choice and its use.
const STRANGER: &str = r#"
if [ $RANK = 0 ] && [ ! -e ../lost ]; then
  echo $MASTER_PORT >../lost
  (exec setsid timeout 60 python3 -c 'if 1:
    import socket, sys, time
    s = socket.socket(); s.bind(("", int(sys.argv[1]))); s.listen(); open("taken", "w").close(); time.sleep(50)' $MASTER_PORT </dev/null >/dev/null 2>&1 &)
  until [ -e taken ]; do sleep 0.05; done
fi
"#;

/// The rest of the world would have waited for rank 0.
#[test]
fn port_of_the_world_that_is_lost_forms_it_again() {
    let bind = r#"
[ $RANK = 0 ] || exit 0
exec python3 -c 'if 1:
    import socket, sys
    s = socket.socket(); s.bind(("", int(sys.argv[1]))); s.listen(); print("bound", sys.argv[1])' $MASTER_PORT
"#;
    let run = AttemptRun::new(&[two_roles(&format!("{STRANGER}{bind}"))], &site("[node]\nkill_grace_seconds = 2\n"));
    let mut command = Command::new("bash");
    command.arg(run.script()).env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", "local-1").env("SLUICE_ELEMENT", "0");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the script can be started");
    assert_eq!(run.marker().exit, Some(0), "{}", run.marker().detail);
    assert!(run.read("roles/formed.1/first.0.log").contains("already in use"));
    assert!(run.read("stdout").starts_with("bound ") && !run.read("stdout").contains(&run.read("lost")), "{}", run.read("stdout"));
}

/// Real torch says so in its own way.
#[test]
fn real_slurm_pytorch_port_that_is_lost_forms_the_world_again() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let text = "sum = torch.ones(1)\ndist.all_reduce(sum)\nprint('sum', sum.item(), os.environ['MASTER_PORT'])\n";
    let Some(command) = program(folder.path(), text) else { return };
    let asked = Distributed { procs: Some(2), nodes: Some(2), ..distributed("pytorch", Vec::new()) };
    let run = run_with(task(&format!("{STRANGER}{command}"), asked), "");
    let (end, marker) = run_to_end(&run);
    let stderr = || fs::read_to_string(run.attempts[0].join("stderr")).unwrap_or_default();
    assert_eq!((end.as_str(), marker.exit), ("COMPLETED 0:0", Some(0)), "{}\n{}", marker.detail, stderr());
    assert!(run.script_output().contains("found its port taken: "), "{}", run.script_output());
    assert!(run.read("roles/formed.1/rank.0.log").to_lowercase().contains("address already in use"));
    assert!(run.read("stdout").contains("sum 2.0 ") && !run.read("stdout").contains(run.read("lost").trim()), "{}", run.read("stdout"));
}

/// A program of real torch; none where Slurm or torch is missing.
fn program(folder: &Path, text: &str) -> Option<String> {
    if !has_slurm() {
        return None;
    }
    if !Path::new("/usr/lib/python3/dist-packages/torch").is_dir() {
        skipped("no torch (Debian's python3-torch)");
        return None;
    }
    let path = folder.join("program.py");
    let start = "import os, sys, time, torch, torch.distributed as dist\ndist.init_process_group('gloo')\nrank = dist.get_rank()\n";
    fs::write(&path, format!("{start}{text}")).expect("it can be written");
    Some(format!("exec /usr/bin/python3 {}\n", path.display()))
}

#[test]
fn real_slurm_pytorch_roles_are_one_world_in_both_forms() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let text = "sum = torch.tensor([float(rank)])\ndist.all_reduce(sum)\nprint('rank', rank, 'of', dist.get_world_size(), 'sum', sum.item())\n";
    let Some(command) = program(folder.path(), text) else { return };
    for form in [Form::Het, Form::Packed] {
        let mut task = two_roles(&command);
        let distributed = task.distributed.as_mut().expect("it is one");
        distributed.form = form;
        distributed.roles.iter_mut().for_each(|role| role.memory_mib = Some(600));
        let run = run_with(task, "");
        let (end, marker) = run_to_end(&run);
        let stderr = || fs::read_to_string(run.attempts[0].join("stderr")).unwrap_or_default();
        assert_eq!((end.as_str(), marker.exit), ("COMPLETED 0:0", Some(0)), "{form:?}: {}\n{}", marker.detail, stderr());
        for (rank, process) in ["first.0", "first.1", "second.0", "second.1", "second.2"].iter().enumerate() {
            assert!(log(&run, process).contains(&format!("rank {rank} of 5 sum 10.0\n")), "{}", log(&run, process));
        }
        assert!(run.read("stdout").contains("rank 0 of 5"), "{}", run.read("stdout"));
    }
}

/// Others would wait in their next collective, for half an hour by default.
#[test]
fn real_slurm_pytorch_rank_that_fails_ends_the_world() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let text = "dist.barrier()\nif rank == 2:\n    print('no data', file=sys.stderr)\n    os._exit(3)\ntime.sleep(300)\n";
    let Some(command) = program(folder.path(), text) else { return };
    let asked = Distributed { procs: Some(3), ..distributed("pytorch", Vec::new()) };
    let run = run_with(task(&command, asked), "");
    let (end, marker) = run_to_end(&run);
    assert_eq!((end.as_str(), marker.exit), ("FAILED 3:0", Some(3)), "{}", marker.detail);
    assert!(marker.detail.starts_with("rank.2 on n") && marker.detail.contains("no data"), "{}", marker.detail);
    assert_eq!(ends(&marker), ["rank.0: stopped", "rank.1: stopped", "rank.2: 3"]);
}
