//! Kinds of clusters that a site adds: lowered like our own, run from the example's own files, and kept in the run's folder.

use std::{fs, path::PathBuf};

use serde_json::json;
use sluice::{
    job::{self, AttemptPaths, Program},
    site::{Layer, Site},
    task::{Distributed, Role, TaskInstance},
};

use crate::support::{
    attempt_run::{site, wait_for},
    distributed::{distributed, role, task},
    head::{Ended, Head, Place},
    real_run::Lab,
    real_slurm::has_slurm,
    taskqueue::{self, asking, example},
};

/// TensorFlow's rules as a site would write them.
const TENSORFLOW: &str = r#"
[clusters.tf]
[[clusters.tf.role]]
name = "chief"
duty = "driver"
optional = true
procs = 0
[[clusters.tf.role]]
name = "worker"
optional = true
serves_beside = "chief"
[[clusters.tf.role]]
name = "ps"
duty = "service"
optional = true
procs = 0
[[clusters.tf.role]]
name = "evaluator"
duty = "service"
optional = true
procs = 0
single = true
"#;

/// The roles as their script gets them, by name. The place names the component, whose number is the role's own in the order of the table.
fn roles_of(instance: &TaskInstance, site: &Site) -> Result<Vec<serde_json::Value>, String> {
    let spec = job::lower(instance, site, &AttemptPaths::default()).map_err(|error| error.to_string())?;
    let Program::Roles(plan) = spec.program else { panic!("it is distributed") };
    let mut roles: Vec<_> = plan.roles.iter().map(|role| serde_json::to_value(role).expect("it is plain data")).collect();
    roles.sort_by_key(|role| role["name"].to_string());
    for role in &mut roles {
        role["place"] = role["place"].as_str().map(|place| place.split(':').next().unwrap_or_default().to_owned()).into();
    }
    Ok(roles)
}

/// The contract is enough for a kind of our own: its rules as a table give the same roles.
#[test]
fn a_site_can_write_what_our_own_kind_is() {
    let site = site(TENSORFLOW);
    let roles = |names: &[(&str, u32)]| names.iter().map(|(name, procs)| role(name, *procs)).collect::<Vec<_>>();
    let asked = [
        Vec::new(),
        roles(&[("ps", 1), ("worker", 2)]),
        roles(&[("chief", 1), ("worker", 2), ("ps", 2)]),
        roles(&[("chief", 1), ("evaluator", 1)]),
        vec![Role { gpu: Some(1), ..role("ps", 1) }, role("worker", 1)],
        roles(&[("evaluator", 2), ("worker", 1)]),
        roles(&[("ps", 1)]),
    ];
    for roles in asked {
        let of = |kind: &str| {
            let procs = roles.is_empty().then_some(3);
            roles_of(&task("x\n", Distributed { procs, ..distributed(kind, roles.clone()) }), &site)
        };
        let (own, table) = (of("tensorflow"), of("tf"));
        match (&own, &table) {
            (Ok(own), Ok(table)) => assert_eq!(own, table, "{roles:?}"),
            (own, table) => assert_eq!(own.is_err(), table.is_err(), "{roles:?}: {own:?} {table:?}"),
        }
    }
}

#[test]
fn names_of_the_sites_kinds_are_offered() {
    let site = Site::settle(&[Layer { file: "site.toml".to_owned(), text: TENSORFLOW.replace("tf", "paddle") }], |_| None).unwrap();
    let error = roles_of(&task("x\n", distributed("padle", Vec::new())), &site).unwrap_err();
    assert_eq!(error, "unknown cluster kind `padle`, the nearest is `paddle`");
}

/// A place of its own with the example's files, one text of its site file replaced.
fn place_of_example(from: &str, to: &str) -> Place {
    let place = Place::new("", Vec::new());
    taskqueue::bring(&place, from, to);
    place
}

/// The driver says that it is there and waits for a mark; then one task goes through the workers.
const WAITING: &str = r#"version 1.0
task ask {
  input { String marks }
  command <<<
    touch ~{marks}/started
    while [ ! -e ~{marks}/go ]; do sleep 0.1; done
    ASKS_THE_QUEUE
  >>>
  output { Int n = read_int(stdout()) }
  runtime { memory: "300 MiB" runner: "partisaner" runneroptions: { cluster: "taskqueue" } }
}
"#;

#[track_caller]
fn assert_answered(place: &Place, ended: &Ended) {
    ended.assert(0, &["run done"]);
    assert_eq!(ended.outputs(), json!({"ask.n": 42}));
    assert!(!place.run_folder().join("calls/ask.a1/roles/private").exists(), "the secret goes with the cluster");
    place.assert_nothing_left();
}

