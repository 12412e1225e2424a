//! The adapter against a Slurm that does as it is told: every way in which a call or a job can go wrong.

use std::time::{Duration, SystemTime};

use pretty_assertions::assert_eq;
use sluice::{
    job::{JobId, JobState, Observation},
    slurm::{
        Accounting, Answer, Cancelled, ClustersVariable, CommandError, Slurm, SlurmSettings, SubmitError, Target, scrubbed, submission_defaults,
    },
};

use super::support::fake_slurm::{FakeSlurm, eventually};

async fn submit(cluster: &FakeSlurm, slurm: &Slurm, name: &str, options: &str, body: &str) -> JobId {
    slurm.submit(&cluster.script(name, options, body), &[]).await.expect("it is accepted")
}

async fn observe(slurm: &Slurm, target: &Target) -> Vec<Observation> {
    slurm.poll(std::slice::from_ref(target)).await.expect("squeue answers").observations
}

/// Waits until every element has ended or vanished.
async fn end_of(slurm: &Slurm, target: &Target) -> Vec<Observation> {
    let is_over = |observation: &Observation| observation.state.is_final() || observation.state == JobState::NotListed;
    eventually(async || observe(slurm, target).await, |seen| !seen.is_empty() && seen.iter().all(is_over)).await
}

fn states(observations: &[Observation]) -> Vec<(u32, JobState)> {
    observations.iter().map(|observation| (observation.element, observation.state.clone())).collect()
}

#[tokio::test]
async fn a_job_is_submitted_seen_and_seen_to_end() {
    let cluster = FakeSlurm::new();
    let slurm = cluster.slurm();
    let id = submit(&cluster, &slurm, "greet.0123abcd.b1", "", "echo hello from $SLURM_JOB_ID").await;
    let seen = end_of(&slurm, &Target::Job(id.clone())).await;
    assert_eq!(states(&seen), [(0, JobState::Completed)]);
    assert_eq!(seen[0].nodes, ["n1"]);
    assert_eq!(cluster.output("greet.0123abcd.b1"), format!("hello from {id}\n"));
}

#[tokio::test]
async fn options_of_the_call_beat_those_of_the_script() {
    let cluster = FakeSlurm::new();
    let slurm = cluster.slurm();
    let script = cluster.script("a.0123abcd.b1", "", "true");
    let id = slurm.submit(&script, &["--job-name=b.0123abcd.b1".to_owned()]).await.expect("it is accepted");
    let found = slurm.find_by_name("b.0123abcd.b1", SystemTime::now()).await.expect("squeue answers");
    assert_eq!(found.job_ids, [id]);
}

#[tokio::test]
async fn elements_of_an_array_each_have_their_state() {
    let cluster = FakeSlurm::new().fates("e.* end OUT_OF_MEMORY 0:125");
    let slurm = cluster.slurm();
    let id = submit(&cluster, &slurm, "e.0123abcd.b1", "--array=0-4%1", "exit $SLURM_ARRAY_TASK_ID").await;
    let seen = end_of(&slurm, &Target::Elements(id, vec![0, 1, 2, 4])).await;
    assert_eq!(states(&seen), [(0, JobState::OutOfMemory), (1, JobState::Failed), (2, JobState::Failed), (4, JobState::Failed)]);
    assert_eq!(seen.iter().map(|observation| observation.exit_code).collect::<Vec<_>>(), [None, Some(1), Some(2), Some(4)]);
}

#[tokio::test]
async fn one_squeue_serves_all_jobs_and_sacct_is_not_asked_about_listed_ones() {
    let cluster = FakeSlurm::new().fates("always * hold");
    let slurm = cluster.slurm();
    let mut targets = Vec::new();
    for n in 0..5 {
        targets.push(Target::Job(submit(&cluster, &slurm, &format!("w.0123abcd.b{n}"), "", "true").await));
    }
    let poll = slurm.poll(&targets).await.expect("squeue answers");
    assert_eq!(poll.observations.len(), 5);
    assert!(matches!(poll.accounting, Answer::NotAsked));
    assert_eq!((cluster.calls("squeue"), cluster.calls("sacct")), (1, 0));
}

