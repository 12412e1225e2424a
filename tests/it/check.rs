//! Documents to diagnostics: case folders, and what no case can show (time, the interfaces that later stages read).

use std::{
    collections::HashMap,
    fmt::Write as _,
    path::{Component, Path, PathBuf},
    thread,
    time::Duration,
};

use pretty_assertions::assert_eq;
use rstest::rstest;
use sluice::{
    check::{CheckOptions, Outcome, check, names::Callee},
    diagnostic,
    source::Source,
    stdlib,
    syntax::{
        self,
        documents::{DocumentId, DocumentSet, LoadedDocument},
    },
};

use crate::support::{
    cases::{golden, read},
    processor::work_of,
};

/// Documents of a test: texts by path. The first is the root.
struct Documents {
    texts: HashMap<PathBuf, String>,
    root: PathBuf,
}

impl Documents {
    fn single(text: impl Into<String>) -> Self {
        let root = PathBuf::from("source.wdl");
        Self { texts: HashMap::from([(root.clone(), text.into())]), root }
    }

    /// Every `.wdl` of a case folder; `source.wdl` is the root.
    fn of_case(folder: &Path) -> Self {
        let files = folder.read_dir().expect("a case is a folder").map(|entry| entry.expect("a case can be read").path());
        let texts = files.filter(|path| path.extension().is_some_and(|extension| extension == "wdl"));
        let texts = texts.map(|path| (PathBuf::from(path.file_name().expect("a file has a name")), read(&path))).collect();
        Self { texts, root: PathBuf::from("source.wdl") }
    }

    /// Parses the root and what it imports, and checks them, with the stack that the shell gives.
    fn check(self, options: CheckOptions) -> Outcome {
        self.timed_check(options).0
    }

    /// The same, with the processor time that checking took.
    fn timed_check(self, options: CheckOptions) -> (Outcome, Duration) {
        let work = move || {
            let mut set = DocumentSet::default();
            let mut known = HashMap::new();
            self.load(&mut set, &mut known, &self.root);
            work_of(|| check(set, &options))
        };
        thread::Builder::new().stack_size(64 << 20).spawn(work).expect("a thread can be made").join().expect("checking does not panic")
    }

    fn load(&self, set: &mut DocumentSet, known: &mut HashMap<PathBuf, DocumentId>, path: &Path) -> Option<DocumentId> {
        if let Some(id) = known.get(path) {
            return Some(*id);
        }
        let source = Source::new(path.to_str().expect("names of cases are UTF-8"), self.texts.get(path)?);
        let source_id = set.sources.add(source.clone());
        let document = syntax::parse(source_id, &source).unwrap_or_else(|error| panic!("{}", error.render(&set.sources)));
        let id = DocumentId(set.documents.len());
        known.insert(path.to_owned(), id);
        let uris: Vec<String> = document.imports.iter().map(|import| import.uri.clone()).collect();
        set.documents.push(LoadedDocument { uri: path.display().to_string(), document, imports: Vec::new() });
        let folder = path.parent().unwrap_or(Path::new(""));
        let imports = uris.iter().map(|uri| self.load(set, known, &normal(&folder.join(uri)))).collect();
        set.documents[id.0].imports = imports;
        Some(id)
    }
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(result.pop()),
            Component::CurDir => {}
            other => result.push(other),
        }
    }
    result
}

fn rendered(outcome: &Outcome) -> String {
    let sources = &outcome.checked.documents.sources;
    outcome.diagnostics.iter().map(|diagnostic| diagnostic.render(sources) + "\n\n").collect()
}

/// A case whose name ends in `-strict` is checked so.
fn check_case(path: &Path) {
    let case = path.parent().expect("a file is in a folder");
    let strict = case.to_str().expect("names of cases are UTF-8").ends_with("-strict");
    golden(&case.join("errors.txt"), &rendered(&Documents::of_case(case).check(CheckOptions { strict, ..CheckOptions::default() })));
}

#[rstest]
fn case(#[files("tests/cases/check/*/source.wdl")] path: PathBuf) {
    check_case(&path);
}

/// The seed is fine as it stands, with `--strict` too; there is one thing to know about it.
#[rstest]
fn seed(#[files("tests/cases/seed/source.wdl")] path: PathBuf) {
    for strict in [false, true] {
        let outcome = Documents::single(read(&path)).check(CheckOptions { strict, ..CheckOptions::default() });
        let said = rendered(&outcome);
        assert!(said.starts_with("note: TensorFlow's own protocol") && outcome.diagnostics.len() == 1, "{said}");
    }
}

/// 10,000 calls in a chain, each with inputs, an `after` and a name that another uses.
#[test]
fn long_workflow_checks_in_time() {
    let mut text =
        String::from("version 1.1\ntask t { input { Int x } command <<< >>> output { Int y = x } }\nworkflow w {\n  call t as c0 { input: x = 0 }\n");
    for index in 1..10_000 {
        let previous = index - 1;
        writeln!(text, "  call t as c{index} after c{previous} {{ input: x = c{previous}.y + d{index} }}\n  Int d{index} = {index}")
            .expect("a String takes any text");
    }
    text.push_str("  scatter (i in range(3)) { call t { input: x = i } }\n  output { Array[Int] all = t.y  Int last = c9999.y }\n}\n");
    let (outcome, time) = Documents::single(text).timed_check(CheckOptions::default());
    assert_eq!(rendered(&outcome), "");
    // Generous, for an unoptimised build; quadratic work would take minutes.
    assert!(time < Duration::from_secs(10), "10,000 calls took {time:?}");
}

