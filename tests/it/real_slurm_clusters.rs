//! Clusters of a head, workers and a driver under a real Slurm: how they start, end and fail. Runs with `SLUICE_TEST_SLURM=1`, each framework where
//! there is one.

use std::{fs, path::Path};

use rstest::rstest;
use sluice::{
    job::Stage,
    task::{Distributed, Form, TaskInstance},
};
use tempfile::TempDir;

use crate::support::{
    attempt_run::{AttemptRun, output_of, wait_for},
    distributed::{distributed, task},
    framework::bin_with,
    real_roles::{assert_nothing_left, ends, log, run_to_end, run_with},
    real_slurm::{end_of, has_slurm, submit},
};

/// A kind of cluster, and how its driver is written.
struct Kind {
    cluster: &'static str,
    module: &'static str,
    head: &'static str,
    /// Python that connects without being told where, and defines `total(n)`, the sum of 0 to n - 1 by tasks of the cluster.
    connect: &'static str,
}

const DASK: Kind = Kind {
    cluster: "dask",
    module: "distributed",
    head: "scheduler",
    connect: r"
from distributed import Client
client = Client()
def total(n):
    return sum(client.gather(client.map(lambda x: x, range(n), pure=False)))
",
};

const RAY: Kind = Kind {
    cluster: "ray",
    module: "ray",
    head: "head",
    connect: r"
import ray
ray.init(log_to_driver=False)
@ray.remote
def same(x):
    return x
def total(n):
    return sum(ray.get([same.remote(x) for x in range(n)]))
",
};

/// What the drivers of the tests share: `kill(role, rank)` ends a process of the task, by force and with all that it started.
const KILL: &str = r#"
import os, pathlib, signal, sys, time
def kill(role, rank):
    wanted = {f"SLUICE_CLUSTER_FILE={os.environ['SLUICE_CLUSTER_FILE']}", f"SLUICE_ROLE={role}", f"SLUICE_RANK={rank}"}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if wanted <= set((process / "environ").read_bytes().decode(errors="replace").split("\0")):
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            pass
"#;

/// One task in a run, with the folder of its program and scratch folders.
struct Case {
    run: AttemptRun,
    folder: TempDir,
}

impl Kind {
    /// A task with two workers and a driver of this text; none where the framework or Slurm is missing.
    fn case(&self, form: Form, text: &str) -> Option<Case> {
        self.case_with(form, text, |_, _| ())
    }

    fn case_with(&self, form: Form, text: &str, change: impl FnOnce(&mut TaskInstance, &Path)) -> Option<Case> {
        let bin = bin_with(self.module).filter(|_| has_slurm())?;
        let folder = tempfile::Builder::new().prefix("c").tempdir().expect("a folder can be made");
        let program = folder.path().join("driver.py");
        fs::write(&program, format!("{KILL}{}{text}", self.connect)).expect("it can be written");
        for name in ["scratch", "bin"] {
            fs::create_dir(folder.path().join(name)).expect("a folder can be made");
        }
        // Python starts slowly on a machine that is busy.
        let asked = Distributed { form, procs: Some(2), start_timeout: Some(300), ..distributed(self.cluster, Vec::new()) };
        let asked = Distributed { nodes: (form == Form::Het).then_some(2), ..asked };
        let mut task = task(&format!("exec python3 {}\n", program.display()), asked);
        task.requirements.memory_bytes = Some(1 << 30);
        change(&mut task, folder.path());
        let (scratch, own) = (folder.path().join("scratch"), folder.path().join("bin"));
        let node = format!("scratch = \"{}\"\npath_prepend = [\"{}\", \"{bin}\"]\n", scratch.display(), own.display());
        Some(Case { run: run_with(task, &node), folder })
    }
}

impl Case {
    fn stderr(&self) -> String {
        fs::read_to_string(self.run.attempts[0].join("stderr")).unwrap_or_default()
    }

    /// Neither secrets nor scratch folders.
    #[track_caller]
    fn assert_clean(&self) {
        assert!(!self.run.attempts[0].join("roles/private").exists(), "the secrets go with the cluster");
        let scratch = self.folder.path().join("scratch");
        wait_for("empty scratch", 20, || {
            let left: Vec<_> = fs::read_dir(&scratch).expect("it is there").flatten().map(|entry| entry.path()).collect();
            if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
        });
    }
}

/// All workers are there before the driver starts; a driver with no word on where the cluster is uses it; its exit code is the task's.
#[rstest]
#[case::dask_het(DASK, Form::Het)]
#[case::dask_packed(DASK, Form::Packed)]
#[case::ray_het(RAY, Form::Het)]
#[case::ray_packed(RAY, Form::Packed)]
fn real_slurm_cluster_serves_its_driver(#[case] kind: Kind, #[case] form: Form) {
    let Some(case) = kind.case(form, "print(total(100), os.environ['SLUICE_ROLE'], os.environ['SLUICE_SIZE'])\nsys.exit(7)\n") else { return };
    let (end, marker) = run_to_end(&case.run);
    assert_eq!((end.as_str(), marker.exit, marker.stage), ("FAILED 7:0", Some(7), Stage::Roles), "{}\n{}", marker.detail, case.stderr());
    assert_eq!(case.run.read("stdout"), "4950 driver 1\n");
    let head = format!("{}.0: stopped", kind.head);
    assert_eq!(ends(&marker), [head.as_str(), "worker.0: stopped", "worker.1: stopped", "driver.0: 7"]);
    assert_eq!(marker.hosts.len(), if form == Form::Het { 3 } else { 1 }, "{:?}", marker.hosts);
    case.assert_clean();
}

