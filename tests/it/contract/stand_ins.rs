//! Programs in place of the frameworks' own: each writes down what it finds, and does what the others wait for.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// Writes a folder a process: its environment, the cluster file and the node as they are now. A service may be called several times.
const REPORT: &str = r#"#!/bin/bash
name=$SLUICE_ROLE.$SLUICE_RANK
if [ -e "REPORTS/$name" ]; then exit 0; fi
draft=REPORTS/.$name.$$
mkdir "$draft" && env -0 >"$draft/env" && cp "$SLUICE_CLUSTER_FILE" "$draft/cluster" && uname -n >"$draft/node" && mv -T "$draft" "REPORTS/$name"
"#;

/// The Python of Dask's and Ray's services.
const PYTHON: &str = r#"#!/bin/bash
# Nobody may read half of a file: FILE TEXT
put() { echo "$2" >"$1.draft" && mv -T "$1.draft" "$1"; }
BIN/report
case "$*" in
  *dask_scheduler*)
    put "$SLUICE_OWN_STATE/dask.scheduler" tls://192.0.2.1:8786
    put "$SLUICE_OWN_STATE/dask.workers" 2
    exec sleep 300
    ;;
  *ray_head_tells.py*) put "$SLUICE_OWN_STATE/ray.nodes" 2 ;;
  -m*) exec sleep 300 ;;
esac
"#;

/// A Spark master with which two workers register, or a worker.
const SPARK_CLASS: &str = r#"#!/bin/bash
BIN/report
case $1 in *Worker) exec sleep 300 ;; esac
echo 'INFO Master: Starting Spark master at spark://192.0.2.1:7077'
for port in 1 2; do echo "INFO Master: Registering worker 192.0.2.1:$port with 1 cores, 480.0 MiB RAM"; done
exec sleep 300
"#;

/// A torchrun that starts one rank of its node.
const TORCHRUN: &str = r#"#!/bin/bash
BIN/report
while [ "$1" != --no_python ]; do shift; done
shift
exec "$@"
"#;

/// A folder with the programs, and one for the reports.
pub(crate) struct StandIns {
    folder: TempDir,
}

impl StandIns {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("c").tempdir().expect("a folder can be made");
        for name in ["reports", "bin", "dask-ray", "spark/bin", "spark/jars"] {
            fs::create_dir_all(folder.path().join(name)).expect("a folder can be made");
        }
        let own = Self { folder };
        let programs = [
            ("bin/report", REPORT),
            ("bin/torchrun", TORCHRUN),
            ("dask-ray/python3", PYTHON),
            ("spark/bin/spark-class", SPARK_CLASS),
            ("spark/bin/spark-submit", ""),
        ];
        for (name, text) in programs {
            let text = text.replace("REPORTS", &own.text("reports")).replace("BIN", &own.text("bin"));
            fs::write(own.path(name), text).expect("it can be written");
            fs::set_permissions(own.path(name), fs::Permissions::from_mode(0o755)).expect("the file is ours");
        }
        own
    }

    /// What a task's command is: it says what it finds, and ends when all `total` processes have said so, or never if its role only serves.
    pub(crate) fn command(&self, total: u32, serving: &[&str]) -> String {
        format!(
            "{report}\ncase ' {serving} ' in *\" $SLUICE_ROLE \"*) exec sleep 300 ;; esac\nuntil [ $(ls {reports} | wc -l) = {total} ] || [ $SECONDS -gt 100 ]; do sleep 0.1; done\n",
            report = self.text("bin/report"),
            reports = self.text("reports"),
            serving = serving.join(" "),
        )
    }

    /// Folders for the PATH of a kind's nodes.
    pub(crate) fn path_of(&self, kind: &str) -> String {
        let own = match kind {
            "spark" => "spark/bin",
            "dask" | "ray" => "dask-ray",
            _ => "bin",
        };
        self.text(own)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// What the processes have written down, for a message.
    pub(crate) fn listing(&self) -> String {
        let listed =
            std::process::Command::new("ls").args(["-lAR", "--time-style=full-iso"]).arg(self.path("reports")).output().expect("ls is there");
        String::from_utf8_lossy(&listed.stdout).into_owned()
    }

    pub(crate) fn report(&self, process: &str) -> Option<PathBuf> {
        let folder = self.path("reports").join(process);
        Path::is_dir(&folder).then_some(folder)
    }
}
