//! Amounts: what a task asks for, in the units and options of sbatch.

use std::time::Duration;

use super::{Component, LowerError};
use crate::{
    diagnostic::nearest_name,
    site::{Ask, GpuRequest, Site},
    task::{Gpu, TaskInstance},
};

const MIB: u64 = 1024 * 1024;

/// What one component is to hold; amounts are per process unless they say otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ComponentAsk {
    /// Its role; empty for an ordinary job.
    pub role: String,
    /// Nodes.
    pub nodes: u32,
    /// Processes.
    pub ntasks: u32,
    /// Processes on the fullest node.
    pub ntasks_per_node: u32,
    /// Cores a process.
    pub cpus_per_task: u32,
    /// MiB on the fullest node.
    pub mem_mib: u64,
    /// GPUs a process.
    pub gpu: Gpu,
}

/// Whole cores of a process.
pub(super) fn cpus(asked: Option<f64>, site: &Site) -> u32 {
    let cpu = asked.unwrap_or(site.defaults.cpu).max(0.0).ceil();
    // A core count beyond u32 is refused by every partition; the cast saturates.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturating, and not negative")]
    let whole = cpu as u32;
    whole.max(1)
}

/// Whole MiB of a process. Slurm's `M` is a mebibyte.
pub(super) fn memory_mib(asked_bytes: Option<u64>, site: &Site) -> u64 {
    asked_bytes.map_or(site.defaults.memory_mib, |bytes| bytes.div_ceil(MIB)).max(1)
}

/// Whole minutes: Slurm knows no finer limit.
pub(super) fn minutes(asked: Option<Duration>, site: &Site) -> u64 {
    asked.map_or(site.defaults.time_minutes, |time| time.as_millis().div_ceil(60_000).try_into().unwrap_or(u64::MAX)).max(1)
}

/// A component with its partition chosen and every option set.
pub(super) fn component(ask: ComponentAsk, instance: &TaskInstance, site: &Site, exclude: &[String]) -> Result<Component, LowerError> {
    let requirements = &instance.requirements;
    let gpu_type = gpu_type(&ask.gpu, site)?;
    let gpus_per_node = gpu_count(&ask.gpu) * ask.ntasks_per_node;
    let place = constraints(instance, site)?;
    let time_minutes = minutes(requirements.time, site);
    let choice = site.choose(&Ask {
        task_name: instance.task_name.clone(),
        cluster: instance.distributed.as_ref().map(|distributed| distributed.cluster.clone()).unwrap_or_default(),
        server_type: requirements.server_type.clone().unwrap_or_default(),
        nodes: ask.nodes,
        cpus_per_node: ask.cpus_per_task.saturating_mul(ask.ntasks_per_node),
        memory_mib_per_node: ask.mem_mib,
        time_minutes,
        gpus_per_node,
        gpu_type: gpu_type.clone(),
        features: place.features.clone(),
    })?;
    let (gres, gpus_per_task) = gpu_options(&ask, &gpu_type, site)?;
    let mut features = place.features;
    features.extend(Some(choice.constraint).filter(|constraint| !constraint.is_empty()));
    Ok(Component {
        role: ask.role,
        partitions: choice.partitions,
        account: choice.account,
        qos: choice.qos,
        reservation: site.slurm.reservation.clone(),
        nodes: ask.nodes,
        ntasks: ask.ntasks,
        ntasks_per_node: ask.ntasks_per_node,
        cpus_per_task: ask.cpus_per_task,
        mem_mib: ask.mem_mib,
        time_minutes,
        tmp_mib: requirements.disk_bytes.unwrap_or(0).div_ceil(MIB),
        gres,
        gpus_per_task,
        constraint: features.join("&"),
        nodelist: place.nodes,
        exclude: exclude.to_vec(),
        extra: choice.extra,
    })
}

/// GPUs of one process; asking for their memory asks for one.
fn gpu_count(gpu: &Gpu) -> u32 {
    let implied = u32::from(gpu.kind.is_some() || gpu.memory_mb.is_some());
    if gpu.slices > 0 { gpu.count } else { gpu.count.max(implied) }
}

