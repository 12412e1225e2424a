//! Whole runs on a real Slurm that is broken on purpose, and heads that are killed: nothing lost, nothing run twice, nothing left. Runs with `SLUICE_TEST_SLURM=1`.

use std::{ffi::OsString, fs, process::Command};

use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::{
    attempt_run::wait_for,
    distributed::mpi_program,
    head::{Ended, Head, Place},
    own_cluster::OwnCluster,
    real_slurm::has_slurm,
};

const SITE: &str = "kill_grace_seconds = 2\nlost_grace_seconds = 40";

/// One task that writes down where each execution was, and waits for a mark.
const ONE: &str = r#"version 1.0
task one {
  input { String marks }
  command <<<
    echo "one of $SLUICE_ATTEMPT on $SLURMD_NODENAME" >>~{marks}/executions
    touch ~{marks}/started.$SLUICE_ATTEMPT.${SLURM_RESTART_COUNT:-0}
    while [ ! -e ~{marks}/go ]; do sleep 0.05; done
    echo 7
  >>>
  output { Int n = read_int(stdout()) }
}
"#;

/// A task whose end makes another ready, for a Slurm that is down in between.
const TWO: &str = r#"version 1.0
task step {
  input {
    Int i
    String marks
  }
  command <<<
    echo "step ~{i} of $SLUICE_ATTEMPT" >>~{marks}/executions
    touch ~{marks}/started.~{i}
    while [ ! -e ~{marks}/go.~{i} ]; do sleep 0.05; done
    echo $((~{i} + 1))
  >>>
  output { Int next = read_int(stdout()) }
}
workflow steps {
  input { String marks }
  call step as first { input: i = 1, marks = marks }
  call step as second { input: i = first.next, marks = marks }
  output { Int last = second.next }
}
"#;

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

/// A place for one run, and the cluster it runs on.
struct Lab {
    place: Place,
    environment: Vec<(OsString, OsString)>,
}

impl Lab {
    /// On the cluster that the tests were started with.
    fn shared(more: &str) -> Self {
        Self { place: Place::new(&format!("{SITE}\n{more}"), Vec::new()), environment: std::env::vars_os().collect() }
    }

    fn on(cluster: &OwnCluster, more: &str) -> Self {
        Self { place: Place::new(&format!("{SITE}\n{more}"), cluster.environment()), environment: cluster.environment() }
    }

    fn start(&self, document: &str) -> Head {
        self.place.start_run(document, "slurm", &[])
    }

    /// What a program of Slurm's says.
    #[track_caller]
    fn ask(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program).args(arguments).env_clear().envs(self.environment.iter().cloned()).output().expect("Slurm is installed");
        assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("it is UTF-8")
    }

    /// The numbers of the jobs of this run that Slurm knows, ended ones too, an array once.
    fn jobs(&self) -> Vec<String> {
        let id =
            serde_json::from_str::<serde_json::Value>(&fs::read_to_string(self.place.run_folder().join("run.json")).unwrap()).unwrap()["id"].clone();
        let id = format!(".{}.", id.as_str().unwrap());
        let listed = self.ask("squeue", &["-h", "-t", "all", "-o", "%A %F %j"]);
        let mut jobs: Vec<String> = listed.lines().filter(|line| line.contains(&id)).map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
        jobs.sort();
        jobs.dedup();
        jobs
    }

    /// The job id that the log has for a batch.
    fn job(&self, batch: u32) -> String {
        let events = self.place.events();
        let submitted = events.iter().map(|line| &line["event"]).find(|event| event["event"] == "submitted" && event["batch"] == batch);
        submitted.expect("it is submitted")["job"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn assert_done(&self, ended: &Ended, outputs: &serde_json::Value, texts: &[&str]) {
        ended.assert(0, texts);
        assert_eq!(ended.outputs(), *outputs);
        self.place.assert_spool_is_empty();
        self.assert_nothing_left();
    }

    /// No job of the run in the queue, no process of it, no file outside its folder.
    #[track_caller]
    fn assert_nothing_left(&self) {
        let id =
            serde_json::from_str::<serde_json::Value>(&fs::read_to_string(self.place.run_folder().join("run.json")).unwrap()).unwrap()["id"].clone();
        wait_for("an empty queue", 60, || {
            let listed = self.ask("squeue", &["-h", "-o", "%i %T %j"]);
            let left: Vec<&str> = listed.lines().filter(|line| line.contains(id.as_str().unwrap())).collect();
            if left.is_empty() { Ok(()) } else { Err(left.join("\n")) }
        });
        self.place.assert_nothing_left();
    }
}

/// No process of any job on the nodes of a cluster of our own.
#[track_caller]
fn assert_no_leftovers(cluster: &OwnCluster) {
    wait_for("no process of a job", 30, || {
        let left = cluster.run(&["leftovers"]);
        if left.trim().is_empty() { Ok(()) } else { Err(left) }
    });
}

fn seven() -> serde_json::Value {
    json!({"one.n": 7})
}

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
    lab.ask("scontrol", &["update", &format!("JobId={}", lab.job(1)), "EndTime=now"]);
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
        let head = if is_running {
            let head = lab.place.resume();
            head.wait_for_stderr("one: running on n");
            lab.place.mark("go");
            head
        } else {
            lab.place.mark("go");
            wait_for("the end of the job", 60, || {
                let listed = lab.ask("squeue", &["-h", "-t", "all", "-j", &job, "-o", "%T"]);
                if listed.trim() == "COMPLETED" { Ok(()) } else { Err(listed) }
            });
            lab.place.resume()
        };
        lab.assert_done(&head.end(), &seven(), &["run done"]);
        assert_eq!((lab.jobs(), lab.place.executions().len()), (vec![job], 1));
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
    head.end().assert(6, &["SIGTERM came; its 1 jobs go on without a head", "hint: `sluice resume`"]);
    lab.place.mark("go");
    lab.assert_done(&lab.place.resume().end(), &seven(), &["run done"]);
    assert_eq!((lab.jobs().len(), lab.place.executions().len()), (1, 1));
}

