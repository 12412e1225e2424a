//! Jobs of equal shape, joined to arrays.

use super::{Batch, Component, JobSpec, NodeSetup, Policy, Program};
use crate::site::Limits;

/// What all elements of an array share.
#[derive(PartialEq)]
struct Shape<'a> {
    task_name: &'a str,
    components: &'a [Component],
    policy: &'a Policy,
    node_setup: &'a NodeSetup,
    program: &'a Program,
}

impl JobSpec {
    fn shape(&self) -> Shape<'_> {
        Shape { task_name: &self.task_name, components: &self.components, policy: &self.policy, node_setup: &self.node_setup, program: &self.program }
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
            None => batches.push(Batch { elements: vec![job_spec], max_running: limits.array_running }),
        }
    }
    batches
}
