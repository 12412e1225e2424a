//! A run's log cut at any line, on the local backend: the next head comes to the same outputs, and no attempt is executed twice.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::{
    resume_local::{assert_done, place, start},
    support::head::Place,
};

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status().expect("the program can be started");
    assert!(status.success());
}

/// A finished run's log is cut after each line, as if the head had been killed there and its jobs had gone on to their ends: calls with an intent have left their markers, others nothing.
#[test]
fn a_log_cut_at_any_line_leads_to_the_same_outputs() {
    let place = place();
    place.mark("go");
    let first = start(&place).end();
    assert_done(&place, &first);
    let whole = place.path("whole");
    fs::rename(place.run_folder(), &whole).unwrap();
    let text = fs::read_to_string(whole.join("events.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() >= 10, "{text}");
    for kept in 0..lines.len() {
        copy(&whole, &place.run_folder());
        let (before, after) = lines.split_at(kept);
        let expected = go_back(&place, before, after);
        let ended = place.resume().end();
        assert_eq!(ended.code, Some(0), "cut after {kept} lines: {}", ended.stderr);
        assert_eq!(ended.outputs(), first.outputs(), "cut after {kept} lines");
        assert_done(&place, &ended);
        assert_eq!(place.executions(), expected, "cut after {kept} lines: {}", ended.stderr);
        fs::remove_dir_all(place.run_folder()).unwrap();
    }
}

/// Makes the copy of a finished run what it was after its first events. Gives the executions that must come: of the calls without an intent.
fn go_back(place: &Place, before: &[&str], after: &[&str]) -> Vec<String> {
    let run = place.run_folder();
    fs::write(run.join("events.jsonl"), before.join("\n") + "\n").expect("it can be written");
    fs::remove_file(run.join("outputs.json")).expect("it is there");
    let events: Vec<Value> = after.iter().map(|line| serde_json::from_str(line).expect("the log holds JSON")).collect();
    let of_kind = |kind: &'static str| events.iter().map(|line| line["event"].clone()).filter(move |event| event["event"] == kind);
    let mut expected = Vec::new();
    for intent in of_kind("submit_intent") {
        fs::remove_dir_all(run.join("batches").join(intent["batch"].to_string())).expect("it is there");
        for call in intent["calls"].as_array().expect("it is a list") {
            let path = call["path"].as_str().expect("it is text");
            fs::remove_dir_all(attempt_folder(&run, path)).expect("it is there");
            expected.push(path.to_owned());
        }
    }
    for end in of_kind("task_ended") {
        let path = end["path"].as_str().expect("it is text");
        if !expected.iter().any(|other| other == path) {
            write_marker(&run, path, &end["result"]);
        }
    }
    let mut lines: Vec<String> = expected.iter().map(|path| execution(path)).collect();
    lines.sort();
    fs::write(place.path("marks/executions"), "").expect("it can be written");
    lines
}

/// `tally.shard[0]` → `shard 0 of 1`.
fn execution(path: &str) -> String {
    let name = path.trim_start_matches("tally.").replace('[', " ").replace(']', "");
    format!("{name} of 1")
}

fn attempt_folder(run: &Path, path: &str) -> std::path::PathBuf {
    run.join("calls").join(sluice::task::CallPath(path.to_owned()).folder(1))
}

/// The marker that a job had written before its end was logged.
fn write_marker(run: &Path, path: &str, result: &Value) {
    let owner = fs::read_to_string(attempt_folder(run, path).join("owner")).expect("it can be read");
    let job = owner.split_whitespace().next().expect("it has a first part");
    let batch: u32 = job.rsplit('.').next().expect("it has a first part").parse().expect("it is a number");
    let manifest = fs::read_to_string(run.join("batches").join(batch.to_string()).join("manifest")).expect("it can be read");
    let element = manifest.lines().position(|line| line.split('\t').next() == Some(path)).expect("the manifest names the call");
    let marker = json!({
        "version": 1, "batch": batch, "element": element, "job": job, "restart": 0, "exit": 0, "signal": null, "host": "here",
        "started_ms": result["started_ms"], "ended_ms": result["ended_ms"], "oom_kills": 0, "stage": "command", "detail": "", "hosts": result["hosts"], "roles": [],
    });
    fs::write(run.join("spool").join(format!("{batch}.{element}.{job}.0.json")), marker.to_string()).expect("it can be written");
}

/// A log that has lost its last lines (a folder from a backup) while the attempts are claimed and their markers are gone: an attempt is never run again under its number.
#[test]
fn an_attempt_with_a_claim_is_never_run_again() {
    let place = place();
    place.mark("go");
    let first = start(&place).end();
    assert_done(&place, &first);
    let whole = place.path("whole");
    fs::rename(place.run_folder(), &whole).unwrap();
    let text = fs::read_to_string(whole.join("events.jsonl")).unwrap();
    let starts: Vec<usize> = text.lines().enumerate().filter(|(_, line)| line.contains("submit_intent")).map(|(index, _)| index).collect();
    for kept in [1, starts[0] + 1, starts[1], starts[1] + 1] {
        copy(&whole, &place.run_folder());
        let cut: String = text.split_inclusive('\n').take(kept).collect();
        fs::write(place.run_folder().join("events.jsonl"), cut).unwrap();
        fs::write(place.path("marks/executions"), "").unwrap();
        let ended = place.resume().end();
        assert_done(&place, &ended);
        let executions = place.executions();
        assert!(executions.iter().all(|line| line.ends_with("of 2")), "cut after {kept} lines: {executions:?}");
        assert_eq!(executions.iter().collect::<BTreeSet<_>>().len(), executions.len(), "{executions:?}");
        fs::remove_dir_all(place.run_folder()).unwrap();
    }
}
