//! An image, or a node, without what the kind of cluster needs: said before the command runs, and not tried again. Here on this machine, with a Python
//! that has no modules but its own; `tests/frameworks/run` does the same with real images.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use rstest::rstest;
use sluice::{
    job::{FailedStart, Marker, Stage},
    task::{Distributed, TaskInstance},
};
use tempfile::TempDir;

use crate::support::{
    attempt_run::{AttemptRun, site},
    distributed::{distributed, role, task},
};

/// A folder with a `python3` that has only what `modules` holds beside Python's own modules.
fn python_with(modules: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for module in modules {
        fs::write(folder.path().join(format!("{module}.py")), "").expect("it can be written");
    }
    let text = format!("#!/bin/sh\nPYTHONPATH='{}' exec /usr/bin/python3 -S \"$@\"\n", folder.path().display());
    let program = folder.path().join("python3");
    fs::write(&program, text).expect("it can be written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
    fs::write(folder.path().join("train.sh"), "").expect("it can be written");
    folder
}

/// Runs a task with that folder first on the PATH, without Slurm.
fn run(task: TaskInstance, bin: &Path) -> (AttemptRun, Marker) {
    let run = AttemptRun::new(&[task], &site(&format!("[node]\nkill_grace_seconds = 2\npath_prepend = [\"{}\"]\n", bin.display())));
    let mut command = Command::new("bash");
    command.arg(run.script()).env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", "local-1").env("SLUICE_ELEMENT", "0");
    command.env_remove("SPARK_HOME").env_remove("PYSPARK_PYTHON");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the script can be started");
    let marker = run.marker();
    (run, marker)
}

/// The command, had it run, would leave a file.
const RUNS: &str = "touch ../../ran\nexec python3 -u program.py\n";

#[rstest]
#[case::tensorflow("tensorflow", &["worker"], "python3 has no module tensorflow")]
#[case::pytorch("pytorch", &["rank"], "python3 has no module torch")]
#[case::ray("ray", &[], "python3 has no module ray")]
#[case::dask("dask", &[], "python3 has no module distributed")]
#[case::spark("spark", &[], "there is no SPARK_HOME and no spark-submit on the PATH, and python3 has no module pyspark")]
fn framework_that_is_missing_is_named(#[case] cluster: &str, #[case] roles: &[&str], #[case] reason: &str) {
    let bin = python_with(&[]);
    let roles = roles.iter().map(|name| role(name, 1)).collect::<Vec<_>>();
    let procs = roles.is_empty().then_some(1);
    let mut task = task(RUNS, Distributed { procs, ..distributed(cluster, roles) });
    task.requirements.memory_bytes = Some(1 << 30);
    let (run, marker) = run(task, bin.path());
    assert_eq!((marker.exit, marker.stage, marker.start), (Some(127), Stage::Start, Some(FailedStart::Unfit)), "{}", marker.detail);
    let words = format!("could not start without what its cluster needs: {reason}, on the node itself: the task names no image");
    assert!(marker.detail.contains(&words), "{}", marker.detail);
    assert!(!run.attempts[0].join("ran").exists(), "the command does not run");
}

#[test]
fn framework_that_is_there_leaves_no_trace() {
    let bin = python_with(&["tensorflow"]);
    let command = "env | grep -c SLUICE_OWN_\nx=1 exec python3 -m this\n";
    let (run, marker) = run(task(command, distributed("tensorflow", vec![role("worker", 1)])), bin.path());
    assert_eq!((marker.exit, marker.stage, marker.start), (Some(0), Stage::Roles, None), "{}", marker.detail);
    assert!(run.read("stdout").starts_with("0\nThe Zen of Python"), "{}", run.read("stdout"));
}

/// The loader's own words.
#[test]
fn missing_mpi_library_is_named() {
    let command = "echo 'world: error while loading shared libraries: libmpich.so.12: cannot open shared object file' >&2; exit 127\n";
    let (_, marker) = run(task(command, Distributed { procs: Some(2), ..distributed("mpi", Vec::new()) }), Path::new("/usr/bin"));
    if marker.detail.contains("no mpiexec") {
        return;
    }
    assert_eq!((marker.exit, marker.stage, marker.start), (Some(127), Stage::Start, Some(FailedStart::Unfit)), "{}", marker.detail);
    assert!(marker.detail.contains("needs: there is no MPI library libmpich.so.12, on the node itself"), "{}", marker.detail);
}

/// What a command starts its framework by; `-`: it may bring its own, or says nothing, and nobody asks.
#[rstest]
#[case("exec python3 'train.py'", "python3")]
#[case("set -e\ncd x && OMP_NUM_THREADS=2 python train.py | tee log", "python")]
#[case("if time /opt/tf/bin/python3.11 -m train; then echo; fi", "/opt/tf/bin/python3.11")]
#[case("python3 a.py; python3 b.py\npython2 c.py", "python3 python2")]
#[case("spark-submit --master x app.py", "spark-submit")]
#[case("# python3 train.py\necho python3 train.py", "-")]
#[case("python3 -c 'import json'", "-")]
#[case("python3 - <<END\nimport json\nEND", "-")]
#[case("pip install tensorflow\npython3 train.py", "-")]
#[case(". venv/bin/activate\npython3 train.py", "-")]
#[case("source /opt/env.sh; python3 train.py", "-")]
#[case("export PATH=/opt/tf/bin:$PATH\npython3 train.py", "-")]
#[case("module load tensorflow && python3 train.py", "-")]
#[case("\"$HOME/tf/bin/python3\" train.py", "-")]
#[case("~/tf/bin/python3 train.py", "-")]
#[case("python3 prepare.py\n./train", "-")]
#[case("train --all", "-")]
#[case("python3 prepare.py\ntrain --all", "-")]
#[case("python3 train.py \\\n  --epochs 3 \\\n  --log x", "python3")]
#[case("n=$(wc -l < 'a b')\nmkdir -p x && python3 train.py \"the data\" > x/log 2>&1\ntouch 'x; y'", "python3")]
#[case("case $SLUICE_RANK in\n  0) python3 first.py ;;\n  *) python3 other.py ;;\nesac", "-")]
fn command_is_asked_by_what_it_starts(#[case] command: &str, #[case] expected: &str) {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    fs::write(file.path(), command).expect("it can be written");
    let script = ". templates/lib/fit.sh; sluice_programs_of \"$1\" || echo -";
    let output = Command::new("bash").args(["-c", script, "-"]).arg(file.path()).output().expect("bash is there");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), expected);
}
