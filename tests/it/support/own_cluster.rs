//! Real Slurm for tests: the cluster whose `SLURM_CONF` the tests were started with, or one of a test's own where it must be broken.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

/// A cluster of one test's own: it may be stopped and broken without disturbing others.
pub(crate) struct OwnCluster {
    folder: TempDir,
    variables: Vec<(OsString, OsString)>,
}

impl OwnCluster {
    /// Starts it with two nodes and lines added to its slurm.conf.
    pub(crate) fn start(configuration: &str) -> Self {
        Self::start_with(configuration, &[])
    }

    /// The same with more options of `up`.
    pub(crate) fn start_with(configuration: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let extra = folder.path().join("extra.conf");
        fs::write(&extra, configuration).expect("it can be written");
        let mut cluster = Self { folder, variables: Vec::new() };
        let extra = extra.to_string_lossy();
        let printed = cluster.run(&[&["up", "--nodes", "2", "--extra", &extra], options].concat());
        // The printed environment is `export SLURM_CONF=…`, quoted for a shell: let one read it.
        let text = Command::new("bash").args(["-c", "eval \"$1\" && printf %s \"$SLURM_CONF\"", "-", &printed]).output().expect("bash is there");
        let slurm_conf = String::from_utf8(text.stdout).expect("it is UTF-8");
        cluster.variables = std::env::vars_os().filter(|(name, _)| name != "SLURM_CONF").chain([("SLURM_CONF".into(), slurm_conf.into())]).collect();
        cluster
    }

    /// What programs of this cluster are started with.
    pub(crate) fn environment(&self) -> Vec<(OsString, OsString)> {
        self.variables.clone()
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("cluster")
    }

    /// Runs a command of `tests/cluster/slurm`.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/slurm");
        let output = Command::new(program).args(arguments).arg("--dir").arg(self.state()).output().expect("it is there");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("it is UTF-8")
    }

    /// Stops the controller's process, or lets it go on: calls go out and no answer comes.
    pub(crate) fn signal_controller(&self, signal: Signal) {
        let text = fs::read_to_string(self.state().join("run/slurmctld.pid")).expect("the controller has a pid file");
        kill(Pid::from_raw(text.trim().parse().expect("it is a pid")), signal).expect("it is ours");
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        self.run(&["down"]);
    }
}
