//! A whole run over a Slurm that misbehaves (`tests/fake-slurm`): nothing lost, nothing submitted twice, failures with their causes.

use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::{
    attempt_run::wait_for,
    fake_slurm::FakeSlurm,
    head::{Ended, Head, Place},
};

const SITE: &str =
    "spool_seconds = 0.05\npoll_min_seconds = 0.2\npoll_max_seconds = 1.0\nlost_grace_seconds = 2\nkill_grace_seconds = 2\nmachine_retries = 1";

/// One task that writes down each execution.
const ONE: &str = r#"version 1.0
task one {
  input { String marks }
  command <<<
    echo "one of $SLUICE_ATTEMPT" >>~{marks}/executions
    touch ~{marks}/started
    while [ ! -e ~{marks}/go ]; do sleep 0.02; done
    echo 7
  >>>
  output { Int n = read_int(stdout()) }
}
"#;

/// A cluster and a place for one run on it; fields are dropped in order, so the cluster's jobs end first.
struct Lab {
    cluster: FakeSlurm,
    place: Place,
}

impl Lab {
    fn new(cluster: FakeSlurm) -> Self {
        Self::with_site(cluster, "")
    }

    fn with_site(cluster: FakeSlurm, more: &str) -> Self {
        let place = Place::new(&format!("{SITE}\n{more}"), cluster.environment());
        place.mark("go");
        Self { cluster, place }
    }

    fn start(&self) -> Head {
        self.place.start_run(ONE, "slurm", &[])
    }

    /// Runs to the end, which must be good.
    #[track_caller]
    fn run(&self, texts: &[&str]) -> Ended {
        let ended = self.start().end();
        self.assert_done(&ended, texts);
        ended
    }

    #[track_caller]
    fn assert_done(&self, ended: &Ended, texts: &[&str]) {
        ended.assert(0, texts);
        assert_eq!(ended.outputs(), json!({"one.n": 7}));
        self.place.assert_spool_is_empty();
        self.assert_nothing_left();
    }

    #[track_caller]
    fn assert_nothing_left(&self) {
        wait_for("an empty queue", 20, || {
            let (_, states) = self.cluster.job_states();
            let open: Vec<_> = states.into_iter().filter(|state| ["PENDING", "RUNNING", "COMPLETING"].contains(&state.as_str())).collect();
            if open.is_empty() { Ok(()) } else { Err(format!("{open:?}")) }
        });
        self.place.assert_nothing_left();
    }

    /// Calls of sbatch that hand in a script.
    fn submissions(&self) -> usize {
        self.cluster.calls("sbatch --parsable")
    }
}

#[test]
fn a_submission_without_an_answer_is_found_and_not_repeated() {
    let lab = Lab::new(FakeSlurm::new().faults("sbatch timeout"));
    lab.run(&["no answer to sbatch", "Socket timed out on send/recv operation", "submitted as job 1"]);
    assert_eq!((lab.submissions(), lab.place.executions()), (1, vec!["one of 1".to_owned()]));
}

#[test]
fn a_submission_without_an_answer_that_never_arrived_is_repeated() {
    let lab = Lab::new(FakeSlurm::new().faults("sbatch fail 1 sbatch: error: Batch job submission failed: Socket timed out on send/recv operation"));
    lab.run(&["no answer to sbatch", "submitted as job 1"]);
    assert_eq!((lab.submissions(), lab.place.executions()), (2, vec!["one of 1".to_owned()]));
}

#[test]
fn a_transient_refusal_is_tried_again() {
    let lab = Lab::new(
        FakeSlurm::new().faults("sbatch fail 1 sbatch: error: Batch job submission failed: Unable to create job record, try again\nsbatch down"),
    );
    lab.run(&["Slurm cannot take a job at present", "Unable to create job record", "Slurm does not answer", "Slurm answers again"]);
    assert_eq!((lab.submissions(), lab.place.executions().len()), (3, 1));
}

