//! Whole runs on a real Slurm whose heads are killed, interrupted, told to go: nothing lost, nothing run twice, nothing left. Runs with `SLUICE_TEST_SLURM=1`.

use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::{
    attempt_run::wait_for,
    distributed::mpi_program,
    head::Head,
    real_run::{Lab, ONE, seven},
    real_slurm::has_slurm,
};

const SCATTER: &str = r#"version 1.0
task shard {
  input {
    Int i
    String marks
  }
  command <<<
    echo "shard ~{i} of $SLUICE_ATTEMPT" >>~{marks}/executions
    touch ~{marks}/started.~{i}
    while [ ! -e ~{marks}/go ]; do sleep 0.05; done
    echo ~{i}
  >>>
  output { Int n = read_int(stdout()) }
  runtime { memory: "50 MB" }
}
workflow many {
  input { String marks }
  scatter (i in range(6)) { call shard { input: i = i, marks = marks } }
  output { Array[Int] n = shard.n }
}
"#;

#[test]
fn real_slurm_a_scatter_is_one_array() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    lab.place.mark("go");
    let ended = lab.start(SCATTER).end();
    lab.assert_done(&ended, &json!({"many.n": [0, 1, 2, 3, 4, 5]}), &["shard[5]: done", "run done"]);
    assert_eq!((lab.jobs().len(), lab.place.count("submitted"), lab.place.executions().len()), (1, 1, 6));
}

/// Time limits are whole minutes: the test moves the end nearer.
#[test]
fn real_slurm_a_job_past_its_limit_fails_with_cause_and_limit() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("time_retries = 0");
    let head = lab.start(ONE);
    lab.place.wait_for_mark("started.1.0", &head);
    lab.place.wait_for_event("submitted", 1, &head);
    lab.ask("scontrol", &["update", &format!("JobId={}", lab.job(1)), "EndTime=now+1"]);
    let ended = head.end();
    ended.assert(
        1,
        &["past its time limit", "TIMEOUT: over its time limit of 10 min", "hint: give the task more time: `time_minutes` in its `runtime`"],
    );
    assert_eq!(ended.stdout, "");
    assert_eq!((lab.jobs().len(), lab.place.executions().len()), (1, 1));
    lab.assert_nothing_left();
}

#[test]
fn real_slurm_an_interrupt_ends_every_job() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    let head = lab.start(SCATTER);
    lab.place.wait_for_event("task_started", 1, &head);
    lab.place.wait_for_mark("started.0", &head);
    head.signal(Signal::SIGINT);
    let ended = head.end();
    // They are gone when sluice says so, not some time after.
    assert_eq!(lab.ask("squeue", &["-h", "-j", &lab.job(1), "-t", "pending,running,completing"]), "");
    ended.assert(7, &["cancelling: asked by Ctrl-C", "run cancelled"]);
    assert_eq!(ended.stdout, "");
    lab.assert_nothing_left();
}

#[test]
fn real_slurm_cancel_from_another_shell_ends_every_job() {
    if !has_slurm() {
        return;
    }
    for is_head_alive in [true, false] {
        let lab = Lab::shared("");
        let head = lab.start(SCATTER);
        lab.place.wait_for_event("submitted", 1, &head);
        lab.place.wait_for_mark("started.0", &head);
        let run = lab.place.run_folder();
        let cancel = || lab.place.start(&["cancel", run.to_str().unwrap()]).end();
        if is_head_alive {
            cancel().assert(0, &["asked the run's head to cancel", "run: cancelled"]);
            head.end().assert(7, &["cancelling: asked by `sluice cancel`", "run cancelled"]);
        } else {
            head.kill();
            cancel().assert(0, &["cancelling: asked by `sluice cancel`", "run: cancelled"]);
        }
        assert_eq!(lab.ask("squeue", &["-h", "-j", &lab.job(1), "-t", "pending,running,completing"]), "");
        lab.assert_nothing_left();
    }
}

