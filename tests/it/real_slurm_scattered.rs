//! Distributed tasks in a scatter, on a real Slurm: each has its own world, its own nodes and files, and at most as many run as the site allows.
//! Runs with `SLUICE_TEST_SLURM=1`.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use crate::support::{distributed::mpi_program, head::Place, own_cluster::OwnCluster, real_run::Lab, real_slurm::has_slurm, taskqueue};

/// Six worlds of two ranks on two nodes each, all of which wait for each other; world 3 fails until there is a mark `fixed`.
fn worlds(program: &Path) -> String {
    format!(
        r#"version 1.0
task world {{
  input {{
    Int i
    String marks
  }}
  command <<<
    echo "task ~{{i}} in $PWD"
    if [ "$SLUICE_RANK" = 0 ]; then
      echo "world ~{{i}} of $SLUICE_ATTEMPT" >>~{{marks}}/executions
      touch ~{{marks}}/started.~{{i}}
    fi
    until [ -e ~{{marks}}/started.0 ] && [ -e ~{{marks}}/started.1 ] && [ -e ~{{marks}}/started.2 ] \
      && [ -e ~{{marks}}/started.3 ] && [ -e ~{{marks}}/started.4 ] && [ -e ~{{marks}}/started.5 ]; do sleep 0.1; done
    if [ -e ~{{marks}}/stay ]; then exec sleep 600; fi
    if [ ~{{i}} = 3 ] && [ ! -e ~{{marks}}/fixed ]; then export FAIL=1; fi
    exec {program}
  >>>
  output {{ Array[String] lines = read_lines(stdout()) }}
  runtime {{
    memory: "100 MB"
    runner: "partisaner"
    runneroptions: {{ cluster: "mpich", form: "packed", procs: 2, nodes: 2 }}
  }}
}}
workflow worlds {{
  input {{ String marks }}
  scatter (i in range(6)) {{ call world {{ input: i = i, marks = marks }} }}
  output {{ Array[Array[String]] lines = world.lines }}
}}
"#,
        program = program.display()
    )
}

/// World `i` has two ranks on two nodes, in a folder of its own, and nothing of another's.
#[track_caller]
fn assert_world(i: usize, lines: &Value) -> String {
    let lines: Vec<&str> = lines.as_array().expect("it is a list").iter().map(|line| line.as_str().expect("it is text")).collect();
    let (told, ranks): (Vec<&str>, Vec<&str>) = lines.iter().partition(|line| line.starts_with("task "));
    assert_eq!((told.len(), ranks.len()), (2, 2), "{lines:?}");
    assert_eq!(told[0], told[1]);
    assert!(told[0].starts_with(&format!("task {i} in ")), "{lines:?}");
    let hosts: BTreeSet<&str> = ranks.iter().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('n'))).collect();
    let expected: BTreeSet<String> = ["rank 0 of 2", "rank 1 of 2"].map(str::to_owned).into();
    assert_eq!(ranks.iter().map(|line| line.split(" on ").next().expect("it has words").to_owned()).collect::<BTreeSet<_>>(), expected);
    assert!(ranks.iter().all(|line| line.contains("sum 2,")), "{lines:?}");
    assert_eq!(hosts.len(), 2, "{lines:?}");
    told[0].rsplit(' ').next().expect("it has words").to_owned()
}

/// One of them fails: the others' results are kept, and only that one runs again when the run is resumed.
#[test]
fn real_slurm_scattered_worlds_keep_apart() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program(folder.path())).flatten() else { return };
    let lab = Lab::shared("");
    lab.place.keep_scratch();
    let ended = lab.place.start_run(&worlds(&program), "slurm", &["--keep-going"]).end();
    ended.assert(1, &["error: call `world[3]` failed (attempt 1)", "exit code 3", "rank.1 on n", "world[5]: done"]);
    assert_eq!(lab.jobs().len(), 1, "one array");
    lab.assert_nothing_left();
    lab.place.assert_clean();
    lab.place.mark("fixed");
    let ended = lab.place.resume().end();
    ended.assert(0, &["run done"]);
    let outputs = ended.outputs();
    let worlds = outputs["worlds.lines"].as_array().expect("it is a list");
    let folders: BTreeSet<String> = worlds.iter().enumerate().map(|(i, lines)| assert_world(i, lines)).collect();
    assert_eq!(folders.len(), 6, "{folders:?}");
    let mut expected: Vec<String> = (0..6).map(|i| format!("world {i} of 1")).collect();
    expected.insert(4, "world 3 of 2".to_owned());
    assert_eq!(lab.place.executions(), expected);
    lab.assert_nothing_left();
    lab.place.assert_clean();
}

