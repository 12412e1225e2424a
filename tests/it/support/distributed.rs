//! Distributed tasks, and an MPI program for them to run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use sluice::task::{Distributed, Role, TaskInstance};

use super::{attempt_run::instance, skipped::skipped};

/// A role of so many processes.
pub(crate) fn role(name: &str, procs: u32) -> Role {
    Role { name: name.to_owned(), procs, cpu: Some(1.0), memory_mib: Some(200), ..Role::default() }
}

pub(crate) fn distributed(cluster: &str, roles: Vec<Role>) -> Distributed {
    Distributed { cluster: cluster.to_owned(), roles, ..Distributed::default() }
}

pub(crate) fn task(command: &str, distributed: Distributed) -> TaskInstance {
    TaskInstance { distributed: Some(distributed), ..instance(command) }
}

/// One parameter server and two workers, by bash programs.
pub(crate) fn tensorflow(command: &str) -> TaskInstance {
    task(command, distributed("tensorflow", vec![role("ps", 1), role("worker", 2)]))
}

/// An MPI program that says its rank, size and host, adds the ranks up, and says whether it is `inside` an image (one that holds
/// `/etc/image-of-the-test`); `FAIL` names a rank that exits 3 while others wait for ever. `None` where there is no MPICH.
pub(crate) fn mpi_program(folder: &Path) -> Option<PathBuf> {
    mpi_program_of("mpich", folder)
}

/// The same by a flavour's own compiler.
pub(crate) fn mpi_program_of(flavour: &str, folder: &Path) -> Option<PathBuf> {
    let source = folder.join("world.c");
    let text = r#"
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int rank, size, one = 1, sum = 0; char host[256];
  const char *place = access("/etc/image-of-the-test", R_OK) ? "outside" : "inside";
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank); MPI_Comm_size(MPI_COMM_WORLD, &size); gethostname(host, sizeof host);
  MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  printf("rank %d of %d on %s, sum %d, %s\n", rank, size, host, sum, place); fflush(stdout);
  if (getenv("FAIL")) { if (rank == atoi(getenv("FAIL"))) _exit(3); sleep(300); }
  MPI_Finalize();
  return 0;
}
"#;
    fs::write(&source, text).expect("it can be written");
    let program = folder.join(format!("world.{flavour}"));
    let compiled = Command::new(format!("mpicc.{flavour}")).arg("-o").arg(&program).arg(&source).status();
    if !compiled.is_ok_and(|status| status.success()) {
        skipped(&format!("no compiler of {flavour}"));
        return None;
    }
    Some(program)
}
