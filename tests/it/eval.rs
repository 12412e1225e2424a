//! Expressions, tasks and outputs: tables of expressions, and case folders of whole tasks.
//!
//! A case folder holds `source.wdl` with one task (or the one named by `task.txt`), `inputs.json` with its inputs by name, `data/` (as
//! `/data`), `work/` (what the command left) and `stdout`. Its goldens are `task.json` (what `prepare` makes), `outputs.json`, or
//! `error.txt`.

use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::{Value as Json, json};
use sluice::{
    check::names::{Callee, Checked, TaskRef},
    eval::{
        Evaluator, Growth, TaskCall,
        files::{Files, NoFiles},
        outputs, prepare,
    },
    syntax::{ast::Statement, documents::DocumentSet},
    task::{CallPath, TaskInstance},
    value::{Object, Value, from_json, to_json},
};

use crate::support::{
    cases::{golden, no_golden, read, read_optional},
    documents::{checked, try_checked},
    memory_files::MemoryFiles,
};

mod dialect;
mod expressions;
mod functions;
mod library;
mod outputs;
mod requirements;
mod tasks;

/// The value of an expression in a document of some version, with some names known.
fn evaluate(version: &str, expr: &str, names: &Object, files: &dyn Files) -> Result<Value, String> {
    let version_line = if version == "draft-2" { String::new() } else { format!("version {version}\n") };
    let text = format!("{version_line}workflow w {{\n  String x = {expr}\n}}\n");
    let documents = parse_only(&text)?;
    let workflow = &documents.documents.get(DocumentSet::ROOT).document.workflows[0];
    let Some(Statement::Declaration(declaration)) = workflow.body.first() else { panic!("no declaration in {text}") };
    let evaluator = Evaluator { names, files, checked: &documents, document: DocumentSet::ROOT };
    let value = evaluator.expression(declaration.value.as_ref().expect("the declaration has a value"));
    value.map_err(|error| error.message)
}

/// Parsed, and checked without regard to what the checker says: the evaluator must stand on its own.
fn parse_only(text: &str) -> Result<Checked, String> {
    use sluice::{check, source::Source, syntax, syntax::documents::LoadedDocument};
    let mut documents = DocumentSet::default();
    let id = documents.sources.add(Source::new("source.wdl", text));
    let document = syntax::parse(id, documents.sources.get(id)).map_err(|error| error.render(&documents.sources))?;
    documents.documents.push(LoadedDocument { uri: "/wdl/source.wdl".to_owned(), document, imports: Vec::new() });
    Ok(check::check(documents, &check::CheckOptions::default()).checked)
}

/// The JSON of an expression that must have a value.
#[track_caller]
fn value(version: &str, expr: &str) -> Json {
    let value = evaluate(version, expr, &Object::new(), &MemoryFiles::default());
    to_json(&value.unwrap_or_else(|error| panic!("{expr}: {error}")))
}

/// The message of an expression that must fail.
#[track_caller]
fn failure(version: &str, expr: &str) -> String {
    match evaluate(version, expr, &Object::new(), &MemoryFiles::default()) {
        Ok(value) => panic!("{expr} gave {}", to_json(&value)),
        Err(error) => error,
    }
}

/// A call of the one task of a document.
struct Case {
    checked: Checked,
    task: TaskRef,
    inputs: Object,
}

impl Case {
    #[track_caller]
    fn new(text: &str, inputs: &Json) -> Self {
        Self::of(checked("/wdl/source.wdl", text), None, inputs).expect("its inputs are right")
    }

