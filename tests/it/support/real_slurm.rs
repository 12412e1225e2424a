//! A real Slurm for tests: the private cluster of `tests/cluster/slurm` is meant.

use std::{env, process::Command};

use super::{
    attempt_run::{AttemptRun, output_of, wait_for},
    skipped::skipped,
};

/// Whether tests with real Slurm were asked for (`tests/run cluster` sets `SLUICE_TEST_SLURM=1`); says so if not. Asked for and not there is a failure.
pub(crate) fn has_slurm() -> bool {
    if env::var_os("SLUICE_TEST_SLURM").is_none_or(|value| value != "1") {
        skipped("no Slurm (`tests/run cluster` runs these tests)");
        return false;
    }
    let answer = Command::new("sinfo").arg("-h").output().expect("SLUICE_TEST_SLURM=1 promises Slurm's programs");
    assert!(answer.status.success(), "SLUICE_TEST_SLURM=1 promises a Slurm that answers: {}", String::from_utf8_lossy(&answer.stderr));
    true
}

/// Submits as a head does, from a shell with a umask and options of its own that must not reach the job.
#[track_caller]
pub(crate) fn submit(run: &AttemptRun) -> String {
    let shell = "umask 077; export LEAKED=1; exec sbatch --parsable \"$0\"";
    let job = output_of("sh", &["-c", shell, run.script().to_str().expect("the path is UTF-8")]).trim().to_owned();
    run.jobs.borrow_mut().push(job.clone());
    job
}

/// State and exit code of a job once it will change no more, by the controller. Waits for less than nextest does, so that a job that hangs is shown
/// and ended.
#[track_caller]
pub(crate) fn end_of(job: &str) -> String {
    wait_for("the end of the job", 240, || {
        let shown = output_of("scontrol", &["-o", "show", "job", job]);
        let first = shown.lines().next().unwrap_or_default();
        let field = |name: &str| first.split_whitespace().find_map(|word| word.strip_prefix(name)).unwrap_or_default().to_owned();
        let end = format!("{} {}", field("JobState="), field("ExitCode="));
        let goes_on = ["PENDING", "RUNNING", "COMPLETING", "REQUEUED", "CONFIGURING"].iter().any(|state| end.starts_with(state));
        if goes_on { Err(end) } else { Ok(end) }
    })
}
