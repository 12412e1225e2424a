//! The adapter against real Slurm.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use nix::sys::signal::Signal;
use pretty_assertions::assert_eq;
use sluice::{
    job::{JobId, JobState, Observation},
    slurm::{Answer, Cancelled, Slurm, SlurmSettings, SubmitError, Target},
};
use tempfile::TempDir;

use super::support::{fake_slurm::eventually_within, own_cluster::OwnCluster, real_slurm::has_slurm};

const PATIENCE: Duration = Duration::from_secs(90);

/// Scripts and their outputs.
struct Scripts {
    folder: TempDir,
}

impl Scripts {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder can be made") }
    }

    fn script(&self, name: &str, header: &str, body: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let folder = self.folder.path().display();
        let text = format!("#!/bin/bash\n#SBATCH --job-name={name} --ntasks=1 --mem=50 --output=/dev/null --chdir={folder}\n{header}\n{body}\n");
        fs::write(&path, text).expect("it can be written");
        path
    }
}

/// A name that no other test, and no earlier run of this one, has used.
fn unique(name: &str) -> String {
    let nanoseconds = SystemTime::UNIX_EPOCH.elapsed().expect("it is after 1970").as_nanos();
    format!("{name}.{nanoseconds:x}.b1")
}

fn shared() -> Slurm {
    Slurm::new(SlurmSettings::default(), std::env::vars_os())
}

async fn submit(slurm: &Slurm, script: &Path) -> JobId {
    slurm.submit(script, &[]).await.expect("it is accepted")
}

async fn observe_until(slurm: &Slurm, targets: &[Target], is_so: impl Fn(&Observation) -> bool) -> Vec<Observation> {
    let ask = async || slurm.poll(targets).await.expect("squeue answers").observations;
    eventually_within(PATIENCE, ask, |seen| !seen.is_empty() && seen.iter().all(&is_so)).await
}

async fn end_of(slurm: &Slurm, targets: &[Target]) -> Vec<Observation> {
    observe_until(slurm, targets, |observation| observation.state.is_final()).await
}

fn ends(seen: &[Observation]) -> Vec<(u32, JobState, Option<i32>, Option<i32>)> {
    seen.iter().map(|observation| (observation.element, observation.state.clone(), observation.exit_code, observation.signal)).collect()
}

#[tokio::test]
async fn ends_of_an_array_of_a_signal_and_of_a_job_without_output_folder() {
    if !has_slurm() {
        return;
    }
    let (scripts, slurm) = (Scripts::new(), shared());
    let array = submit(&slurm, &scripts.script(&unique("array"), "#SBATCH --array=0,2-3%2", "exit $SLURM_ARRAY_TASK_ID")).await;
    let signal = submit(&slurm, &scripts.script(&unique("signal"), "", "kill -SEGV $$")).await;
    let nowhere = scripts.script(&unique("nowhere"), "", "true");
    let nowhere = slurm.submit(&nowhere, &["--output=/nonexistent/folder/out".to_owned()]).await.expect("it is accepted");
    let seen = end_of(&slurm, &[Target::Elements(array, vec![0, 2, 3]), Target::Job(signal), Target::Job(nowhere)]).await;
    // squeue alone has no code for success.
    let expected = [
        (0, JobState::Completed, None, None),
        (2, JobState::Failed, Some(2), None),
        (3, JobState::Failed, Some(3), None),
        (0, JobState::Failed, Some(0), Some(11)),
        (0, JobState::Failed, Some(0), Some(53)),
    ];
    assert_eq!(ends(&seen), expected);
}

#[tokio::test]
async fn a_heterogeneous_job_is_one_job() {
    if !has_slurm() {
        return;
    }
    let (scripts, slurm) = (Scripts::new(), shared());
    let name = unique("het");
    let header = format!("#SBATCH hetjob\n#SBATCH --job-name={name} --ntasks=1 --mem=50 --output=/dev/null");
    let since = SystemTime::now();
    let job = submit(&slurm, &scripts.script(&name, &header, "sleep 600")).await;
    let targets = [Target::Job(job.clone())];
    let seen = observe_until(&slurm, &targets, |observation| observation.state == JobState::Running).await;
    assert_eq!((seen.len(), seen[0].nodes.len()), (1, 2), "{seen:?}");
    assert_eq!(slurm.find_by_name(&name, since).await.expect("squeue answers").job_ids, [job]);
    assert_eq!(slurm.cancel(&targets).await.expect("scancel answers"), Cancelled::Gone);
    assert_eq!(end_of(&slurm, &targets).await[0].state, JobState::Cancelled);
}