/// draft-2's old outputs of a long workflow, each naming a call; its interface is asked for by a caller.
#[test]
fn long_old_outputs_check_in_time() {
    let task = "task t { command { x } output { String o = \"x\" } }\n";
    let (mut calls, mut outputs) = (String::new(), String::new());
    for index in 0..5_000 {
        writeln!(calls, "  call t as c{index}").expect("a String takes any text");
        writeln!(outputs, "    c{index}.o  c{index}.*").expect("a String takes any text");
    }
    let sub = format!("{task}workflow sub {{\n{calls}  output {{\n{outputs}  }}\n}}\n");
    let root = PathBuf::from("source.wdl");
    let text = "import \"sub.wdl\"\nworkflow w { call sub.sub  output { sub.* } }\n".to_owned();
    let documents = Documents { texts: HashMap::from([(root.clone(), text), (PathBuf::from("sub.wdl"), sub)]), root };
    let (outcome, time) = documents.timed_check(CheckOptions::default());
    assert_eq!(rendered(&outcome), "");
    assert!(time < Duration::from_secs(10), "5,000 old outputs took {time:?}");
}

/// An expression as deep as a document may nest.
#[test]
fn deep_expression() {
    let deep = syntax::NESTING_LIMIT - 50;
    let array = format!("version 1.1\nworkflow w {{ Array[Int] a = {}1{} }}\n", "[".repeat(deep), "]".repeat(deep));
    let outcome = Documents::single(array).check(CheckOptions::default());
    assert!(rendered(&outcome).contains("expected `Int`, found `Array["), "{}", rendered(&outcome));
    let sum = format!("version 1.1\nworkflow w {{ String s = \"a\"{} }}\n", " + 1".repeat(deep));
    let outcome = Documents::single(sum).check(CheckOptions::default());
    assert!(!outcome.has_errors(), "{}", rendered(&outcome));
}

/// Every row of the signature table can be read, and rows of one function stand together.
#[test]
fn standard_library_is_whole() {
    let mut names: Vec<&str> = stdlib::functions().iter().map(|function| function.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(stdlib::functions().iter().all(|function| !function.signatures.is_empty()));
    assert_eq!(stdlib::find("zip").unwrap().signatures[0].parameters.len(), 2);
    assert_eq!(stdlib::find("basename").unwrap().signatures[0].required, 1);
}

/// What the checker lets through can be evaluated, and the other way round.
#[test]
fn every_function_can_be_evaluated() {
    let mut checked: Vec<&str> = stdlib::functions().iter().map(|function| function.name).collect();
    let mut evaluated: Vec<&str> = sluice::eval::function_names().collect();
    checked.sort_unstable();
    evaluated.sort_unstable();
    assert_eq!(checked, evaluated);
}

/// What later stages read of each callee, as text.
fn interface(outcome: &Outcome, callee: Callee) -> String {
    let mut text = String::new();
    for input in outcome.checked.inputs(callee) {
        writeln!(text, "in {} {}{}", input.ty, input.declaration.name.text, if input.required { " required" } else { "" })
            .expect("a String takes any text");
    }
    for (name, ty) in &outcome.checked.outputs(callee).members {
        writeln!(text, "out {ty} {name}").expect("a String takes any text");
    }
    text
}

#[test]
fn draft2_interfaces() {
    let text = "
        task t { File bam  String? tag  String name = basename(bam)  command { x ${tag} ${name} }  output { File out = bam  String done = \"yes\" } }
        workflow w {
            File bam
            Int? n
            String fixed = \"x\"
            scatter (i in range(2)) { if (i > 0) { call t { input: bam = bam } } }
            call t as single { input: bam = bam }
            output { t.out  single.* }
        }";
    let outcome = Documents::single(text).check(CheckOptions::default());
    let root = DocumentSet::ROOT;
    let task = Callee::Task(outcome.checked.find_task(root, "t").unwrap());
    let workflow = Callee::Workflow(outcome.checked.find_workflow(root).unwrap());
    assert_eq!(interface(&outcome, task), "in File bam required\nin String? tag\nin String name\nout File out\nout String done\n");
    let expected = "in File bam required\nin Int? n\nin String fixed\nout Array[File?] t.out\nout File single.out\nout String single.done\n";
    assert_eq!(interface(&outcome, workflow), expected);
    assert!(!outcome.has_errors(), "{}", rendered(&outcome));
}

#[test]
fn of_names_as_near_the_last_of_the_alphabet_is_offered() {
    for known in [["bam", "baiL"], ["baiL", "bam"]] {
        assert_eq!(diagnostic::nearest_name("bai", known), Some("bam"));
    }
}
