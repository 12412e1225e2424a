//! The flavours of MPI that Debian has not, or in older versions: Intel MPI, Open MPI 5, MPICH 5. From the package registry of Python, by
//! `tests/cluster/mpi-flavours`.

use std::{env, fs, path::Path};

use super::skipped::skipped;

/// What `cluster` calls them.
pub(crate) const FLAVOURS: [&str; 3] = ["intelmpi", "openmpi", "mpich"];

/// One of them.
pub(crate) struct Flavour {
    /// The folder of its `mpiexec`.
    pub(crate) bin: String,
    /// Command of a program that says its rank, size and host, adds the ranks up, and says whether it has loaded Slurm's PMI library; `FAIL` names a
    /// rank that exits with 3 while others wait for ever.
    pub(crate) program: String,
}

/// A flavour (`SLUICE_MPI_BINS`, which `tests/run` sets), its program below the folder; says so if there is none.
pub(crate) fn flavour(name: &str, folder: &Path) -> Option<Flavour> {
    let found = env::var("SLUICE_MPI_BINS").ok().map(|bins| Path::new(&bins).join(name).join("bin")).filter(|bin| bin.is_dir());
    let Some(bin) = found else {
        skipped(&format!("no {name} in SLUICE_MPI_BINS"));
        return None;
    };
    let source = folder.join("world.py");
    let text = r#"
import os, socket, sys, time
from mpi4py import MPI
world = MPI.COMM_WORLD
library = "Slurm's PMI" if "libpmi2.so" in open("/proc/self/maps").read() else "own PMI"
sys.stdout.write(f"rank {world.rank} of {world.size} on {socket.gethostname()}, sum {world.allreduce(1)}, {library}\n")
if "FAIL" in os.environ:
    if world.rank == int(os.environ["FAIL"]):
        os._exit(3)
    time.sleep(300)
"#;
    fs::write(&source, text).expect("it can be written");
    Some(Flavour { program: format!("{} {}\n", bin.join("python").display(), source.display()), bin: bin.display().to_string() })
}