#[tokio::test]
async fn elements_are_cancelled_and_others_go_on() {
    if !has_slurm() {
        return;
    }
    let (scripts, slurm) = (Scripts::new(), shared());
    let job = submit(&slurm, &scripts.script(&unique("some"), "#SBATCH --array=0-40%2", "sleep 600")).await;
    observe_until(&slurm, &[Target::Elements(job.clone(), vec![0])], |observation| observation.state == JobState::Running).await;
    // One that runs, one that waits in the midst of the list.
    let cancelled = [Target::Elements(job.clone(), vec![0, 20])];
    assert_eq!(slurm.cancel(&cancelled).await.expect("scancel answers"), Cancelled::Gone);
    let all = [Target::Elements(job, (0..=40).collect())];
    let seen = slurm.poll(&all).await.expect("squeue answers").observations;
    let state = |element| seen.iter().find(|observation| observation.element == element).map(|observation| observation.state.clone());
    // The one that waited is gone without a word: `Slurm::poll` says so in its reason.
    assert_eq!((state(0), state(20)), (Some(JobState::Cancelled), Some(JobState::NotListed)));
    let others = seen.iter().filter(|observation| ![0, 20].contains(&observation.element));
    assert!(others.clone().all(|observation| matches!(observation.state, JobState::Pending | JobState::Running)), "{seen:?}");
    assert_eq!(others.count(), 39);
    assert_eq!(slurm.cancel(&all).await.expect("scancel answers"), Cancelled::Gone);
}

#[tokio::test]
async fn refusals_quote_slurm() {
    if !has_slurm() {
        return;
    }
    let (scripts, slurm) = (Scripts::new(), shared());
    let script = scripts.script(&unique("refused"), "", "true");
    for (option, words) in [("--partition=nope", "invalid partition specified: nope"), ("--mem=99T", "Memory specification can not be satisfied")] {
        let error = slurm.submit(&script, &[option.to_owned()]).await.expect_err("it is refused");
        assert!(matches!(error, SubmitError::Permanent(_)), "{error:?}");
        assert!(error.command_error().to_string().contains(words), "{:?}", error.command_error());
    }
}

#[tokio::test]
async fn what_this_slurm_can_do() {
    if !has_slurm() {
        return;
    }
    let capabilities = shared().capabilities().await.expect("the controller answers");
    assert!(capabilities.version.has_het_group() && capabilities.version.has_exact(), "{capabilities:?}");
    assert!(capabilities.mpi_types.iter().any(|name| name == "pmi2"), "{capabilities:?}");
    assert!(capabilities.configuration.max_array_size.is_some(), "{capabilities:?}");
}

#[tokio::test]
async fn a_controller_that_is_down_or_stalled_and_a_database_that_is_down() {
    if !has_slurm() {
        return;
    }
    let cluster = OwnCluster::start("MinJobAge=2\nMessageTimeout=3\n");
    let (scripts, slurm) = (Scripts::new(), Slurm::new(SlurmSettings::default(), cluster.environment()));
    let ended = [Target::Job(submit(&slurm, &scripts.script(&unique("ended"), "", "exit 4")).await)];

    cluster.run(&["stop-controller"]);
    let script = scripts.script(&unique("later"), "", "true");
    assert!(matches!(slurm.submit(&script, &[]).await, Err(SubmitError::Unreachable(_))));
    assert!(slurm.poll(&ended).await.expect_err("squeue is not heard").is_unreachable());
    cluster.run(&["start-controller"]);

    // What left squeue is known to accounting, once it has heard of it.
    let from_accounting = async || slurm.poll(&ended).await.expect("squeue answers");
    let is_settled = |poll: &sluice::slurm::Poll| matches!(poll.accounting, Answer::Heard) && poll.observations[0].state.is_final();
    let poll = eventually_within(PATIENCE, from_accounting, is_settled).await;
    assert_eq!(ends(&poll.observations), [(0, JobState::Failed, Some(4), None)]);

    cluster.run(&["stop-db"]);
    let poll = slurm.poll(&ended).await.expect("squeue answers");
    assert!(poll.observations.is_empty(), "no news: {poll:?}");
    assert!(matches!(&poll.accounting, Answer::Failed(error) if error.said().is_some_and(|said| said.contains("database"))), "{poll:?}");
    cluster.run(&["start-db"]);

    let (name, since) = (unique("stalled"), SystemTime::now());
    cluster.signal_controller(Signal::SIGSTOP);
    let outcome = slurm.submit(&scripts.script(&name, "", "sleep 600"), &[]).await;
    cluster.signal_controller(Signal::SIGCONT);
    assert!(matches!(outcome, Err(SubmitError::Ambiguous(_))), "{outcome:?}");
    // It was taken in after all, some moments after the controller went on.
    let find = async || slurm.find_by_name(&name, since).await.expect("squeue answers").job_ids;
    let found = eventually_within(Duration::from_secs(20), find, |job_ids| !job_ids.is_empty()).await;
    assert_eq!(found.len(), 1);
    let targets: Vec<_> = found.into_iter().map(Target::Job).collect();
    assert_eq!(slurm.cancel(&targets).await.expect("scancel answers"), Cancelled::Gone);
}
