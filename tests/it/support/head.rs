//! A whole `sluice` as a process of its own, in folders that are looked at afterwards: to be killed, interrupted, resumed.

use std::{
    ffi::OsString,
    fs::{self, File},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

use super::attempt_run::wait_for;

/// Folders for a run: `home` and `tmp` must be empty in the end, `run` is the run's, `marks` is where tasks and test talk to each other.
#[must_use]
pub(crate) struct Place {
    folder: TempDir,
    environment: Vec<(OsString, OsString)>,
    heads: std::cell::Cell<u32>,
}

/// How a `sluice` ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A `sluice` that runs; killed with the test.
pub(crate) struct Head {
    child: Child,
    output: PathBuf,
}

impl Place {
    /// The private cluster's site with more keys over it; `environment` finds the cluster.
    pub(crate) fn new(more: &str, environment: Vec<(OsString, OsString)>) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for name in ["home", "tmp", "marks", "work"] {
            fs::create_dir(folder.path().join(name)).expect("a folder can be made");
        }
        let site = fs::read_to_string("site-configs/test-cluster.toml").expect("the site file is there");
        // A key of `more` takes the place of the same key there.
        let key = |line: &str| line.split_once(" = ").map(|(key, _)| key.to_owned());
        let mut lines: Vec<String> = site.lines().map(ToOwned::to_owned).collect();
        for line in more.lines().filter(|line| key(line).is_some()) {
            lines.retain(|other| key(other) != key(line));
            let tables = [("kill_grace_seconds", "[node]"), ("requeue", "[slurm]")];
            let table = tables.iter().find(|(name, _)| line.starts_with(name)).map_or("[limits]", |(_, table)| table);
            let position = lines.iter().position(|other| other == table).expect("the table is there");
            lines.insert(position + 1, line.to_owned());
        }
        fs::write(folder.path().join("site.toml"), lines.join("\n")).expect("it can be written");
        Self { folder, environment, heads: 0.into() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts `sluice` with these arguments.
    pub(crate) fn start(&self, arguments: &[&str]) -> Head {
        self.heads.set(self.heads.get() + 1);
        let output = self.path("work").join(format!("head-{}", self.heads.get()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        command.args(arguments).current_dir(self.path("work")).envs(self.environment.iter().cloned());
        command
            .env("HOME", self.path("home"))
            .env("TMPDIR", self.path("tmp"))
            .env("SLUICE_SITE", self.path("site.toml"))
            .env_remove("XDG_CONFIG_HOME");
        let file = |kind: &str| File::create(output.with_extension(kind)).expect("it can be made");
        let child = command.stdin(Stdio::null()).stdout(file("out")).stderr(file("err")).spawn().expect("sluice can be started");
        Head { child, output }
    }

    /// Starts a run of a document with inputs, on a backend.
    pub(crate) fn start_run(&self, document: &str, backend: &str, values: &[&str]) -> Head {
        let file = self.path("source.wdl");
        fs::write(&file, document).expect("it can be written");
        let run = self.run_folder();
        let marks = format!("marks={}", self.path("marks").display());
        let mut arguments =
            vec!["run", file.to_str().expect("the path is UTF-8"), "--backend", backend, "--dir", run.to_str().expect("the path is UTF-8"), &marks];
        arguments.extend(values);
        self.start(&arguments)
    }

    /// Goes on with the run of this place.
    pub(crate) fn resume(&self) -> Head {
        self.start(&["resume", self.run_folder().to_str().expect("the path is UTF-8")])
    }

    pub(crate) fn run_folder(&self) -> PathBuf {
        self.path("run")
    }

    /// The lines of the run's log.
    pub(crate) fn events(&self) -> Vec<serde_json::Value> {
        events_of(&self.run_folder())
    }

    /// How often an event is in the log.
    pub(crate) fn count(&self, event: &str) -> usize {
        self.events().iter().filter(|line| line["event"]["event"] == event).count()
    }

    /// Cuts the log after the last event of a kind, as if the head had been killed right then.
    #[track_caller]
    pub(crate) fn forget_after(&self, event: &str) {
        let path = self.run_folder().join("events.jsonl");
        let text = fs::read_to_string(&path).expect("it can be read");
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.iter().rposition(|line| line.contains(&format!("\"event\":\"{event}\""))).expect("the event is there");
        fs::write(&path, lines[..=last].join("\n") + "\n").expect("it can be written");
    }

    /// Waits until an event is in the log so often.
    #[track_caller]
    pub(crate) fn wait_for_event(&self, event: &str, times: usize, head: &Head) {
        wait_for(&format!("{times} × {event}"), 120, || {
            let seen = self.count(event);
            if seen >= times { Ok(()) } else { Err(format!("{seen}; {}", head.stderr())) }
        });
    }

    /// Lets tasks go on that wait for a mark.
    pub(crate) fn mark(&self, name: &str) {
        fs::write(self.path("marks").join(name), "").expect("it can be written");
    }

    /// Waits until a task has made a mark.
    #[track_caller]
    pub(crate) fn wait_for_mark(&self, name: &str, head: &Head) {
        let mark = self.path("marks").join(name);
        wait_for(name, 120, || if mark.exists() { Ok(()) } else { Err(head.stderr()) });
    }

    /// What tasks wrote down about their executions, sorted.
    pub(crate) fn executions(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("marks/executions")).unwrap_or_default();
        let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        lines.sort();
        lines
    }

    /// Puts the scratch folders of jobs below this place.
    pub(crate) fn keep_scratch(&self) {
        let (path, scratch) = (self.path("site.toml"), self.path("scratch"));
        fs::create_dir(&scratch).expect("a folder can be made");
        let text = fs::read_to_string(&path).expect("the site file is there");
        fs::write(&path, text.replace("[node]\n", &format!("[node]\nscratch = \"{}\"\n", scratch.display()))).expect("it can be written");
    }

    /// Neither scratch folders are left, nor secrets, nor what a cluster's processes told each other. A script that is being killed may take a moment.
    #[track_caller]
    pub(crate) fn assert_clean(&self) {
        wait_for("empty scratch", 30, || {
            let left: Vec<_> = fs::read_dir(self.path("scratch")).expect("it is there").flatten().map(|entry| entry.path()).collect();
            if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
        });
        let calls = fs::read_dir(self.run_folder().join("calls")).expect("it is there").flatten().map(|entry| entry.path());
        let starts = calls.flat_map(|call| [call.join("roles"), call.join("r1/roles"), call.join("r2/roles")]);
        let left: Vec<PathBuf> = starts.flat_map(|roles| [roles.join("private"), roles.join("state")]).filter(|path| path.exists()).collect();
        assert!(left.is_empty(), "left: {left:?}");
    }

    /// Every marker was taken in. A job that is cancelled may write one after its run has ended.
    #[track_caller]
    pub(crate) fn assert_spool_is_empty(&self) {
        let spool: Vec<_> = fs::read_dir(self.run_folder().join("spool"))
            .into_iter()
            .flatten()
            .map(|entry| entry.expect("the folder can be read").file_name())
            .collect();
        assert!(spool.is_empty(), "left in spool: {spool:?}");
    }

    /// Nothing of the run is left: no process, no file outside its folder.
    #[track_caller]
    pub(crate) fn assert_nothing_left(&self) {
        wait_for("no process of the run", 60, || {
            let left = processes_of(self.folder.path());
            if left.is_empty() { Ok(()) } else { Err(left.join("\n")) }
        });
        for name in ["home", "tmp"] {
            let found: Vec<_> =
                fs::read_dir(self.path(name)).expect("the folder is there").map(|entry| entry.expect("the folder can be read").file_name()).collect();
            assert!(found.is_empty(), "left in {name}: {found:?}");
        }
    }
}

/// The lines of a run's log.
pub(crate) fn events_of(run: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(run.join("events.jsonl")).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Processes that name a folder in their command line, environment or working folder.
fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.display().to_string();
    let me = std::process::id().to_string();
    let pids = fs::read_dir("/proc")
        .expect("Linux has /proc")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("stat").exists() && !path.ends_with(&me));
    let text =
        |path: &Path, name: &str| fs::read(path.join(name)).map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " ")).unwrap_or_default();
    let is_of = |path: &PathBuf| {
        let place = fs::read_link(path.join("cwd")).map(|place| place.display().to_string()).unwrap_or_default();
        text(path, "cmdline").contains(&folder) || text(path, "environ").contains(&folder) || place.contains(&folder)
    };
    pids.filter(is_of).map(|path| format!("{}: {}", path.display(), text(&path, "cmdline"))).collect()
}

