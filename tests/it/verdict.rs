//! From evidence to verdict: a table, and what must hold over all combinations.

use std::time::Duration;

use pretty_assertions::assert_eq;
use sluice::{
    job::{Evidence, FailedStart, JobId, JobState, Marker, MarkerError, Observation, Stage, Verdict, judge},
    task::{Cause, ReturnCodes},
};

const GRACE: Duration = Duration::from_secs(120);

fn marker(exit: Option<i32>, signal: Option<&str>) -> Marker {
    Marker {
        version: 1,
        batch: 3,
        element: 0,
        job: "7".to_owned(),
        restart: 0,
        exit,
        signal: signal.map(ToOwned::to_owned),
        host: "n1".to_owned(),
        started_ms: Some(1),
        ended_ms: Some(2),
        oom_kills: 0,
        stage: Stage::Command,
        start: None,
        detail: String::new(),
        hosts: vec!["n1".to_owned()],
        roles: Vec::new(),
    }
}

fn observed(state: JobState, exit_code: Option<i32>, signal: Option<i32>) -> Observation {
    let nodes = vec!["n1".to_owned()];
    Observation { job_id: JobId("7".to_owned()), element: 0, state, exit_code, signal, nodes, reason: String::new(), restarts: 0 }
}

fn verdict(marker: Option<&Marker>, observation: Option<&Observation>, waited: Duration) -> Verdict {
    verdict_for(marker, observation, waited, &ReturnCodes::default())
}

fn verdict_for(marker: Option<&Marker>, observation: Option<&Observation>, waited: Duration, return_codes: &ReturnCodes) -> Verdict {
    judge(&Evidence { marker, observation, return_codes, time_limit: Some(Duration::from_secs(60)), waited, grace: GRACE })
}

/// The cause of an end; `None` while there is none.
fn cause(verdict: &Verdict) -> Option<Cause> {
    match verdict {
        Verdict::Running | Verdict::AskBackend => None,
        Verdict::Ended { cause, .. } => Some(cause.clone()),
    }
}

/// What is expected at once, and after the grace period.
#[derive(Debug, PartialEq)]
enum Expected {
    Running,
    /// Ask, then this.
    Ask(Cause),
    /// This, at once.
    Now(Cause),
}

fn expected_of(marker: Option<&Marker>, observation: Option<&Observation>) -> Expected {
    match (verdict(marker, observation, Duration::ZERO), verdict(marker, observation, GRACE)) {
        (Verdict::Running, Verdict::Running) => Expected::Running,
        (Verdict::AskBackend, Verdict::Ended { cause, .. }) => Expected::Ask(cause),
        (Verdict::Ended { cause: first, .. }, Verdict::Ended { cause: later, .. }) if first == later => Expected::Now(first),
        other => panic!("{other:?}"),
    }
}

