//! The program `sluice` itself, typed at in a folder of its own.
//!
//! The environment is what [`Program`] gives and nothing else: no variable of Slurm's, no site file of the machine, and a PATH on which only the programs of
//! [`PROGRAMS`] stand, so that a test says the same with and without Slurm or a container program installed.
//! What differs from run to run (paths, ids, times) gets a name in [`Names`], the one place for it.

use std::{
    ffi::OsString,
    fmt::Write as _,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use regex::Regex;
use tempfile::TempDir;

use super::fake_slurm::FakeSlurm;

/// What scripts and the commands of cases may use.
const PROGRAMS: &[&str] = &[
    "awk", "base64", "bash", "basename", "cat", "chmod", "cmp", "cp", "cut", "date", "dd", "dirname", "env", "false", "find", "flock", "getent",
    "grep", "head", "hostname", "id", "kill", "ln", "ls", "mkdir", "mkfifo", "mktemp", "mv", "nproc", "printf", "ps", "pwd", "python3", "readlink",
    "realpath", "rm", "rmdir", "sed", "seq", "setsid", "sh", "sleep", "sort", "stat", "sync", "tail", "tee", "test", "timeout", "touch", "tr",
    "truncate", "true", "uname", "uniq", "wc", "xargs",
];

/// A folder, a clean environment, and what is typed there.
#[must_use]
pub(crate) struct Program {
    folder: TempDir,
    environment: Vec<(OsString, OsString)>,
    slurm: Option<FakeSlurm>,
}

/// How a command ended and all that it wrote, with names for what differs from run to run.
#[derive(Debug)]
#[must_use = "an exit code and texts that are not compared hide what went wrong"]
pub(crate) struct Ran {
    exit: i32,
    stdout: String,
    stderr: String,
}

impl Program {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for name in ["bin", "home", "work"] {
            fs::create_dir(folder.path().join(name)).expect("a folder can be made");
        }
        let bin = folder.path().join("bin");
        for name in PROGRAMS {
            if let Ok(program) = which::which(name) {
                symlink(program, bin.join(name)).expect("a link can be made");
            }
        }
        symlink(env!("CARGO_BIN_EXE_sluice"), bin.join("sluice")).expect("a link can be made");
        Self { folder, environment: Vec::new(), slurm: None }
    }

    /// Writes a file in the working folder.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        let path = self.work().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder can be made");
        fs::write(path, text).expect("it can be written");
        self
    }

    /// Writes a program that is found on PATH.
    pub(crate) fn program(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join("bin").join(name);
        fs::write(&path, text).expect("it can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Puts the Slurm of `tests/fake-slurm` on PATH; `faults` are lines of `PROGRAM FAULT`.
    pub(crate) fn slurm(mut self, faults: &str) -> Self {
        self.slurm = Some(FakeSlurm::new().faults(faults));
        self
    }

    /// Types `sluice` with arguments.
    pub(crate) fn args(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        command.args(arguments);
        self.run(command)
    }

    /// Types a line at a shell.
    pub(crate) fn shell(&self, line: &str) -> Ran {
        let mut command = Command::new(self.folder.path().join("bin/bash"));
        command.args(["-c", line]);
        self.run(command)
    }

    /// Where it is typed.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Waits until no process works in the folder any more, and holds that HOME has nothing but the cache of images.
    #[track_caller]
    pub(crate) fn leaves_nothing_behind(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let left = self.processes();
            if left.is_empty() {
                break;
            }
            assert!(Instant::now() < deadline, "processes that are left: {left:?}");
            thread::sleep(Duration::from_millis(20));
        }
        let home = fs::read_dir(self.folder.path().join("home")).expect("it is there").flatten().map(|entry| entry.file_name());
        let left: Vec<_> = home.filter(|name| name != ".cache").collect();
        assert!(left.is_empty(), "files that are left in HOME: {left:?}");
    }

    /// Processes whose working folder lies in ours.
    fn processes(&self) -> Vec<PathBuf> {
        let folder = fs::canonicalize(self.folder.path()).expect("it is there");
        let processes = fs::read_dir("/proc").expect("this is Linux").flatten().map(|entry| entry.path());
        processes.filter(|process| fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(&folder))).collect()
    }

    fn run(&self, mut command: Command) -> Ran {
        command.env_clear().envs(self.environment()).current_dir(self.work()).stdin(Stdio::null());
        let Output { status, stdout, stderr } = command.output().expect("it can be started");
        let names = Names::new(self.folder.path(), self.slurm.is_some());
        let exit = status.code().unwrap_or_else(|| panic!("{status}: {}", String::from_utf8_lossy(&stderr)));
        Ran { exit, stdout: names.put(&String::from_utf8_lossy(&stdout)), stderr: names.put(&String::from_utf8_lossy(&stderr)) }
    }

    fn environment(&self) -> Vec<(OsString, OsString)> {
        let path = |name: &str| self.folder.path().join(name).into_os_string();
        let mut bin = path("bin");
        let mut environment = vec![("HOME".into(), path("home")), ("LC_ALL".into(), "C.UTF-8".into()), ("USER".into(), "ada".into())];
        if let Some(slurm) = &self.slurm {
            // Its programs, and not the PATH of whoever runs the tests.
            let (paths, others): (Vec<_>, Vec<_>) = slurm.environment().into_iter().partition(|(name, _)| name == "PATH");
            let programs = paths.first().and_then(|(_, paths)| std::env::split_paths(paths).next()).expect("its programs are in a folder");
            bin.push(":");
            bin.push(programs);
            environment.extend(others);
        }
        environment.push(("PATH".into(), bin));
        environment.extend(self.environment.iter().cloned());
        environment
    }
}