#[test]
fn a_refusal_for_good_ends_the_run_with_its_text() {
    let lab = Lab::new(FakeSlurm::new().faults("sbatch fail 1 sbatch: error: invalid partition specified: nope"));
    let ended = lab.start().end();
    ended.assert(4, &["invalid partition specified: nope", "run failed"]);
    assert_eq!(lab.submissions(), 1);
    lab.assert_nothing_left();
}

/// With nothing of ours in the queue a limit may never let us in: that is said, and waiting goes on.
#[test]
fn a_limit_on_queued_jobs_is_waited_for() {
    let lab = Lab::new(FakeSlurm::new().faults("always sbatch fail 1 sbatch: error: AssocMaxSubmitJobLimit"));
    let head = lab.start();
    head.wait_for_stderr("a limit on queued jobs is reached: sbatch: error: AssocMaxSubmitJobLimit; waiting until some have ended");
    head.wait_for_stderr("still refused for a limit on queued jobs, though none of this run's is queued");
    lab.cluster.set_faults("");
    lab.assert_done(&head.end(), &["submitted as job 1"]);
    assert_eq!(lab.place.executions().len(), 1);
}

#[test]
fn answers_of_squeue_that_make_no_sense_fail_no_task() {
    let lab = Lab::new(FakeSlurm::new().faults("always squeue garbage"));
    std::fs::remove_file(lab.place.path("marks/go")).unwrap();
    let head = lab.start();
    lab.place.wait_for_mark("started", &head);
    head.wait_for_stderr("Slurm does not answer");
    let calls = lab.cluster.calls("squeue");
    wait_for("more calls of squeue", 60, || if lab.cluster.calls("squeue") > calls + 1 { Ok(()) } else { Err(head.stderr()) });
    lab.cluster.set_faults("always squeue fail 1 slurm_load_jobs error: Unexpected message received");
    let calls = lab.cluster.calls("squeue");
    wait_for("more calls of squeue", 60, || if lab.cluster.calls("squeue") > calls + 1 { Ok(()) } else { Err(head.stderr()) });
    lab.cluster.set_faults("");
    head.wait_for_stderr("Slurm answers again");
    lab.place.mark("go");
    lab.assert_done(&head.end(), &["one: running on n1"]);
    assert_eq!(lab.place.executions().len(), 1);
}

#[test]
fn a_job_that_nobody_knows_is_lost_after_a_grace_and_tried_again() {
    let lab = Lab::new(FakeSlurm::new().fates("one.* lose"));
    lab.run(&["lost: lost after", "no source knows the job any more", "submitted as job 2"]);
    assert_eq!((lab.submissions(), lab.place.executions()), (2, vec!["one of 2".to_owned()]));
}

#[test]
fn a_job_that_is_lost_every_time_fails_the_run() {
    let lab = Lab::new(FakeSlurm::new().fates("always one.* lose"));
    let ended = lab.start().end();
    ended.assert(1, &["error: call `one` failed (attempt 2)", "lost after", "no source knows the job any more"]);
    assert!(lab.place.executions().is_empty());
    lab.assert_nothing_left();
}

/// Slurm's word beats the exit code: a job past its limit may say `0:0`, one out of memory may exit with 0.
#[test]
fn a_job_past_its_limit_fails_though_its_code_is_zero() {
    let lab = Lab::with_site(FakeSlurm::new().fates("always one.* end TIMEOUT 0:0"), "time_retries = 0");
    let ended = lab.start().end();
    ended.assert(1, &["past its time limit: TIMEOUT: over its time limit of 10 min", "hint: give the task more time: `time_minutes`"]);
    assert_eq!(lab.submissions(), 1);
    lab.assert_nothing_left();
}