#[tokio::test]
async fn a_job_killed_at_its_limit_is_a_timeout() {
    let cluster = FakeSlurm::new().fates("t.* kill TIMEOUT");
    let slurm = cluster.slurm();
    let id = submit(&cluster, &slurm, "t.0123abcd.b1", "", "trap 'echo asked to end; exit 9' TERM; sleep 60 & wait").await;
    assert_eq!(states(&end_of(&slurm, &Target::Job(id)).await), [(0, JobState::Timeout)]);
    assert_eq!(cluster.output("t.0123abcd.b1"), "asked to end\n");
}

#[tokio::test]
async fn a_requeued_job_waits_and_runs_again_under_its_id() {
    let cluster = FakeSlurm::new().fates("r.* requeue");
    let slurm = cluster.slurm();
    let body = "echo start ${SLURM_RESTART_COUNT-first}; [ -n \"${SLURM_RESTART_COUNT-}\" ] || sleep 60";
    let id = submit(&cluster, &slurm, "r.0123abcd.b1", "", body).await;
    assert_eq!(states(&end_of(&slurm, &Target::Job(id)).await), [(0, JobState::Completed)]);
    assert_eq!(cluster.output("r.0123abcd.b1"), "start first\nstart 1\n");
}

#[tokio::test]
async fn a_missing_output_folder_shows_in_the_exit_code() {
    for cluster in [FakeSlurm::new(), FakeSlurm::new().without_accounting()] {
        let slurm = cluster.slurm();
        let script = cluster.script("o.0123abcd.b1", "", "true");
        let id = slurm.submit(&script, &["--output=/nonexistent/folder/out".to_owned()]).await.expect("it is accepted");
        let seen = end_of(&slurm, &Target::Job(id)).await;
        assert_eq!((seen[0].state.clone(), seen[0].exit_code, seen[0].signal), (JobState::Failed, Some(0), Some(53)));
    }
}

#[tokio::test]
async fn what_left_squeue_is_asked_of_accounting() {
    let cluster = FakeSlurm::new().fates("l.* leave");
    let slurm = cluster.slurm();
    let target = Target::Job(submit(&cluster, &slurm, "l.0123abcd.b1", "", "exit 3").await);
    let seen = end_of(&slurm, &target).await;
    assert_eq!((seen[0].state.clone(), seen[0].exit_code), (JobState::Failed, Some(3)));
    assert!(cluster.calls("sacct") >= 1);
}

#[tokio::test]
async fn many_ids_go_to_accounting_in_several_calls() {
    let cluster = FakeSlurm::new();
    let slurm = cluster.slurm_with(SlurmSettings { ids_per_command: 2, ..SlurmSettings::default() });
    let poll = slurm.poll(&[Target::Elements(JobId("99".to_owned()), vec![0, 1, 2, 3, 4])]).await.expect("squeue answers");
    assert_eq!(states(&poll.observations), [0, 1, 2, 3, 4].map(|element| (element, JobState::NotListed)));
    assert_eq!(cluster.calls("sacct"), 3);
}

#[tokio::test]
async fn a_lost_job_is_not_listed_and_no_more_is_said() {
    let cluster = FakeSlurm::new().fates("l.* lose");
    let slurm = cluster.slurm();
    let target = Target::Job(submit(&cluster, &slurm, "l.0123abcd.b1", "", "true").await);
    assert_eq!(states(&end_of(&slurm, &target).await), [(0, JobState::NotListed)]);
    assert!(matches!(slurm.poll(&[target]).await.expect("squeue answers").accounting, Answer::Heard));
}

