//! Distributed tasks without Slurm, as the local backend runs them: every role beside the script.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use sluice::{
    job::{Marker, Stage},
    task::{Distributed, OnServerExit, TaskInstance},
};

use crate::support::{
    attempt_run::{AttemptRun, site, wait_for},
    distributed::{distributed, mpi_program_of, task, tensorflow},
    skipped::skipped,
};

fn mpi(command: &str) -> TaskInstance {
    task(command, Distributed { procs: Some(3), ..distributed("mpich", Vec::new()) })
}

fn run_of(task: TaskInstance) -> AttemptRun {
    AttemptRun::new(&[task], &site("[node]\nkill_grace_seconds = 2\n"))
}

/// Starts the script as the local backend does, from inside another job of Slurm.
fn start(run: &AttemptRun) -> Child {
    let mut command = Command::new("bash");
    command.arg(run.script()).env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", "local-1").env("SLUICE_ELEMENT", "0");
    command.env("SLURM_JOB_ID", "77").env("SLURM_JOBID", "77").env("SLURM_NODELIST", "n9").env("SLURM_PROCID", "5");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the script can be started")
}

fn run_to_end(run: &AttemptRun) -> Marker {
    start(run).wait().expect("it can be waited for");
    run.marker()
}

fn ends(marker: &Marker) -> Vec<(String, Option<i32>, bool)> {
    marker.roles.iter().map(|end| (format!("{}.{}", end.role, end.rank), end.exit, end.stopped)).collect()
}

fn is_on_path(program: &str) -> bool {
    let found = env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).exists()));
    if !found {
        skipped(&format!("no {program}"));
    }
    found
}

/// A folder for logs that a run uses is not another's before that run has ended.
#[test]
fn logdir_of_a_run_that_goes_on_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let logs = folder.path().join("logs");
    let run_that = |command: &str| {
        let mut task = tensorflow(&format!("[ $SLUICE_ROLE = worker ] || exec sleep 300\n{command}\n"));
        task.distributed.as_mut().expect("it is distributed").logdir = Some(logs.display().to_string());
        run_of(task)
    };
    let log_of = |run: &AttemptRun| fs::canonicalize(run.attempts[0].join("roles/logs/worker.0.log")).expect("it is linked");
    let go_on = folder.path().join("go on");
    let long = run_that(&format!("echo long; until [ -e '{}' ]; do sleep 0.1; done", go_on.display()));
    let mut script = start(&long);
    wait_for("its log", 60, || if logs.join("worker.0.log").exists() { Ok(()) } else { Err(String::new()) });
    let short = run_that("echo short");
    let marker = run_to_end(&short);
    fs::write(go_on, "").expect("it can be written");
    script.wait().expect("it can be waited for");
    let later = run_that("echo later");
    let codes = [marker, long.marker(), run_to_end(&later)].map(|marker| marker.exit);
    assert_eq!(codes, [Some(0); 3]);
    assert_eq!([log_of(&long), log_of(&later)], [logs.join("worker.0.log"), logs.join("worker.0.log")]);
    assert_eq!(fs::read_to_string(log_of(&short)).expect("it is there"), "short\n");
    assert!(log_of(&short).starts_with(&logs) && log_of(&short) != log_of(&long), "{}", log_of(&short).display());
    assert_eq!(fs::read_to_string(log_of(&later)).expect("it is there"), "later\n", "what an ended run has left there goes");
}

#[test]
fn roles_run_beside_the_script() {
    let run = run_of(tensorflow("echo \"$TF_CONFIG\"; [ $SLUICE_ROLE = worker ] || { trap 'echo closed; exit 0' TERM; sleep 300 & wait; }\n"));
    let marker = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage, marker.signal.clone()), (Some(0), Stage::Roles, None), "{}", marker.detail);
    let names: Vec<_> = ends(&marker).into_iter().map(|(name, _, stopped)| (name, stopped)).collect();
    assert_eq!(names, [("ps.0".to_owned(), true), ("worker.0".to_owned(), false), ("worker.1".to_owned(), false)]);
    assert!(run.read("roles/ps.0.log").ends_with("closed\n"), "{}", run.read("roles/ps.0.log"));
    let config: serde_json::Value = serde_json::from_str(&run.read("stdout")).unwrap();
    assert_eq!(config["task"], serde_json::json!({"type": "worker", "index": 0}));
    assert!(config["cluster"]["worker"][1].as_str().unwrap().starts_with("localhost:"), "{config}");
}

