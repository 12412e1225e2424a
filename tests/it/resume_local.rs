//! The head killed, told to go, interrupted, on the local backend: nothing is lost, nothing runs twice, nothing is left.

use std::{collections::BTreeSet, fs, path::Path};

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::head::{Ended, Head, Place};

/// Keys over the private cluster's site.
const SITE: &str = "spool_seconds = 0.05\nlost_grace_seconds = 3\nkill_grace_seconds = 2";

/// Three shards that write down each execution and wait for a mark, then one that takes all of them.
const SCATTER: &str = r#"version 1.0

task shard {
  input {
    Int i
    String marks
  }
  command <<<
    echo "shard ~{i} of $SLUICE_ATTEMPT" >>~{marks}/executions
    touch ~{marks}/started.~{i}
    while [ ! -e ~{marks}/go ]; do sleep 0.02; done
    echo "$((~{i} * 10))" >tens
  >>>
  output {
    Int tens = read_int("tens")
    File file = "tens"
  }
  runtime { cpu: 1 memory: "10 MB" }
}

task sum {
  input {
    Array[Int] tens
    String marks
  }
  command <<<
    echo "sum of $SLUICE_ATTEMPT" >>~{marks}/executions
    echo $((~{sep="+" tens}))
  >>>
  output { Int total = read_int(stdout()) }
  runtime { cpu: 1 memory: "10 MB" }
}

workflow tally {
  input { String marks }
  scatter (i in range(3)) { call shard { input: i = i, marks = marks } }
  call sum { input: tens = shard.tens, marks = marks }
  output {
    Array[Int] tens = shard.tens
    Array[File] files = shard.file
    Int total = sum.total
  }
}
"#;

const ONCE_EACH: [&str; 4] = ["shard 0 of 1", "shard 1 of 1", "shard 2 of 1", "sum of 1"];

pub(crate) fn place() -> Place {
    Place::new(SITE, Vec::new())
}

pub(crate) fn start(place: &Place) -> Head {
    place.start_run(SCATTER, "local", &[])
}

/// Waits until as many shards run as this machine takes at once.
fn wait_until_shards_run(place: &Place, head: &Head) {
    place.wait_for_event("task_started", 1, head);
    place.wait_for_mark("started.0", head);
}

#[track_caller]
pub(crate) fn assert_done(place: &Place, ended: &Ended) {
    ended.assert(0, &["run done"]);
    let outputs = ended.outputs();
    assert_eq!((&outputs["tally.tens"], &outputs["tally.total"]), (&json!([0, 10, 20]), &json!(30)));
    for file in outputs["tally.files"].as_array().expect("it is a list") {
        assert!(Path::new(file.as_str().expect("it is text")).is_file(), "{file}");
    }
    let written: Value =
        serde_json::from_str(&fs::read_to_string(place.run_folder().join("outputs.json")).expect("it can be read")).expect("it is JSON");
    assert_eq!(written, outputs);
    place.assert_spool_is_empty();
    place.assert_nothing_left();
}

#[test]
fn a_head_killed_while_tasks_run_is_resumed() {
    let place = place();
    let head = start(&place);
    wait_until_shards_run(&place, &head);
    head.kill();
    let head = place.resume();
    head.wait_for_stderr("shard[0]: running");
    place.mark("go");
    assert_done(&place, &head.end());
    assert_eq!(place.executions(), ONCE_EACH);
}

#[test]
fn a_task_that_ended_while_no_head_lived_is_collected() {
    let place = place();
    let head = start(&place);
    wait_until_shards_run(&place, &head);
    head.kill();
    place.mark("go");
    let spool = place.run_folder().join("spool");
    crate::support::attempt_run::wait_for("a marker", 60, || {
        let names: Vec<_> = fs::read_dir(&spool).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        if names.iter().any(|name| !name.starts_with('.')) { Ok(()) } else { Err(format!("{names:?}")) }
    });
    assert_done(&place, &place.resume().end());
    assert_eq!(place.executions(), ONCE_EACH);
}

