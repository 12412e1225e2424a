//! A distributed task that is tried again: all of it is new, and nothing of the first attempt is left when the second runs.

use std::fs;

use rstest::rstest;
use serde_json::json;

use crate::support::{head::Place, real_run::Lab, real_slurm::has_slurm, taskqueue};

/// The driver writes down what its cluster is made of; the first attempt fails then, the second first looks for what the first had.
const TWICE: &str = r#"version 1.0
task ask {
  input { String marks }
  command <<<
    private=$(dirname "$TASKQUEUE_PROGRAM")
    told=~{marks}/attempt.$SLUICE_ATTEMPT
    printf '%s\n' "$TASKQUEUE_ADDRESS" "$(sha256sum <"$private/key")" "$TMPDIR" "$PWD" "$SLUICE_CLUSTER_FILE" "$private" >"$told"
    if [ "$SLUICE_ATTEMPT" = 1 ]; then touch of-the-first; exit 4; fi
    for left in $(sed -n '3p;5p;6p' ~{marks}/attempt.1) "$PWD/of-the-first"; do
      if [ -e "$left" ]; then echo "left: $left" >&2; exit 9; fi
    done
    ASKS_THE_QUEUE
  >>>
  output { Int n = read_int(stdout()) }
  runtime {
    memory: "300 MiB"
    maxRetries: 1
    runner: "partisaner"
    runneroptions: { cluster: "taskqueue", logdir: "~{marks}/logs" }
  }
}
"#;

#[rstest]
#[case::slurm("slurm")]
#[case::local("local")]
fn real_slurm_second_attempt_is_whole_and_fresh(#[case] backend: &str) {
    if backend == "slurm" && !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    let place = &lab.place;
    taskqueue::bring(place, "", "");
    place.keep_scratch();
    let ended = place.start_run(&taskqueue::asking(TWICE), backend, &[]).end();
    ended.assert(0, &["exit code 4", "run done"]);
    assert_eq!(ended.outputs(), json!({"ask.n": 42}));
    let told = |attempt: u32| told(place, attempt);
    for (first, second) in told(1).iter().zip(&told(2)) {
        assert_ne!(first, second);
    }
    // The author's folder of logs has both attempts' apart.
    for log in ["worker.0.log", "ask.a2/worker.0.log"] {
        assert!(place.path("marks/logs").join(log).exists(), "{log}");
    }
    place.assert_clean();
    if backend == "slurm" { lab.assert_nothing_left() } else { place.assert_nothing_left() }
}

/// Address, digest of the secret, scratch folder, working folder, cluster file, folder of secrets.
fn told(place: &Place, attempt: u32) -> Vec<String> {
    let text = fs::read_to_string(place.path(&format!("marks/attempt.{attempt}"))).expect("the attempt has run");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 6, "{text}");
    lines
}