#[test]
fn failing_role_ends_the_others() {
    let run = run_of(tensorflow("[ $SLUICE_ROLE.$SLUICE_RANK = worker.1 ] || exec sleep 300\necho 'no \"data\"' >&2; exit 6\n"));
    let marker = run_to_end(&run);
    assert_eq!(marker.exit, Some(6));
    assert!(marker.detail.contains("worker.1") && marker.detail.contains("no \"data\""), "{}", marker.detail);
    assert_eq!(ends(&marker)[2], ("worker.1".to_owned(), Some(6), false));
    assert!(ends(&marker)[0].2 && ends(&marker)[1].2, "{:?}", ends(&marker));
}

/// A cancellation may come while a process leaves word of its end: the word is whole all the same.
#[test]
fn signal_while_a_process_leaves_its_word_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let flag = folder.path().join("ending");
    for name in ["date", "mv"] {
        let program = folder.path().join(name);
        let text = format!("#!/bin/sh\n[ -z \"$SLUICE_ROLE\" ] || [ ! -e {} ] || kill -TERM $$\nexec /bin/{name} \"$@\"\n", flag.display());
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let task = tensorflow(&format!("[ $SLUICE_ROLE = worker ] && exec sleep 300\ntouch {}; exit 4\n", flag.display()));
    let more = format!("[node]\nkill_grace_seconds = 2\npath_prepend = [\"{}\"]\n", folder.path().display());
    let marker = run_to_end(&AttemptRun::new(&[task], &site(&more)));
    assert_eq!(marker.exit, Some(4), "{}", marker.detail);
    assert!(marker.detail.starts_with("ps.0 on localhost exited with 4, though it serves the others"), "{}", marker.detail);
}

/// The marker quotes the end of a log, whatever it is: no byte of it may cost the verdict.
#[test]
fn log_that_is_no_utf_8_is_quoted() {
    let run = run_of(tensorflow("[ $SLUICE_ROLE = worker ] && exec sleep 300\nprintf 'caf\\351 \\303'; exit 4\n"));
    let marker = run_to_end(&run);
    assert!(marker.detail.ends_with("caf\u{fffd} \u{fffd}"), "{}", marker.detail);
}

/// A service that ended is started again in its place: the others still find it where it was.
#[test]
fn service_is_started_again_with_the_same_rank_and_port() {
    let command = r#"n=$(cat "$SLUICE_WORK/starts" 2>/dev/null); n=$((n + 1))
if [ "$SLUICE_ROLE" = ps ]; then echo $n >"$SLUICE_WORK/starts"; echo "$SLUICE_ADDRESS $TF_CONFIG"; [ $n = 3 ] || exit 4; exec sleep 300; fi
until [ "$(cat "$SLUICE_WORK/starts" 2>/dev/null)" = 3 ]; do sleep 0.1; done
"#;
    let mut task = tensorflow(command);
    task.distributed.as_mut().unwrap().on_server_exit = Some(OnServerExit::Restart);
    let run = run_of(task);
    let marker = run_to_end(&run);
    assert_eq!((marker.exit, ends(&marker)[0].2), (Some(0), true), "{}", marker.detail);
    let again = |nth: u32| format!("ps.0 on localhost ended with 4 and was started again, restart {nth} of 3");
    assert_eq!(marker.detail, format!("{}\n{}", again(1), again(2)));
    let log = run.read("roles/ps.0.log");
    let starts: Vec<&str> = log.lines().filter(|line| !line.starts_with("sluice:")).collect();
    assert_eq!((starts.len(), starts[0]), (3, starts[2]), "{log}");
    assert!(log.contains("sluice: ps.0 on localhost ended with 4; started again in 2 s (2 of 3)"), "{log}");
}

