//! A folder with the programs of `tests/fake-slurm`, and the adapter that runs them.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use sluice::slurm::{Slurm, SlurmSettings};
use tempfile::TempDir;

const PROGRAMS: [&str; 7] = ["sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo", "srun"];

/// A fake cluster of its own; what runs in it ends with it.
#[must_use]
pub(crate) struct FakeSlurm {
    folder: TempDir,
    variables: Vec<(OsString, OsString)>,
}

impl FakeSlurm {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fake-slurm/slurm");
        for name in ["bin", "state", "scripts"] {
            fs::create_dir(folder.path().join(name)).expect("a folder can be made");
        }
        for name in PROGRAMS {
            symlink(&program, folder.path().join("bin").join(name)).expect("a link can be made");
        }
        Self { folder, variables: Vec::new() }
    }

    /// As if the cluster kept no accounting.
    pub(crate) fn without_accounting(mut self) -> Self {
        self.variables.push(("FAKE_SLURM_ACCOUNTING".into(), "none".into()));
        self
    }

    /// What calls do: lines of `PROGRAM FAULT`.
    pub(crate) fn faults(self, lines: &str) -> Self {
        self.set_faults(lines);
        self
    }

    /// The same, later.
    pub(crate) fn set_faults(&self, lines: &str) {
        fs::write(self.state("faults"), format!("{lines}\n")).expect("it can be written");
    }

    /// What becomes of jobs: lines of `NAME-PATTERN FATE`.
    pub(crate) fn fates(self, lines: &str) -> Self {
        fs::write(self.state("fates"), format!("{lines}\n")).expect("it can be written");
        self
    }

    fn state(&self, name: &str) -> PathBuf {
        self.folder.path().join("state").join(name)
    }

    /// What programs of this cluster are started with, by the adapter or as a whole `sluice`.
    pub(crate) fn environment(&self) -> Vec<(OsString, OsString)> {
        let mut path = self.folder.path().join("bin").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut variables = vec![("FAKE_SLURM_DIR".into(), self.folder.path().join("state").into_os_string()), ("PATH".into(), path)];
        variables.extend(self.variables.iter().cloned());
        variables
    }

    /// The adapter, with limits that fit a test.
    pub(crate) fn slurm(&self) -> Slurm {
        self.slurm_with(SlurmSettings {
            command_time_limit: Duration::from_secs(20),
            cancel_deadline: Duration::from_secs(20),
            ..SlurmSettings::default()
        })
    }

    pub(crate) fn slurm_with(&self, settings: SlurmSettings) -> Slurm {
        Slurm::new(settings, self.environment())
    }

    /// Writes a script; its output goes to `NAME.out` (or `.N.out` of an array) beside it.
    pub(crate) fn script(&self, name: &str, options: &str, body: &str) -> PathBuf {
        let path = self.folder.path().join("scripts").join(name);
        let output = path.with_extension("out");
        let mut text = format!("#!/bin/bash\n#SBATCH --job-name={name}\n#SBATCH --output={}\n", output.display());
        for option in options.split_whitespace() {
            text.push_str(&format!("#SBATCH {option}\n"));
        }
        text.push_str(body);
        text.push('\n');
        fs::write(&path, text).expect("it can be written");
        path
    }

    /// What a script of that name wrote.
    pub(crate) fn output(&self, name: &str) -> String {
        let path = self.folder.path().join("scripts").join(name).with_extension("out");
        fs::read_to_string(path).unwrap_or_default()
    }

    /// Runs a program as a person would; it must succeed.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) {
        let output =
            Command::new(self.folder.path().join("bin").join(program)).args(arguments).envs(self.environment()).output().expect("it is there");
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Every job id and the state of every element, in the order of their numbers.
    pub(crate) fn job_states(&self) -> (Vec<String>, Vec<String>) {
        let sorted = |folder: PathBuf| {
            let names = fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
            let mut names: Vec<String> = names.filter(|name| name.parse::<u32>().is_ok()).collect();
            names.sort_by_key(|name| name.parse::<u32>().unwrap_or_default());
            names
        };
        let jobs = sorted(self.state("jobs"));
        let elements = jobs.iter().flat_map(|job| sorted(self.state("jobs").join(job)).into_iter().map(move |element| (job.clone(), element)));
        let state = |(job, element): (String, String)| fs::read_to_string(self.state("jobs").join(job).join(element).join("state"));
        let states = elements.filter_map(|element| Some(state(element).ok()?.trim().to_owned())).collect();
        (jobs, states)
    }

    /// How often a program was called with arguments that begin so.
    pub(crate) fn calls(&self, beginning: &str) -> usize {
        let calls = fs::read_to_string(self.state("calls")).unwrap_or_default();
        calls.lines().filter(|line| line.starts_with(beginning)).count()
    }
}

impl Drop for FakeSlurm {
    fn drop(&mut self) {
        self.set_faults("");
        let ids: Vec<_> = fs::read_dir(self.state("jobs")).into_iter().flatten().flatten().map(|entry| entry.file_name()).collect();
        let mut scancel = Command::new(self.folder.path().join("bin/scancel"));
        // A failure leaves a process behind, which the tests of what is left behind see.
        let _ = scancel.args(ids).envs(self.environment()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// Asks again until it is so; fails with the last answer after 20 s.
pub(crate) async fn eventually<T: std::fmt::Debug>(ask: impl AsyncFnMut() -> T, is_so: impl Fn(&T) -> bool) -> T {
    eventually_within(Duration::from_secs(20), ask, is_so).await
}

/// The same with more or less patience.
pub(crate) async fn eventually_within<T: std::fmt::Debug>(patience: Duration, mut ask: impl AsyncFnMut() -> T, is_so: impl Fn(&T) -> bool) -> T {
    let deadline = Instant::now() + patience;
    loop {
        let answer = ask().await;
        if is_so(&answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "not so after {patience:?}: {answer:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
