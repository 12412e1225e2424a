//! Dask: a scheduler and workers for one task, whose command is the driver.

use super::{
    draft::{Asked, Draft},
    served::{self, Least, Served},
};
use crate::job::error::LowerError;

/// Its roles. A worker is two Python processes: one that computes, and its nanny, which holds it to its memory.
pub(super) fn draft(asked: &Asked<'_>) -> Result<Vec<Draft>, LowerError> {
    let least_mib = Least { head: 256, worker: 384, driver: 128 };
    served::draft(asked, &Served { framework: "Dask", head: "scheduler", head_mib: asked.site.defaults.head_memory_mib, least_mib })
}
