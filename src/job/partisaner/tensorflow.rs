//! TensorFlow: which of `chief`, `worker`, `ps`, `evaluator` decide and which serve.

use super::{
    draft::{Asked, Draft, check_names, check_single},
    plan::{Duty, Output},
};
use crate::{job::error::LowerError, task::Role};

/// The task types that `TF_CONFIG` knows.
const ROLES: [&str; 4] = ["chief", "worker", "ps", "evaluator"];

/// Without roles: workers that train together (`MultiWorkerMirroredStrategy`). A parameter server and an evaluator never end by
/// themselves. With a chief the workers do not either (TF2's `ParameterServerStrategy`), so the chief alone decides.
pub(super) fn draft(asked: &Asked<'_>) -> Result<Vec<Draft>, LowerError> {
    let roles = &asked.distributed.roles;
    if roles.is_empty() {
        let worker = asked.unnamed("worker", asked.distributed.procs.unwrap_or(1));
        return Ok(vec![Draft { output: Output::First, ..worker }]);
    }
    check_names(roles, &ROLES)?;
    let has_chief = roles.iter().any(|role| role.name == "chief");
    let drafts: Vec<Draft> = roles.iter().map(|role| with_duty(asked.named(role), role, has_chief)).collect();
    drafts.iter().filter(|draft| matches!(draft.name.as_str(), "chief" | "evaluator")).try_for_each(check_single)?;
    Ok(drafts)
}

/// What a role does, by its name. A parameter server computes on cores, so it gets no GPU of the task's unless it asks for its own.
fn with_duty(draft: Draft, role: &Role, has_chief: bool) -> Draft {
    let is_aside = matches!(role.name.as_str(), "ps" | "evaluator");
    let gpus = if is_aside { role.gpu.unwrap_or(0) } else { draft.gpus };
    if is_aside || role.server || (has_chief && role.name == "worker") {
        Draft { duty: Duty::Serve, output: Output::Log, gpus, ..draft }
    } else {
        Draft { duty: Duty::Decide, output: Output::First, gpus, ..draft }
    }
}
