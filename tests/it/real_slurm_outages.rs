//! Whole runs on a real Slurm that is broken on purpose: its controller, its database, its nodes. Runs with `SLUICE_TEST_SLURM=1`.

use serde_json::json;

use crate::support::{
    attempt_run::wait_for,
    own_cluster::OwnCluster,
    real_run::{Lab, ONE, seven},
    real_slurm::has_slurm,
};

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

/// No process of any job on the nodes of a cluster of our own.
#[track_caller]
fn assert_no_leftovers(cluster: &OwnCluster) {
    wait_for("no process of a job", 30, || {
        let left = cluster.run(&["leftovers"]);
        if left.trim().is_empty() { Ok(()) } else { Err(left) }
    });
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