#[test]
fn real_slurm_scattered_worlds_are_cancelled_in_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = has_slurm().then(|| mpi_program(folder.path())).flatten() else { return };
    let lab = Lab::shared("");
    lab.place.keep_scratch();
    lab.place.mark("stay");
    let head = lab.start(&worlds(&program));
    for i in 0..6 {
        lab.place.wait_for_mark(&format!("started.{i}"), &head);
    }
    let run = lab.place.run_folder();
    lab.place.start(&["cancel", run.to_str().unwrap()]).end().assert(0, &["run: cancelled"]);
    head.end().assert(7, &["run cancelled"]);
    lab.assert_nothing_left();
    lab.place.assert_clean();
}

/// A parameter server and a worker each, as heterogeneous jobs; `barrier` of them wait for each other.
fn trainings(count: u32, barrier: &str) -> String {
    format!(
        r#"version 1.0
task train {{
  input {{
    Int i
    String marks
  }}
  command <<<
    touch ~{{marks}}/started.~{{i}}.$SLUICE_ROLE
    if [ "$SLUICE_ROLE" = ps ]; then exec sleep 600; fi
    {barrier}
    echo ~{{i}}
    echo "$TF_CONFIG"
    [ -d "$TMPDIR" ]
  >>>
  output {{ Array[String] lines = read_lines(stdout()) }}
  runtime {{
    memory: "100 MB"
    runner: "partisaner"
    runneroptions: {{
      cluster: "tensorflow", form: "het", logdir: "~{{marks}}/logs",
      roles: [object {{ name: "ps", procs: 1, server: true }}, object {{ name: "worker", procs: 1 }}]
    }}
  }}
}}
workflow trainings {{
  input {{ String marks }}
  scatter (i in range({count})) {{ call train {{ input: i = i, marks = marks }} }}
  output {{ Array[Array[String]] lines = train.lines }}
}}
"#
    )
}

/// Slurm takes no array of them: a job each, with addresses of its own, and logs of its own in a folder that the author names once.
#[test]
fn real_slurm_scattered_heterogeneous_jobs_keep_apart() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    lab.place.keep_scratch();
    let barrier =
        "until [ -e ~{marks}/started.0.worker ] && [ -e ~{marks}/started.1.worker ] && [ -e ~{marks}/started.2.worker ]; do sleep 0.1; done";
    let ended = lab.start(&trainings(3, barrier)).end();
    ended.assert(0, &["run done"]);
    assert_eq!(lab.place.count("submitted"), 3, "a job each");
    let mut addresses = BTreeSet::new();
    for (i, lines) in ended.outputs()["trainings.lines"].as_array().unwrap().iter().enumerate() {
        assert_eq!((lines[0].as_str(), lines[2].as_str()), (Some(&*i.to_string()), None));
        let config: Value = serde_json::from_str(lines[1].as_str().unwrap()).unwrap();
        for role in ["ps", "worker"] {
            addresses.insert(config["cluster"][role][0].to_string());
        }
        let log = fs::read_to_string(lab.place.path("marks").join(format!("logs/train.{i}.a1/worker.0.log"))).unwrap();
        assert_eq!(log.lines().collect::<Vec<_>>(), [lines[0].as_str().unwrap(), lines[1].as_str().unwrap()]);
    }
    assert_eq!(addresses.len(), 6, "{addresses:?}");
    lab.assert_nothing_left();
    lab.place.assert_clean();
}

/// Calls that name one folder for their logs: none writes over another's, at the same time or later.
#[test]
fn real_slurm_calls_with_one_logdir_keep_their_logs() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    let barrier = "until [ -e ~{marks}/started.0.worker ] && [ -e ~{marks}/started.1.worker ]; do sleep 0.1; done";
    let document = trainings(0, barrier);
    let calls = "workflow three {
  input { String marks }
  call train { input: i = 0, marks = marks }
  call train as second { input: i = 1, marks = marks }
  call train as third { input: i = length(train.lines), marks = marks }
  output { Array[Array[String]] lines = [train.lines, second.lines, third.lines] }
}
";
    let (task, _) = document.split_once("workflow ").unwrap();
    let ended = lab.start(&format!("{task}{calls}")).end();
    ended.assert(0, &["run done"]);
    let run = lab.place.run_folder();
    for (call, lines) in ["train", "second", "third"].iter().zip(ended.outputs()["three.lines"].as_array().unwrap()) {
        let said = lab.place.start(&["logs", run.to_str().unwrap(), call, "--role", "worker.0"]).end();
        let lines = lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        said.assert(0, &[]);
        assert_eq!(said.stdout.lines().collect::<Vec<_>>(), lines.collect::<Vec<_>>(), "{call}");
    }
    lab.assert_nothing_left();
}