#[test]
fn time_and_memory_that_ran_out_are_given_more() {
    for (fate, words, option) in [
        ("end TIMEOUT 0:0", "TIMEOUT: over its time limit of 10 min", "--time=20"),
        ("end OUT_OF_MEMORY 0:125", "OUT_OF_MEMORY: it used more memory than it asked for", "--mem=1000M"),
        ("kill OUT_OF_MEMORY", "OUT_OF_MEMORY: it used more memory than it asked for", "--mem=1000M"),
    ] {
        let lab = Lab::new(FakeSlurm::new().fates(&format!("one.* {fate}")));
        if fate.starts_with("kill") {
            std::fs::remove_file(lab.place.path("marks/go")).unwrap();
        }
        let head = lab.start();
        head.wait_for_stderr(words);
        lab.place.mark("go");
        lab.assert_done(&head.end(), &["submitted as job 2"]);
        let script = std::fs::read_to_string(lab.place.run_folder().join("batches/2/script.sbatch")).unwrap();
        assert!(script.contains(option), "{script}");
    }
}

#[test]
fn a_node_that_failed_is_tried_again_and_not_counted() {
    let lab = Lab::new(FakeSlurm::new().fates("one.* end NODE_FAIL 0:0"));
    lab.run(&["node failed: NODE_FAIL: its node failed", "submitted as job 2"]);
    assert_eq!((lab.submissions(), lab.place.executions()), (2, vec!["one of 2".to_owned()]));
    // The first job was ended for good before another ran.
    assert!(lab.cluster.calls("scancel 1") >= 1);
}

#[test]
fn a_preempted_job_that_slurm_requeues_stays_the_same_attempt() {
    let lab = Lab::new(FakeSlurm::new().fates("one.* requeue"));
    std::fs::remove_file(lab.place.path("marks/go")).unwrap();
    let head = lab.start();
    wait_for("the second start", 60, || if lab.place.executions().len() == 2 { Ok(()) } else { Err(head.stderr()) });
    lab.place.mark("go");
    lab.assert_done(&head.end(), &["submitted as job 1"]);
    // Slurm's own doing: the same job, the same attempt, in a folder of its own.
    assert_eq!((lab.submissions(), lab.place.executions()), (1, vec!["one of 1".to_owned(); 2]));
    assert!(lab.place.run_folder().join("calls/one.a1/r1/stdout").exists());
}

#[test]
fn a_cancel_while_a_submission_is_unclear_ends_the_job_too() {
    let lab = Lab::new(FakeSlurm::new().faults("sbatch timeout\nalways squeue down"));
    std::fs::remove_file(lab.place.path("marks/go")).unwrap();
    let head = lab.start();
    head.wait_for_stderr("no answer to sbatch");
    lab.place.wait_for_mark("started", &head);
    head.signal(Signal::SIGINT);
    head.wait_for_stderr("cancelling: asked by Ctrl-C");
    lab.cluster.set_faults("");
    head.end().assert(7, &["run cancelled"]);
    assert_eq!(lab.cluster.job_states().1, ["CANCELLED"]);
    lab.assert_nothing_left();
}

#[test]
fn a_cancel_while_slurm_refuses_ends_the_run() {
    let lab = Lab::new(FakeSlurm::new().faults("always sbatch down"));
    let head = lab.start();
    head.wait_for_stderr("Slurm does not answer");
    head.signal(Signal::SIGINT);
    head.end().assert(7, &["run cancelled"]);
    assert!(lab.cluster.job_states().1.is_empty());
    lab.assert_nothing_left();
}

#[test]
fn a_cancel_outlasts_errors_of_scancel() {
    let lab = Lab::new(FakeSlurm::new());
    std::fs::remove_file(lab.place.path("marks/go")).unwrap();
    let head = lab.start();
    lab.place.wait_for_event("task_started", 1, &head);
    lab.cluster.set_faults(
        "scancel fail 1 scancel: error: Kill job error on job id 1: Socket timed out on send/recv operation\nscancel down\nscancel ignore",
    );
    head.signal(Signal::SIGINT);
    head.end().assert(7, &["Socket timed out on send/recv operation`; trying again", "run cancelled"]);
    assert_eq!(lab.cluster.job_states().1, ["CANCELLED"]);
    lab.assert_nothing_left();
}

