//! Puts processes on nodes: how many nodes a role takes, and which process of a packed job is on which.

use std::ops::Add;

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
        let sum = self + other;
        (sum.cpus <= limit.cpus && sum.mem_mib <= limit.mem_mib && sum.gpus <= limit.gpus).then_some(sum)
    }

    /// The greater of each.
    pub(super) fn max(self, other: Self) -> Self {
        Self { cpus: self.cpus.max(other.cpus), mem_mib: self.mem_mib.max(other.mem_mib), gpus: self.gpus.max(other.gpus) }
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let sum = |one: u64, other: u64| one.saturating_add(other);
        Self { cpus: sum(self.cpus, other.cpus), mem_mib: sum(self.mem_mib, other.mem_mib), gpus: sum(self.gpus, other.gpus) }
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
pub(super) fn pack(drafts: &[Draft], capacity: &Capacity, is_one_step: bool) -> Result<Packing, LowerError> {
    let mut packing = Packing { processes: vec![Vec::new(); drafts.len()], used: Vec::new() };
    let mut nodes = vec![Node::default()];
    let (beside, steps): (Vec<_>, Vec<_>) = drafts.iter().enumerate().partition(|(_, draft)| draft.beside_batch);
    for (idx, draft) in beside.into_iter().chain(steps) {
        let mut role = Packed { one: Amount::of(draft), counts: Vec::new(), fullest: 0, has_step: !is_one_step && !draft.beside_batch };
        for rank in 0..draft.procs {
            role.place(&mut nodes, capacity).ok_or_else(|| no_room(draft, rank, capacity))?;
        }
        packing.processes[idx] = role.counts;
    }
    for counts in &mut packing.processes {
        counts.resize(nodes.len(), 0);
    }
    packing.used = nodes.into_iter().map(|node| node.processes.max(node.steps)).collect();
    Ok(packing)
}

/// What a node of a packed job is filled with.
#[derive(Clone, Copy, Default)]
struct Node {
    /// By what its processes need.
    processes: Amount,
    /// By what srun asks for the steps: it takes one number for the memory and the GPUs of a node, so a step has on each of its nodes what it needs
    /// on the fullest. What runs beside the batch script is no step, and takes nothing from one.
    steps: Amount,
}

/// A role on the nodes of a packed job.
struct Packed {
    /// What a process needs.
    one: Amount,
    /// Processes on each node, as far as there are any.
    counts: Vec<u32>,
    /// The most of them.
    fullest: u32,
    /// Whether it is a step of its own, and not one with others or none.
    has_step: bool,
}

impl Packed {
    /// Puts a process on the first node with room; on a new one if there may be one more.
    fn place(&mut self, nodes: &mut Vec<Node>, capacity: &Capacity) -> Option<()> {
        if let Some(node) = (0..nodes.len()).find(|node| self.fits(*node, nodes, capacity.node)) {
            self.take(node, nodes);
            return Some(());
        }
        nodes.push(Node::default());
        let node = nodes.len() - 1;
        let has_room = nodes.len() as u64 <= capacity.nodes && self.fits(node, nodes, capacity.node);
        has_room.then(|| self.take(node, nodes))
    }

    fn fits(&self, node: usize, nodes: &[Node], limit: Amount) -> bool {
        nodes[node].processes.plus(self.one, limit).is_some()
            && nodes[node].steps.plus(self.step(self.more_on(node)), limit).is_some()
            && self.nodes_of_a_wider_step(node).all(|other| nodes[other].steps.plus(self.step(1), limit).is_some())
    }

    fn take(&mut self, node: usize, nodes: &mut [Node]) {
        for other in self.nodes_of_a_wider_step(node) {
            nodes[other].steps = nodes[other].steps + self.step(1);
        }
        nodes[node].steps = nodes[node].steps + self.step(self.more_on(node));
        nodes[node].processes = nodes[node].processes + self.one;
        self.counts.resize(self.counts.len().max(node + 1), 0);
        self.counts[node] += 1;
        self.fullest = self.fullest.max(self.counts[node]);
    }

    /// For how many processes the step asks for more on a node that gets one more: the rest is there already.
    fn more_on(&self, node: usize) -> u32 {
        match self.count(node) {
            _ if !self.has_step => 0,
            0 => self.fullest.max(1),
            count => u32::from(count == self.fullest),
        }
    }

    /// The other nodes of the step, where one more process on this one makes it wider than it is.
    fn nodes_of_a_wider_step(&self, node: usize) -> impl Iterator<Item = usize> + use<'_> {
        let is_wider = self.has_step && self.count(node) == self.fullest;
        (0..self.counts.len()).filter(move |other| is_wider && *other != node && self.counts[*other] > 0)
    }

    /// Memory and GPUs of a step for so many processes. Cores are each process's own on every node.
    fn step(&self, processes: u32) -> Amount {
        let each = |amount: u64| amount.saturating_mul(processes.into());
        Amount { cpus: 0, mem_mib: each(self.one.mem_mib), gpus: each(self.one.gpus) }
    }

    fn count(&self, node: usize) -> u32 {
        self.counts.get(node).copied().unwrap_or(0)
    }
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