#[test]
fn a_head_killed_again_and_again_is_resumed() {
    let place = place();
    let mut head = start(&place);
    wait_until_shards_run(&place, &head);
    for _ in 0..3 {
        head.kill();
        head = place.resume();
        head.wait_for_stderr("shard[0]: running");
    }
    place.mark("go");
    assert_done(&place, &head.end());
    assert_eq!(place.executions(), ONCE_EACH);
}

#[test]
fn a_second_head_is_refused() {
    let place = place();
    let head = start(&place);
    wait_until_shards_run(&place, &head);
    let second = place.resume().end();
    second.assert(9, &["failed to lock the run in", "is at work on it", "hint: wait for it"]);
    assert_eq!(second.stdout, "");
    place.mark("go");
    assert_done(&place, &head.end());
    assert_eq!(place.executions(), ONCE_EACH);
}

#[test]
fn an_interrupt_cancels_and_leaves_nothing() {
    let place = place();
    let head = start(&place);
    wait_until_shards_run(&place, &head);
    head.signal(Signal::SIGINT);
    let ended = head.end();
    ended.assert(7, &["cancelling: asked by Ctrl-C", "run cancelled"]);
    assert_eq!(ended.stdout, "");
    place.assert_nothing_left();
    assert!(!place.run_folder().join("outputs.json").exists());
    // What was cancelled is tried again, as other attempts.
    place.mark("go");
    let ended = place.resume().end();
    assert_done(&place, &ended);
    let executions = place.executions();
    assert_eq!(executions.iter().collect::<BTreeSet<_>>().len(), executions.len(), "{executions:?}");
}

#[test]
fn a_head_that_is_told_to_go_leaves_its_tasks_running() {
    for (signal, name) in [(Signal::SIGTERM, "SIGTERM"), (Signal::SIGHUP, "SIGHUP")] {
        let place = place();
        let head = start(&place);
        wait_until_shards_run(&place, &head);
        head.signal(signal);
        let words = format!("{name} came; its 3 jobs go on without a head");
        head.end().assert(6, &[&words, "hint: `sluice resume` goes on with the run"]);
        place.mark("go");
        assert_done(&place, &place.resume().end());
        assert_eq!(place.executions(), ONCE_EACH);
    }
}

#[test]
fn cancel_from_another_shell_ends_a_run_with_or_without_a_head() {
    for is_head_alive in [true, false] {
        let place = place();
        let mut head = start(&place);
        wait_until_shards_run(&place, &head);
        if is_head_alive {
            place.start(&["cancel", place.run_folder().to_str().unwrap()]).end().assert(0, &["asked the run's head", "run: cancelled"]);
            head.wait_for_stderr("cancelling: asked by `sluice cancel`");
            head.end().assert(7, &["run cancelled"]);
            head = place.start(&["cancel", place.run_folder().to_str().unwrap()]);
            head.end().assert(0, &["run: cancelled"]);
        } else {
            head.kill();
            place.start(&["cancel", place.run_folder().to_str().unwrap()]).end().assert(0, &["run: cancelled"]);
        }
        place.assert_nothing_left();
        assert_eq!(place.count("finished"), 1);
    }
}

#[test]
fn a_run_that_is_done_is_shown_again() {
    let place = place();
    place.mark("go");
    let first = start(&place).end();
    assert_done(&place, &first);
    let lines = place.events().len();
    let second = place.resume().end();
    second.assert(0, &["shard[2]  done"]);
    assert_eq!((second.outputs(), place.events().len()), (first.outputs(), lines));
    assert_eq!(place.executions(), ONCE_EACH);
}

const DAEMON: &str = r#"version 1.0
task leave {
  input { String marks }
  command <<<
    # Out of the session, and one of them without a variable that tells whose it is.
    setsid bash -c 'echo $$ >~{marks}/kept; exec -a sluice-test-daemon sleep 1000' </dev/null >/dev/null 2>&1 &
    env -i PATH="$PATH" setsid bash -c 'echo $$ >~{marks}/bare; exec -a sluice-test-daemon sleep 1000' </dev/null >/dev/null 2>&1 &
    while [ ! -s ~{marks}/kept ] || [ ! -s ~{marks}/bare ]; do sleep 0.02; done
  >>>
  output { String done = "yes" }
}
"#;

