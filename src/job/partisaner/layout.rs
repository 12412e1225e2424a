//! Puts processes on nodes: how many nodes a role takes, and which process of a packed job is on which.

use super::draft::{Draft, problem};
use crate::{
    job::{error::LowerError, spec::Component},
    site::Site,
    task::Distributed,
};

/// What a partition's nodes have; `u64::MAX` where the site does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Capacity {
    /// Nodes of one job.
    pub nodes: u64,
    /// What each has.
    pub node: Amount,
}

/// Cores, memory and GPUs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    /// Cores.
    pub cpus: u64,
    /// MiB.
    pub mem_mib: u64,
    /// GPUs.
    pub gpus: u64,
}

/// A role over nodes, the same on each but for what does not divide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spread {
    /// Nodes.
    pub nodes: u32,
    /// Processes on the fullest.
    pub per_node: u32,
}

impl Amount {
    /// What one process of a role needs.
    pub(super) fn of(draft: &Draft) -> Self {
        Self { cpus: draft.cpus.into(), mem_mib: draft.mem_mib, gpus: draft.gpus.into() }
    }

    /// The sum, if it is within a limit.
    fn plus(self, other: Self, limit: Self) -> Option<Self> {
        let sum = Self { cpus: self.cpus + other.cpus, mem_mib: self.mem_mib + other.mem_mib, gpus: self.gpus + other.gpus };
        (sum.cpus <= limit.cpus && sum.mem_mib <= limit.mem_mib && sum.gpus <= limit.gpus).then_some(sum)
    }

    /// The greater of each.
    pub(super) fn max(self, other: Self) -> Self {
        Self { cpus: self.cpus.max(other.cpus), mem_mib: self.mem_mib.max(other.mem_mib), gpus: self.gpus.max(other.gpus) }
    }
}

impl Capacity {
    /// What the partitions have into which a component may go: the least of each, since Slurm takes any of them.
    pub(super) fn of(component: &Component, site: &Site) -> Self {
        let known = |value: u64| if value == 0 { u64::MAX } else { value };
        let mut capacity = Self { nodes: u64::MAX, node: Amount { cpus: u64::MAX, mem_mib: u64::MAX, gpus: u64::MAX } };
        for partition in component.partitions.iter().filter_map(|name| site.partition(name)) {
            capacity.nodes = capacity.nodes.min(known(partition.nodes.into()));
            capacity.node.cpus = capacity.node.cpus.min(known(partition.cpus.into()));
            capacity.node.mem_mib = capacity.node.mem_mib.min(known(partition.memory_mib));
            capacity.node.gpus = capacity.node.gpus.min(partition.gpus.into());
        }
        capacity
    }
}

/// A role over as few nodes as hold it, evenly: processes that are near each other talk faster.
pub(super) fn spread(draft: &Draft, capacity: &Capacity) -> Spread {
    let one = Amount::of(draft);
    let fit = |has: u64, each: u64| has.checked_div(each).unwrap_or(u64::MAX);
    let most = fit(capacity.node.cpus, one.cpus).min(fit(capacity.node.mem_mib, one.mem_mib)).min(fit(capacity.node.gpus, one.gpus));
    // A process that fits no node is refused with the partition's own words where the component is made.
    let most = u32::try_from(most.max(1)).unwrap_or(u32::MAX);
    let nodes = draft.procs.div_ceil(most);
    Spread { nodes, per_node: draft.procs.div_ceil(nodes.max(1)) }
}

/// A role as the author pinned it with `nodes` and `procspernode`.
pub(super) fn pinned(draft: &Draft, distributed: &Distributed) -> Result<Option<Spread>, LowerError> {
    let procs = draft.procs;
    let spread = match (distributed.nodes, distributed.procs_per_node) {
        (None, None) => return Ok(None),
        (Some(0), _) | (_, Some(0)) => return Err(problem(&draft.name, "`nodes` or `procspernode` is 0; expected at least 1".to_owned())),
        (Some(nodes), None) => Spread { nodes, per_node: procs.div_ceil(nodes) },
        (None, Some(per_node)) => Spread { nodes: procs.div_ceil(per_node), per_node },
        (Some(nodes), Some(per_node)) => Spread { nodes, per_node },
    };
    if spread.nodes > procs {
        return Err(problem(&draft.name, format!("asked {} nodes for {procs} processes; expected no more nodes than processes", spread.nodes)));
    }
    if u64::from(spread.nodes) * u64::from(spread.per_node) < u64::from(procs) {
        let text = format!("{procs} processes do not fit {} nodes with {} on each; raise `nodes` or `procspernode`", spread.nodes, spread.per_node);
        return Err(problem(&draft.name, text));
    }
    Ok(Some(spread))
}

/// A packed job: processes of each role on each node, and what the nodes hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packing {
    /// For each role, its processes on each node.
    pub processes: Vec<Vec<u32>>,
    /// What is used on each node.
    pub used: Vec<Amount>,
}

/// Fills node after node, in the order of the roles; what runs beside the batch script is on the first. The sums prove that no step will
/// wait for resources that the job does not have: Slurm would let it wait in silence.
pub(super) fn pack(drafts: &[Draft], capacity: &Capacity) -> Result<Packing, LowerError> {
    let mut packing = Packing { processes: vec![Vec::new(); drafts.len()], used: vec![Amount::default()] };
    let (beside, steps): (Vec<_>, Vec<_>) = drafts.iter().enumerate().partition(|(_, draft)| draft.beside_batch);
    for (idx, draft) in beside.into_iter().chain(steps) {
        for rank in 0..draft.procs {
            let node = room(&mut packing.used, Amount::of(draft), capacity).ok_or_else(|| no_room(draft, rank, capacity))?;
            let counts = &mut packing.processes[idx];
            counts.resize(counts.len().max(node + 1), 0);
            counts[node] += 1;
        }
    }
    for counts in &mut packing.processes {
        counts.resize(packing.used.len(), 0);
    }
    Ok(packing)
}

/// The first node with room, taken; a new one if there may be one more.
fn room(used: &mut Vec<Amount>, one: Amount, capacity: &Capacity) -> Option<usize> {
    let found = used.iter().enumerate().find_map(|(idx, amount)| Some((idx, amount.plus(one, capacity.node)?)));
    if let Some((idx, sum)) = found {
        used[idx] = sum;
        return Some(idx);
    }
    let sum = Amount::default().plus(one, capacity.node)?;
    if used.len() as u64 >= capacity.nodes {
        return None;
    }
    used.push(sum);
    Some(used.len() - 1)
}

fn no_room(draft: &Draft, rank: u32, capacity: &Capacity) -> LowerError {
    let Amount { cpus, mem_mib, .. } = capacity.node;
    let text = format!(
        "its process {rank} has no room: the partition gives a job {} nodes of {cpus} cores and {mem_mib} MiB, and what comes before fills them; \
         ask for fewer processes or less for each",
        capacity.nodes
    );
    problem(&draft.name, text)
}
