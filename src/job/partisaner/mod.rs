//! Distributed tasks: from `runneroptions` to components of a job and roles that its script starts. Pure. Entry point: [`lower`].
//!
//! A kind (`mpi`, `tensorflow`, `pytorch`, `spark`, `dask`, `ray`) turns what the author wrote into `Draft`s, with its own defaults. From there on kinds do
//! not differ: `layout` puts processes on nodes, `form` decides between a heterogeneous job and a packed one. What a process then finds in its
//! environment is promised to authors by `environment.md` in this folder.

mod custom;
mod dask;
mod draft;
mod form;
mod kind;
mod layout;
mod mpi;
mod plan;
mod pytorch;
mod ray;
mod served;
mod server_exit;
mod spark;
mod tensorflow;

pub(crate) use self::custom::library_file;
pub use self::plan::{Duty, Output, PlannedRole, RolePlan, Setting, When};

use super::{
    binds::{binds, path_on_host},
    error::LowerError,
    lower::{job_spec, process},
    spec::{AttemptPaths, JobSpec, Process, Program},
};
use crate::{
    site::Site,
    task::{Distributed, ReturnCodes, TaskInstance},
};

use self::{
    draft::{Asked, Draft},
    form::Placed,
    kind::Kind,
};

/// Decides everything about a distributed task.
pub fn lower(instance: &TaskInstance, site: &Site, paths: &AttemptPaths) -> Result<JobSpec, LowerError> {
    let distributed = instance.distributed.clone().unwrap_or_default();
    let kind = Kind::of(instance, site)?;
    draft::check_unread(&distributed, kind.counts_workers())?;
    let drafts = kind.draft(&Asked { instance, distributed: &distributed, site, paths })?;
    draft::check(&drafts)?;
    draft::check_commands(&drafts, instance)?;
    let drafts = server_exit::apply(kind, drafts, &distributed)?;
    let Placed { components, places } = form::place(kind, &drafts, instance, (site, paths))?;
    let Process { workdir, .. } =
        process(&instance.requirements.container, distributed.workdir.as_deref().unwrap_or_default(), instance, (site, paths))?;
    let roles = drafts.iter().zip(places).map(|(draft, place)| {
        let images = draft.container.as_ref().map_or_else(|| instance.requirements.container.clone(), |image| vec![image.clone()]);
        let own = process(&images, distributed.workdir.as_deref().unwrap_or_default(), instance, (site, paths))?;
        let own = Process { workdir: if own.workdir == workdir { String::new() } else { own.workdir }, ..own };
        Ok(planned(draft, place, own))
    });
    let roles = roles.collect::<Result<Vec<_>, LowerError>>()?;
    if kind.is_one_step() {
        refuse_contained(&roles)?;
    }
    let logdir = logdir(instance, &distributed, (site, paths))?;
    let program = Program::Roles(RolePlan {
        kind: kind.library().to_owned(),
        start_timeout_seconds: distributed.start_timeout.unwrap_or(site.distributed.start_timeout_seconds),
        restarts: if drafts.iter().any(|draft| draft.duty == Duty::Revive) { site.distributed.service_restarts } else { 0 },
        abort_on_fail: distributed.abort_on_fail.unwrap_or(true),
        accepted_codes: accepted_codes(&instance.requirements.return_codes),
        workdir,
        logdir,
        interface: site.distributed.interface.clone(),
        port_min: site.distributed.port_min,
        port_max: site.distributed.port_max,
        log_interval: distributed.log_interval.unwrap_or(0),
        settings: [kind.settings(instance, site)?, old_spellings(site)].concat(),
        roles,
        files: Vec::new(),
    });
    job_spec(instance, (site, paths), components, program)
}

/// How options of steps are written where Slurm is older than their present names.
fn old_spellings(site: &Site) -> Vec<Setting> {
    let Some(version) = site.slurm.version() else { return Vec::new() };
    let spellings = [(version.has_het_group(), "sluice_het_option", "--pack-group"), (version.has_exact(), "sluice_step_exact", "--exclusive")];
    let old = spellings.into_iter().filter(|(is_new, ..)| !is_new);
    old.map(|(_, name, value)| Setting { name: name.to_owned(), value: value.to_owned() }).collect()
}

/// Options of the container program that give each process a /dev/shm of its own.
const CONTAINING: [&str; 5] = ["--contain", "-c", "--containall", "-C", "--compat"];

/// Refuses MPI ranks that could not share memory: some MPI libraries abort then, others hang.
fn refuse_contained(roles: &[PlannedRole]) -> Result<(), LowerError> {
    let options = roles.iter().filter_map(|role| role.container.as_ref()).flat_map(|container| &container.options);
    let Some(option) = options.into_iter().find(|option| CONTAINING.contains(&option.as_str())) else { return Ok(()) };
    Err(LowerError::Contained { option: option.clone() })
}

/// One role as the script starts it.
fn planned(draft: &Draft, place: form::Place, own: Process) -> PlannedRole {
    let command = draft.command.clone().unwrap_or_default();
    PlannedRole {
        name: draft.name.clone(),
        procs: draft.procs,
        nodes: place.nodes,
        per_node: place.per_node,
        cpus: draft.cpus,
        mem_mib: draft.mem_mib,
        gres: place.gres,
        spread: place.spread,
        place: place.at,
        duty: draft.duty,
        when: draft.when,
        output: draft.output,
        command_file: if command.is_empty() { String::new() } else { format!("{}.command", draft.name) },
        command,
        container: own.container,
        own_workdir: own.workdir,
    }
}

/// The folder of the roles' logs on the host: shims write them, outside of any container. Empty (the attempt's own) where the folder is
/// in the image only, since nobody could read it there afterwards.
fn logdir(instance: &TaskInstance, distributed: &Distributed, (site, paths): (&Site, &AttemptPaths)) -> Result<String, LowerError> {
    let Some(asked) = &distributed.logdir else { return Ok(String::new()) };
    let host = path_on_host(asked, instance, site)?;
    let has_image = process(&instance.requirements.container, "", instance, (site, paths))?.container.is_some();
    let inside = |folder: &str| host.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let visible = host != *asked || !has_image || binds(instance, site, paths)?.iter().any(|bind| inside(&bind.host));
    Ok(if visible { host } else { String::new() })
}

/// Exit codes that count as success, as the library reads them.
fn accepted_codes(codes: &ReturnCodes) -> String {
    match codes {
        ReturnCodes::Any => "*".to_owned(),
        ReturnCodes::Only(codes) => codes.iter().map(i32::to_string).collect::<Vec<_>>().join(" "),
    }
}
