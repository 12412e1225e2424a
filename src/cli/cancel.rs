//! `sluice cancel`: from any shell, whether the run's head lives or not.

use std::{
    fs,
    time::{Duration, Instant},
};

use super::{
    args::CancelArgs,
    exit::{Exit, Failure},
    finish, resume, say,
};
use crate::{
    monitor,
    report::{Progress, ProgressStyle},
    run::{RunDir, RunError, RunLock},
};

/// How long a live head may take to end its jobs.
const PATIENCE: Duration = Duration::from_secs(180);

/// Cancels a run and returns once its jobs are seen to be gone.
pub(super) fn cancel(args: &CancelArgs) -> Result<Exit, Failure> {
    let run = resume::find(&args.run)?;
    let owner = finish::owner();
    if let Some(lock) = ask_live_head(&run, &owner)? {
        let head = resume::head(run, Progress::new(ProgressStyle::Lines, Box::new(std::io::stderr())))?;
        let end = monitor::cancel(head, &format!("`sluice cancel`, {owner}"));
        drop(lock);
        let end = end.map_err(|error| Failure::from_error(Exit::Machine, &error).hint(error.hint()))?;
        say(&format!("{}: {}", end.run.path().display(), if end.was_over { "was over already" } else { "cancelled" }));
    }
    Ok(Exit::Done)
}

/// If a head lives, asks it and waits until it is gone; else gives the lock, so that we do it ourselves.
fn ask_live_head(run: &RunDir, owner: &str) -> Result<Option<RunLock>, Failure> {
    match RunLock::take(run, owner) {
        Ok(lock) => return Ok(Some(lock)),
        Err(RunError::Locked { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let request = run.cancel_request();
    fs::write(&request, owner).map_err(RunError::io("write", &request))?;
    say("asked the run's head to cancel; waiting until its jobs are gone");
    let deadline = Instant::now() + PATIENCE;
    while RunLock::is_held(run) {
        if Instant::now() > deadline {
            return Err(Failure::new(Exit::Running, "error: the run's head did not end within 180 s")
                .hint("`sluice status` shows what is left; the request stands"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    say(&format!("{}: cancelled", run.path().display()));
    Ok(None)
}