#[test]
fn markers_and_states() {
    use Cause::{Cancelled, Exit, Lost, NodeFail, OutOfMemory, Preempted, Signal, Success, Timeout};
    use Expected::{Ask, Now, Running};
    let ok = marker(Some(0), None);
    let bad = marker(Some(1), None);
    let killed = marker(Some(137), None);
    let term = marker(None, Some("TERM"));
    let trapped = marker(Some(0), Some("TERM"));
    let trapped_badly = marker(Some(9), Some("TERM"));
    let empty = marker(None, None);
    let oom = Marker { oom_kills: 2, ..marker(Some(0), None) };
    let is = |state| observed(state, None, None);
    let table: Vec<(&str, Option<&Marker>, Option<Observation>, Expected)> = vec![
        ("nothing is known yet", None, None, Running),
        ("waits", None, Some(is(JobState::Pending)), Running),
        ("runs", None, Some(is(JobState::Running)), Running),
        ("ended well, no marker", None, Some(observed(JobState::Completed, Some(0), None)), Ask(Lost)),
        ("failed, no marker", None, Some(observed(JobState::Failed, Some(7), None)), Ask(Exit { exit_code: 7 })),
        ("killed, no marker", None, Some(observed(JobState::Failed, Some(0), Some(9))), Ask(Signal { signal: 9 })),
        ("failed, code unknown, no marker", None, Some(is(JobState::Failed)), Ask(Lost)),
        ("output folder missing", None, Some(observed(JobState::Failed, Some(0), Some(53))), Now(Cause::LaunchFailed)),
        ("vanished", None, Some(is(JobState::NotListed)), Ask(Lost)),
        ("unknown word", None, Some(is(JobState::Other("NEW".to_owned()))), Ask(Lost)),
        ("timeout without a marker", None, Some(observed(JobState::Timeout, Some(0), None)), Now(Timeout)),
        ("accepted code", Some(&ok), None, Now(Success { exit_code: 0 })),
        ("accepted code, still completing", Some(&ok), Some(is(JobState::Completing)), Now(Success { exit_code: 0 })),
        ("accepted code, vanished", Some(&ok), Some(is(JobState::NotListed)), Now(Success { exit_code: 0 })),
        ("accepted code, unknown word", Some(&ok), Some(is(JobState::Other("NEW".to_owned()))), Now(Success { exit_code: 0 })),
        ("accepted code, but out of memory by Slurm", Some(&ok), Some(observed(JobState::OutOfMemory, Some(0), Some(125))), Now(OutOfMemory)),
        ("accepted code, but timeout 0:0", Some(&ok), Some(observed(JobState::Timeout, Some(0), None)), Now(Timeout)),
        ("accepted code, but cancelled", Some(&ok), Some(is(JobState::Cancelled)), Now(Cancelled)),
        ("accepted code, but out of memory by the cgroup", Some(&oom), None, Now(OutOfMemory)),
        ("own failure, Slurm not asked", Some(&bad), None, Ask(Exit { exit_code: 1 })),
        ("own failure, still completing", Some(&bad), Some(is(JobState::Completing)), Ask(Exit { exit_code: 1 })),
        ("own failure, by Slurm too", Some(&bad), Some(observed(JobState::Failed, Some(1), None)), Now(Exit { exit_code: 1 })),
        ("own failure, in truth a timeout", Some(&bad), Some(is(JobState::Timeout)), Now(Timeout)),
        ("own failure, in truth its node's", Some(&bad), Some(is(JobState::NodeFail)), Now(NodeFail)),
        ("own failure, in truth preempted", Some(&bad), Some(is(JobState::Preempted)), Now(Preempted)),
        ("own failure, requeued", Some(&bad), Some(is(JobState::Pending)), Running),
        ("own failure, runs again", Some(&bad), Some(is(JobState::Running)), Running),
        ("own failure, vanished", Some(&bad), Some(is(JobState::NotListed)), Ask(Exit { exit_code: 1 })),
        ("137", Some(&killed), Some(observed(JobState::Failed, Some(137), None)), Now(Exit { exit_code: 137 })),
        ("signal, Slurm not asked", Some(&term), None, Ask(Signal { signal: 15 })),
        ("signal, cancelled", Some(&term), Some(is(JobState::Cancelled)), Now(Cancelled)),
        ("signal, timeout", Some(&term), Some(is(JobState::Timeout)), Now(Timeout)),
        ("signal, requeued", Some(&term), Some(is(JobState::Pending)), Running),
        ("signal, completed all the same", Some(&term), Some(is(JobState::Completed)), Now(Signal { signal: 15 })),
        ("signal, vanished", Some(&term), Some(is(JobState::NotListed)), Ask(Signal { signal: 15 })),
        ("accepted code after a signal, Slurm not asked", Some(&trapped), None, Ask(Signal { signal: 15 })),
        ("accepted code after a signal, completed", Some(&trapped), Some(is(JobState::Completed)), Now(Success { exit_code: 0 })),
        ("code after a signal", Some(&trapped_badly), Some(is(JobState::Failed)), Now(Exit { exit_code: 9 })),
        ("neither code nor signal", Some(&empty), None, Ask(Lost)),
    ];
    for (case, marker, observation, expected) in table {
        assert_eq!(expected_of(marker, observation.as_ref()), expected, "{case}");
    }
}

