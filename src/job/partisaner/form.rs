//! The form of a distributed job. *Heterogeneous*: a component a role, and components never share a node. *Packed*: one ordinary job, a
//! step a role, for partitions with too few nodes. A single role is an ordinary job of its own shape.

use std::collections::BTreeMap;

use super::{
    draft::Draft,
    kind::Kind,
    layout::{Amount, Capacity, Packing, Spread, pack, pinned, spread},
};
use crate::{
    job::{
        error::LowerError,
        resources::{ComponentAsk, component},
        spec::{AttemptPaths, Component},
    },
    site::{Launcher, Site},
    task::{Form, Gpu, TaskInstance},
};

/// A job's components, and each role's place in them.
pub(super) struct Placed {
    /// Components of the job.
    pub components: Vec<Component>,
    /// One a role.
    pub places: Vec<Place>,
}

/// Where a role runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Nodes.
    pub nodes: u32,
    /// Processes on the fullest.
    pub per_node: u32,
    /// Generic resources of its step.
    pub gres: String,
    /// Processes on each node; empty: no matter.
    pub spread: String,
    /// `het:0`, `packed`, `batch`.
    pub at: String,
}

type World<'a> = (&'a Site, &'a AttemptPaths);

/// Decides the form and places every role.
pub(super) fn place(kind: Kind<'_>, drafts: &[Draft], instance: &TaskInstance, world: World<'_>) -> Result<Placed, LowerError> {
    let spreads = drafts.iter().map(|draft| spread_of(draft, instance, world)).collect::<Result<Vec<_>, _>>()?;
    if let ([draft], [spread]) = (drafts, &spreads[..]) {
        return single(draft, *spread, instance, world);
    }
    match (form(instance, world.0), by_mpiexec(kind, world.0)) {
        (Form::Packed, _) | (Form::Auto, true) => packed(kind, drafts, instance, world),
        (Form::Het, true) => {
            let problem = "the site starts ranks by `mpiexec`, which makes no world over the components of a job; say `auto` or `packed`".to_owned();
            Err(LowerError::BadValue { what: "form", value: "het".to_owned(), problem })
        }
        (Form::Het, false) => {
            let placed = heterogeneous(drafts, &spreads, instance, world)?;
            too_many_nodes(&placed.components, world.0).map_or(Ok(placed), |problem| {
                let problem = format!("{problem}; say `auto` or `packed`");
                Err(LowerError::BadValue { what: "form", value: "het".to_owned(), problem })
            })
        }
        (Form::Auto, false) => {
            let het = || heterogeneous(drafts, &spreads, instance, world).ok().filter(|placed| too_many_nodes(&placed.components, world.0).is_none());
            if kind.misplaces_het_ranks(world.0) {
                return packed(kind, drafts, instance, world).or_else(|error| het().ok_or(error));
            }
            // A role alone may want more nodes than there are; packed, it may still fit.
            het().map_or_else(|| packed(kind, drafts, instance, world), Ok)
        }
    }
}

/// Whether the kind's own `mpiexec` starts it, and not srun.
fn by_mpiexec(kind: Kind, site: &Site) -> bool {
    kind.is_one_step() && site.distributed.launcher == Launcher::Mpiexec
}

/// The task's word, else the site's.
fn form(instance: &TaskInstance, site: &Site) -> Form {
    let asked = instance.distributed.as_ref().map(|distributed| distributed.form).unwrap_or_default();
    if asked == Form::Auto { site.distributed.form } else { asked }
}

/// How many nodes a role takes of its own: as pinned, else by what the partition's nodes hold.
pub(super) fn spread_of(draft: &Draft, instance: &TaskInstance, world: World<'_>) -> Result<Spread, LowerError> {
    if draft.one_a_node {
        return Ok(Spread { nodes: draft.procs, per_node: 1 });
    }
    let distributed = instance.distributed.as_ref().filter(|distributed| distributed.roles.is_empty() && !draft.beside_batch);
    if let Some(spread) = distributed.map_or(Ok(None), |distributed| pinned(draft, distributed))? {
        return Ok(spread);
    }
    let one = component(ask(draft, Spread { nodes: 1, per_node: 1 }, instance), instance, world.0, &world.1.exclude_nodes)?;
    Ok(spread(draft, &Capacity::of(&one, world.0)))
}

/// One role: an ordinary job.
fn single(draft: &Draft, spread: Spread, instance: &TaskInstance, (site, paths): World<'_>) -> Result<Placed, LowerError> {
    let component = component(ask(draft, spread, instance), instance, site, &paths.exclude_nodes)?;
    let place = Place { at: "packed".to_owned(), gres: gres(draft, spread.per_node), ..Place::from(spread) };
    Ok(Placed { components: vec![component], places: vec![place] })
}

/// A component a role. The batch script runs on the first component's first node, so what is beside it comes first.
fn heterogeneous(drafts: &[Draft], spreads: &[Spread], instance: &TaskInstance, (site, paths): World<'_>) -> Result<Placed, LowerError> {
    let mut asks = Vec::new();
    let beside: Vec<&Draft> = drafts.iter().filter(|draft| draft.beside_batch).collect();
    if !beside.is_empty() {
        asks.push(beside_batch(&beside, instance));
    }
    let mut places = Vec::new();
    for (draft, spread) in drafts.iter().zip(spreads) {
        if draft.beside_batch {
            places.push(Place { at: "batch".to_owned(), ..Place::from(*spread) });
            continue;
        }
        places.push(Place { at: format!("het:{}", asks.len()), ..Place::from(*spread) });
        asks.push(ask(draft, *spread, instance));
    }
    let components = asks.into_iter().map(|ask| component(ask, instance, site, &paths.exclude_nodes)).collect::<Result<Vec<_>, _>>()?;
    Ok(Placed { components, places })
}

