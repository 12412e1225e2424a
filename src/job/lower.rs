//! Everything that is decided about a job, decided here.

use super::{
    AttemptPaths, Container, DiskPlace, ElementSetup, JobSpec, LowerError, MountedDisk, NodeSetup, Policy, Process, Program,
    binds::{binds, path_on_host},
    partisaner,
    resources::{ComponentAsk, component, cpus, memory_mib},
};
use crate::{
    site::{Runtime, Site, SlurmVersion},
    task::TaskInstance,
};

/// Decides everything about one attempt.
pub fn lower(instance: &TaskInstance, site: &Site, paths: &AttemptPaths) -> Result<JobSpec, LowerError> {
    if instance.distributed.is_some() || instance.requirements.spark_cluster {
        return partisaner::lower(instance, site, paths);
    }
    let requirements = &instance.requirements;
    let ask = ComponentAsk {
        role: String::new(),
        nodes: 1,
        ntasks: 1,
        ntasks_per_node: 1,
        cpus_per_task: cpus(requirements.cpu, site),
        mem_mib: memory_mib(requirements.memory_bytes, site),
        gpu: requirements.gpu.clone(),
    };
    let components = vec![component(ask, instance, site, &paths.exclude_nodes)?];
    let program = Program::Command(process(&requirements.container, "", instance, (site, paths))?);
    job_spec(instance, (site, paths), components, program)
}

/// A job of these components: what is the same for ordinary and distributed tasks.
pub(super) fn job_spec(
    instance: &TaskInstance,
    (site, paths): (&Site, &AttemptPaths),
    mut components: Vec<super::Component>,
    program: Program,
) -> Result<JobSpec, LowerError> {
    if !has_other_nodes(&components, site) {
        for component in &mut components {
            component.exclude.clear();
        }
    }
    // Without a container there is nothing to bind, and arrays stay of one shape.
    let on_host = matches!(&program, Program::Command(process) if process.container.is_none());
    let binds = if on_host { Vec::new() } else { binds(instance, site, paths)? };
    Ok(JobSpec {
        call_path: instance.call_path.clone(),
        attempt: instance.attempt,
        task_name: instance.task_name.clone(),
        attempt_folder: paths.attempt_folder.clone(),
        label: instance.label.clone(),
        command: instance.command.clone(),
        components,
        policy: policy(site),
        node_setup: node_setup(site),
        element_setup: ElementSetup { environment: instance.environment.clone(), binds, disks: mounted_disks(instance, &program) },
        program,
    })
}

/// The disks that have mount points. Only a container can have something mounted.
fn mounted_disks(instance: &TaskInstance, program: &Program) -> Vec<MountedDisk> {
    let place = match program {
        Program::Command(process) if process.container.is_none() => DiskPlace::Absent,
        Program::Command(_) => DiskPlace::Scratch,
        Program::Roles(_) => DiskPlace::Shared,
    };
    let mounts = instance.requirements.disks.iter().filter_map(|disk| disk.mount.clone());
    mounts.map(|mount| MountedDisk { mount, place }).collect()
}

/// Whether its partitions have nodes enough beside those it is to stay away from. sbatch would refuse it else, and staying away is only a wish.
fn has_other_nodes(components: &[super::Component], site: &Site) -> bool {
    let needed: u32 = components.iter().map(|component| component.nodes).sum();
    let excluded = components.iter().map(|component| component.exclude.len()).max().unwrap_or(0);
    let mut sizes =
        components.iter().flat_map(|component| &component.partitions).filter_map(|name| site.partition(name)).map(|partition| partition.nodes);
    sizes.all(|nodes| nodes == 0 || u64::from(nodes) >= u64::from(needed) + excluded as u64)
}

