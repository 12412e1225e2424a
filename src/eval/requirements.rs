//! What a task asks for: `runtime`, `requirements` and `hints` as [`Requirements`] (the dialect's table of runtime attributes).

use super::{
    attributes::{Attribute, Attributes},
    disks, messages,
    task::Growth,
    units,
};
use crate::{
    diagnostic::Diagnostic,
    task::{Access, Gpu, Requirements, ReturnCodes, Volume},
    value::Value,
};

/// Everything a task asks for, defaults left open.
pub(super) fn requirements(attributes: &Attributes<'_>) -> Result<Requirements, Diagnostic> {
    let get = |names: &[&str]| attributes.get(names);
    let count = |names: &[&str]| get(names).map(Attribute::count).transpose();
    // The hint of the name tells which kind of disk is wanted (1.2, "Reserved Task Hints").
    let disks = attributes.required(&["disks", "disk"]).map(disks::disks).transpose()?;
    if let Some(fpga) = attributes.required(&["fpga"])
        && matches!(fpga.boolean(), Ok(true))
    {
        return Err(messages::no_fpga(fpga.span));
    }
    Ok(Requirements {
        container: get(&["container", "docker"]).map(images).transpose()?.unwrap_or_default(),
        cpu: get(&["cpu"]).map(cores).transpose()?,
        memory_bytes: get(&["memory"]).map(|memory| memory.bytes("memory", 1.0)).transpose()?,
        time: get(&["time_minutes", "time", "walltime", "maxtime"]).map(time).transpose()?,
        disk_bytes: disks.as_deref().map(disks::total),
        disks: disks.unwrap_or_default(),
        gpu: gpu(attributes)?,
        server_type: get(&["servertype"]).map(Attribute::text).transpose()?,
        constraints: get(&["slaveconstraints"]).map(constraints).transpose()?.unwrap_or_default(),
        volumes: get(&["volumes"]).map(volumes).transpose()?.unwrap_or_default(),
        return_codes: get(&["return_codes", "returncodes", "continueonreturncode"]).map(return_codes).transpose()?.unwrap_or_default(),
        max_retries: count(&["max_retries", "maxretries", "retry"])?.unwrap_or_default(),
        preemptible: count(&["preemptible"])?.unwrap_or_default(),
        cpu_growth: get(&["cputuneratio"]).map(Attribute::number).transpose()?.unwrap_or_default(),
        memory_growth: get(&["memtuneratio"]).map(Attribute::number).transpose()?.unwrap_or_default(),
        spark_cluster: get(&["usextaosparkscheduler"]).map(Attribute::boolean).transpose()?.unwrap_or_default(),
        spark_executor_uri: get(&["sparkexecutoruri"]).map(Attribute::text).transpose()?,
    })
}

/// `tag` or `label`: any expression, as text.
pub(super) fn label(attributes: &Attributes<'_>) -> Result<Option<String>, Diagnostic> {
    attributes.get(&["tag", "label"]).map(Attribute::text).transpose()
}

/// `usextaoscheduler: true` gives `XTAO_MESOS`, in Achelous the address of its Mesos. It is empty, since Slurm is the scheduler, but it is there: a
/// command may name it under `set -u`.
pub(super) fn variables(attributes: &Attributes<'_>) -> Vec<(String, String)> {
    let asked = attributes.get(&["usextaoscheduler"]).is_some_and(|wish| wish.boolean().unwrap_or(false));
    if asked { vec![("XTAO_MESOS".to_owned(), String::new())] } else { Vec::new() }
}

impl Growth {
    /// Cores after the growth.
    pub(super) fn cores(self, cpu: f64, ratio: f64) -> f64 {
        cpu * factor(ratio, self.cpu)
    }

    /// Bytes, or MiB, after the growth.
    pub(super) fn memory(self, amount: u64, ratio: f64) -> u64 {
        #[expect(clippy::cast_precision_loss, reason = "sizes of memory are far below 2^53")]
        units::whole_bytes(amount as f64 * factor(ratio, self.memory)).unwrap_or(u64::MAX)
    }

    /// The requirements after the growth.
    pub(super) fn grown(self, mut requirements: Requirements) -> Requirements {
        let (cpu_growth, memory_growth) = (requirements.cpu_growth, requirements.memory_growth);
        requirements.cpu = requirements.cpu.map(|cpu| self.cores(cpu, cpu_growth));
        requirements.memory_bytes = requirements.memory_bytes.map(|bytes| self.memory(bytes, memory_growth));
        requirements
    }
}

fn factor(ratio: f64, times: u32) -> f64 {
    (1.0 + ratio).powi(i32::try_from(times).unwrap_or(i32::MAX))
}

