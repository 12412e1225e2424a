//! Services that end early, under a real Slurm. Runs with `SLUICE_TEST_SLURM=1`.

use std::{env, fs, path::Path};

use sluice::{
    job::Marker,
    task::{Distributed, OnServerExit, TaskInstance},
};

use crate::support::{
    attempt_run::{AttemptRun, site, wait_for},
    distributed::{distributed, role, task, tensorflow},
    real_slurm::{end_of, has_slurm, submit},
    skipped::skipped,
};

fn run_with(task: TaskInstance, more: &str) -> (AttemptRun, Marker) {
    let run = AttemptRun::new(&[task], &site(&format!("[node]\nkill_grace_seconds = 2\n{more}")));
    end_of(&submit(&run));
    let marker = wait_for("the marker", 20, || if run.markers().is_empty() { Err(run.script_output()) } else { Ok(run.marker()) });
    (run, marker)
}

/// The step of the role stays: node, port and address of the process are what the others were told.
#[test]
fn real_slurm_service_is_started_again_in_its_place() {
    if !has_slurm() {
        return;
    }
    let command = r#"if [ $SLUICE_ROLE = ps ]; then
  echo "$SLUICE_ADDRESS $SLURMD_NODENAME"; mkdir "$SLUICE_WORK/first" 2>/dev/null && kill -KILL $$
  touch "$SLUICE_WORK/second"; exec sleep 300
fi
until [ -e "$SLUICE_WORK/second" ]; do sleep 0.2; done
"#;
    let mut task = tensorflow(command);
    task.distributed.as_mut().unwrap().on_server_exit = Some(OnServerExit::Restart);
    let (run, marker) = run_with(task, "");
    assert_eq!(marker.exit, Some(0), "{}", marker.detail);
    assert!(marker.detail.contains("ended with 137 and was started again, restart 1 of 3"), "{}", marker.detail);
    let log = run.read("roles/ps.0.log");
    let starts: Vec<&str> = log.lines().filter(|line| !line.starts_with("sluice:")).collect();
    assert_eq!((starts.len(), starts[0]), (2, starts[1]), "{log}");
}

/// A worker of TensorFlow's `ParameterServerStrategy` that comes back at its address; without it the chief trains on but never ends.
#[test]
fn real_slurm_tensorflow_worker_that_was_killed_comes_back() {
    let Some(bin) = env::var("SLUICE_EXAMPLE_BIN").ok().filter(|bin| has_slurm() && Path::new(bin).join("python3").exists()) else {
        skipped("no TensorFlow in SLUICE_EXAMPLE_BIN");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("train.py");
    let text = r#"import os, time
import tensorflow as tf
resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
if resolver.task_type != "chief":
    server = tf.distribute.Server(resolver.cluster_spec(), job_name=resolver.task_type, task_index=resolver.task_id, protocol="grpc")
    if "BACK" in os.environ:
        open(os.environ["BACK"], "w").close()
    server.join()
strategy = tf.distribute.ParameterServerStrategy(resolver)
coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
with strategy.scope():
    steps = tf.Variable(0, dtype=tf.int64)
@tf.function
def step():
    steps.assign_add(1)
# Trains on until the lost worker has been back for a while, however long this machine takes to start it.
count = back = 0
while count < 40 or back < 20:
    count += 1
    back += os.path.exists(os.environ["SLUICE_WORK"] + "/back")
    coordinator.schedule(step)
    coordinator.schedule(step)
    coordinator.join()
    open(os.environ["SLUICE_WORK"] + "/training", "w").close()
    time.sleep(0.25)
print("all steps:", steps.numpy() >= 80, flush=True)
"#;
    fs::write(&program, text).unwrap();
    let program = program.display();
    let command = format!(
        r#"export TF_CPP_MIN_LOG_LEVEL=1
if [ $SLUICE_ROLE.$SLUICE_RANK = worker.1 ] && mkdir "$SLUICE_WORK/first" 2>/dev/null; then
  python3 {program} & until [ -e "$SLUICE_WORK/training" ]; do sleep 0.1; done
  sleep 1; kill -KILL $!; wait $!; exit
fi
if [ $SLUICE_ROLE.$SLUICE_RANK = worker.1 ]; then export BACK="$SLUICE_WORK/back"; fi
exec python3 {program}
"#
    );
    let roles = vec![role("chief", 1), role("ps", 1), role("worker", 2)];
    let roles = roles.into_iter().map(|role| sluice::task::Role { memory_mib: Some(1000), ..role }).collect();
    let asked = Distributed { on_server_exit: Some(OnServerExit::Restart), start_timeout: Some(300), ..distributed("tensorflow", roles) };
    let (run, marker) = run_with(task(&command, asked), &format!("path_prepend = [\"{bin}\"]\n"));
    let stderr = || fs::read_to_string(run.attempts[0].join("stderr")).unwrap_or_default();
    assert_eq!(marker.exit, Some(0), "{}\n{}", marker.detail, stderr());
    assert_eq!(run.read("stdout"), "all steps: True\n");
    assert!(marker.detail.starts_with("worker.1 on n") && marker.detail.contains("restart 1 of 3"), "{}", marker.detail);
}
