//! Tables: every state of a call × every step, every cause of an end × what follows.

use sluice::{
    engine::{
        CallState, Growth, Limits, RetryAsk,
        phase::Step,
        retry::{Decision, decide},
    },
    task::Cause,
};

/// Rows are states, columns steps in the order of `Step::ALL`: the first letters of the state that follows, `.` where it is illegal.
const NEXT: &[(CallState, &str)] = &[
    //                          Take Put Int Sub Sta Suc Ret Fai Can Res
    (CallState::Ready, "        Pr   .   Su  .   .   OK  Re  Fa  Ca  .  "),
    (CallState::Preparing, "    .    Re  Su  .   .   OK  Re  Fa  Ca  .  "),
    (CallState::Submitting, "   .    .   .   Sd  Ru  OK  Re  Fa  Ca  .  "),
    (CallState::Submitted, "    .    .   .   .   Ru  OK  Re  Fa  Ca  .  "),
    (CallState::Running, "      .    .   .   .   Ru  OK  Re  Fa  Ca  .  "),
    (CallState::Succeeded, "    .    .   .   .   .   .   .   .   .   .  "),
    (CallState::Failed, "       .    .   .   .   .   .   .   .   .   Re "),
    (CallState::Cancelled, "    .    .   .   .   .   .   .   .   .   Re "),
];

fn short(state: Option<CallState>) -> &'static str {
    match state {
        None => ".",
        Some(CallState::Ready) => "Re",
        Some(CallState::Preparing) => "Pr",
        Some(CallState::Submitting) => "Su",
        Some(CallState::Submitted) => "Sd",
        Some(CallState::Running) => "Ru",
        Some(CallState::Succeeded) => "OK",
        Some(CallState::Failed) => "Fa",
        Some(CallState::Cancelled) => "Ca",
    }
}

#[test]
fn every_state_and_step() {
    assert_eq!(NEXT.iter().map(|(state, _)| *state).collect::<Vec<_>>(), CallState::ALL);
    for (state, row) in NEXT {
        let expected: Vec<&str> = row.split_whitespace().collect();
        let found: Vec<&str> = Step::ALL.into_iter().map(|step| short(state.next(step))).collect();
        assert_eq!(found, expected, "{state:?}");
    }
}

fn retry(growth: Growth) -> Decision {
    Decision::Retry(growth)
}

#[test]
fn every_cause_alone() {
    let same = retry(Growth::default());
    let table = [
        (Cause::Success { exit_code: 0 }, Decision::Done),
        (Cause::Exit { exit_code: 3 }, Decision::Fail),
        (Cause::Signal { signal: 11 }, Decision::Fail),
        (Cause::OutOfMemory, retry(Growth { memory: 1, cpu: 0, time: 0 })),
        (Cause::Timeout, retry(Growth { memory: 0, cpu: 0, time: 1 })),
        (Cause::NodeFail, same),
        (Cause::Preempted, same),
        (Cause::Cancelled, Decision::Fail),
        (Cause::LaunchFailed, same),
        (Cause::StartTimeout, same),
        (Cause::Lost, same),
        (Cause::Refused, Decision::Fail),
        (Cause::NoImage, Decision::Fail),
        (Cause::Unfit, Decision::Fail),
        (Cause::OutputMissing, Decision::Fail),
        (Cause::NotPrepared, Decision::Fail),
    ];
    for (cause, expected) in table {
        assert_eq!(decide(std::slice::from_ref(&cause), &RetryAsk::default(), &Limits::default()), expected, "{cause:?}");
    }
}

/// How many attempts a call gets in all if each ends in the same way.
fn attempts(cause: &Cause, ask: &RetryAsk, limits: &Limits) -> usize {
    let mut causes = vec![cause.clone()];
    while let Decision::Retry(_) = decide(&causes, ask, limits) {
        causes.push(cause.clone());
        assert!(causes.len() < 100, "{cause:?} is tried for ever");
    }
    causes.len()
}

#[test]
fn nothing_is_tried_for_ever() {
    let limits = Limits { more_memory: 2, more_time: 1, same_ask: 5 };
    let none = RetryAsk::default();
    let three = RetryAsk { max_retries: 3, preemptible: 7, ..none };
    for (cause, without, with) in [
        (Cause::Exit { exit_code: 1 }, 1, 4),
        (Cause::OutputMissing, 1, 4),
        (Cause::OutOfMemory, 3, 4),
        (Cause::Timeout, 2, 4),
        (Cause::NodeFail, 6, 6),
        (Cause::Lost, 6, 6),
        (Cause::Preempted, 6, 8),
        (Cause::Refused, 1, 1),
        (Cause::Cancelled, 1, 1),
    ] {
        assert_eq!(attempts(&cause, &none, &limits), without, "{cause:?}");
        assert_eq!(attempts(&cause, &three, &limits), with, "{cause:?} with retries asked for");
    }
}

#[test]
fn causes_are_counted_apart() {
    let limits = Limits::default();
    let ask = RetryAsk { max_retries: 1, ..RetryAsk::default() };
    let failed = Cause::Exit { exit_code: 1 };
    assert_eq!(decide(&[Cause::NodeFail, Cause::Preempted, failed.clone()], &ask, &limits), retry(Growth::default()));
    assert_eq!(decide(&[failed.clone(), Cause::NodeFail, failed], &ask, &limits), Decision::Fail);
    assert_eq!(decide(&[Cause::OutOfMemory, Cause::NodeFail], &ask, &limits), retry(Growth { memory: 1, cpu: 0, time: 0 }));
}

#[test]
fn the_author_s_ratios_apply_to_counted_retries_only() {
    let ask = RetryAsk { max_retries: 5, memory_growth: 0.5, cpu_growth: 1.0, preemptible: 0 };
    let failed = Cause::Exit { exit_code: 1 };
    let causes = [failed.clone(), Cause::NodeFail, Cause::OutOfMemory, failed];
    assert_eq!(decide(&causes, &ask, &Limits::default()), retry(Growth { memory: 3, cpu: 3, time: 0 }));
}
