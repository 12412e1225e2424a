//! A scatter of 100,000: time, and the process's peak of memory (counting what the allocator gives out would need `unsafe`).

use std::{sync::Arc, time::Duration};

use sluice::{
    engine::{Action, Attempt, Engine, Event, FORMAT_VERSION, Outcome, Policy},
    plan::plan,
    task::Cause,
    value::Object,
};

use super::simulation::ended;
use crate::support::{
    folders::{checked_text, main_callee},
    processor::Work,
};

const SHARDS: u32 = 100_000;

fn start(text: &str) -> (Engine, Vec<Action>) {
    let checked = checked_text(text);
    let graph = Arc::new(plan(&checked, main_callee(&checked)).expect("it can be planned"));
    let mut engine = Engine::new(checked, graph, Object::new()).expect("its inputs are right");
    let actions = engine.apply(&Event::Started { format: FORMAT_VERSION, policy: Policy::default() }).expect("a run can start");
    (engine, actions)
}

#[test]
fn scattered_expressions_are_evaluated_at_once() {
    let work = Work::begin();
    let (engine, actions) = start(
        "version 1.0\nworkflow w { scatter (i in range(100000)) { Int a = i * 2  String s = \"x~{a}\" }  output { Int n = length(s)  Array[Int] all = a } }",
    );
    assert_eq!(actions, [Action::Finish(Outcome::Succeeded)]);
    assert_eq!(engine.outputs().unwrap()["w.n"], sluice::value::Value::Int(100_000));
    println!("scattered expressions: {:?}", work.took());
}

#[test]
fn a_pipeline_over_a_hundred_thousand_shards_is_linear() {
    let few = run_pipeline(SHARDS / 10);
    let many = run_pipeline(SHARDS);
    println!("pipeline: {few:?}, then {many:?}, {} MB at the peak", peak_megabytes());
    // Ten times the shards: ten times the work, or a hundred times where something is quadratic.
    assert!(many < few * 40, "{SHARDS} shards took {many:?}, a tenth of them {few:?}");
    // Only nextest gives a test a process of its own.
    assert!(std::env::var_os("NEXTEST").is_none() || peak_megabytes() < 200, "{} MB at the peak", peak_megabytes());
}

/// Two calls a shard, each fed by the one before, from the first event to the last.
fn run_pipeline(shards: u32) -> Duration {
    let work = Work::begin();
    let (mut engine, _) = start(&format!(
        "version 1.0\ntask t {{ input {{ Int x }} command <<<>>> output {{ Int y = x }} }}\n\
         workflow w {{ scatter (i in range({shards})) {{ call t as first {{ input: x = i }}  call t as second {{ input: x = first.y }} }}\n\
         output {{ Array[Int] ys = second.y }} }}"
    ));
    assert_eq!((engine.status().ready, engine.status().waiting), (shards, shards));
    let mut done = 0;
    for batch in 1.. {
        let ready = engine.take_ready(1000);
        if ready.is_empty() {
            break;
        }
        let attempts: Vec<Attempt> = ready.into_iter().map(|call| Attempt { path: call.path, attempt: call.attempt }).collect();
        engine.apply(&Event::SubmitIntent { batch, tag: format!("b{batch}"), calls: attempts.clone() }).expect("the calls were taken");
        engine.apply(&Event::Submitted { batch, job: batch.to_string() }).expect("the intent is known");
        for attempt in &attempts {
            done += 1;
            let outputs = Some(serde_json::json!({ "y": done }));
            engine.apply(&ended(attempt, Cause::Success { exit_code: 0 }, outputs)).expect("the job was submitted");
        }
    }
    assert_eq!((engine.outcome(), done), (Some(Outcome::Succeeded), 2 * shards));
    work.took()
}

/// The process's peak of resident memory, as Linux tells it.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    peak.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// Nested blocks and long chains must not need a deep stack: this runs on the small stack of a test thread.
#[test]
fn long_chains_and_deep_blocks_need_no_stack() {
    let mut chain = String::from("version 1.0\nworkflow w {\nInt x0 = 0\n");
    for step in 1..20_000 {
        chain.push_str(&format!("Int x{step} = x{} + 1\n", step - 1));
    }
    chain.push_str("output { Int last = x19999 }\n}\n");
    let (engine, _) = start(&chain);
    assert_eq!(engine.outputs().unwrap()["w.last"], sluice::value::Value::Int(19_999));
}