impl Head {
    /// What it has written to stderr so far.
    pub(crate) fn stderr(&self) -> String {
        fs::read_to_string(self.output.with_extension("err")).unwrap_or_default()
    }

    /// What it has written to stdout so far.
    pub(crate) fn stdout(&self) -> String {
        fs::read_to_string(self.output.with_extension("out")).unwrap_or_default()
    }

    /// Waits until it has written a text to stderr.
    #[track_caller]
    pub(crate) fn wait_for_stderr(&self, text: &str) {
        wait_for(text, 180, || {
            let seen = self.stderr();
            if seen.contains(text) { Ok(()) } else { Err(seen) }
        });
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().expect("a process id is positive")), signal).expect("it is ours");
    }

    /// `kill -9`, and gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        let status = wait_for("the end of sluice", 300, || match self.child.try_wait().expect("it is our child") {
            Some(status) => Ok(status),
            None => Err(self.stderr()),
        });
        assert_eq!(status.signal(), None, "{}", self.stderr());
        Ended { code: status.code(), stdout: fs::read_to_string(self.output.with_extension("out")).expect("it can be read"), stderr: self.stderr() }
    }
}

impl Drop for Head {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Ended {
    /// It ended with this code and wrote these texts to stderr.
    #[track_caller]
    pub(crate) fn assert(&self, code: i32, texts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        for text in texts {
            assert!(self.stderr.contains(text), "no `{text}` in:\n{}", self.stderr);
        }
    }

    /// The outputs on stdout.
    #[track_caller]
    pub(crate) fn outputs(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }
}