impl Ran {
    /// Holds the exit code and both streams at once.
    #[track_caller]
    pub(crate) fn is(&self, exit: i32, stdout: &str, stderr: &str) {
        let expected = Ran { exit, stdout: stdout.to_owned(), stderr: stderr.to_owned() };
        pretty_assertions::assert_str_eq!(expected.transcript(), self.transcript());
    }

    /// All of it as a case's golden has it.
    pub(crate) fn transcript(&self) -> String {
        let mut text = String::new();
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                let end = if stream.ends_with('\n') { "" } else { "\n(no newline at its end)\n" };
                let _ = write!(text, "--- {name}\n{stream}{end}");
            }
        }
        let _ = writeln!(text, "--- exit {}", self.exit);
        text
    }
}

/// Names for what differs from run to run.
///
/// | name | stands for |
/// |---|---|
/// | `<dir>` | the folder that the command was typed in |
/// | `<home>`, `<bin>` | HOME, and the folder on PATH |
/// | `<run of NAME>` | the last part of a default run folder: date, time, NAME, letters |
/// | `<id>` | the eight hex digits of a run, in names and ids of jobs |
/// | `<time>` | a moment, a duration, elapsed time |
/// | `<host>`, `<pid>`, `<version>` | this machine, a process, sluice's version |
///
/// Lines `…: running on …` are dropped: a command that ends at once may never be seen to run.
/// Columns of the table of tasks are two spaces apart, since their widths follow from times and hosts.
struct Names {
    plain: Vec<(String, &'static str)>,
    patterns: Vec<(Regex, &'static str)>,
}

impl Names {
    fn new(folder: &Path, is_slurm: bool) -> Self {
        let real = fs::canonicalize(folder).expect("it is there");
        let mut plain = Vec::new();
        for folder in [folder, &real] {
            for (part, name) in [("work", "<dir>"), ("home", "<home>"), ("bin", "<bin>")] {
                plain.push((folder.join(part).display().to_string(), name));
            }
        }
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        if !is_slurm && !host.trim().is_empty() {
            plain.push((host.trim().to_owned(), "<host>"));
        }
        let patterns = [
            (r"(?m)^\[ *\d+:\d\d\] .*: running on .*\n", ""),
            (r"\b\d{8}-\d{6}-(\w+)-[0-9a-f]{4}\b", "<run of $1>"),
            (r"\.[0-9a-f]{8}\.b(\d+)", ".<id>.b$1"),
            (r"(?m)^\[ *\d+:\d\d\]", "[<time>]"),
            (r"\b(\d+ms|\d+\.\ds|\d+m\d\ds|\d+h\d\dm)\b", "<time>"),
            (r#""([a-z_]+_ms)": ?\d+"#, "\"$1\": <time>"),
            (r"process \d+ on \S+", "process <pid> on <host>"),
            (r"after \d+ s;", "after <time>;"),
            (r"\b[0-9a-f]{8}\.(\d+)\b", "<id>.$1"),
        ];
        Self { plain, patterns: patterns.map(|(pattern, name)| (Regex::new(pattern).expect("it is a pattern"), name)).into() }
    }

    fn put(&self, text: &str) -> String {
        let mut text = self.plain.iter().fold(text.to_owned(), |text, (found, name)| text.replace(found, name));
        for (pattern, name) in &self.patterns {
            text = pattern.replace_all(&text, *name).into_owned();
        }
        narrow_table(&text)
    }
}

/// The rows below `TASK  STATE …` with columns two spaces apart.
fn narrow_table(text: &str) -> String {
    let mut is_table = false;
    let mut narrow = String::new();
    for line in text.split_inclusive('\n') {
        is_table = line.starts_with("TASK ") || is_table && !line.trim().is_empty();
        if is_table {
            let cells: Vec<&str> = line.trim_end().split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
            narrow.push_str(&cells.join("  "));
            narrow.push('\n');
        } else {
            narrow.push_str(line);
        }
    }
    narrow
}