/// The head is killed before its scancel got through: the job is ended by the next head, which then goes on with another attempt.
#[test]
fn a_head_killed_while_it_cancels_is_resumed() {
    let lab = Lab::new(FakeSlurm::new());
    std::fs::remove_file(lab.place.path("marks/go")).unwrap();
    let head = lab.start();
    lab.place.wait_for_event("task_started", 1, &head);
    lab.cluster.set_faults("always scancel down");
    head.signal(Signal::SIGINT);
    lab.place.wait_for_event("cancel_requested", 1, &head);
    head.kill();
    lab.cluster.set_faults("");
    let head = lab.place.resume();
    lab.place.wait_for_event("resumed", 1, &head);
    assert_eq!(lab.cluster.job_states().1[0], "CANCELLED");
    lab.place.mark("go");
    lab.assert_done(&head.end(), &["resumed by process", "submitted as job 2"]);
    assert_eq!(lab.place.executions(), ["one of 1", "one of 2"]);
}

/// Accounting fails while a job that squeue does not list is looked for: nothing is submitted before it has been heard.
#[test]
fn without_an_answer_of_accounting_nothing_is_submitted_again() {
    let lab = Lab::new(FakeSlurm::new().fates("one.* lose"));
    let head = lab.start();
    lab.place.wait_for_event("submitted", 1, &head);
    head.kill();
    lab.place.forget_after("submit_intent");
    wait_for("the loss of the job", 20, || {
        let states = lab.cluster.job_states().1;
        if states.is_empty() { Ok(()) } else { Err(format!("{states:?}")) }
    });
    lab.cluster.set_faults("always sacct fail 1 sacct: error: Problem talking to the database: Connection refused");
    let head = lab.place.resume();
    head.wait_for_stderr("accounting does not answer (sacct: error: Problem talking to the database: Connection refused); waiting for it");
    assert_eq!(lab.submissions(), 1);
    lab.cluster.set_faults("");
    lab.assert_done(&head.end(), &["batch 1: submitted as job 2"]);
    assert_eq!((lab.submissions(), lab.place.executions()), (2, vec!["one of 1".to_owned()]));
}

/// A crash between sbatch and its record: found by name, in the queue or by what the job left behind.
#[test]
fn a_submission_that_was_not_recorded_is_adopted() {
    for is_over in [false, true] {
        let lab = Lab::new(FakeSlurm::new().without_accounting().fates("one.* leave"));
        std::fs::remove_file(lab.place.path("marks/go")).unwrap();
        let head = lab.start();
        lab.place.wait_for_event("submitted", 1, &head);
        lab.place.wait_for_mark("started", &head);
        head.kill();
        lab.place.forget_after("submit_intent");
        if is_over {
            lab.place.mark("go");
            wait_for("the end of the job", 20, || {
                let states = lab.cluster.job_states().1;
                if states == ["COMPLETED"] { Ok(()) } else { Err(format!("{states:?}")) }
            });
        }
        let head = lab.place.resume();
        lab.place.wait_for_event("submitted", 1, &head);
        lab.place.mark("go");
        lab.assert_done(&head.end(), &["batch 1: submitted as job 1"]);
        assert_eq!((lab.submissions(), lab.place.executions()), (1, vec!["one of 1".to_owned()]));
    }
}

/// A script that was submitted twice: the claim lets one job work, and that one is kept, whatever its number.
#[test]
fn of_two_jobs_for_one_batch_the_one_with_the_claim_is_kept() {
    let lab = Lab::new(FakeSlurm::new().fates("one.* hold"));
    std::fs::remove_file(lab.place.path("marks/go")).unwrap();
    let head = lab.start();
    lab.place.wait_for_event("submitted", 1, &head);
    head.kill();
    lab.cluster.run("sbatch", &["--parsable", lab.place.run_folder().join("batches/1/script.sbatch").to_str().unwrap()]);
    wait_for("the second job's claim", 20, || {
        std::fs::read_to_string(lab.place.run_folder().join("calls/one.a1/owner")).map_err(|error| error.to_string())
    });
    lab.place.forget_after("submit_intent");
    let head = lab.place.resume();
    lab.place.wait_for_event("submitted", 1, &head);
    lab.place.mark("go");
    lab.assert_done(&head.end(), &["batch 1: submitted as job 2"]);
    assert_eq!(lab.place.executions(), ["one of 1"]);
}
