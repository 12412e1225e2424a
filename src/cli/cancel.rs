//! `sluice cancel`: from any shell, whether the run's head lives or not.

use std::time::{Duration, Instant};

use super::{
    args::CancelArgs,
    exit::{Exit, Failure},
    finish, resume, say,
};
use crate::{
    engine::Outcome,
    monitor,
    report::{Progress, ProgressStyle},
    run::{RunDir, RunError, RunLock, write_whole},
};

/// How long a live head may take to end its jobs.
const PATIENCE: Duration = Duration::from_secs(180);

/// Cancels a run and returns once its jobs are seen to be gone.
pub(super) fn cancel(args: &CancelArgs) -> Result<Exit, Failure> {
    let run = resume::find(&args.run)?;
    let owner = finish::owner();
    let lock = match RunLock::take(&run, &owner) {
        Ok(lock) => lock,
        Err(RunError::Locked { .. }) => {
            ask_live_head(&run, &owner)?;
            // A head that was killed instead of ending its jobs has left that to us.
            RunLock::take(&run, &owner)?
        }
        Err(error) => return Err(error.into()),
    };
    let head = resume::head(run, Progress::new(ProgressStyle::Lines, Box::new(std::io::stderr())))?;
    let end = monitor::cancel(head, &format!("`sluice cancel`, {owner}")).map_err(|error| finish::head_failure(&error))?;
    drop(lock);
    say(&format!("{}: {}", end.run.path().display(), words(&end)));
    Ok(Exit::Done)
}

fn words(end: &monitor::RunEnd) -> &'static str {
    match end.outcome {
        Outcome::Cancelled => "cancelled",
        Outcome::Failed => "had failed already",
        Outcome::Succeeded => "was done already",
    }
}

/// Asks the head that drives the run to cancel it, and waits until it is gone.
fn ask_live_head(run: &RunDir, owner: &str) -> Result<(), Failure> {
    let request = run.cancel_request();
    // The head may look at any moment.
    write_whole(&request, owner).map_err(RunError::io("write", &request))?;
    say("asked the run's head to cancel; waiting until its jobs are gone");
    let deadline = Instant::now() + PATIENCE;
    while RunLock::is_held(run) {
        if Instant::now() > deadline {
            return Err(Failure::new(Exit::Running, "error: the run's head did not end within 180 s")
                .hint("`sluice status` shows what is left; the request stands"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
