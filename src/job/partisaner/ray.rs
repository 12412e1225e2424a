//! Ray: a head and workers for one task, whose command is the driver.

use super::{
    draft::{Asked, Draft},
    served::{self, Least, Served},
};
use crate::job::error::LowerError;

/// Its roles. Every node of a Ray cluster runs several daemons in Python beside those that compute, and holds at least 75 MiB of objects.
pub(super) fn draft(asked: &Asked<'_>) -> Result<Vec<Draft>, LowerError> {
    let least_mib = Least { head: 1024, worker: 1024, driver: 256 };
    served::draft(asked, &Served { framework: "Ray", head: "head", head_mib: asked.site.defaults.head_memory_mib, least_mib })
}
