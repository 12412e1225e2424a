//! Spark: a standalone cluster for one task, whose command is the driver.

use super::{
    draft::{Asked, Draft, check_names, check_single, problem},
    plan::{Duty, Output, Setting, When},
};
use crate::{job::error::LowerError, site::Site, task::TaskInstance};

/// Roles of a cluster.
const ROLES: [&str; 3] = ["driver", "master", "worker"];
/// MiB of a master: its own heap of 512 and the Java machine around it.
const MASTER_MIB: u64 = 1024;
/// Least MiB of a worker or driver: Spark refuses a heap under 471 MiB, and the worker's own daemon needs some 384.
const LEAST_MIB: u64 = 1024;

/// Master and driver run beside the batch script, so that they cost no node; `procs` workers have the task's amounts.
pub(super) fn draft(asked: &Asked<'_>) -> Result<Vec<Draft>, LowerError> {
    check_names(&asked.distributed.roles, &ROLES)?;
    let defaults = &asked.site.defaults;
    let master = asked.find("master").unwrap_or_else(|| Draft { cpus: 1, mem_mib: MASTER_MIB, gpus: 0, ..asked.unnamed("master", 1) });
    let driver = asked.find("driver").unwrap_or_else(|| Draft {
        cpus: crate::job::resources::cpus(Some(defaults.driver_cpu), asked.site),
        mem_mib: defaults.driver_memory_mib,
        gpus: 0,
        ..asked.unnamed("driver", 1)
    });
    let worker = asked.find("worker").unwrap_or_else(|| asked.unnamed("worker", asked.distributed.procs.unwrap_or(2)));
    [&master, &driver].into_iter().try_for_each(check_single)?;
    [&worker, &driver].into_iter().try_for_each(check_memory)?;
    Ok(vec![
        Draft { duty: Duty::Serve, beside_batch: true, command: None, ..master },
        Draft { duty: Duty::Spare, command: None, ..worker },
        Draft { duty: Duty::Decide, when: When::Ready, output: Output::Task, beside_batch: true, ..driver },
    ])
}

/// Refuses what Spark itself would refuse, but only after the job had waited for its nodes.
fn check_memory(draft: &Draft) -> Result<(), LowerError> {
    if draft.mem_mib < LEAST_MIB {
        return Err(problem(&draft.name, format!("asked {} MiB of memory; Spark needs at least {LEAST_MIB} MiB a process", draft.mem_mib)));
    }
    Ok(())
}

/// Where Spark is, if the site or the task says so.
pub(super) fn settings(instance: &TaskInstance, site: &Site) -> Vec<Setting> {
    let setting = |name: &str, value: &str| Setting { name: name.to_owned(), value: value.to_owned() };
    vec![
        setting("sluice_spark_home", &site.distributed.spark_home),
        setting("sluice_spark_executor_uri", instance.requirements.spark_executor_uri.as_deref().unwrap_or_default()),
    ]
}