/// The component of what runs beside the batch script. The services there idle while the driver computes, so they share its cores.
fn beside_batch(drafts: &[&Draft], instance: &TaskInstance) -> ComponentAsk {
    let names: Vec<&str> = drafts.iter().map(|draft| draft.name.as_str()).collect();
    ComponentAsk {
        role: names.join(", "),
        nodes: 1,
        ntasks: 1,
        ntasks_per_node: 1,
        cpus_per_task: drafts.iter().map(|draft| draft.cpus).max().unwrap_or(1),
        mem_mib: drafts.iter().map(|draft| draft.mem_mib).sum(),
        gpu: gpu(drafts.iter().map(|draft| draft.gpus).sum(), instance),
    }
}

/// All roles in one ordinary job, filling as few nodes as hold them.
fn packed(kind: Kind<'_>, drafts: &[Draft], instance: &TaskInstance, (site, paths): World<'_>) -> Result<Placed, LowerError> {
    let drafts: Vec<Draft> = drafts.iter().map(|draft| Draft { cpus: cores(kind, draft, drafts), ..draft.clone() }).collect();
    let each = drafts.iter().map(Amount::of).fold(Amount::default(), Amount::max);
    let largest = ask_amount("", each, instance);
    let capacity = Capacity::of(&component(largest, instance, site, &paths.exclude_nodes)?, site);
    let Packing { processes, used } = pack(&drafts, &capacity, kind.is_one_step())?;
    let nodes = u32::try_from(used.len()).expect("nodes are at most as many as processes, which are u32");
    let fullest = used.into_iter().fold(Amount::default(), Amount::max);
    let ask = ComponentAsk { nodes, ntasks: nodes, ..ask_amount("", fullest, instance) };
    let places = drafts.iter().zip(&processes).map(|(draft, counts)| packed_place(draft, counts)).collect();
    Ok(Placed { components: vec![component(ask, instance, site, &paths.exclude_nodes)?], places })
}

/// Cores of a process in a packed job: one step has one number for all of its roles.
fn cores(kind: Kind<'_>, draft: &Draft, drafts: &[Draft]) -> u32 {
    if kind.is_one_step() { drafts.iter().map(|draft| draft.cpus).max().unwrap_or(draft.cpus) } else { draft.cpus }
}

/// A role's place in a packed job.
fn packed_place(draft: &Draft, counts: &[u32]) -> Place {
    let per_node = counts.iter().copied().max().unwrap_or(0);
    let nodes = counts.iter().filter(|count| **count > 0).count();
    let spread = if counts.len() > 1 { counts.iter().map(u32::to_string).collect::<Vec<_>>().join(" ") } else { String::new() };
    let (at, spread) = if draft.beside_batch { ("batch", String::new()) } else { ("packed", spread) };
    let nodes = u32::try_from(nodes).expect("nodes are at most as many as processes, which are u32");
    Place { nodes, per_node, gres: gres(draft, per_node), spread, at: at.to_owned() }
}

impl From<Spread> for Place {
    fn from(spread: Spread) -> Self {
        Self { nodes: spread.nodes, per_node: spread.per_node, ..Self::default() }
    }
}

/// What a role asks for as a component.
fn ask(draft: &Draft, spread: Spread, instance: &TaskInstance) -> ComponentAsk {
    ComponentAsk {
        role: draft.name.clone(),
        nodes: spread.nodes,
        ntasks: draft.procs.min(spread.nodes.saturating_mul(spread.per_node)),
        ntasks_per_node: spread.per_node,
        cpus_per_task: draft.cpus,
        mem_mib: draft.mem_mib.saturating_mul(spread.per_node.into()),
        gpu: gpu(draft.gpus, instance),
    }
}

/// One node with so much of everything.
fn ask_amount(role: &str, amount: Amount, instance: &TaskInstance) -> ComponentAsk {
    let count = |amount: u64| u32::try_from(amount).unwrap_or(u32::MAX);
    ComponentAsk {
        role: role.to_owned(),
        nodes: 1,
        ntasks: 1,
        ntasks_per_node: 1,
        cpus_per_task: count(amount.cpus),
        mem_mib: amount.mem_mib,
        gpu: gpu(count(amount.gpus), instance),
    }
}

/// So many GPUs, of the task's type. A role without any asks for none of the task's either.
fn gpu(count: u32, instance: &TaskInstance) -> Gpu {
    if count == 0 { Gpu::default() } else { Gpu { count, ..instance.requirements.gpu.clone() } }
}

/// GPUs of a step on each node; the job has the type already.
fn gres(draft: &Draft, per_node: u32) -> String {
    if draft.gpus == 0 { String::new() } else { format!("gpu:{}", draft.gpus.saturating_mul(per_node)) }
}

/// Whether the components need more nodes than a partition gives to one job. Slurm accepts such a job, and it waits for ever.
fn too_many_nodes(components: &[Component], site: &Site) -> Option<String> {
    let mut needed: BTreeMap<&[String], u64> = BTreeMap::new();
    for component in components {
        *needed.entry(&component.partitions).or_default() += u64::from(component.nodes);
    }
    needed.into_iter().find_map(|(partitions, nodes)| {
        let least = partitions
            .iter()
            .filter_map(|name| site.partition(name))
            .filter(|partition| partition.nodes > 0)
            .min_by_key(|partition| partition.nodes)?;
        let text = || format!("its roles need {nodes} nodes, since components never share one; partition `{}` has {}", least.name, least.nodes);
        (nodes > u64::from(least.nodes)).then(text)
    })
}
