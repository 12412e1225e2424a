//! What Slurm is asked once before a distributed task is submitted: its version, which decides how scripts are spelled, and what `srun --mpi=` takes.

use std::sync::Arc;

use super::{
    args::BackendName,
    exit::{Exit, Failure},
    settings::Settled,
};
use crate::{
    job::{Program, partisaner::RolePlan},
    monitor::SampleTask,
    slurm::{Slurm, SlurmSettings},
    task::CallPath,
};

/// Writes Slurm's version into the site, and refuses ranks that this `srun` cannot start. A Slurm that does not answer refuses nothing: the run will wait for it.
pub(super) fn ask(tasks: &[SampleTask], settled: &mut Settled) -> Result<(), Failure> {
    let plans: Vec<(&CallPath, &RolePlan)> = tasks.iter().filter_map(distributed).collect();
    if settled.backend != BackendName::Slurm || plans.is_empty() {
        return Ok(());
    }
    let slurm = Slurm::new(SlurmSettings::default(), std::env::vars_os());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(Exit::Machine, format!("error: failed to start a runtime: {error}")))?;
    if settled.site.slurm.version.is_empty()
        && let Ok(version) = runtime.block_on(slurm.version())
    {
        Arc::make_mut(&mut settled.site).slurm.version = version.to_string();
    }
    if plans.iter().all(|(_, plan)| plan.mpi_type().is_none()) {
        return Ok(());
    }
    let offered = runtime.block_on(slurm.mpi_types()).unwrap_or_default();
    plans.iter().try_for_each(|(path, plan)| refuse_unknown_type(path, plan, offered))
}

/// A call with its roles, if it is a distributed task that can be submitted.
fn distributed(task: &SampleTask) -> Option<(&CallPath, &RolePlan)> {
    match task.job.as_ref().ok().map(|job| &job.program) {
        Some(Program::Roles(plan)) => Some((&task.path, plan)),
        Some(Program::Command(_)) | None => None,
    }
}

/// An srun that could not say what it offers (a list of nothing) refuses nothing.
fn refuse_unknown_type(path: &CallPath, plan: &RolePlan, offered: &[String]) -> Result<(), Failure> {
    match plan.mpi_type() {
        Some((flavour, mpi_type)) if !offered.is_empty() && offered.iter().all(|name| name != mpi_type) => {
            let message = format!(
                "error: call `{path}`: ranks of `{flavour}` are started by `srun --mpi={mpi_type}`, which this Slurm does not offer; it offers {}",
                offered.join(", ")
            );
            let hint = format!("set `{flavour}` in [mpi] of the site file to one of these, or `launcher = \"mpiexec\"` in [distributed]");
            Err(Failure::new(Exit::Site, message).hint(hint))
        }
        Some(_) | None => Ok(()),
    }
}
