//! MPI: every process is a rank of one world, and every rank decides.

use super::{
    draft::{Asked, Draft, problem},
    plan::{Output, Setting},
};
use crate::{
    job::error::LowerError,
    site::{Launcher, Site},
};

/// Ranks without roles are `procs` of one role; roles follow each other in the world in the order they are written.
pub(super) fn draft(asked: &Asked<'_>) -> Result<Vec<Draft>, LowerError> {
    let roles = &asked.distributed.roles;
    if let Some(role) = roles.iter().find(|role| role.server) {
        let text = "a rank of an MPI world cannot be a service: the world ends as one; leave out `server`".to_owned();
        return Err(problem(&role.name, text));
    }
    let drafts = if roles.is_empty() {
        vec![asked.unnamed("rank", asked.distributed.procs.unwrap_or(1))]
    } else {
        roles.iter().map(|role| asked.named(role)).collect()
    };
    Ok(drafts.into_iter().map(|draft| Draft { output: Output::Both, ..draft }).collect())
}

/// What `srun --mpi` is told for a flavour.
fn mpi_type<'a>(flavour: &str, site: &'a Site) -> Option<&'a String> {
    site.mpi.get(flavour).or_else(|| site.mpi.get("mpi"))
}

/// Whether this Slurm may tell ranks of several components wrongly where they are, see `SlurmVersion::places_het_ranks`.
pub(super) fn misplaces_het_ranks(flavour: &str, site: &Site) -> bool {
    site.distributed.launcher == Launcher::Srun
        && mpi_type(flavour, site).is_some_and(|name| name.starts_with("pmix"))
        && site.slurm.version().is_some_and(|version| !version.places_het_ranks())
}

/// The flavour, what starts its ranks, and what `srun --mpi` is told for it.
pub(super) fn settings(flavour: &str, site: &Site) -> Result<Vec<Setting>, LowerError> {
    let unknown = || LowerError::NoSuchEntry {
        what: "MPI flavour",
        asked: flavour.to_owned(),
        known: format!("set `{flavour}` in [mpi] to one of what `srun --mpi=list` names"),
    };
    let mpi_type = mpi_type(flavour, site).ok_or_else(unknown)?;
    let setting = |name: &str, value: &str| Setting { name: name.to_owned(), value: value.to_owned() };
    let mut settings = vec![setting("sluice_mpi_kind", flavour), setting("sluice_mpi_type", mpi_type)];
    if misplaces_het_ranks(flavour, site) {
        settings.push(setting("sluice_het_nodes", "ascending"));
    }
    if site.distributed.launcher == Launcher::Mpiexec {
        settings.push(setting("sluice_mpi_launcher", "mpiexec"));
    } else if flavour == "intelmpi" && !site.distributed.pmi_library.is_empty() {
        settings.push(setting("sluice_pmi_library", &site.distributed.pmi_library));
    }
    Ok(settings)
}
