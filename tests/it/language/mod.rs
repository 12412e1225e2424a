//! The README's table of the language, feature by version: measured here, so that the README says what is so.

use std::{path::Path, sync::Arc};

use pretty_assertions::assert_eq;
use sluice::{
    check::{self, CheckOptions, Outcome, names::Callee},
    diagnostic::Diagnostic,
    engine::{Action, Engine, Event, FORMAT_VERSION, Policy},
    eval::{self, Growth, TaskCall},
    plan::plan,
    source::Source,
    stdlib,
    syntax::{
        self,
        documents::{DocumentId, DocumentSet, LoadedDocument},
    },
    task::CallPath,
    value::{Object, to_json},
};

use self::features::{FEATURES, Feature};
use crate::support::{
    cases::{golden, read},
    folders::main_callee,
    memory_files::MemoryFiles,
};

mod features;

const VERSIONS: [&str; 5] = ["draft-2", "1.0", "1.1", "1.2", "1.3"];
const BEGIN: &str = "<!-- measured by tests/it/language: BLESS=1 rewrites it -->\n";
const END: &str = "<!-- end of what is measured -->\n";

/// What a version says of a feature.
#[derive(Debug)]
enum Answer {
    Yes,
    /// Accepted, with words that say that it is not of the version.
    Warning,
    /// Refused with these words.
    No(String),
}

impl Answer {
    fn word(&self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Warning => "warning",
            Self::No(_) => "no",
        }
    }
}

#[test]
fn readme_says_what_each_version_has() {
    let mut table = format!("\n| feature | {} |\n|---|{}\n", VERSIONS.join(" | "), "---|".repeat(VERSIONS.len()));
    for feature in FEATURES {
        let answers = VERSIONS.map(|version| ask(feature, version));
        let words: Vec<&str> = answers.iter().map(Answer::word).collect();
        table.push_str(&format!("| {} | {} |\n", feature.name, words.join(" | ")));
        assert!(answers.iter().any(|answer| !matches!(answer, Answer::No(_))), "no version has {}: {answers:?}", feature.name);
        hold_of_errors(feature, &answers);
    }
    let path = Path::new("README.md");
    let readme = read(path);
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the table");
    let (_, after) = rest.split_once(END).expect("the README has the end of the table");
    golden(path, &format!("{before}{BEGIN}{table}\n{END}{after}"));
}

/// A document that is too old for a feature is told which version has it, or what the feature itself needs (`task.previous` needs `task`).
#[track_caller]
fn hold_of_errors(feature: &Feature, answers: &[Answer; 5]) {
    let Some(since) = answers.iter().position(|answer| !matches!(answer, Answer::No(_))) else { return };
    for (index, answer) in answers[..since].iter().enumerate() {
        let Answer::No(said) = answer else { continue };
        let names_one = VERSIONS[index + 1..=since].iter().any(|later| said.contains(&format!("version {later}")));
        assert!(names_one, "{} in {}, which {} has:\n{said}", feature.name, VERSIONS[index], VERSIONS[since]);
    }
}

/// Every function of the standard library has its row.
#[test]
fn every_function_since_1_1_has_a_row() {
    let missing: Vec<&str> = stdlib::functions()
        .iter()
        .filter(|function| function.since > syntax::ast::Version::Draft2)
        .map(|function| function.name)
        .filter(|name| !FEATURES.iter().any(|feature| feature.name.contains(&format!("`{name}")) || feature.text.contains(&format!("{name}("))))
        .collect();
    assert_eq!(missing, [""; 0]);
}

fn ask(feature: &Feature, version: &str) -> Answer {
    let outcome = match checked(feature.text, version) {
        Ok(outcome) => outcome,
        Err(said) => return Answer::No(said),
    };
    let said: Vec<String> = outcome.diagnostics.iter().map(|found| found.render(&outcome.checked.documents.sources)).collect();
    if outcome.has_errors() {
        return Answer::No(said.join("\n\n"));
    }
    if !feature.gives.is_empty() {
        let given = given(outcome);
        // `~{1}` is plain text in draft-2, which is said.
        if given != feature.gives && !said.is_empty() {
            return Answer::No(said.join("\n\n"));
        }
        assert_eq!(given, feature.gives, "{} in {version}", feature.name);
    }
    if said.is_empty() { Answer::Yes } else { Answer::Warning }
}

/// The document in that version, with what it imports.
fn checked(text: &str, version: &str) -> Result<Outcome, String> {
    let mut set = DocumentSet::default();
    let (open, close) = if version == "draft-2" { ("", "") } else { ("input { ", " }") };
    let text = text.replace("@{", open).replace("}@", close);
    let texts = text.split("\n#=== b.wdl\n");
    let shown = |error: &Diagnostic, set: &DocumentSet| error.render(&set.sources);
    for (text, name) in texts.zip(["a.wdl", "b.wdl"]) {
        let version_line = if version == "draft-2" { String::new() } else { format!("version {version}\n") };
        let id = set.sources.add(Source::new(name, &format!("{version_line}{text}\n")));
        let document = syntax::parse(id, set.sources.get(id)).map_err(|error| shown(&error, &set))?;
        let imports = document.imports.iter().map(|_| Some(DocumentId(1))).collect();
        set.documents.push(LoadedDocument { uri: format!("/wdl/{name}"), document, imports });
    }
    Ok(check::check(set, &CheckOptions::default()))
}

/// What it gives: the output `o` of the workflow, else the task's command.
fn given(outcome: Outcome) -> String {
    let checked = Arc::new(outcome.checked);
    let callee = main_callee(&checked);
    let files = MemoryFiles::of(&[("/data/f", "")]);
    if let Callee::Task(task) = callee {
        let (inputs, call_path) = (Object::new(), CallPath("t".to_owned()));
        let call = TaskCall { checked: &checked, task, call_path, attempt: 1, inputs: &inputs, growth: Growth::default(), return_code: None };
        return eval::prepare(&call, &files).map_or_else(|error| error.message, |task| task.command.trim().to_owned());
    }
    let graph = plan(&checked, callee).expect("what has no errors can be planned");
    let mut engine = Engine::new(Arc::clone(&checked), Arc::new(graph), Object::new()).expect("it needs no input");
    let actions = engine.apply(&Event::Started { format: FORMAT_VERSION, policy: Policy::default() }).expect("a run can start");
    finish((&mut engine, actions), &checked, &files);
    let outputs = engine.outputs().unwrap_or_else(|| panic!("it does not end: {:?}", engine.failures()));
    outputs.values().next().map(|value| to_json(value).to_string()).unwrap_or_default()
}

/// Takes every call for done, and files for what they are said to be.
fn finish((engine, mut actions): (&mut Engine, Vec<Action>), checked: &check::names::Checked, files: &MemoryFiles) {
    loop {
        for action in std::mem::take(&mut actions) {
            if let Action::Evaluate(node) = action {
                let value = engine.evaluation(node).suppose(checked);
                actions.extend(engine.suppose_value(node, value).expect("it was asked for"));
            }
        }
        let Some(ready) = engine.take_ready(1).pop() else {
            if actions.is_empty() {
                return;
            }
            continue;
        };
        let inputs = ready.inputs.expect("its inputs have values");
        let call = TaskCall {
            checked,
            task: ready.task,
            call_path: ready.path.clone(),
            attempt: 1,
            inputs: &inputs,
            growth: Growth::default(),
            return_code: Some(0),
        };
        let outputs = eval::outputs(&call, files).expect("its outputs have values");
        actions.extend(engine.suppose_call(&ready.path, outputs).expect("the call was taken"));
    }
}
