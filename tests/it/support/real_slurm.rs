//! A real Slurm for tests: the private cluster of `tests/cluster/slurm` is meant.

use std::{env, process::Command};

use super::attempt_run::{AttemptRun, output_of, wait_for};

/// Whether a Slurm is there to be tested with; says so if not.
pub(crate) fn has_slurm() -> bool {
    let wanted = env::var_os("SLUICE_TEST_SLURM").is_some_and(|value| value == "1");
    let answers = wanted && Command::new("sinfo").arg("-h").output().is_ok_and(|output| output.status.success());
    if !answers {
        println!("skipped: no Slurm");
    }
    answers
}

/// Submits as a head does, from a shell with a umask and options of its own that must not reach the job.
#[track_caller]
pub(crate) fn submit(run: &AttemptRun) -> String {
    let shell = "umask 077; export LEAKED=1; exec sbatch --parsable \"$0\"";
    output_of("sh", &["-c", shell, run.script().to_str().unwrap()]).trim().to_owned()
}

/// State and exit code of a job once it will change no more, by the controller.
#[track_caller]
pub(crate) fn end_of(job: &str) -> String {
    wait_for("the end of the job", 400, || {
        let shown = output_of("scontrol", &["-o", "show", "job", job]);
        let first = shown.lines().next().unwrap_or_default();
        let field = |name: &str| first.split_whitespace().find_map(|word| word.strip_prefix(name)).unwrap_or_default().to_owned();
        let end = format!("{} {}", field("JobState="), field("ExitCode="));
        let goes_on = ["PENDING", "RUNNING", "COMPLETING", "REQUEUED", "CONFIGURING"].iter().any(|state| end.starts_with(state));
        if goes_on { Err(end) } else { Ok(end) }
    })
}