    fn of(checked: Checked, name: Option<&str>, inputs: &Json) -> Result<Self, String> {
        let name = name.map_or_else(|| checked.documents.get(DocumentSet::ROOT).document.tasks[0].name.text.clone(), str::to_owned);
        let task = checked.find_task(DocumentSet::ROOT, &name).ok_or("no such task")?;
        let declared = checked.inputs(Callee::Task(task));
        let mut given = Object::new();
        for (name, json) in inputs.as_object().expect("inputs are an object") {
            let ty = declared.iter().find(|input| input.declaration.name.text == *name).map_or(sluice::value::Type::Any, |input| input.ty.clone());
            given.insert(name.clone(), from_json(json, &ty.optional()).map_err(|error| format!("input {name}: {error}"))?);
        }
        drop(declared);
        Ok(Self { checked, task, inputs: given })
    }

    fn call(&self) -> TaskCall<'_> {
        let call_path = CallPath("w.sub[3].t[7]".to_owned());
        TaskCall {
            checked: &self.checked,
            task: self.task,
            call_path,
            attempt: 1,
            inputs: &self.inputs,
            growth: Growth::default(),
            return_code: Some(3),
        }
    }

    #[track_caller]
    fn prepare(&self, files: &dyn Files) -> TaskInstance {
        prepare(&self.call(), files).unwrap_or_else(|error| panic!("{}", error.render(&self.checked.documents.sources)))
    }

    fn try_prepare(&self, files: &dyn Files) -> Result<TaskInstance, String> {
        prepare(&self.call(), files).map_err(|error| error.render(&self.checked.documents.sources))
    }

    fn outputs(&self, files: &dyn Files) -> Result<Json, String> {
        let outputs = outputs(&self.call(), files).map_err(|error| error.render(&self.checked.documents.sources))?;
        Ok(to_json(&Value::object(outputs)))
    }
}

fn pretty(json: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(json).expect("it is plain data") + "\n"
}

#[rstest]
fn case(#[files("tests/cases/eval/*/source.wdl")] path: PathBuf) {
    let folder = path.parent().unwrap();
    let files = MemoryFiles::of_case(folder);
    match run_case(folder, &files) {
        Ok((task, outputs)) => {
            golden(&folder.join("task.json"), &pretty(&task));
            golden(&folder.join("outputs.json"), &pretty(&outputs));
            no_golden(&folder.join("error.txt"));
        }
        Err(error) => {
            golden(&folder.join("error.txt"), &(error + "\n"));
            no_golden(&folder.join("outputs.json"));
        }
    }
}

fn run_case(folder: &Path, files: &MemoryFiles) -> Result<(TaskInstance, Json), String> {
    let inputs = read_optional(&folder.join("inputs.json")).map_or(json!({}), |text| serde_json::from_str(&text).expect("the case holds valid JSON"));
    let name = read_optional(&folder.join("task.txt"));
    let checked = try_checked("/wdl/source.wdl", &read(&folder.join("source.wdl")))?;
    let case = Case::of(checked, name.as_deref().map(str::trim), &inputs)?;
    let task = case.try_prepare(files)?;
    Ok((task, case.outputs(files)?))
}

/// The tasks of the seed's example.
#[rstest]
#[case("CleanEnv", json!({"cleanDir": "/data/logs"}))]
#[case("PrepareData", json!({"src_path": "/data/in", "dst_path": "hdfs://head/mnist", "sparkURI": "hdfs://head/spark.tgz"}))]
#[case("MPITask", json!({"hostPath": "/data/mpi", "procs": 4}))]
#[case("TensorflowTrainTask", json!({"hostPath": "/data/tf", "debugLogDir": "/data/logs"}))]
fn seed(#[case] task: &str, #[case] inputs: Json) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/seed");
    let checked = checked("/wdl/source.wdl", &read(&folder.join("source.wdl")));
    let case = Case::of(checked, Some(task), &inputs).unwrap();
    golden(&folder.join(format!("task-{task}.json")), &pretty(&case.prepare(&MemoryFiles::default())));
    if matches!(task, "CleanEnv" | "PrepareData") {
        assert_eq!(case.outputs(&MemoryFiles::default()), Ok(json!({"done": "yes"})));
    }
}