/// The most calls that were between their intent and their end at one time.
fn most_at_once(place: &Place) -> usize {
    let (mut now, mut most) = (0, 0);
    for line in place.events() {
        match line["event"]["event"].as_str() {
            Some("submit_intent") => now += line["event"]["calls"].as_array().expect("it is a list").len(),
            Some("task_ended") => now -= 1,
            _ => {}
        }
        most = most.max(now);
    }
    most
}

#[test]
fn real_slurm_no_more_heterogeneous_jobs_than_the_site_wants() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("distributed_running = 2");
    lab.place.keep_scratch();
    let ended = lab.start(&trainings(5, "sleep 1")).end();
    ended.assert(0, &["run done"]);
    assert_eq!((most_at_once(&lab.place), lab.place.count("submitted")), (2, 5));
    lab.assert_nothing_left();
}

/// What is held back is in no log: a head that is killed meanwhile loses none of it, and a cancellation has nothing to end there.
#[test]
fn held_back_tasks_outlive_a_killed_head() {
    let place = Place::new("spool_seconds = 0.05\nlost_grace_seconds = 3\nkill_grace_seconds = 2\ndistributed_running = 1", Vec::new());
    let document = trainings(3, "until [ -e ~{marks}/go ]; do sleep 0.05; done");
    let head = place.start_run(&document, "local", &[]);
    place.wait_for_mark("started.0.worker", &head);
    head.kill();
    assert_eq!(place.count("submit_intent"), 1);
    place.mark("go");
    let ended = place.resume().end();
    ended.assert(0, &["run done"]);
    assert_eq!(ended.outputs()["trainings.lines"].as_array().unwrap().len(), 3);
    assert_eq!((most_at_once(&place), place.count("submit_intent")), (1, 3));
    place.assert_nothing_left();

    let place = Place::new("spool_seconds = 0.05\nkill_grace_seconds = 2\ndistributed_running = 1", Vec::new());
    let head = place.start_run(&document, "local", &[]);
    place.wait_for_mark("started.0.worker", &head);
    head.signal(nix::sys::signal::Signal::SIGINT);
    head.end().assert(7, &["run cancelled"]);
    assert_eq!(place.count("submit_intent"), 1);
    place.assert_nothing_left();
}

/// Real servers: four clusters of the site's own kind on one node, whose workers answer only to their own server's secret.
#[test]
fn real_slurm_several_clusters_share_one_node() {
    if !has_slurm() {
        return;
    }
    let cluster = OwnCluster::start_with("", &["--nodes", "1", "--cpus", "16"]);
    let lab = Lab::on(&cluster, "");
    taskqueue::bring(&lab.place, "nodes = 4\ncpus = 4", "nodes = 1\ncpus = 16");
    lab.place.keep_scratch();
    let document = r#"version 1.0
task ask {
  input {
    Int i
    String marks
  }
  command <<<
    touch ~{marks}/started.~{i}
    until [ -e ~{marks}/started.0 ] && [ -e ~{marks}/started.1 ] && [ -e ~{marks}/started.2 ] && [ -e ~{marks}/started.3 ]; do sleep 0.1; done
    PYTHONDONTWRITEBYTECODE=1 python3 -c 'import os, sys
    sys.path.insert(0, os.path.dirname(os.environ["TASKQUEUE_PROGRAM"]))
    from taskqueue import connect
    tasks, results = connect()
    for number in range(50):
        tasks.put((number, "~{i} * 1000 + %d" % number))
    print(sum(results.get()[1] for _ in range(50)))
    print(os.environ["TASKQUEUE_ADDRESS"])'
  >>>
  output { Array[String] lines = read_lines(stdout()) }
  runtime { memory: "200 MiB" runner: "partisaner" runneroptions: { cluster: "taskqueue", form: "packed" } }
}
workflow asks {
  input { String marks }
  scatter (i in range(4)) { call ask { input: i = i, marks = marks } }
  output { Array[Array[String]] lines = ask.lines }
}
"#;
    let ended = lab.start(document).end();
    ended.assert(0, &["run done"]);
    assert_eq!(lab.place.count("submitted"), 1, "one array");
    let outputs = ended.outputs();
    let lines = outputs["asks.lines"].as_array().unwrap();
    for (i, lines) in lines.iter().enumerate() {
        assert_eq!(lines[0], json!((i * 50_000 + 1225).to_string()));
    }
    let addresses: BTreeSet<&str> = lines.iter().map(|lines| lines[1].as_str().unwrap()).collect();
    assert_eq!(addresses.len(), 4, "{addresses:?}");
    assert!(addresses.iter().all(|address| address.starts_with("n1:")), "{addresses:?}");
    lab.assert_nothing_left();
    lab.place.assert_clean();
}
