//! Spark: a standalone cluster for one task, whose command is the driver.

use super::{
    draft::{Asked, Draft},
    plan::Setting,
    served::{self, Least, Served},
};
use crate::{job::error::LowerError, site::Site, task::TaskInstance};

/// A master has its own heap of 512 MiB and the Java machine around it. Spark refuses a heap under 471 MiB, and a worker's own daemon
/// needs some 384.
const SPARK: Served = Served { framework: "Spark", head: "master", head_mib: 1024, least_mib: Least { head: 768, worker: 1024, driver: 1024 } };

/// Its roles.
pub(super) fn draft(asked: &Asked<'_>) -> Result<Vec<Draft>, LowerError> {
    served::draft(asked, &SPARK)
}

/// Where Spark is, if the site or the task says so.
pub(super) fn settings(instance: &TaskInstance, site: &Site) -> Vec<Setting> {
    let setting = |name: &str, value: &str| Setting { name: name.to_owned(), value: value.to_owned() };
    vec![
        setting("sluice_spark_home", &site.distributed.spark_home),
        setting("sluice_spark_executor_uri", instance.requirements.spark_executor_uri.as_deref().unwrap_or_default()),
    ]
}