/// A new head for the task `one`, whose job runs still, or has ended meanwhile; the task goes on in either case.
fn resumed(lab: &Lab, job: &str, is_running: bool) -> Head {
    if is_running {
        let head = lab.place.resume();
        head.wait_for_stderr("one: running on n");
        lab.place.mark("go");
        return head;
    }
    lab.place.mark("go");
    wait_for("the end of the job", 60, || {
        // A line a component.
        let listed = lab.ask("squeue", &["-h", "-t", "all", "-j", job, "-o", "%T"]);
        if !listed.is_empty() && listed.lines().all(|state| state == "COMPLETED") { Ok(()) } else { Err(listed) }
    });
    lab.place.resume()
}

#[test]
fn real_slurm_a_killed_head_is_resumed() {
    if !has_slurm() {
        return;
    }
    // The job runs still when the head comes back, or has ended meanwhile.
    for is_running in [true, false] {
        let lab = Lab::shared("");
        let head = lab.start(ONE);
        lab.place.wait_for_event("submitted", 1, &head);
        lab.place.wait_for_mark("started.1.0", &head);
        head.kill();
        let job = lab.job(1);
        lab.assert_done(&resumed(&lab, &job, is_running).end(), &seven(), &["run done"]);
        assert_eq!((lab.jobs(), lab.place.executions().len()), (vec![job], 1));
    }
}

/// What a distributed task of a test is, and how many of its processes write down that they ran.
struct Cluster {
    options: String,
    command: String,
    processes: usize,
}

fn het_cluster() -> Cluster {
    let roles = r#"[object { name: "ps", procs: 1, server: true }, object { name: "worker", procs: 2 }]"#;
    let command = "[ $SLUICE_ROLE = ps ] && exec sleep 600";
    Cluster { options: format!(r#"cluster: "tensorflow", form: "het", roles: {roles}"#), command: command.to_owned(), processes: 3 }
}

fn packed_cluster(program: &std::path::Path) -> Cluster {
    let command = format!("{} >&2", program.display());
    Cluster { options: r#"cluster: "mpich", form: "packed", procs: 4, nodes: 2"#.to_owned(), command, processes: 4 }
}

/// The roles run on without a head; the next one takes the job over, or its end, and starts nothing again.
#[test]
fn real_slurm_a_distributed_task_outlives_its_head() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program(folder.path())).flatten() else { return };
    for (cluster, is_running) in [(het_cluster(), true), (het_cluster(), false), (packed_cluster(&program), true), (packed_cluster(&program), false)]
    {
        let document = format!(
            r#"version 1.0
task one {{
  input {{ String marks }}
  command <<<
    echo "$SLUICE_ROLE.$SLUICE_RANK of $SLUICE_ATTEMPT" >>~{{marks}}/executions
    touch ~{{marks}}/started.$SLUICE_ROLE.$SLUICE_RANK
    until [ "$SLUICE_ROLE" = ps ] || [ -e ~{{marks}}/go ]; do sleep 0.1; done
    {}
    if [ $SLUICE_RANK = 0 ]; then echo 7; fi
  >>>
  output {{ Int n = read_int(stdout()) }}
  runtime {{ memory: "100 MB" runner: "partisaner" runneroptions: {{ {} }} }}
}}
"#,
            cluster.command, cluster.options
        );
        let lab = Lab::shared("");
        let head = lab.start(&document);
        lab.place.wait_for_event("submitted", 1, &head);
        wait_for("every process", 120, || {
            let seen = lab.place.executions();
            if seen.len() == cluster.processes { Ok(()) } else { Err(format!("{seen:?} {}", head.stderr())) }
        });
        head.kill();
        let job = lab.job(1);
        lab.assert_done(&resumed(&lab, &job, is_running).end(), &seven(), &["run done"]);
        assert_eq!((lab.place.count("submitted"), lab.place.executions().len()), (1, cluster.processes));
        assert!(!lab.place.run_folder().join("calls/one.a1/roles/state").exists());
    }
}

#[test]
fn real_slurm_a_submission_that_was_not_recorded_is_found_by_its_name() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    let head = lab.start(ONE);
    lab.place.wait_for_event("submitted", 1, &head);
    lab.place.wait_for_mark("started.1.0", &head);
    head.kill();
    let job = lab.job(1);
    lab.place.forget_after("submit_intent");
    let head = lab.place.resume();
    lab.place.wait_for_event("submitted", 1, &head);
    assert_eq!(lab.job(1), job);
    lab.place.mark("go");
    lab.assert_done(&head.end(), &seven(), &[&format!("batch 1: submitted as job {job}"), "run done"]);
    assert_eq!((lab.jobs(), lab.place.executions().len()), (vec![job], 1));
}

