//! Whole runs on a real Slurm that is broken on purpose: its controller, its database, its nodes. Runs with `SLUICE_TEST_SLURM=1`.

use std::{collections::BTreeSet, fs};

use serde_json::json;

use crate::support::{
    attempt_run::wait_for,
    head::Head,
    own_cluster::OwnCluster,
    real_run::{Lab, ONE, seven},
    real_slurm::has_slurm,
    taskqueue,
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

/// A cluster of the site's own kind, whose driver says where it is and waits for a mark.
const QUEUE: &str = r#"version 1.0
task ask {
  input { String marks }
  command <<<
    touch ~{marks}/started.$SLUICE_ATTEMPT.${SLURM_RESTART_COUNT:-0}
    while [ ! -e ~{marks}/go ]; do sleep 0.1; done
    ASKS_THE_QUEUE
  >>>
  output { Int n = read_int(stdout()) }
  runtime { memory: "300 MiB" runner: "partisaner" runneroptions: { cluster: "taskqueue", form: "het" } }
}
"#;

/// The node of the batch script vanishes under a distributed task: nobody is left there to remove the first start's secret, and the second start succeeds.
#[test]
fn real_slurm_a_cluster_whose_first_node_vanishes_leaves_no_secret() {
    if !has_slurm() {
        return;
    }
    let cluster = OwnCluster::start_with("MinJobAge=300\n", &["--nodes", "4"]);
    let lab = Lab::on(&cluster, "");
    taskqueue::bring(&lab.place, "", "");
    let head = lab.start(&taskqueue::asking(QUEUE));
    lab.place.wait_for_mark("started.1.0", &head);
    let attempt = lab.place.run_folder().join("calls/ask.a1");
    assert!(attempt.join("roles/private").exists());
    let owner = fs::read_to_string(attempt.join("owner")).unwrap();
    cluster.run(&["kill-node", owner.split_whitespace().nth(2).unwrap()]);
    lab.place.wait_for_mark("started.1.1", &head);
    assert!(attempt.join("roles/private").exists(), "nobody was there to remove it");
    lab.place.mark("go");
    lab.assert_done(&head.end(), &json!({"ask.n": 42}), &["run done"]);
    for name in ["roles/private", "roles/state", "r1/roles/private", "r1/roles/state"] {
        assert!(!attempt.join(name).exists(), "left: {name}");
    }
    assert_no_leftovers(&cluster);
}

/// Two ranks on two nodes. The first attempt's rank 0 ends as soon as it hears that the other is gone, as a framework does whose connection breaks.
const PEERS: &str = r#"version 1.0
task peers {
  input { String marks }
  command <<<
    echo "$RANK of $SLUICE_ATTEMPT on $SLURMD_NODENAME" >>~{marks}/executions
    if [ "$SLUICE_ATTEMPT" = 2 ]; then if [ "$RANK" = 0 ]; then echo 7; fi; exit 0; fi
    while [ ! -e ~{marks}/gone ]; do sleep 0.1; done
    echo "connection closed by peer" >&2
    exit 1
  >>>
  output { Int n = read_int(stdout()) }
  runtime { memory: "100 MiB" runner: "partisaner" runneroptions: { cluster: "pytorch", OPTIONS } }
}
"#;

/// The others fail within moments, long before Slurm calls the node lost: what they say is not taken for the task's own failure.
#[test]
fn real_slurm_a_node_that_vanishes_under_a_rank_is_no_failure_of_the_others() {
    if !has_slurm() {
        return;
    }
    let cluster = OwnCluster::start_with("MinJobAge=300\n", &["--nodes", "4"]);
    let packed = r#"form: "packed", procs: 2, nodes: 2"#;
    let het = r#"form: "het", roles: [object { name: "master", procs: 1 }, object { name: "worker", procs: 1 }]"#;
    let runs: Vec<(Lab, Head)> = [packed, het]
        .into_iter()
        .map(|options| {
            let lab = Lab::on(&cluster, "requeue = false");
            let head = lab.start(&PEERS.replace("OPTIONS", options));
            (lab, head)
        })
        .collect();
    let mut nodes = BTreeSet::new();
    for (lab, head) in &runs {
        let executions = wait_for("both processes", 120, || {
            let seen = lab.place.executions();
            if seen.len() == 2 { Ok(seen) } else { Err(format!("{seen:?} {}", head.stderr())) }
        });
        nodes.insert(executions[1].rsplit(' ').next().unwrap().to_owned());
    }
    for node in &nodes {
        cluster.run(&["kill-node", node]);
    }
    for (lab, head) in runs {
        lab.place.mark("gone");
        let ended = head.end();
        lab.assert_done(&ended, &json!({"peers.n": 7}), &["node failed", "NODE_FAIL: its node failed", "run done"]);
        let again: Vec<String> = lab.place.executions().into_iter().filter(|line| line.contains("of 2 on")).collect();
        assert!(again.len() == 2 && again.iter().all(|line| !nodes.contains(line.rsplit(' ').next().unwrap())), "{again:?}");
    }
    assert_no_leftovers(&cluster);
}