/// How one process is run: in the first image that is there, else the first that is named, else the site's; working in `workdir`.
pub(super) fn process(
    images: &[String],
    workdir: &str,
    instance: &TaskInstance,
    (site, paths): (&Site, &AttemptPaths),
) -> Result<Process, LowerError> {
    let alternatives = alternatives(images, site);
    let Some(reference) = alternatives.iter().find(|image| paths.images.contains_key(*image)).or(alternatives.first()) else {
        return Ok(Process { container: None, workdir: path_on_host(workdir, instance, site)? });
    };
    let gpu = &instance.requirements.gpu;
    let role_gpus = instance.distributed.iter().flat_map(|distributed| &distributed.roles).any(|role| role.gpu.is_some_and(|gpu| gpu > 0));
    let has_gpu = gpu.count > 0 || gpu.slices > 0 || gpu.kind.is_some() || gpu.memory_mb.is_some() || role_gpus;
    let gpu_options = if has_gpu { &site.container.gpu_options[..] } else { &[] };
    let container = Container {
        runtime: site.container.runtime,
        program: program(site),
        image: paths.images.get(reference).cloned().unwrap_or_else(|| site.image_uri(reference)),
        options: site.container.options.iter().chain(gpu_options).cloned().collect(),
    };
    Ok(Process { container: Some(container), workdir: workdir.to_owned() })
}

/// The images that an attempt needs, each with its alternatives: what [`AttemptPaths::images`] should hold one of. Empty where the site uses no containers.
pub fn images(instance: &TaskInstance, site: &Site) -> Vec<Vec<String>> {
    let roles = instance.distributed.iter().flat_map(|distributed| &distributed.roles).filter_map(|role| role.container.clone());
    let named = std::iter::once(instance.requirements.container.clone()).chain(roles.map(|image| vec![image]));
    let mut wanted: Vec<Vec<String>> = Vec::new();
    for alternatives in named.map(|images| alternatives(&images, site)) {
        if !alternatives.is_empty() && !wanted.contains(&alternatives) {
            wanted.push(alternatives);
        }
    }
    wanted
}

/// The images of which one is to be used: those named, else the site's; none where the site uses no containers. "*" (WDL 1.2) leaves the choice to the site.
fn alternatives(images: &[String], site: &Site) -> Vec<String> {
    if site.container.runtime == Runtime::None {
        return Vec::new();
    }
    let named: Vec<String> = images.iter().filter(|image| *image != "*").cloned().collect();
    let default = Some(&site.defaults.image).filter(|image| named.is_empty() && !image.is_empty());
    named.into_iter().chain(default.cloned()).collect()
}

/// The container program's name or path.
fn program(site: &Site) -> String {
    let runtime = match site.container.runtime {
        Runtime::Apptainer => "apptainer",
        Runtime::Singularity => "singularity",
        Runtime::None => "",
    };
    if site.container.program.is_empty() { runtime.to_owned() } else { site.container.program.clone() }
}

/// Options that are equal in all components.
fn policy(site: &Site) -> Policy {
    let slurm = &site.slurm;
    let hetjob = if slurm.version().is_none_or(SlurmVersion::has_het_group) { "hetjob" } else { "packjob" };
    Policy {
        requeue: slurm.requeue,
        export: slurm.export.clone(),
        propagate: slurm.propagate.clone(),
        signal: slurm.signal.clone(),
        hetjob: hetjob.to_owned(),
    }
}

/// What the site does on each node.
fn node_setup(site: &Site) -> NodeSetup {
    let node = &site.node;
    NodeSetup {
        umask: node.umask.clone(),
        module_init: node.module_init.clone(),
        modules: node.modules.clone(),
        // An empty entry would put the current folder on the PATH; `${NAME:-}` of an unset variable makes one.
        path_prepend: node.path_prepend.iter().filter(|folder| !folder.is_empty()).cloned().collect(),
        environment: node.environment.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        container_environment: site.container.environment.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        scratch: node.scratch.clone(),
        kill_grace_seconds: node.kill_grace_seconds,
    }
}
