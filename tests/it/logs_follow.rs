//! `sluice logs -f` while a task runs, on the local backend.

use crate::support::{
    attempt_run::wait_for,
    head::{Head, Place},
};

/// Two workers that speak, wait for a mark, and speak again without a line's end.
const TASK: &str = r#"version 1.0
task one {
  input { String marks }
  command <<<
    [ $SLUICE_ROLE = ps ] && exec sleep 300
    echo "hello from $SLUICE_RANK"
    until [ -e ~{marks}/go ]; do sleep 0.05; done
    printf "bye from $SLUICE_RANK"
  >>>
  runtime {
    memory: "50 MiB"
    runner: "partisaner"
    runneroptions: { "cluster": "tensorflow", "loginterval": 1, "roles": [{ "name": "ps" }, { "name": "worker", "procs": 2 }] }
  }
}
"#;

fn logs(place: &Place, arguments: &[&str]) -> Head {
    let run = place.run_folder();
    place.start(&[&["logs", run.to_str().expect("the path is UTF-8"), "one"], arguments].concat())
}

#[test]
fn logs_are_followed_until_the_attempt_ends() {
    let place = Place::new("", Vec::new());
    let head = place.start_run(TASK, "local", &[]);
    wait_for("the run's folder", 60, || if place.run_folder().join("events.jsonl").exists() { Ok(()) } else { Err(head.stderr()) });
    wait_for("the logs", 60, || {
        let log = place.run_folder().join("calls/one.a1/roles/worker.1.log");
        if log.exists() { Ok(()) } else { Err(head.stderr()) }
    });
    let one = logs(&place, &["--role", "worker.1", "-f"]);
    let both = logs(&place, &["--role", "worker", "--follow"]);
    let task = logs(&place, &["-f"]);
    for (follower, text) in [(&one, "hello from 1\n"), (&both, "worker.1: hello from 1\n"), (&task, "hello from 0\n")] {
        wait_for(text, 60, || if follower.stdout().contains(text) { Ok(()) } else { Err(follower.stdout()) });
    }
    // Not one of them has ended: there is more to come.
    let wrong = logs(&place, &["--role", "wroker.1", "-f"]).end();
    wrong.assert(2, &["no log of a role process `wroker.1`", "it has ps.0, worker.0, worker.1", "did you mean `worker.1`?"]);
    place.mark("go");
    assert_eq!(one.end().stdout, "hello from 1\nbye from 1");
    let mut lines: Vec<String> = both.end().stdout.lines().map(ToOwned::to_owned).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["worker.0: bye from 0", "worker.0: hello from 0", "worker.1: bye from 1", "worker.1: hello from 1"]);
    assert_eq!(task.end().stdout, "hello from 0\nbye from 0");
    head.end().assert(0, &[]);
    let after = logs(&place, &["--role", "worker"]).end();
    after.assert(0, &[]);
    assert_eq!(after.stdout.lines().count(), 4, "{}", after.stdout);
}

/// Ticks of `loginterval`: what the processes do is in the log once for each change, on the screen, and in `status`.
#[test]
fn ticks_show_what_the_roles_do() {
    let place = Place::new("", Vec::new());
    let head = place.start_run(TASK, "local", &[]);
    head.wait_for_stderr("worker.1 up: hello from 1");
    let seen = place.count("roles_seen");
    let run = place.run_folder();
    let run = run.to_str().expect("the path is UTF-8");
    let status = wait_for("the workers", 60, || {
        let ended = place.start(&["status", run, "--json"]).end();
        let status: serde_json::Value = serde_json::from_str(&ended.stdout).map_err(|error| error.to_string())?;
        let roles = &status["tasks"][0]["roles"];
        if roles[2]["tail"] == "hello from 1" { Ok(roles.clone()) } else { Err(status.to_string()) }
    });
    assert_eq!(status[2], serde_json::json!({"process": "worker.1", "state": "up", "tail": "hello from 1"}));
    let text = place.start(&["status", run]).end();
    text.assert(6, &[]);
    assert!(text.stdout.contains("one: worker.1 up: hello from 1\n"), "{}", text.stdout);
    // Several intervals in which nothing changes.
    wait_for("a look at all", 60, || {
        let log = std::fs::read_to_string(std::path::Path::new(run).join("events.jsonl")).unwrap_or_default();
        if log.contains("hello from 0") && log.contains("ps.0") { Ok(()) } else { Err(log) }
    });
    place.mark("go");
    head.end().assert(0, &[]);
    assert!(place.count("roles_seen") <= seen + 4, "a tick only where something has changed: {:?}", place.events());
}

/// A service that ends once, and workers that wait for its second start and for a mark.
const RESTARTED: &str = r#"version 1.0
task one {
  input { String marks }
  command <<<
    if [ $SLUICE_ROLE = ps ]; then
      [ -e ~{marks}/ended ] && exec sleep 300
      touch ~{marks}/ended
      exit 4
    fi
    until [ -e ~{marks}/go ]; do sleep 0.05; done
  >>>
  runtime {
    memory: "50 MiB"
    runner: "partisaner"
    runneroptions: { "cluster": "tensorflow", "loginterval": 1, "onserverexit": "restart", "roles": [{ "name": "ps" }, { "name": "worker" }] }
  }
}
"#;

/// A restart is an event: in a tick while the task runs, in `status`, and in the end of the task.
#[test]
fn restart_of_a_service_is_told() {
    let place = Place::new("", Vec::new());
    let head = place.start_run(RESTARTED, "local", &[]);
    head.wait_for_stderr("ps.0 up (started again once): ");
    let status = place.start(&["status", place.run_folder().to_str().expect("the path is UTF-8")]).end();
    assert!(status.stdout.contains("one: ps.0 up (started again once): "), "{}", status.stdout);
    place.mark("go");
    let said = "ps.0 on localhost ended with 4 and was started again, restart 1 of 3";
    head.end().assert(0, &[&format!("; {said}\n")]);
    let ended = place.events().into_iter().map(|line| line["event"].clone()).find(|event| event["event"] == "task_ended").expect("it has ended");
    assert!(ended["result"]["detail"].as_str().is_some_and(|detail| detail.contains(said)), "{ended}");
}