/// The site's name of the GPU type: as asked, or the smallest with memory enough; empty: any.
fn gpu_type(gpu: &Gpu, site: &Site) -> Result<String, LowerError> {
    let types = &site.gpu.types;
    let known = || format!("known in [gpu.types]: {}", listed(types.keys()));
    match (&gpu.kind, gpu.memory_mb) {
        (Some(kind), _) if types.is_empty() && !kind.chars().all(|char| char.is_alphanumeric() || "_-.".contains(char)) => {
            let problem = "expected a name of letters, digits, `_`, `-`, `.`".to_owned();
            Err(LowerError::BadValue { what: "GPU type", value: kind.clone(), problem })
        }
        (Some(kind), _) if types.is_empty() || types.contains_key(kind) => Ok(kind.clone()),
        (Some(kind), _) => {
            let near = nearest_name(kind, types.keys().map(String::as_str)).map(|name| format!(", the nearest is `{name}`")).unwrap_or_default();
            Err(LowerError::NoSuchEntry { what: "GPU type", asked: kind.clone(), known: known() + &near })
        }
        (None, Some(least)) => {
            let enough = types.iter().filter(|(_, kind)| kind.memory_mb >= least).min_by_key(|(_, kind)| kind.memory_mb);
            let none = || LowerError::NoSuchEntry { what: "GPU memory", asked: format!("{least} MB"), known: known() };
            enough.map(|(name, _)| name.clone()).ok_or_else(none)
        }
        (None, None) => Ok(String::new()),
    }
}

/// `--gres` and `--gpus-per-task`, by the site's way of asking.
fn gpu_options(ask: &ComponentAsk, gpu_type: &str, site: &Site) -> Result<(String, String), LowerError> {
    let count = gpu_count(&ask.gpu);
    let slurm_type = site.gpu.types.get(gpu_type).map_or(gpu_type, |kind| if kind.gres.is_empty() { gpu_type } else { &kind.gres });
    let typed = |separator: &str| if slurm_type.is_empty() { String::new() } else { format!("{slurm_type}{separator}") };
    let mut gres = Vec::new();
    let mut gpus_per_task = String::new();
    match site.gpu.request {
        _ if count == 0 => {}
        GpuRequest::Gres => gres.push(format!("gpu:{}{}", typed(":"), count * ask.ntasks_per_node)),
        GpuRequest::GpusPerTask => gpus_per_task = format!("{}{count}", typed(":")),
    }
    if ask.gpu.slices > 0 {
        if site.gpu.slice_gres.is_empty() {
            let known = "set `gpu.slice_gres` where nodes have MIG slices".to_owned();
            return Err(LowerError::NoSuchEntry { what: "GPU slices", asked: ask.gpu.slices.to_string(), known });
        }
        gres.push(format!("{}:{}", site.gpu.slice_gres, ask.gpu.slices * ask.ntasks_per_node));
    }
    Ok((gres.join(","), gpus_per_task))
}

/// What `slaveconstraints` mean here.
#[derive(Default)]
struct Place {
    features: Vec<String>,
    nodes: Vec<String>,
}

/// Looks each constraint up in the site's table: `key=value` first, then `key`, in whose text `{value}` stands for the value.
fn constraints(instance: &TaskInstance, site: &Site) -> Result<Place, LowerError> {
    let mut place = Place::default();
    for (key, value) in &instance.requirements.constraints {
        let entry = site.constraints.get(&format!("{key}={value}")).or_else(|| site.constraints.get(key));
        let unknown = || LowerError::NoSuchEntry {
            what: "constraint",
            asked: format!("{key}={value}"),
            known: format!("known in [constraints]: {}", listed(site.constraints.keys())),
        };
        let text = entry.ok_or_else(unknown)?.replace("{value}", value);
        match text.strip_prefix("nodes:") {
            Some(nodes) => place.nodes.push(nodes.to_owned()),
            None => place.features.push(text),
        }
    }
    Ok(place)
}

/// Names for a message.
fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