#[test]
fn service_that_ends_after_all_restarts_fails_the_task() {
    let mut task = tensorflow("[ $SLUICE_ROLE = worker ] && exec sleep 300\nkill -9 $$\n");
    task.distributed.as_mut().unwrap().roles[0].on_server_exit = Some(OnServerExit::Restart);
    let run = AttemptRun::new(&[task], &site("[node]\nkill_grace_seconds = 2\n[distributed]\nservice_restarts = 1\n"));
    let marker = run_to_end(&run);
    assert_eq!(marker.exit, Some(137), "{}", marker.detail);
    let said = "was ended by signal 9 (KILL), though it serves the others, after all restarts";
    assert!(marker.detail.starts_with("ps.0 on localhost ") && marker.detail.contains(said), "{}", marker.detail);
}

/// Being asked to stop while it waits for its restart, it does not start.
#[test]
fn service_is_not_started_again_once_the_task_is_over() {
    let mut task = tensorflow("[ $SLUICE_ROLE = worker ] && exec sleep 2\necho started; exit 1\n");
    task.distributed.as_mut().unwrap().on_server_exit = Some(OnServerExit::Restart);
    let run = AttemptRun::new(&[task], &site("[distributed]\nservice_restarts = 30\n"));
    let marker = run_to_end(&run);
    assert_eq!((marker.exit, ends(&marker)[0].2), (Some(0), true), "{}", marker.detail);
}

#[test]
fn service_that_is_tolerated_is_a_warning_while_another_is_left() {
    let mut task = tensorflow("[ $SLUICE_ROLE = worker ] && exec sleep 2\n[ $SLUICE_RANK = 0 ] && exit 6\nexec sleep 300\n");
    let distributed = task.distributed.as_mut().unwrap();
    distributed.roles[0].procs = 2;
    distributed.on_server_exit = Some(OnServerExit::Tolerate);
    let marker = run_to_end(&run_of(task));
    assert_eq!(marker.exit, Some(0), "{}", marker.detail);
    assert!(marker.detail.starts_with("lost, went on without it: ps.0 on localhost exited with 6"), "{}", marker.detail);
}

/// Nothing went on without the last of them: it is the reason, and no warning beside it.
#[test]
fn last_service_that_was_to_be_tolerated_is_named_once() {
    let mut task = tensorflow("[ $SLUICE_ROLE = worker ] && exec sleep 300\nexit 6\n");
    task.distributed.as_mut().unwrap().on_server_exit = Some(OnServerExit::Tolerate);
    let marker = run_to_end(&run_of(task));
    assert_eq!(marker.exit, Some(6), "{}", marker.detail);
    assert!(marker.detail.starts_with("ps.0 on localhost exited with 6"), "{}", marker.detail);
    assert!(!marker.detail.contains("went on without it"), "{}", marker.detail);
}

/// The workers would wait for it until the time limit.
#[test]
fn without_abortonfail_a_dead_service_still_ends_the_task() {
    let mut task = tensorflow("[ $SLUICE_ROLE = worker ] && exec sleep 300\nexit 5\n");
    task.distributed.as_mut().unwrap().abort_on_fail = Some(false);
    let marker = run_to_end(&run_of(task));
    assert_eq!(marker.exit, Some(5), "{}", marker.detail);
    assert!(marker.detail.starts_with("ps.0 on localhost exited with 5, though it serves the others"), "{}", marker.detail);
}

/// A service that does not obey is killed after the grace time; no process is left.
#[test]
fn term_to_the_script_ends_all_roles() {
    let run = run_of(tensorflow("trap '' TERM; echo $$; while :; do sleep 0.1; done\n"));
    let mut child = start(&run);
    let pids = wait_for("all roles", 30, || {
        let pid = |name: &str| fs::read_to_string(run.attempts[0].join(format!("roles/{name}.log"))).ok()?.trim().parse::<u32>().ok();
        ["ps.0", "worker.0", "worker.1"].into_iter().map(pid).collect::<Option<Vec<_>>>().ok_or_else(|| "not all".to_owned())
    });
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    child.wait().unwrap();
    let marker = run.marker();
    assert_eq!((marker.exit, marker.signal.as_deref()), (None, Some("TERM")));
    for pid in pids {
        assert!(!Path::new(&format!("/proc/{pid}")).exists(), "process {pid} is left");
    }
}

