//! `PyTorch`: every process is a rank of one world, and every rank decides. Ranks are started by srun, or by a torchrun on each node.

use super::{
    draft::{Asked, Draft, problem},
    form,
    layout::Spread,
    plan::{Output, Setting},
};
use crate::{
    job::error::LowerError,
    task::{Distributed, RankLauncher},
};

/// Ranks without roles are `procs` of one role; roles follow each other in the world in the order they are written.
pub(super) fn draft(asked: &Asked<'_>) -> Result<Vec<Draft>, LowerError> {
    let roles = &asked.distributed.roles;
    if let Some(role) = roles.iter().find(|role| role.server) {
        let text = "a rank of a PyTorch world cannot be a service: the world ends as one; leave out `server`".to_owned();
        return Err(problem(&role.name, text));
    }
    match asked.distributed.launcher.unwrap_or_default() {
        RankLauncher::Torchrun => torchruns(asked).map(|draft| vec![draft]),
        RankLauncher::Srun => {
            let drafts = if roles.is_empty() { vec![ranks(asked)] } else { roles.iter().map(|role| asked.named(role)).collect() };
            // Rank 0 of the world speaks for all; the others have their logs.
            let output = |idx: usize| if idx == 0 { Output::First } else { Output::Log };
            Ok(drafts.into_iter().enumerate().map(|(idx, draft)| Draft { output: output(idx), ..draft }).collect())
        }
    }
}

/// The ranks of a task without roles.
fn ranks(asked: &Asked<'_>) -> Draft {
    asked.unnamed("rank", asked.distributed.procs.unwrap_or(1))
}

/// One torchrun a node, with the amounts of all the ranks that it starts there.
fn torchruns(asked: &Asked<'_>) -> Result<Draft, LowerError> {
    if let Some(role) = asked.distributed.roles.first() {
        let text =
            "`launcher` is \"torchrun\", which starts ranks of one kind; leave out `roles` and say `procs`, or leave out `launcher`".to_owned();
        return Err(problem(&role.name, text));
    }
    let rank = ranks(asked);
    let Spread { nodes, per_node } = form::spread_of(&rank, asked.instance, (asked.site, asked.paths))?;
    if nodes * per_node != rank.procs {
        let text = format!(
            "{} processes do not divide over {nodes} nodes, and torchrun starts as many on each; ask for {}, or set `procspernode`",
            rank.procs,
            nodes * per_node
        );
        return Err(problem(&rank.name, text));
    }
    let mem_mib = rank.mem_mib.saturating_mul(per_node.into());
    let cpus = rank.cpus.saturating_mul(per_node);
    Ok(Draft { name: "node".to_owned(), procs: nodes, cpus, mem_mib, gpus: rank.gpus * per_node, one_a_node: true, output: Output::First, ..rank })
}

/// Who starts the ranks, and how many there are.
pub(super) fn settings(distributed: &Distributed) -> Vec<Setting> {
    let launcher = match distributed.launcher.unwrap_or_default() {
        RankLauncher::Srun => "srun",
        RankLauncher::Torchrun => "torchrun",
    };
    let setting = |name: &str, value: String| Setting { name: name.to_owned(), value };
    vec![setting("sluice_torch_launcher", launcher.to_owned()), setting("sluice_torch_ranks", distributed.procs.unwrap_or(1).to_string())]
}