#[test]
fn real_slurm_a_head_that_is_told_to_go_leaves_its_job_running() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    let head = lab.start(ONE);
    lab.place.wait_for_event("submitted", 1, &head);
    lab.place.wait_for_mark("started.1.0", &head);
    head.signal(Signal::SIGTERM);
    head.end().assert(6, &["SIGTERM came; its job goes on without a head", "hint: `sluice resume`"]);
    lab.place.mark("go");
    lab.assert_done(&lab.place.resume().end(), &seven(), &["run done"]);
    assert_eq!((lab.jobs().len(), lab.place.executions().len()), (1, 1));
}

/// Its own code, which srun does not give, and where it was.
#[test]
fn real_slurm_a_rank_that_exits_3_fails_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program(folder.path())).flatten() else { return };
    let lab = Lab::shared("");
    let document = format!(
        r#"task ranks {{
  String marks
  command {{ FAIL=1 {} }}
  runtime {{
    cpu: 1
    memory: "100 MB"
    runner: "partisaner"
    runneroptions: {{ cluster: "mpich", procs: 2, nodes: 2 }}
  }}
}}
"#,
        program.display()
    );
    let ended = lab.start(&document).end();
    ended.assert(
        1,
        &["error: call `ranks` failed (attempt 1)", "exit code 3", "rank.1 on n", "exited with 3", "rank 1 of 2 on n", "hint: `sluice logs "],
    );
    assert_eq!(ended.stdout, "");
    lab.assert_nothing_left();
}

/// A parameter server and two workers, each of which runs `command`.
fn with_roles(command: &str) -> String {
    format!(
        r#"task train {{
  String marks
  command {{
{command}
  }}
  runtime {{
    cpu: 1
    memory: "100 MB"
    runner: "partisaner"
    runneroptions: {{
      cluster: "tensorflow",
      roles: [{{name: "ps", procs: 1, memory: 100, server: true}}, {{name: "worker", procs: 2, memory: 100}}]
    }}
  }}
}}
"#
    )
}

/// The workers would wait for it for ever: the run says who died, where and how.
#[test]
fn real_slurm_a_ps_that_dies_fails_the_run() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    let ended = lab.start(&with_roles("    if [ $SLUICE_ROLE = ps ]; then echo no space >&2; exit 4; fi\n    exec sleep 300")).end();
    ended.assert(1, &["error: call `train` failed (attempt 1)", "exit code 4", "ps.0 on n", "exited with 4", "no space", "hint: `sluice logs "]);
    assert_eq!(ended.stdout, "");
    lab.assert_nothing_left();
}

/// The others are ended, the service too, and the verdict is the worker's.
#[test]
fn real_slurm_a_worker_that_is_killed_fails_the_run() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    let ended = lab.start(&with_roles("    if [ $SLUICE_ROLE.$SLUICE_RANK = worker.1 ]; then kill -KILL $$; fi\n    exec sleep 300")).end();
    ended.assert(1, &["error: call `train` failed (attempt 1)", "worker.1 on n", "signal 9 (KILL)"]);
    assert_eq!(ended.stdout, "");
    lab.assert_nothing_left();
}