/// The shims see that the script is gone, and end what they run.
#[test]
fn kill_of_the_script_leaves_no_role_for_long() {
    let run = run_of(tensorflow("echo $$; exec sleep 300\n"));
    let mut child = start(&run);
    let pid = wait_for("a role", 30, || {
        let text = fs::read_to_string(run.attempts[0].join("roles/worker.1.log")).unwrap_or_default();
        text.trim().parse::<u32>().map_err(|_| text)
    });
    child.kill().unwrap();
    child.wait().unwrap();
    wait_for("the end of the role", 20, || if Path::new(&format!("/proc/{pid}")).exists() { Err("alive".to_owned()) } else { Ok(()) });
}

#[test]
fn ranks_are_one_world_of_mpiexec() {
    if !is_on_path("mpiexec.mpich") {
        return;
    }
    let run = run_of(mpi("echo \"rank $PMI_RANK of $PMI_SIZE, $SLUICE_RANK of $SLUICE_SIZE\"\n"));
    let marker = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(0), Stage::Roles), "{}\n{}", marker.detail, run.read("stderr"));
    let stdout = run.read("stdout");
    let mut lines: Vec<&str> = stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["rank 0 of 3, 0 of 3", "rank 1 of 3, 1 of 3", "rank 2 of 3, 2 of 3"]);
}

#[test]
fn rank_that_fails_ends_the_world() {
    if !is_on_path("mpiexec.mpich") {
        return;
    }
    let run = run_of(mpi("[ $PMI_RANK = 1 ] && exit 3; exec sleep 300\n"));
    let marker = run_to_end(&run);
    assert_eq!(marker.exit, Some(3), "{}", marker.detail);
    assert!(marker.detail.starts_with("rank.1 on "), "{}", marker.detail);
}

/// As a module puts it there: the machine's own may be of a version that does not understand the program.
#[test]
fn mpiexec_that_comes_first_on_the_path_starts_the_ranks() {
    if !is_on_path("mpiexec.mpich") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (program, taken) = (folder.path().join("mpiexec"), folder.path().join("taken"));
    let text = format!("#!/bin/bash\n[ \"$1\" != --version ] || exec echo HYDRA\n: >'{}'\nexec mpiexec.mpich \"$@\"\n", taken.display());
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let site = site(&format!("[node]\nkill_grace_seconds = 2\npath_prepend = [\"{}\"]\n", folder.path().display()));
    let run = AttemptRun::new(&[mpi("true\n")], &site);
    let marker = run_to_end(&run);
    assert_eq!((marker.exit, taken.exists()), (Some(0), true), "{}\n{}", marker.detail, run.read("stderr"));
}

/// The mpiexec of MPICH speaks no `PMIx`: each rank would be a world of its own, with exit code 0.
#[test]
fn open_mpi_program_under_another_mpiexec_is_no_world_of_ones() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = mpi_program_of("openmpi", folder.path()).filter(|_| is_on_path("mpiexec.mpich")) else { return };
    let run = run_of(mpi(&format!("{}\n", program.display())));
    let marker = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start), "{}\n{}", marker.detail, run.read("stdout"));
    for text in ["could not start its ranks as one world", "(Open MPI) speaks PMIx", "name the flavour of the program in `cluster`"] {
        assert!(marker.detail.contains(text), "{text}: {}", marker.detail);
    }
    assert!(!run.read("stdout").contains("of 1 "), "{}", run.read("stdout"));
}

/// Another flavour is not taken for the one that was asked: its ranks would not find each other.
#[test]
fn no_mpiexec_of_the_flavour_is_a_clear_refusal() {
    let mut task = mpi("echo ran\n");
    task.distributed.as_mut().unwrap().cluster = "intelmpi".to_owned();
    let run = run_of(task);
    let marker = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start));
    assert!(marker.detail.contains("no mpiexec of intelmpi on the PATH"), "{}", marker.detail);
    assert!(!marker.roles.is_empty() && marker.roles.iter().all(|end| end.host.is_none()), "nobody came up anywhere: {:?}", marker.roles);
    assert!(!marker.hosts.contains(&String::new()), "{:?}", marker.hosts);
}