#[rstest]
#[case::dask(DASK)]
#[case::ray(RAY)]
fn real_slurm_cluster_goes_on_without_a_worker_that_is_killed(#[case] kind: Kind) {
    let Some(case) = kind.case(Form::Packed, "print(total(10))\nkill('worker', 1)\ntime.sleep(2)\nprint(total(100))\n") else { return };
    let (end, marker) = run_to_end(&case.run);
    assert_eq!((end.as_str(), marker.exit), ("COMPLETED 0:0", Some(0)), "{}\n{}", marker.detail, case.stderr());
    // Ray tells the driver of a lost node, too.
    let stdout = case.run.read("stdout");
    let totals: Vec<&str> = stdout.lines().filter(|line| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())).collect();
    assert_eq!(totals, ["45", "4950"], "{stdout}");
    assert!(marker.detail.contains("lost, went on without it: worker.1 on n"), "{}", marker.detail);
    case.assert_clean();
}

#[rstest]
#[case::dask(DASK)]
#[case::ray(RAY)]
fn real_slurm_cluster_whose_head_is_killed_fails_and_names_it(#[case] kind: Kind) {
    let text = format!("print(total(10), flush=True)\nkill('{}', 0)\ntotal(100)\ntime.sleep(300)\n", kind.head);
    let Some(case) = kind.case(Form::Packed, &text) else { return };
    let (end, marker) = run_to_end(&case.run);
    assert_eq!((end.as_str(), marker.exit), ("FAILED 137:0", Some(137)), "{}\n{}", marker.detail, case.stderr());
    assert_eq!(case.run.read("stdout").lines().next(), Some("45"));
    let named = format!("{}.0 on n", kind.head);
    assert!(marker.detail.starts_with(&named) && marker.detail.contains("signal 9 (KILL), though it serves the others"), "{}", marker.detail);
    case.assert_clean();
}

/// A worker that starts and never joins: frameworks themselves would wait for ever.
#[rstest]
#[case::dask(DASK)]
#[case::ray(RAY)]
fn real_slurm_cluster_start_time_out_counts_who_joined(#[case] kind: Kind) {
    let case = kind.case_with(Form::Packed, "print('started')\n", |task, folder| {
        let bin = bin_with(kind.module).expect("it was there a moment ago");
        let python = folder.join("bin/python3");
        let text = format!("#!/bin/sh\ncase \"$SLUICE_ROLE.$SLUICE_RANK $*\" in worker.1*-m*) exec sleep 300 ;; esac\nexec {bin}/python3 \"$@\"\n");
        fs::write(&python, text).expect("it can be written");
        output_of("chmod", &["755", python.to_str().expect("the path is UTF-8")]);
        task.distributed.as_mut().expect("it is one").start_timeout = Some(40);
    });
    let Some(case) = case else { return };
    let (_, marker) = run_to_end(&case.run);
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start), "{}", marker.detail);
    assert!(marker.detail.starts_with("not ready within 40 s: of 2 ") && marker.detail.contains(": 1"), "{}", marker.detail);
    assert_eq!(fs::read_to_string(case.run.attempts[0].join("stdout")).unwrap_or_default(), "", "the driver does not run");
    case.assert_clean();
}

/// An ordinary scancel signals everything; with `-b` only the script hears of it.
#[rstest]
#[case::dask_all(DASK, &[])]
#[case::dask_script(DASK, &["-b", "-s", "TERM"])]
#[case::ray_all(RAY, &[])]
#[case::ray_script(RAY, &["-b", "-s", "TERM"])]
fn real_slurm_cluster_that_is_cancelled_leaves_nothing(#[case] kind: Kind, #[case] options: &[&str]) {
    let Some(case) = kind.case(Form::Packed, "print(total(10), flush=True)\ntime.sleep(300)\n") else { return };
    let job = submit(&case.run);
    wait_for("the driver", 300, || {
        let seen = fs::read_to_string(case.run.attempts[0].join("stdout")).unwrap_or_default();
        if seen == "45\n" { Ok(()) } else { Err(format!("{seen} {}", case.stderr())) }
    });
    output_of("scancel", &[options, &[&job[..]]].concat());
    let marker = wait_for("the marker", 60, || if case.run.markers().is_empty() { Err("none".to_owned()) } else { Ok(case.run.marker()) });
    assert_eq!((marker.exit, marker.signal.as_deref()), (None, Some("TERM")), "{}", marker.detail);
    end_of(&job);
    assert_nothing_left(&case.run);
    case.assert_clean();
}

/// The program is told by name what is missing.
#[rstest]
#[case::dask(DASK)]
#[case::ray(RAY)]
fn real_slurm_cluster_without_its_framework_says_so(#[case] kind: Kind) {
    if !has_slurm() {
        return;
    }
    let asked = Distributed { procs: Some(1), ..distributed(kind.cluster, Vec::new()) };
    let mut task = task("echo started\n", asked);
    task.requirements.memory_bytes = Some(1 << 30);
    let folder = tempfile::tempdir().expect("a folder can be made");
    // The machine's own Python is without it.
    output_of("ln", &["-s", "/usr/bin/python3", folder.path().join("python3").to_str().expect("the path is UTF-8")]);
    let run = run_with(task, &format!("path_prepend = [\"{}\"]\n", folder.path().display()));
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(127), Stage::Start), "{}", marker.detail);
    assert!(marker.detail.contains(&format!("python3 has no module {}", kind.module)), "{}", marker.detail);
    assert!(log(&run, &format!("{}.0", kind.head)).contains("has no module"));
}
