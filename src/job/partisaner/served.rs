//! Clusters of a head, workers, and a driver, which is the task's command: Spark, Ray, Dask.

use super::{
    draft::{Asked, Draft, check_names, check_single, problem},
    plan::{Duty, Output, When},
};
use crate::{job::error::LowerError, task::Role};

/// What tells such kinds apart.
pub(super) struct Served {
    /// The framework's name, for messages.
    pub framework: &'static str,
    /// Its name for the process that the others register with.
    pub head: &'static str,
    /// MiB of the head where the task names no such role.
    pub head_mib: u64,
    /// Least MiB of each role, below which the framework's own processes do not start.
    pub least_mib: Least,
}

/// Least MiB of each role.
pub(super) struct Least {
    /// The head.
    pub head: u64,
    /// A worker.
    pub worker: u64,
    /// The driver.
    pub driver: u64,
}

/// Head and driver run beside the batch script, so that they cost no node; `procs` workers have the task's amounts.
pub(super) fn draft(asked: &Asked<'_>, served: &Served) -> Result<Vec<Draft>, LowerError> {
    check_names(&asked.distributed.roles, &["driver", served.head, "worker"])?;
    asked.distributed.roles.iter().try_for_each(|role| check_role(role, served))?;
    let defaults = &asked.site.defaults;
    let head = asked.find(served.head).unwrap_or_else(|| Draft { cpus: 1, mem_mib: served.head_mib, gpus: 0, ..asked.unnamed(served.head, 1) });
    let driver = asked.find("driver").unwrap_or_else(|| Draft {
        cpus: crate::job::resources::cpus(Some(defaults.driver_cpu), asked.site),
        mem_mib: defaults.driver_memory_mib,
        gpus: 0,
        ..asked.unnamed("driver", 1)
    });
    let worker = asked.find("worker").unwrap_or_else(|| asked.unnamed("worker", asked.distributed.procs.unwrap_or(2)));
    [&head, &driver].into_iter().try_for_each(check_single)?;
    let Least { head: least_head, worker: least_worker, driver: least_driver } = served.least_mib;
    let least = [(&head, least_head), (&worker, least_worker), (&driver, least_driver)];
    least.into_iter().try_for_each(|(draft, least)| check_memory(draft, least, served))?;
    Ok(vec![
        Draft { duty: Duty::Serve, is_daemon: true, beside_batch: true, ..head },
        Draft { duty: Duty::Spare, is_daemon: true, ..worker },
        Draft { duty: Duty::Decide, when: When::Ready, output: Output::Task, beside_batch: true, ..driver },
    ])
}

/// Refuses what could only be ignored: the framework's own programs are what head and workers run, and the driver's end is the task's.
fn check_role(role: &Role, served: &Served) -> Result<(), LowerError> {
    if role.name == "driver" {
        let text = "the driver's end is the task's, so it cannot be a service; leave out `server`".to_owned();
        return if role.server { Err(problem(&role.name, text)) } else { Ok(()) };
    }
    if role.command.is_some() {
        let text = format!("it runs {}'s own program, and a `command` would never run; give it to the task or to `driver`", served.framework);
        return Err(problem(&role.name, text));
    }
    Ok(())
}

/// Refuses what the framework itself would refuse, but only after the job had waited for its nodes.
fn check_memory(draft: &Draft, least: u64, served: &Served) -> Result<(), LowerError> {
    if draft.mem_mib < least {
        let text = format!("asked {} MiB of memory; {} needs at least {least} MiB for it", draft.mem_mib, served.framework);
        return Err(problem(&draft.name, text));
    }
    Ok(())
}