/// Real Spark on this machine.
#[test]
fn spark_cluster_on_one_machine() {
    let Some(bin) = env::var("SLUICE_EXAMPLE_BIN").ok().filter(|bin| Path::new(bin).join("spark-submit").exists()) else {
        println!("skipped: no Spark in SLUICE_EXAMPLE_BIN");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("sum.py");
    fs::write(&program, "from pyspark.sql import SparkSession\nsc = SparkSession.builder.getOrCreate().sparkContext\nprint(sc.master, sc.parallelize(range(100), 4).sum())\n").unwrap();
    let mut task =
        task(&format!("spark-submit {}\n", program.display()), Distributed { cluster: "spark".to_owned(), procs: Some(1), ..Distributed::default() });
    task.requirements.memory_bytes = Some(1 << 30);
    let run = AttemptRun::new(&[task], &site(&format!("[node]\npath_prepend = [\"{bin}\"]\n")));
    let marker = run_to_end(&run);
    assert_eq!(marker.exit, Some(0), "{}", marker.detail);
    assert!(run.read("stdout").starts_with("spark://127.0.0.1:") && run.read("stdout").ends_with(" 4950\n"), "{}", run.read("stdout"));
}

/// Binds its port with a real socket, after someone else has; so often as `$1` says.
const PORTLESS: &str = r#"
[ $SLUICE_ROLE = ps ] && exec sleep 300
echo "$TF_CONFIG"
if [ $SLUICE_RANK = 1 ]; then
  echo again >>../formed
  [ $(wc -l <../formed) -gt FORMINGS ] || { (exec setsid timeout 20 python3 -c 'if 1:
    import socket, sys, time
    s = socket.socket(); s.bind(("", int(sys.argv[1]))); s.listen(); open("taken", "w").close(); time.sleep(15)' ${SLUICE_ADDRESS##*:} </dev/null >/dev/null 2>&1 &)
    until [ -e taken ]; do sleep 0.05; done; rm taken; }
  exec python3 -c 'if 1:
    import socket, sys
    s = socket.socket(); s.bind(("", int(sys.argv[1]))); s.listen(); print("bound")' ${SLUICE_ADDRESS##*:}
fi
"#;

/// Whoever else took the port first, the task forms its cluster again, and its output is that of the forming that counts.
#[test]
fn port_that_is_lost_forms_the_cluster_again() {
    let run = run_of(tensorflow(&PORTLESS.replace("FORMINGS", "1")));
    let marker = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(0), Stage::Roles), "{}", marker.detail);
    let configs = [run.read("roles/formed.1/worker.0.log"), run.read("roles/worker.0.log")];
    assert_ne!(configs[0], configs[1], "all ports are new");
    assert!(run.read("roles/formed.1/worker.1.log").contains("already in use"));
    assert!(run.read("roles/worker.1.log").ends_with("bound\n"));
    assert_eq!(run.read("stdout"), configs[1]);
    assert!(!run.attempts[0].join("roles/state").exists() && !run.attempts[0].join("roles/state.2").exists());
}

/// Three formings and no more; the reason is named.
#[test]
fn port_that_is_lost_again_and_again_fails_the_task() {
    let run = run_of(tensorflow(&PORTLESS.replace("FORMINGS", "9")));
    let marker = run_to_end(&run);
    assert_eq!(marker.exit, Some(1));
    assert!(marker.detail.contains("worker.1 on") && marker.detail.contains("found its port taken: "), "{}", marker.detail);
    assert_eq!(run.read("formed").lines().count(), 3);
}

/// The address of the site's interface is what others are told; an interface that is not there is said, with those that are.
#[test]
fn roles_talk_over_the_interface_of_the_site() {
    let run_on = |interface: &str| {
        let site = site(&format!("[node]\nkill_grace_seconds = 2\n[distributed]\ninterface = \"{interface}\"\n"));
        AttemptRun::new(&[tensorflow("[ $SLUICE_ROLE = ps ] && exec sleep 300\necho \"$SLUICE_HOSTS $TF_CONFIG\"\n")], &site)
    };
    if !is_on_path("ip") {
        return;
    }
    let run = run_on("lo");
    let marker = run_to_end(&run);
    assert_eq!(marker.exit, Some(0), "{}", marker.detail);
    assert!(run.read("stdout").starts_with("127.0.0.1 {\"cluster\":{\"ps\":[\"127.0.0.1:"), "{}", run.read("stdout"));
    let marker = run_to_end(&run_on("ib9"));
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start));
    assert!(
        marker.detail.contains("no interface `ib9' with an IPv4 address") && marker.detail.contains("there are: ") && marker.detail.contains("lo"),
        "{}",
        marker.detail
    );
}
