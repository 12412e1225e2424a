//! Jobs of equal shape, joined to arrays.

use std::borrow::Cow;

use super::{Batch, Component, JobSpec, NodeSetup, Policy, Program};
use crate::site::Limits;

/// What all elements of an array share.
#[derive(PartialEq)]
struct Shape<'a> {
    task_name: &'a str,
    components: &'a [Component],
    policy: &'a Policy,
    node_setup: &'a NodeSetup,
    program: Cow<'a, Program>,
}

impl JobSpec {
    fn shape(&self) -> Shape<'_> {
        Shape {
            task_name: &self.task_name,
            components: &self.components,
            policy: &self.policy,
            node_setup: &self.node_setup,
            program: self.program_of_shape(),
        }
    }

    /// Commands of roles are files of each attempt, as the task's own is: what they say is no matter of shape.
    fn program_of_shape(&self) -> Cow<'_, Program> {
        match &self.program {
            Program::Roles(plan) if plan.roles.iter().any(|role| !role.command.is_empty()) => {
                let mut plan = plan.clone();
                for role in &mut plan.roles {
                    role.command.clear();
                }
                Cow::Owned(Program::Roles(plan))
            }
            Program::Roles(_) | Program::Command(_) => Cow::Borrowed(&self.program),
        }
    }

    /// Most elements of an array of such jobs that may run at once; 0: no limit.
    fn max_running(&self, limits: &Limits) -> u32 {
        let own = if matches!(self.program, Program::Roles(_)) { limits.distributed_running } else { 0 };
        [limits.array_running, own].into_iter().filter(|limit| *limit > 0).min().unwrap_or(0)
    }
}

/// Joins jobs of equal shape, in the order given, and cuts them at the site's limit. A heterogeneous job stays alone: Slurm refuses an
/// array of them.
pub fn batch(job_specs: Vec<JobSpec>, limits: &Limits) -> Vec<Batch> {
    let most = usize::try_from(limits.array_size.max(1)).unwrap_or(usize::MAX);
    let mut batches: Vec<Batch> = Vec::new();
    for job_spec in job_specs {
        let single = job_spec.components.len() > 1;
        let fits = |batch: &&mut Batch| batch.elements.len() < most && batch.elements[0].shape() == job_spec.shape();
        // The newest first: older ones of that shape are full.
        match batches.iter_mut().rev().find(fits).filter(|_| !single) {
            Some(batch) => batch.elements.push(job_spec),
            None => batches.push(Batch { max_running: job_spec.max_running(limits), elements: vec![job_spec] }),
        }
    }
    batches
}