#[tokio::test]
async fn without_accounting_only_squeue_speaks() {
    let cluster = FakeSlurm::new().without_accounting().fates("l.* leave");
    let slurm = cluster.slurm();
    let target = Target::Job(submit(&cluster, &slurm, "l.0123abcd.b1", "", "true").await);
    assert_eq!(states(&end_of(&slurm, &target).await), [(0, JobState::NotListed)]);
    assert!(matches!(slurm.poll(&[target]).await.expect("squeue answers").accounting, Answer::Off));
    assert_eq!(cluster.calls("sacct"), 0);
}

#[tokio::test]
async fn a_database_that_is_down_is_no_news() {
    let cluster = FakeSlurm::new().faults("sacct fail 1 sacct: error: Problem talking to the database: Connection refused");
    let slurm = cluster.slurm();
    let unknown = Target::Job(JobId("99".to_owned()));
    let poll = slurm.poll(std::slice::from_ref(&unknown)).await.expect("squeue answers");
    assert_eq!(poll.observations, []);
    let Answer::Failed(error) = poll.accounting else { panic!("{:?}", poll.accounting) };
    assert!(error.to_string().contains("Problem talking to the database: Connection refused"), "{error}");
    assert_eq!(states(&observe(&slurm, &unknown).await), [(0, JobState::NotListed)]);
}

