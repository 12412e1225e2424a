//! `onserverexit`: what the early end of a service means, by the role's word, else the task's, else the kind's own rule.

use super::{
    draft::{Draft, problem},
    kind::Kind,
    plan::Duty,
};
use crate::{
    job::error::LowerError,
    task::{Distributed, OnServerExit},
};

/// Applies the author's words to roles that serve.
pub(super) fn apply(kind: Kind<'_>, drafts: Vec<Draft>, distributed: &Distributed) -> Result<Vec<Draft>, LowerError> {
    let with_policy = |draft: Draft| {
        let of_role = distributed.roles.iter().find(|role| role.name == draft.name).and_then(|role| role.on_server_exit);
        let serves = draft.duty != Duty::Decide;
        if of_role.is_some() && !serves {
            let text = "`onserverexit` is for services, and this role decides about the task; add `server: true`, or leave it out".to_owned();
            return Err(problem(&draft.name, text));
        }
        let is_fixed = kind.cannot_restart().contains(&draft.name.as_str());
        if of_role == Some(OnServerExit::Restart) && is_fixed {
            let text = "it cannot be started again: the others know it by a port that it chose itself; expected `fail` or `tolerate`".to_owned();
            return Err(problem(&draft.name, text));
        }
        let of_task = distributed.on_server_exit.filter(|policy| *policy != OnServerExit::Restart || !is_fixed);
        Ok(Draft { duty: of_role.or(of_task).filter(|_| serves).map_or(draft.duty, duty), ..draft })
    };
    drafts.into_iter().map(with_policy).collect()
}

fn duty(policy: OnServerExit) -> Duty {
    match policy {
        OnServerExit::Fail => Duty::Serve,
        OnServerExit::Tolerate => Duty::Spare,
        OnServerExit::Restart => Duty::Revive,
    }
}
