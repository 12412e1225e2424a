//! Distributed tasks: from `runneroptions` to components, roles and the files that start them. Pure. Entry point: [`lower`].

use serde::Serialize;

use super::{
    error::LowerError,
    spec::{AttemptPaths, JobSpec, Process, ScriptFile},
};
use crate::{site::Site, task::TaskInstance};

/// A distributed task's roles as the batch script starts them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RolePlan {
    /// The cluster kind.
    pub kind: String,
    /// Whether each role is a component of a heterogeneous job; else all roles share one ordinary job.
    pub het: bool,
    /// Roles in the order in which they start.
    pub roles: Vec<PlannedRole>,
    /// Further files of the batch folder.
    pub files: Vec<ScriptFile>,
}

/// One role with everything decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlannedRole {
    /// Its name.
    pub name: String,
    /// Its processes.
    pub procs: u32,
    /// How each process runs.
    pub process: Process,
}

/// Decides everything about a distributed task.
pub fn lower(instance: &TaskInstance, _site: &Site, _paths: &AttemptPaths) -> Result<JobSpec, LowerError> {
    let kind = instance.distributed.as_ref().map(|distributed| distributed.cluster.clone()).unwrap_or_default();
    Err(LowerError::UnknownCluster { kind, nearest: None })
}