#[test]
fn a_daemon_that_left_its_session_is_ended() {
    let place = place();
    let ended = place.start_run(DAEMON, "local", &[]).end();
    ended.assert(0, &["run done"]);
    for name in ["kept", "bare"] {
        let pid = fs::read_to_string(place.path("marks").join(name)).unwrap();
        let command = fs::read_to_string(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
        assert!(!command.contains("sluice-test-daemon"), "{name} is left: {command}");
    }
    place.assert_nothing_left();
}

const TWO_THAT_CANNOT_BE_PREPARED: &str = r#"version 1.0
task pick {
  input {
    Array[Int] numbers
    Int i
    String marks
  }
  Int number = numbers[i]
  command <<< echo "pick ~{number}" >>~{marks}/executions >>>
}
task first {
  command <<< echo 1 >>>
  output { Array[Int] numbers = [read_int(stdout())] }
}
workflow picks {
  input { String marks }
  call first
  scatter (i in [7, 0, 8]) { call pick { input: numbers = first.numbers, i = i, marks = marks } }
}
"#;

/// Calls that cannot be made into scripts fail the run and not the head; nothing of their batch is submitted.
#[test]
fn calls_that_cannot_be_prepared_fail_the_run() {
    let place = place();
    let ended = place.start_run(TWO_THAT_CANNOT_BE_PREPARED, "local", &[]).end();
    ended.assert(1, &["pick[0]: could not be prepared", "index 7 is out of range", "run failed"]);
    assert!(place.executions().is_empty(), "{:?}", place.executions());
    assert_eq!((place.count("submit_intent"), place.count("task_ended")), (1, 2));
    place.assert_nothing_left();
}

const STUBBORN: &str = r#"version 1.0
task stubborn {
  input { String marks }
  command <<<
    trap '' TERM
    echo "stubborn of $SLUICE_ATTEMPT" >>~{marks}/executions
    touch ~{marks}/started
    while [ ! -e ~{marks}/go ]; do sleep 0.02; done
  >>>
  output { String done = "yes" }
}
"#;

/// The run was ending when its head was killed: it ends first, then goes on, as resume promises.
#[test]
fn a_head_killed_while_it_cancels_is_resumed() {
    let place = place();
    let head = place.start_run(STUBBORN, "local", &[]);
    place.wait_for_mark("started", &head);
    head.signal(Signal::SIGINT);
    place.wait_for_event("cancel_requested", 1, &head);
    head.kill();
    assert_eq!(place.count("finished"), 0);
    let head = place.resume();
    place.wait_for_event("resumed", 1, &head);
    place.mark("go");
    let ended = head.end();
    ended.assert(0, &["resumed by process", "run done"]);
    assert_eq!(place.executions(), ["stubborn of 1", "stubborn of 2"]);
    place.assert_nothing_left();
}

/// Whoever does not want to wait for a stubborn task gets the prompt back, and is told what is left.
#[test]
fn a_second_interrupt_goes_at_once() {
    let place = place();
    let head = place.start_run(STUBBORN, "local", &[]);
    place.wait_for_mark("started", &head);
    head.signal(Signal::SIGINT);
    place.wait_for_event("cancel_requested", 1, &head);
    head.signal(Signal::SIGINT);
    head.end().assert(6, &["a second Ctrl-C came; its job goes on without a head", "`sluice cancel` ends its jobs"]);
    place.start(&["cancel", place.run_folder().to_str().unwrap()]).end().assert(0, &["run: cancelled"]);
    place.assert_nothing_left();
}

const READS_A_FILE: &str = r#"version 1.0
task first {
  command <<< >>>
  output { String name = "number" }
}
workflow reads {
  input { String marks }
  call first
  Int number = read_int(marks + "/" + first.name)
  output { Int again = number }
}
"#;

/// What an expression lacked is there now: it is evaluated once more, and once only.
#[test]
fn an_expression_that_failed_is_evaluated_again() {
    let place = place();
    let ended = place.start_run(READS_A_FILE, "local", &[]).end();
    ended.assert(1, &["run failed", "number"]);
    fs::write(place.path("marks/number"), "7\n").unwrap();
    let ended = place.resume().end();
    ended.assert(0, &["resumed by process", "run done"]);
    assert_eq!(ended.outputs(), json!({"reads.again": 7}));
    place.assert_nothing_left();
}
