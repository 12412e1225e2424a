//! `sluice run` in a folder with a site that uses containers, with the environment of the tests: their Slurm, their Apptainer.

use std::{
    fmt::Write as _,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use pretty_assertions::assert_eq;
use serde_json::Value;
use tempfile::TempDir;

use super::attempt_run::wait_for;

/// A folder with documents, a site file and runs in it, where `sluice run` is typed.
pub(crate) struct Desk {
    folder: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: Option<i32>,
    pub(crate) outputs: Value,
    pub(crate) stderr: String,
}

impl Desk {
    /// `container` are lines of the site's `[container]`; `more` is whatever else it has.
    pub(crate) fn new(container: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let cluster = fs::read_to_string("site-configs/test-cluster.toml").expect("it can be read");
        let site = cluster
            .replace("runtime = \"none\"", &format!("runtime = \"apptainer\"\n{container}"))
            .replace("[limits]", "[limits]\nmachine_retries = 0");
        let desk = Self { folder };
        desk.file("site.toml", &format!("{site}\n{more}\n"));
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file; gives its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder can be made");
        fs::write(&path, text).expect("it can be written");
        path.display().to_string()
    }

    pub(crate) fn command(&self, run: &str, wdl: &str, inputs: &Value, options: &[&str]) -> Command {
        self.file(&format!("{run}.wdl"), wdl);
        self.file(&format!("{run}.json"), &inputs.to_string());
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        command.arg("run").arg(self.path(&format!("{run}.wdl"))).arg("-i").arg(self.path(&format!("{run}.json")));
        command.arg("--site").arg(self.path("site.toml")).arg("--dir").arg(self.path(run)).args(options);
        command.env("XDG_CACHE_HOME", self.path("cache")).env("APPTAINER_CACHEDIR", self.path("apptainer-cache")).stdin(Stdio::null());
        // On the local backend tasks have the head's locale, which a small image does not know: its shell would say so on standard error.
        command.env_remove("LC_ALL").env_remove("LANG");
        command
    }

    /// Runs to the end.
    pub(crate) fn run(&self, run: &str, wdl: &str, inputs: &Value, options: &[&str]) -> Ran {
        let output = self.command(run, wdl, inputs, options).output().expect("sluice can be started");
        let outputs = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        self.assert_nothing_left();
        Ran { exit: output.status.code(), outputs, stderr: String::from_utf8_lossy(&output.stderr).into_owned() }
    }

    /// Runs to a good end.
    #[track_caller]
    pub(crate) fn outputs(&self, run: &str, wdl: &str, inputs: &Value, options: &[&str]) -> Value {
        let ran = self.run(run, wdl, inputs, options);
        assert_eq!(ran.exit, Some(0), "{options:?}\n{}\n{}", ran.stderr, self.errors(run));
        ran.outputs
    }

    /// What the commands of a run wrote to stderr.
    pub(crate) fn errors(&self, run: &str) -> String {
        let attempts = fs::read_dir(self.path(run).join("calls")).into_iter().flatten().flatten();
        attempts.fold(String::new(), |mut text, attempt| {
            let _ = write!(text, "{}", fs::read_to_string(attempt.path().join("stderr")).unwrap_or_default());
            text
        })
    }

    /// No process, no mount and no image that is still attached: all nodes are on this machine.
    #[track_caller]
    pub(crate) fn assert_nothing_left(&self) {
        let folder = self.folder.path().display().to_string();
        wait_for("nothing of the run to be left", 30, || {
            let left = [processes(&folder), mounts(&folder)].concat();
            if left.is_empty() { Ok(()) } else { Err(left.join("\n")) }
        });
    }
}

/// Processes that name a folder.
fn processes(folder: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").expect("Linux has /proc").flatten();
    let arguments =
        entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok()).map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "));
    arguments.filter(|arguments| arguments.contains(folder)).collect()
}

/// Mounts and loop devices that name a folder.
fn mounts(folder: &str) -> Vec<String> {
    let mounted = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let devices = fs::read_dir("/sys/block").into_iter().flatten().flatten();
    let images = devices.filter_map(|device| fs::read_to_string(device.path().join("loop/backing_file")).ok());
    mounted.lines().map(ToOwned::to_owned).chain(images).filter(|line| line.contains(folder)).collect()
}
