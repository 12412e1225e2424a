//! A whole run on a real Slurm, and what Slurm says of its jobs.

use std::{ffi::OsString, fs, process::Command};

use serde_json::json;

use super::{
    attempt_run::wait_for,
    head::{Ended, Head, Place},
    own_cluster::OwnCluster,
};

const SITE: &str = "kill_grace_seconds = 2\nlost_grace_seconds = 40";

/// One task that writes down where each execution was, and waits for a mark.
pub(crate) const ONE: &str = r#"version 1.0
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

/// What it gives.
pub(crate) fn seven() -> serde_json::Value {
    json!({"one.n": 7})
}

/// A place for one run, and the cluster it runs on.
pub(crate) struct Lab {
    pub(crate) place: Place,
    environment: Vec<(OsString, OsString)>,
}

impl Lab {
    /// On the cluster that the tests were started with.
    pub(crate) fn shared(more: &str) -> Self {
        Self { place: Place::new(&format!("{SITE}\n{more}"), Vec::new()), environment: std::env::vars_os().collect() }
    }

    pub(crate) fn on(cluster: &OwnCluster, more: &str) -> Self {
        Self { place: Place::new(&format!("{SITE}\n{more}"), cluster.environment()), environment: cluster.environment() }
    }

    pub(crate) fn start(&self, document: &str) -> Head {
        self.place.start_run(document, "slurm", &[])
    }

    /// What a program of Slurm's says.
    #[track_caller]
    pub(crate) fn ask(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program).args(arguments).env_clear().envs(self.environment.iter().cloned()).output().expect("Slurm is installed");
        assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("it is UTF-8")
    }

    /// The run's id, which every job's name holds.
    fn run_id(&self) -> String {
        let text = fs::read_to_string(self.place.run_folder().join("run.json")).expect("it can be read");
        let record: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        record["id"].as_str().expect("it is text").to_owned()
    }

    /// The numbers of the jobs of this run that Slurm knows, ended ones too, an array once.
    pub(crate) fn jobs(&self) -> Vec<String> {
        let id = format!(".{}.", self.run_id());
        let listed = self.ask("squeue", &["-h", "-t", "all", "-o", "%A %F %j"]);
        let mut jobs: Vec<String> =
            listed.lines().filter(|line| line.contains(&id)).map(|line| line.split(' ').nth(1).expect("a name follows the id").to_owned()).collect();
        jobs.sort();
        jobs.dedup();
        jobs
    }

    /// The job id that the log has for a batch.
    pub(crate) fn job(&self, batch: u32) -> String {
        let events = self.place.events();
        let submitted = events.iter().map(|line| &line["event"]).find(|event| event["event"] == "submitted" && event["batch"] == batch);
        submitted.expect("it is submitted")["job"].as_str().expect("it is text").to_owned()
    }

    #[track_caller]
    pub(crate) fn assert_done(&self, ended: &Ended, outputs: &serde_json::Value, texts: &[&str]) {
        ended.assert(0, texts);
        assert_eq!(ended.outputs(), *outputs);
        self.place.assert_spool_is_empty();
        self.assert_nothing_left();
    }

    /// No job of the run in the queue, no process of it, no file outside its folder.
    #[track_caller]
    pub(crate) fn assert_nothing_left(&self) {
        let id = self.run_id();
        wait_for("an empty queue", 60, || {
            let listed = self.ask("squeue", &["-h", "-o", "%i %T %j"]);
            let left: Vec<&str> = listed.lines().filter(|line| line.contains(&id)).collect();
            if left.is_empty() { Ok(()) } else { Err(left.join("\n")) }
        });
        self.place.assert_nothing_left();
    }
}
