//! `sluice status`: the tasks of a run, from its folder alone; no head needs to live.

use super::{
    args::StatusArgs,
    clock,
    exit::{Exit, Failure},
    finish, print, resume,
};
use crate::{engine::Outcome, monitor, report::Progress, run::RunLock};

/// Rows of the table up to which each task has its own.
const TABLE_ROWS: usize = 200;

/// Shows a run. Exit code: as the run's own once it is over, 6 while it is not.
pub(super) fn status(args: &StatusArgs) -> Result<Exit, Failure> {
    let run = resume::find(&args.run)?;
    let is_driven = RunLock::is_held(&run);
    let head = resume::head(run, Progress::silent())?;
    let state = monitor::replay(&head, clock::now_ms()).map_err(|error| Failure::from_error(Exit::Machine, &error).hint(error.hint()))?;
    let word = match state.outcome {
        Some(Outcome::Succeeded) => "done",
        Some(Outcome::Failed) => "failed",
        Some(Outcome::Cancelled) => "cancelled",
        None if is_driven => "running",
        None => "stopped: its head is gone; `sluice resume` goes on with it",
    };
    if args.json {
        let json = serde_json::json!({ "run": head.run.path(), "state": word, "counts": state.counts, "tasks": state.table.tasks });
        let text = serde_json::to_string_pretty(&json).expect("a status is plain data");
        print(&format!("{text}\n"))?;
    } else {
        print(&format!("{}: {word}\n{}", head.run.path().display(), state.table.render(TABLE_ROWS)))?;
    }
    Ok(match state.outcome {
        Some(Outcome::Succeeded) => Exit::Done,
        Some(Outcome::Failed) => finish::failed(&state.failures),
        Some(Outcome::Cancelled) => Exit::Cancelled,
        None => Exit::Running,
    })
}