#[test]
fn example_runs_without_slurm() {
    let place = place_of_example("", "");
    let document = fs::read_to_string(example("custom-cluster.wdl")).unwrap();
    let document = document.replace("workflow custom_cluster {", "workflow custom_cluster {\n  input { String marks }");
    let ended = place.start_run(&document, "local", &[]).end();
    ended.assert(0, &["run done"]);
    assert_eq!(ended.outputs()["custom_cluster.sum"], json!(49_999_995_000_000_u64));
    assert!(!ended.stderr.contains("is not known"), "the site's kind is known: {}", ended.stderr);
    place.assert_nothing_left();
}

/// The run's folder has all that it takes: the site's file may be gone by then.
#[test]
fn resume_needs_no_file_of_the_site() {
    let place = place_of_example("", "");
    let head = place.start_run(&asking(WAITING), "local", &[]);
    place.wait_for_mark("started", &head);
    head.kill();
    fs::remove_file(place.path("taskqueue.sh")).unwrap();
    fs::remove_file(place.path("site.toml")).unwrap();
    place.mark("go");
    fs::write(place.path("site.toml"), "").unwrap();
    assert_answered(&place, &place.resume().end());
}

/// A server that does not come up is named, with what it said.
#[test]
fn kind_that_does_not_become_ready_is_a_start_time_out() {
    let place = place_of_example("exec python3 \"$TASKQUEUE_PROGRAM\" serve", "echo deaf; exec sleep 300");
    let document = asking(WAITING).replace("\"taskqueue\"", "\"taskqueue\", starttimeout: 3");
    let ended = place.start_run(&document, "local", &[]).end();
    ended.assert(1, &["not ready within 3 s: server.0: deaf", "roles not up in time"]);
    place.assert_nothing_left();
}

/// A server may think that it is up; what its `ready` says tells why it is not.
#[test]
fn kind_that_does_not_become_ready_tells_what_ready_said() {
    let place = place_of_example("ready = 'python3 \"$TASKQUEUE_PROGRAM\" ping'", "ready = 'echo \"no answer yet\" >&2; exit 4'");
    let document = asking(WAITING).replace("\"taskqueue\"", "\"taskqueue\", starttimeout: 4");
    let ended = place.start_run(&document, "local", &[]).end();
    ended.assert(1, &["not ready within 4 s: server.0: serving at ", "its `ready' says:", "no answer yet"]);
    place.assert_nothing_left();
}

/// The site's own look at what a role needs: it fails the task for good.
#[test]
fn kind_whose_image_lacks_what_it_needs_is_not_tried_again() {
    let place = place_of_example("[defaults]", "[limits]\nmachine_retries = 3\n[defaults]");
    let text = fs::read_to_string(place.path("site.toml")).unwrap();
    let probe = "procs = 2\nprobe = 'echo looking; echo no queue here >&2; exit 3'\n";
    fs::write(place.path("site.toml"), text.replace("procs = 2\n", probe)).unwrap();
    let ended = place.start_run(&asking(WAITING), "local", &[]).end();
    ended.assert(
        1,
        &[
            "lacks what its cluster needs",
            " could not start without what its cluster needs: no queue here, on the node itself",
            "hint: where something is missing: name an image",
        ],
    );
    assert!(!place.run_folder().join("calls/ask.a2").exists());
    place.assert_nothing_left();
}

/// A worker that is lost is a warning: the site says so.
#[test]
fn real_slurm_kind_of_the_site_goes_on_without_a_worker() {
    if !has_slurm() {
        return;
    }
    let lab = Lab::shared("");
    let place = &lab.place;
    taskqueue::bring(place, "", "");
    let head: Head = lab.start(&asking(WAITING));
    place.wait_for_mark("started", &head);
    let log = place.run_folder().join("calls/ask.a1/roles/worker.1.log");
    let worker =
        wait_for("the second worker", 60, || process_of("work", "SLUICE_RANK=1", place).ok_or_else(|| fs::read_to_string(&log).unwrap_or_default()));
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(worker), nix::sys::signal::Signal::SIGKILL).unwrap();
    place.mark("go");
    let ended = head.end();
    assert_answered(place, &ended);
    lab.assert_nothing_left();
}

/// The process of the place's run with this last argument and this variable.
fn process_of(argument: &str, variable: &str, place: &Place) -> Option<i32> {
    let folder = place.run_folder().display().to_string();
    let text = |path: PathBuf| fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let is_it = |path: &PathBuf| {
        let (arguments, environment) = (text(path.join("cmdline")), text(path.join("environ")));
        arguments.contains("taskqueue.py\0")
            && arguments.trim_end_matches('\0').ends_with(argument)
            && environment.contains(variable)
            && environment.contains(&folder)
    };
    let found = fs::read_dir("/proc").expect("Linux has /proc").flatten().map(|entry| entry.path()).find(is_it)?;
    found.file_name()?.to_str()?.parse().ok()
}