/// slurmctld down at the start and in the middle, slurmdbd down: waited for, said so, nothing twice.
#[test]
fn real_slurm_an_outage_is_waited_for() {
    if !has_slurm() {
        return;
    }
    let cluster = OwnCluster::start("MinJobAge=300\n");
    cluster.run(&["stop-controller"]);
    let lab = Lab::on(&cluster, "");
    let head = lab.start(TWO);
    head.wait_for_stderr("Slurm does not answer: ");
    assert!(head.stderr().contains("waiting, nothing is lost"), "{}", head.stderr());
    cluster.run(&["start-controller"]);
    head.wait_for_stderr("Slurm answers again after");
    lab.place.wait_for_mark("started.1", &head);
    cluster.run(&["stop-controller"]);
    // Ends while the controller is down: its marker tells, and the next one waits to be submitted.
    lab.place.mark("go.1");
    head.wait_for_stderr("first: done");
    wait_for("a second outage", 120, || {
        let seen = head.stderr();
        if seen.matches("Slurm does not answer").count() == 2 { Ok(()) } else { Err(seen) }
    });
    cluster.run(&["start-controller"]);
    lab.place.wait_for_mark("started.2", &head);
    lab.place.mark("go.2");
    lab.assert_done(&head.end(), &json!({"steps.last": 3}), &["run done"]);
    assert_eq!((lab.jobs().len(), lab.place.executions()), (2, vec!["step 1 of 1".to_owned(), "step 2 of 1".to_owned()]));

    cluster.run(&["stop-db"]);
    let lab = Lab::on(&cluster, "");
    lab.place.mark("go");
    lab.assert_done(&lab.start(ONE).end(), &seven(), &["run done"]);
    assert_eq!(lab.place.executions().len(), 1);
    cluster.run(&["start-db"]);
    assert_no_leftovers(&cluster);
}

/// Without accounting: a run, a head that is killed, and a job that ended and was forgotten before its submission was recorded.
#[test]
fn real_slurm_without_accounting_nothing_is_lost() {
    if !has_slurm() {
        return;
    }
    let cluster = OwnCluster::start_with("MinJobAge=2\n", &["--no-accounting"]);
    let lab = Lab::on(&cluster, "");
    let head = lab.start(ONE);
    lab.place.wait_for_event("submitted", 1, &head);
    lab.place.wait_for_mark("started.1.0", &head);
    head.kill();
    let job = lab.job(1);
    lab.place.forget_after("submit_intent");
    lab.place.mark("go");
    wait_for("Slurm to forget the job", 120, || {
        let listed = lab.ask("squeue", &["-h", "-t", "all", "-o", "%i %T"]);
        if listed.trim().is_empty() { Ok(()) } else { Err(listed) }
    });
    lab.assert_done(&lab.place.resume().end(), &seven(), &[&format!("batch 1: submitted as job {job}"), "run done"]);
    assert_eq!(lab.place.executions().len(), 1);
    assert_no_leftovers(&cluster);
}

/// A node that vanishes under a task: run again elsewhere, as Slurm's own requeue or as another attempt, and no retry of the author's is used up.
#[test]
fn real_slurm_a_task_whose_node_vanishes_runs_elsewhere() {
    if !has_slurm() {
        return;
    }
    let cluster = OwnCluster::start("MinJobAge=300\n");
    for (requeue, mark, attempt) in [("true", "started.1.1", 1), ("false", "started.2.0", 2)] {
        let lab = Lab::on(&cluster, &format!("requeue = {requeue}"));
        let head = lab.start(ONE);
        lab.place.wait_for_mark("started.1.0", &head);
        let executions = lab.place.executions();
        let node = executions[0].rsplit(' ').next().unwrap().to_owned();
        cluster.run(&["kill-node", &node]);
        lab.place.wait_for_mark(mark, &head);
        lab.place.mark("go");
        let ended = head.end();
        lab.assert_done(&ended, &seven(), &["run done"]);
        if attempt == 2 {
            ended.assert(0, &["node failed", "NODE_FAIL: its node failed"]);
        }
        let executions = lab.place.executions();
        let elsewhere = executions.iter().find(|line| !line.ends_with(&node)).unwrap_or_else(|| panic!("{executions:?}"));
        assert!(elsewhere.starts_with(&format!("one of {attempt} on ")) && executions.len() == 2, "{executions:?}");
        cluster.run(&["start-node", &node]);
        wait_for("the node", 60, || {
            let state = lab.ask("sinfo", &["-h", "-n", &node, "-p", "batch", "-o", "%T"]);
            if state.trim() == "idle" { Ok(()) } else { Err(state) }
        });
    }
    assert_no_leftovers(&cluster);
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