#[test]
fn codes_that_the_author_accepts_are_success() {
    let seven = marker(Some(7), None);
    let failed = observed(JobState::Failed, Some(7), None);
    let accepting = ReturnCodes::Only(vec![0, 7]);
    for codes in [&accepting, &ReturnCodes::Any] {
        let verdict = verdict_for(Some(&seven), Some(&failed), Duration::ZERO, codes);
        assert_eq!(cause(&verdict), Some(Cause::Success { exit_code: 7 }));
        let timeout = observed(JobState::Timeout, Some(0), None);
        assert_eq!(cause(&verdict_for(Some(&seven), Some(&timeout), Duration::ZERO, codes)), Some(Cause::Timeout));
    }
    let zero = marker(Some(0), None);
    let only_seven = ReturnCodes::Only(vec![7]);
    let completed = observed(JobState::Completed, Some(0), None);
    assert_eq!(cause(&verdict_for(Some(&zero), Some(&completed), Duration::ZERO, &only_seven)), Some(Cause::Exit { exit_code: 0 }));
}

#[test]
fn a_lost_claim_says_nothing() {
    let lost_claim = Marker { stage: Stage::Claim, ..marker(Some(0), None) };
    assert_eq!(verdict(Some(&lost_claim), None, GRACE), Verdict::Running);
    assert_eq!(verdict(Some(&lost_claim), Some(&observed(JobState::Completed, Some(0), None)), Duration::ZERO), Verdict::AskBackend);
}

#[test]
fn a_failed_start_is_no_exit_of_the_command() {
    let failed = observed(JobState::Failed, Some(1), None);
    let start = |why: Option<FailedStart>| Marker { stage: Stage::Start, start: why, ..marker(Some(1), None) };
    let cause_of = |why| cause(&verdict_for(Some(&start(why)), Some(&failed), Duration::ZERO, &ReturnCodes::Any));
    assert_eq!(cause_of(Some(FailedStart::Late)), Some(Cause::StartTimeout));
    assert_eq!(cause_of(Some(FailedStart::Unfit)), Some(Cause::Unfit));
    assert_eq!(cause_of(None), Some(Cause::LaunchFailed));
}

#[test]
fn over_all_combinations() {
    let states = [
        None,
        Some(JobState::Pending),
        Some(JobState::Running),
        Some(JobState::Completing),
        Some(JobState::Completed),
        Some(JobState::Failed),
        Some(JobState::Cancelled),
        Some(JobState::Timeout),
        Some(JobState::OutOfMemory),
        Some(JobState::NodeFail),
        Some(JobState::Preempted),
        Some(JobState::Deadline),
        Some(JobState::BootFail),
        Some(JobState::LaunchFailed),
        Some(JobState::NotListed),
        Some(JobState::Other("NEW".to_owned())),
    ];
    let exits = [None, Some(0), Some(1), Some(143)];
    let reached = [Stage::Claim, Stage::Start, Stage::Command, Stage::Roles];
    let mut markers = vec![None];
    for (exit, signal, oom_kills, stage) in combinations(&exits, &[None, Some("TERM")], &[0, 1], &reached) {
        markers.push(Some(Marker { oom_kills, stage, ..marker(exit, signal) }));
    }
    let mut successes = 0;
    for state in &states {
        let observation = state.clone().map(|state| observed(state, None, None));
        for marker in &markers {
            for waited in [Duration::ZERO, GRACE] {
                let verdict = verdict(marker.as_ref(), observation.as_ref(), waited);
                let case = format!("{state:?} {marker:?} {waited:?} -> {verdict:?}");
                let is_named = |state: &JobState| state.is_final() && !matches!(state, JobState::Completed | JobState::Failed);
                if state.as_ref().is_some_and(is_named) {
                    assert!(cause(&verdict).is_some_and(|cause| !cause.is_success()), "a cause that Slurm names ends the job, badly: {case}");
                }
                if cause(&verdict).is_some_and(|cause| cause.is_success()) {
                    let marker = marker.as_ref().unwrap_or_else(|| panic!("no success without a marker: {case}"));
                    assert_eq!((marker.exit, marker.oom_kills), (Some(0), 0), "{case}");
                    assert!(matches!(marker.stage, Stage::Command | Stage::Roles), "{case}");
                    successes += 1;
                }
                let is_absence = matches!(state, Some(JobState::NotListed | JobState::Other(_)));
                if is_absence && marker.is_none() && waited < GRACE {
                    assert_eq!(verdict, Verdict::AskBackend, "{case}");
                }
                if waited >= GRACE && marker.is_some() && !matches!(state, Some(JobState::Completing)) {
                    assert_ne!(verdict, Verdict::AskBackend, "grace ends: {case}");
                }
            }
        }
    }
    assert!(successes > 0, "the table must hold successes, or it proves nothing");
}

