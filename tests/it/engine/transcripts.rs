//! Case folders: `source.wdl`, `inputs.json` where it has inputs, `script.txt` with one command a line; `transcript.txt` is each
//! command with what the engine said to it.
//!
//! Commands: `start [keep-going]`, `take N`, `back A`, `intend BATCH A…`, `submitted BATCH JOB`, `refused BATCH transient|permanent WORDS`,
//! `running A`, `ok A [JSON]`, `end A CAUSE [JSON of the ask]`, `evaluated NODE JSON`, `cancel`, `finished OUTCOME`, `resume`, `status`,
//! `calls`, `batches`, `outputs`, `replay` (goes on from the log alone). `A` is a call's path and attempt: `align[2]#1`.

use std::{path::PathBuf, sync::Arc};

use rstest::rstest;
use serde_json::json;
use sluice::{
    engine::{Action, Attempt, Engine, EvaluationResult, Event, FORMAT_VERSION, OnFailure, Policy, ReadyCall, RetryAsk, SubmitFailure},
    plan::plan,
    task::{CallPath, Cause, TaskResult},
    value::{Object, from_json, to_json},
};

use super::simulation::Source;
use crate::support::{
    cases::{golden, read, read_optional},
    folders::{checked, load, main_callee},
};

#[rstest]
fn case(#[files("tests/cases/engine/*/script.txt")] path: PathBuf) {
    let case = path.parent().unwrap();
    let checked = checked(load(&case.join("source.wdl")));
    let graph = Arc::new(plan(&checked, main_callee(&checked)).unwrap());
    let given: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&read_optional(&case.join("inputs.json")).unwrap_or_else(|| "{}".to_owned())).unwrap();
    let typed = |(key, json): (&String, &serde_json::Value)| {
        let ty = graph.external_input(key).map_or(sluice::value::Type::Any, |input| input.ty);
        // A value of a wrong type is the engine's to refuse.
        (key.clone(), from_json(json, &ty).unwrap_or_else(|_| from_json(json, &sluice::value::Type::Any).unwrap()))
    };
    let inputs: Object = given.iter().map(typed).collect();
    let transcript = match Engine::new(Arc::clone(&checked), Arc::clone(&graph), inputs.clone()) {
        Err(errors) => errors.iter().map(|error| error.render(&checked.documents.sources) + "\n").collect(),
        Ok(engine) => Transcript { source: Source { checked, graph, inputs }, engine, log: Vec::new(), text: String::new() }.play(&read(&path)),
    };
    golden(&case.join("transcript.txt"), &transcript);
}

struct Transcript {
    source: Source,
    engine: Engine,
    log: Vec<String>,
    text: String,
}

impl Transcript {
    fn play(mut self, script: &str) -> String {
        for line in script.lines().filter(|line| !line.is_empty()) {
            self.text.push_str(&format!("{line}\n"));
            if !line.starts_with('#') {
                self.command(line);
            }
        }
        self.text
    }

    fn command(&mut self, line: &str) {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        match command {
            "take" => {
                let calls = self.engine.take_ready(number(rest));
                for call in &calls {
                    self.say_taken(call);
                }
            }
            "back" => {
                let said = self.engine.put_back(&attempt(rest)).map_or_else(|error| format!("failed to {error}"), |()| "ready".to_owned());
                self.say(&said);
            }
            "status" => {
                let status = serde_json::to_string(&self.engine.status()).expect("it is plain data");
                self.say(&status);
            }
            "calls" => self.engine.calls().collect::<Vec<_>>().iter().for_each(|row| self.say_json(row)),
            "batches" => self.engine.open_batches().iter().for_each(|row| self.say_json(row)),
            "failures" => self.engine.failures().to_vec().iter().for_each(|row| self.say_json(row)),
            "outputs" => {
                let outputs = self.engine.outputs().unwrap_or_default();
                outputs.iter().for_each(|(name, value)| self.say(&format!("{name} = {}", to_json(value))));
            }
            "replay" => {
                self.engine = self.source.replay(&self.log);
                self.engine.pending_actions().into_iter().for_each(|action| self.say_action(action));
            }
            _ => self.event(&event(command, rest)),
        }
    }

    fn event(&mut self, event: &Event) {
        match self.engine.apply(event) {
            Ok(actions) => {
                self.log.push(serde_json::to_string(event).expect("it is plain data"));
                for action in actions {
                    self.say_action(action);
                }
            }
            Err(error) => self.say(&format!("failed to {error}")),
        }
    }

    fn say(&mut self, text: &str) {
        self.text.push_str(&format!("    {text}\n"));
    }