/// Image references; an empty one, which `if` makes, is none.
fn images(images: &Attribute<'_>) -> Result<Vec<String>, Diagnostic> {
    Ok(images.texts()?.into_iter().filter(|image| !image.trim().is_empty()).collect())
}

/// Cores: more than none.
pub(super) fn cores(cpu: &Attribute<'_>) -> Result<f64, Diagnostic> {
    match cpu.number()? {
        cores if cores > 0.0 => Ok(cores),
        _ => Err(cpu.unreadable("number of cores", "a number above 0, fractions allowed")),
    }
}

fn time(time: &Attribute<'_>) -> Result<std::time::Duration, Diagnostic> {
    let read = match &time.value {
        Value::Int(_) | Value::Float(_) => units::minutes_long(time.number()?),
        Value::String(text) => units::time(text),
        _ => None,
    };
    read.ok_or_else(|| time.unreadable("time", units::TIMES))
}

/// `gpu` is a count, or since 1.1 a Boolean with `gpuCount` (or a hint `gpu`) beside it.
fn gpu(attributes: &Attributes<'_>) -> Result<Gpu, Diagnostic> {
    let hinted = |name: &str| attributes.all(name).filter(|gpu| gpu.boolean().is_err()).find_map(|gpu| gpu.count().ok());
    let count = match attributes.get(&["gpu"]) {
        Some(gpu) if gpu.boolean().is_ok() => {
            let wanted = hinted("gpucount").or_else(|| hinted("gpu")).unwrap_or(1);
            if gpu.boolean()? { wanted } else { 0 }
        }
        Some(gpu) => gpu.count().map_err(|_| gpu.unreadable("number of GPUs", "a count, true or false"))?,
        None => attributes.get(&["gpucount"]).map(Attribute::count).transpose()?.unwrap_or_default(),
    };
    let memory = |memory: &Attribute<'_>| memory.bytes("GPU memory", 1e6).map(|bytes| bytes.div_ceil(1_000_000));
    Ok(Gpu {
        count,
        kind: attributes.get(&["gputype"]).map(Attribute::text).transpose()?,
        slices: attributes.get(&["gpui"]).map(Attribute::count).transpose()?.unwrap_or_default(),
        memory_mb: attributes.get(&["gpumemory"]).map(memory).transpose()?,
    })
}

fn constraints(constraints: &Attribute<'_>) -> Result<Vec<(String, String)>, Diagnostic> {
    let members = constraints.members()?;
    members.iter().filter_map(Attribute::known).map(|member| Ok((member.name.clone(), member.texts()?.join(",")))).collect()
}

/// `{container path: host path}`; `:ro` behind a host path says read only.
fn volumes(volumes: &Attribute<'_>) -> Result<Vec<Volume>, Diagnostic> {
    volumes.members()?.iter().filter_map(Attribute::known).map(volume).collect()
}

fn volume(member: &Attribute<'_>) -> Result<Volume, Diagnostic> {
    let written = member.text()?;
    let (host, access) = match written.rsplit_once(':') {
        Some((host, "ro")) => (host, Access::ReadOnly),
        Some((host, "rw")) => (host, Access::ReadWrite),
        _ => (written.as_str(), Access::ReadWrite),
    };
    if !member.name.starts_with('/') {
        return Err(messages::volume_not_absolute(member.span, "container", &member.name));
    }
    if !host.starts_with('/') {
        return Err(messages::volume_not_absolute(member.span, "host", host));
    }
    Ok(Volume { container: member.name.clone(), host: host.to_owned(), access })
}

fn return_codes(codes: &Attribute<'_>) -> Result<ReturnCodes, Diagnostic> {
    match &codes.value {
        Value::String(text) if text.as_ref() == "*" => return Ok(ReturnCodes::Any),
        // Cromwell's `continueOnReturnCode` is older than the specification's attribute, and may be a Boolean.
        Value::Boolean(true) => return Ok(ReturnCodes::Any),
        Value::Boolean(false) => return Ok(ReturnCodes::default()),
        _ => {}
    }
    let code = |code: &Attribute<'_>| {
        let read = code.text().ok().and_then(|text| text.trim().parse::<i32>().ok()).filter(|code| (0..=255).contains(code));
        read.ok_or_else(|| code.unreadable("exit code", "an Int from 0 to 255, an array of them, or \"*\""))
    };
    let read = match &codes.value {
        Value::Array(_) => codes.items()?.iter().map(code).collect::<Result<_, _>>()?,
        _ => vec![code(codes)?],
    };
    Ok(ReturnCodes::Only(read))
}