#[tokio::test]
async fn no_answer_of_squeue_is_an_error_and_no_absence() {
    let cluster = FakeSlurm::new();
    let slurm = cluster.slurm_with(SlurmSettings { command_time_limit: Duration::from_secs(2), ..SlurmSettings::default() });
    let target = [Target::Job(JobId("1".to_owned()))];
    let cases = [
        ("down", true, "reach the Slurm controller"),
        ("hang", true, "none came within 2 s"),
        ("garbage", false, "502 Bad Gateway"),
        ("fail 1 oh no", false, "oh no"),
    ];
    for (fault, unreachable, words) in cases {
        cluster.set_faults(&format!("squeue {fault}"));
        let error = slurm.poll(&target).await.expect_err("squeue was not heard");
        assert_eq!(error.is_unreachable(), unreachable, "{fault}");
        assert!(error.to_string().contains(words), "{fault}: {error}");
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    type IsIt = fn(&SubmitError) -> bool;
    let cluster = FakeSlurm::new();
    let slurm = cluster.slurm_with(SlurmSettings { command_time_limit: Duration::from_secs(2), ..SlurmSettings::default() });
    let script = cluster.script("s.0123abcd.b1", "", "true");
    let cases: [(&str, IsIt); 7] = [
        ("down", |error| matches!(error, SubmitError::Unreachable(_))),
        ("hang", |error| matches!(error, SubmitError::Ambiguous(CommandError::NoAnswer { .. }))),
        ("garbage", |error| matches!(error, SubmitError::Ambiguous(CommandError::Unreadable { .. }))),
        ("timeout", |error| matches!(error, SubmitError::Ambiguous(CommandError::Failed { .. }))),
        ("fail 1 Resource temporarily unavailable", |error| matches!(error, SubmitError::Limit(_))),
        ("fail 1 Unable to create job record, try again", |error| matches!(error, SubmitError::Transient(_))),
        ("fail 1 sbatch: error: invalid partition specified: nope", |error| matches!(error, SubmitError::Permanent(_))),
    ];
    for (fault, is_it) in cases {
        cluster.set_faults(&format!("sbatch {fault}"));
        let error = slurm.submit(&script, &[]).await.expect_err("it is refused");
        assert!(is_it(&error), "{fault}: {error:?}");
    }
    cluster.set_faults("sbatch fail 1 invalid partition specified: nope");
    let error = slurm.submit(&script, &[]).await.expect_err("it is refused");
    assert!(error.command_error().to_string().contains("invalid partition specified: nope"), "{error}");
}

#[tokio::test]
async fn words_of_a_plugin_do_not_hide_the_job_id() {
    let cluster = FakeSlurm::new().faults("sbatch noise You have 30 days left.");
    let slurm = cluster.slurm();
    assert_eq!(submit(&cluster, &slurm, "n.0123abcd.b1", "", "true").await, JobId("1".to_owned()));
}

#[tokio::test]
async fn a_missing_program_is_named() {
    let folder = std::path::PathBuf::from("/nonexistent");
    let slurm = Slurm::new(SlurmSettings { program_folder: Some(folder), ..SlurmSettings::default() }, []);
    let error = slurm.submit(std::path::Path::new("/tmp/script"), &[]).await.expect_err("there is no sbatch");
    assert!(matches!(error, SubmitError::Permanent(CommandError::NotStarted { .. })), "{error:?}");
    assert_eq!(error.command_error().to_string(), "start `sbatch --parsable /tmp/script`");
}

#[tokio::test]
async fn a_job_accepted_without_an_answer_is_found_by_name() {
    let cluster = FakeSlurm::new().faults("sbatch timeout").fates("always * hold");
    let slurm = cluster.slurm();
    let since = SystemTime::now();
    let script = cluster.script("f.0123abcd.b1", "", "true");
    assert!(matches!(slurm.submit(&script, &[]).await, Err(SubmitError::Ambiguous(_))));
    let found = slurm.find_by_name("f.0123abcd.b1", since).await.expect("squeue answers");
    assert_eq!(found.job_ids, [JobId("1".to_owned())]);
    let other = slurm.find_by_name("f.0123abcd.b", since).await.expect("squeue answers");
    assert_eq!(other.job_ids, []);
    assert!(matches!(other.accounting, Answer::Heard));
}

#[tokio::test]
async fn a_job_that_left_squeue_is_found_in_accounting() {
    let cluster = FakeSlurm::new().fates("f.* leave");
    let slurm = cluster.slurm();
    let since = SystemTime::now();
    let id = submit(&cluster, &slurm, "f.0123abcd.b1", "", "true").await;
    end_of(&slurm, &Target::Job(id.clone())).await;
    assert_eq!(slurm.find_by_name("f.0123abcd.b1", since).await.expect("squeue answers").job_ids, [id]);
}

#[tokio::test]
async fn cancelled_jobs_are_gone() {
    let cluster = FakeSlurm::new();
    let slurm = cluster.slurm();
    let id = submit(&cluster, &slurm, "c.0123abcd.b1", "", "echo up; sleep 60").await;
    let other = submit(&cluster, &slurm, "d.0123abcd.b1", "--array=0-2", "sleep 60").await;
    eventually(async || cluster.output("c.0123abcd.b1"), |output| output == "up\n").await;
    let targets = [Target::Job(id.clone()), Target::Elements(other.clone(), vec![0, 2])];
    assert_eq!(slurm.cancel(&targets).await.expect("scancel answers"), Cancelled::Gone);
    let seen = slurm.poll(&[Target::Job(id), Target::Elements(other, vec![0, 1, 2])]).await.expect("squeue answers").observations;
    let expected = [(0, JobState::Cancelled), (0, JobState::Cancelled), (1, seen[2].state.clone()), (2, JobState::Cancelled)];
    assert_eq!(states(&seen), expected);
    assert!(!seen[2].state.is_final(), "{:?}", seen[2]);
}

#[tokio::test]
async fn cancel_waits_for_the_controller_and_says_what_stays() {
    let cluster = FakeSlurm::new().fates("always * hold").faults("scancel down");
    let slurm = cluster.slurm_with(SlurmSettings { cancel_deadline: Duration::from_secs(3), ..SlurmSettings::default() });
    let first = submit(&cluster, &slurm, "c.0123abcd.b1", "", "true").await;
    assert_eq!(slurm.cancel(&[Target::Job(first)]).await.expect("it comes back"), Cancelled::Gone);
    cluster.set_faults("always scancel ignore");
    let second = submit(&cluster, &slurm, "c.0123abcd.b2", "", "true").await;
    let outcome = slurm.cancel(&[Target::Job(second.clone())]).await.expect("scancel answers");
    assert_eq!(outcome, Cancelled::StillThere(vec![second.clone()]));
    cluster.set_faults("always scancel fail 1 scancel: error: Access/permission denied");
    let error = slurm.cancel(&[Target::Job(second.clone())]).await.expect_err("it is denied");
    assert!(error.to_string().contains("Access/permission denied"), "{error}");
    cluster.set_faults("always scancel down");
    assert!(slurm.cancel(&[Target::Job(second)]).await.expect_err("it stays down").is_unreachable());
}

#[tokio::test]
async fn capabilities_are_asked_once() {
    let cluster = FakeSlurm::new().faults("scontrol down");
    let slurm = cluster.slurm();
    assert!(slurm.capabilities().await.expect_err("it is down").is_unreachable());
    let capabilities = slurm.capabilities().await.expect("it is up again");
    assert_eq!(capabilities, slurm.capabilities().await.expect("it is remembered"));
    assert_eq!(capabilities.version.to_string(), "22.05.8");
    assert_eq!(capabilities.mpi_types, ["none", "pmi2"]);
    assert_eq!(capabilities.configuration.accounting, Accounting::On);
    assert_eq!(capabilities.configuration.max_array_size, Some(1001));
    assert_eq!((cluster.calls("scontrol"), cluster.calls("sbatch"), cluster.calls("srun")), (2, 1, 1));
}

#[test]
fn the_environment_is_scrubbed() {
    let names = |clusters, given: &[&str]| -> Vec<String> {
        let variables = given.iter().map(|name| ((*name).into(), "x".into()));
        scrubbed(variables, clusters).into_iter().map(|(name, value)| format!("{}={}", name.display(), value.display())).collect()
    };
    let fixed = ["LC_ALL=C", "SLURM_BITSTR_LEN=0", "SLURM_TIME_FORMAT=standard"];
    let given = [
        "PATH",
        "HOME",
        "SLURM_CONF",
        "SLURM_CLUSTERS",
        "SLURM_MEM_PER_NODE",
        "SLURM_BITSTR_LEN",
        "SLURM_TIME_FORMAT",
        "LC_ALL",
        "LANG",
        "SBATCH_PARTITION",
        "SQUEUE_STATES",
        "SRUN_CONTAINER",
        "SALLOC_ACCOUNT",
        "SACCT_FEDERATION",
        "SINFO_FORMAT",
        "SCANCEL_NAME",
        "PMI_RANK",
        "PMIX_RANK",
        "OMPI_COMM_WORLD_RANK",
        "HYDI_CONTROL_FD",
        "SLURMD_NODENAME",
        "MY_SLURM_NOTE",
    ];
    let mut kept = vec!["PATH=x", "HOME=x", "SLURM_CONF=x", "LANG=x", "MY_SLURM_NOTE=x"];
    kept.extend(fixed);
    assert_eq!(names(ClustersVariable::Dropped, &given), kept);
    kept.insert(3, "SLURM_CLUSTERS=x");
    assert_eq!(names(ClustersVariable::Kept, &given), kept);
}

#[test]
fn account_qos_and_reservation_are_read_before_they_are_dropped() {
    let variables = [("SLURM_ACCOUNT", "general"), ("SBATCH_QOS", "long"), ("SBATCH_RESERVATION", "")];
    let defaults = submission_defaults(variables.map(|(name, value)| (name.into(), value.into())));
    assert_eq!((defaults.account.as_deref(), defaults.qos.as_deref(), defaults.reservation), (Some("general"), Some("long"), None));
    let both = [("SLURM_ACCOUNT", "general"), ("SBATCH_ACCOUNT", "batch")];
    assert_eq!(submission_defaults(both.map(|(name, value)| (name.into(), value.into()))).account.as_deref(), Some("batch"));
}