type Combination = (Option<i32>, Option<&'static str>, u32, Stage);

fn combinations(exits: &[Option<i32>], signals: &[Option<&'static str>], kills: &[u32], stages: &[Stage]) -> Vec<Combination> {
    let mut all = Vec::new();
    for exit in exits {
        for signal in signals {
            for oom_kills in kills {
                all.extend(stages.iter().map(|stage| (*exit, *signal, *oom_kills, *stage)));
            }
        }
    }
    all
}

#[test]
fn details_say_what_was_seen_and_where() {
    let detail = |marker: Option<&Marker>, observation: Observation| match verdict(marker, Some(&observation), GRACE) {
        Verdict::Ended { detail, .. } => detail,
        other => panic!("{other:?}"),
    };
    let in_roles = Marker {
        stage: Stage::Roles,
        detail: "worker.1 on n2: exit code 3".to_owned(),
        hosts: vec!["n1".into(), "n2".into()],
        ..marker(Some(3), None)
    };
    let text = [
        detail(None, observed(JobState::Timeout, Some(0), None)),
        detail(Some(&in_roles), observed(JobState::Failed, Some(3), None)),
        detail(None, observed(JobState::Failed, Some(0), Some(53))),
        detail(None, observed(JobState::NotListed, None, None)),
        detail(Some(&marker(Some(137), None)), observed(JobState::Failed, Some(137), None)),
        detail(None, observed(JobState::Other("NEW".to_owned()), None, None)),
    ];
    let expected = [
        "TIMEOUT: over its time limit of 1 min (on n1)",
        "exit code 3 (on n1, n2); worker.1 on n2: exit code 3",
        "FAILED 0:53: the node could not open the job's output file, so nothing ran; its folder is missing there, or not writable (on n1)",
        "lost after 2 min: no source knows the job any more, and no marker came (on n1)",
        "exit code 137 (SIGKILL; often for memory) (on n1)",
        "lost after 2 min: its state is `NEW`, which this sluice does not know, and no marker came (on n1)",
    ];
    assert_eq!(text, expected.map(ToOwned::to_owned));
}

/// What went wrong on the way to a good end is told, a line each.
#[test]
fn success_keeps_the_marker_s_warnings() {
    let lost = Marker { stage: Stage::Roles, detail: "ps.0 on n1 ended with 4 and was started again".to_owned(), ..marker(Some(0), None) };
    match verdict(Some(&lost), None, GRACE) {
        Verdict::Ended { cause: Cause::Success { .. }, detail } => {
            assert_eq!(detail, "exit code 0 (on n1)\nps.0 on n1 ended with 4 and was started again");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn markers_are_read_and_others_refused() {
    let text = r#"{"version":1,"batch":3,"element":2,"job":"36","restart":1,"exit":null,"signal":"TERM","host":"n1","started_ms":1700000000000,"ended_ms":1700000000001,
        "oom_kills":0,"stage":"roles","detail":"a \"quoted\" word\nand a line: ü","hosts":["n1","n2"],
        "roles":[{"role":"ps","rank":0,"host":"n1","exit":143,"signal":null,"stopped":true}]}"#;
    let marker = Marker::parse(text).expect("it is one");
    assert_eq!((marker.element, marker.restart, marker.exit, marker.signal.as_deref()), (2, 1, None, Some("TERM")));
    assert_eq!((marker.stage, marker.detail.as_str(), marker.roles[0].stopped), (Stage::Roles, "a \"quoted\" word\nand a line: ü", true));
    let again = serde_json::to_string(&marker).expect("it can be written");
    assert_eq!(Marker::parse(&again).expect("it can be read again"), marker);

    let newer = text.replace("\"version\":1", "\"version\":2");
    assert!(matches!(Marker::parse(&newer), Err(MarkerError::Version { found: 2 })));
    for cut in ["", "{", "{}", &text[..80], &text.replace("roles\",\"detail", "dance\",\"detail")] {
        assert!(matches!(Marker::parse(cut), Err(MarkerError::Unreadable(_))), "{cut}");
    }
}