    fn say_json(&mut self, row: &impl serde::Serialize) {
        self.say(&serde_json::to_string(row).expect("it is plain data"));
    }

    fn say_action(&mut self, action: Action) {
        match action {
            Action::Evaluate(node) => {
                let evaluation = self.engine.evaluation(node);
                let names: Vec<String> = evaluation.names.iter().map(|(name, value)| format!("{name} = {}", to_json(value))).collect();
                self.say(&format!("→ evaluate {} with {}", evaluation.path, names.join(", ")));
            }
            Action::CancelAll => self.say("→ cancel all"),
            Action::Finish(outcome) => self.say(&format!("→ finish: {outcome:?}")),
        }
    }

    fn say_taken(&mut self, call: &ReadyCall) {
        let inputs = match &call.inputs {
            Ok(inputs) => inputs.iter().map(|(name, value)| format!("{name} = {}", to_json(value))).collect::<Vec<_>>().join(", "),
            Err(diagnostic) => format!("cannot be had: {}", diagnostic.message),
        };
        let growth = if call.growth == sluice::engine::Growth::default() { String::new() } else { format!(", {:?}", call.growth) };
        let avoid = if call.avoid_hosts.is_empty() { String::new() } else { format!(", avoids {}", call.avoid_hosts.join(" ")) };
        self.say(&format!("{}#{} ({inputs}){growth}{avoid}", call.path, call.attempt));
    }
}

fn number<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("expected a number in the transcript, found `{text}`"))
}

fn json_of<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("expected JSON in the transcript, found `{text}`: {error}"))
}

fn attempt(text: &str) -> Attempt {
    let (path, attempt) = text.split_once('#').expect("an attempt is written `path#number`");
    Attempt { path: CallPath(path.to_owned()), attempt: number(attempt) }
}

fn event(command: &str, rest: &str) -> Event {
    let words: Vec<&str> = rest.split(' ').collect();
    let after = |words: usize| rest.splitn(words + 1, ' ').nth(words).unwrap_or_default();
    match command {
        "start" => {
            let on_failure = if rest == "keep-going" { OnFailure::KeepGoing } else { OnFailure::Abort };
            Event::Started { format: FORMAT_VERSION, policy: Policy { on_failure, ..Policy::default() } }
        }
        "intend" => {
            let calls = words[1..].iter().map(|call| attempt(call)).collect();
            Event::SubmitIntent { batch: number(words[0]), tag: format!("w.b{}", words[0]), calls }
        }
        "submitted" => Event::Submitted { batch: number(words[0]), job: words[1].to_owned() },
        "refused" => {
            let kind = if words[1] == "transient" { SubmitFailure::Transient } else { SubmitFailure::Permanent };
            Event::SubmitFailed { batch: number(words[0]), kind, message: after(2).to_owned() }
        }
        "running" => Event::TaskStarted { attempt: attempt(rest), started_ms: Some(5), hosts: vec!["n1".to_owned()] },
        "ok" => ended(words[0], Cause::Success { exit_code: 0 }, Some(if after(1).is_empty() { json!({}) } else { json_of(after(1)) }), ""),
        "end" => ended(words[0], cause(words[1]), None, after(2)),
        "evaluated" => Event::Evaluated { node: words[0].to_owned(), result: EvaluationResult::Value(json_of(after(1))) },
        "unevaluated" => Event::Evaluated {
            node: words[0].to_owned(),
            result: EvaluationResult::Failed(sluice::diagnostic::Diagnostic::error_without_span(after(1))),
        },
        "cancel" => Event::CancelRequested { by: "SIGINT".to_owned() },
        "finished" => Event::Finished { outcome: serde_json::from_value(json!(rest)).expect("the transcript names an outcome") },
        "resume" => Event::Resumed { by: "ann".to_owned() },
        other => panic!("unknown command {other}"),
    }
}

fn cause(word: &str) -> Cause {
    match word.split_once('=') {
        Some(("exit", code)) => Cause::Exit { exit_code: number(code) },
        _ => serde_json::from_value(json!({ "cause": word })).expect("the transcript names a cause"),
    }
}

fn ended(call: &str, cause: Cause, outputs: Option<serde_json::Value>, ask: &str) -> Event {
    let ask: RetryAsk = if ask.is_empty() { RetryAsk::default() } else { json_of(ask) };
    let result = TaskResult { cause, detail: String::new(), hints: Vec::new(), hosts: vec!["n1".to_owned()], started_ms: Some(5), ended_ms: Some(9) };
    Event::TaskEnded { attempt: attempt(call), result, outputs, ask }
}
