//! Text to tree: case folders, and what no case can show (time, depth, spans).

use std::{
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rstest::rstest;
use sluice::{
    diagnostic::Diagnostic,
    source::{Source, Sources},
    syntax::{self, ast::Document, dump},
};

use crate::support::{
    cases::{golden, no_golden, read},
    processor::work_of,
};

/// Parses on a thread with the stack that the shell gives it.
fn parse(name: &str, text: &str) -> (Sources, Result<Document, Diagnostic>) {
    let (sources, result, _) = timed_parse(name, text);
    (sources, result)
}

/// The same, with the processor time that it took.
fn timed_parse(name: &str, text: &str) -> (Sources, Result<Document, Diagnostic>, Duration) {
    let mut sources = Sources::default();
    let source = Source::new(name, text);
    let id = sources.add(source.clone());
    let thread = thread::Builder::new().stack_size(64 << 20).spawn(move || work_of(|| syntax::parse(id, &source))).expect("a thread starts");
    let (result, took) = thread.join().expect("the parser does not panic");
    (sources, result, took)
}

fn rendered<'a>(sources: &Sources, diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> String {
    diagnostics.into_iter().map(|diagnostic| diagnostic.render(sources) + "\n\n").collect()
}

fn check_case(path: &Path) {
    let case = path.parent().expect("a file is in a folder");
    let (sources, result) = parse("source.wdl", &read(path));
    match result {
        Ok(document) => {
            let warnings = rendered(&sources, &document.warnings);
            golden(&case.join("tree.txt"), &(dump::document(&document) + &warnings));
            no_golden(&case.join("errors.txt"));
        }
        Err(error) => {
            golden(&case.join("errors.txt"), &rendered(&sources, [&error]));
            no_golden(&case.join("tree.txt"));
        }
    }
}

#[rstest]
fn case(#[files("tests/cases/syntax/*/source.wdl")] path: PathBuf) {
    check_case(&path);
}

#[rstest]
fn seed(#[files("tests/cases/seed/source.wdl")] path: PathBuf) {
    check_case(&path);
}

/// Inside a workflow of version 1.2, `prefix` and `suffix` `count` times around `core`.
fn nested(prefix: &str, core: &str, suffix: &str, count: usize) -> String {
    format!("version 1.2\nworkflow w {{ Int x = {}{core}{} }}\n", prefix.repeat(count), suffix.repeat(count))
}

/// Every way an expression nests: what opens it, what closes it.
const NESTINGS: [(&str, &str); 12] = [
    ("(", ")"),
    ("(1, ", ")"),
    ("[", "]"),
    ("{1: ", "}"),
    ("{a: ", "}"),
    ("object {a: ", "}"),
    ("S {a: ", "}"),
    ("f(", ")"),
    ("a[", "]"),
    ("\"~{sep=', ' ", "}\""),
    ("<<<~{", "}>>>"),
    ("if true then 1 else ", ""),
];

#[test]
fn two_hundred_levels_take_no_time() {
    for (prefix, suffix) in NESTINGS.into_iter().chain([("{f(", "): 1}"), ("{a.b[", "]: 1}")]) {
        let text = nested(prefix, "1", suffix, 200);
        parse("deep.wdl", &text).1.map_err(|error| error.message).expect("200 levels are fine");
        // What does not parse costs most: every alternative is tried.
        for text in [nested(prefix, "?", suffix, 200), nested(prefix, "1 1", suffix, 200), text] {
            let (_, _, took) = timed_parse("deep.wdl", &text);
            assert!(took < Duration::from_millis(50), "200 × `{prefix}` took {took:?}");
        }
    }
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    for (prefix, suffix) in NESTINGS {
        let (sources, result) = parse("deep.wdl", &nested(prefix, "1", suffix, 990));
        let error = result.err().map(|error| rendered(&sources, [&error]));
        assert_eq!(error, None, "990 × `{prefix}`");
    }
}

/// The first count is refused by our own limit, the second by pest, which sees the end of the stack.
#[test]
fn nesting_past_the_limit_is_refused() {
    let deeper = NESTINGS.map(|nesting| (nesting, 1_001)).into_iter().chain([(("(", ")"), 200_000), (("{a: ", "}"), 200_000)]);
    for ((prefix, suffix), count) in deeper {
        let message = parse("deep.wdl", &nested(prefix, "1", suffix, count)).1.expect_err("it nests too deep").message;
        assert_eq!(message, "this nests deeper than 1000 levels", "{count} × `{prefix}`");
    }
}

#[rstest]
#[case::operators("1 + ", "")]
#[case::prefixes("!", "")]
#[case::minus("- ", "")]
#[case::members("", ".a")]
#[case::indices("", "[1]")]
#[case::types("Array[", "]")]
fn a_long_row_is_refused_and_a_short_one_read(#[case] prefix: &str, #[case] suffix: &str) {
    let row = |count: usize| match prefix {
        "Array[" => format!("version 1.0\nworkflow w {{ {}Int{} x = 1 }}\n", prefix.repeat(count), suffix.repeat(count)),
        _ => nested(prefix, "x", suffix, count),
    };
    parse("row.wdl", &row(900)).1.expect("900 levels are fine");
    for count in [1_001, 20_000] {
        let message = parse("row.wdl", &row(count)).1.expect_err("it nests too deep").message;
        assert_eq!(message, "this nests deeper than 1000 levels", "{count}");
    }
}

#[test]
fn statements_and_meta_nest_up_to_the_limit() {
    let scatter = |count: usize| format!("version 1.0\nworkflow w {{ {}{} }}\n", "scatter (x in y) { if (x) { ".repeat(count), "} }".repeat(count));
    let meta = |count: usize| format!("version 1.0\nworkflow w {{ meta {{ x: {}1{} }} }}\n", "[{ b: ".repeat(count), "}]".repeat(count));
    for make in [&scatter as &dyn Fn(usize) -> String, &meta] {
        parse("deep.wdl", &make(400)).1.map_err(|error| error.message).expect("800 levels are fine");
        for count in [501, 20_000] {
            let message = parse("deep.wdl", &make(count)).1.expect_err("it nests too deep").message;
            assert_eq!(message, "this nests deeper than 1000 levels", "{count}");
        }
    }
}

#[test]
fn a_command_of_ten_megabytes_is_read_quickly() {
    for (open, close) in [("{", "}"), ("<<<", ">>>")] {
        let line = format!("    echo \"$HOME\" 'it' > file_${{x}} && run ~{{x}} {} \\\n", "x".repeat(4_000));
        let lines = line.repeat(2_600);
        let text = format!("version 1.0\ntask t {{ input {{ Int x }}\n  command {open}\n{lines}  {close}\n}}\n");
        let plain = format!("task t {{ command {open}\n{}\n{close} }}", "x".repeat(10 << 20));
        for text in [text, plain] {
            let (_, result, took) = timed_parse("long.wdl", &text);
            result.expect("it is a plain command");
            assert!(took < Duration::from_secs(4), "{} bytes in {open}{close} took {took:?}", text.len());
        }
    }
}

/// Spans point at what they name, in a text with characters of several bytes and lines that ended in CRLF.
#[test]
fn spans_point_at_their_text() {
    let raw = "\u{feff}# 日本\r\nversion 1.1\r\ntask ta {}\r\n# é\r\nworkflow work {}";
    let (sources, result) = parse("crlf.wdl", raw);
    let document = result.expect("it parses");
    assert_eq!(sources.text(document.version_span.expect("there is a version")), "1.1");
    assert_eq!(sources.text(document.tasks[0].name.span), "ta");
    assert_eq!(sources.text(document.tasks[0].span), "task ta {}");
    assert_eq!(sources.text(document.workflows[0].span), "workflow work {}");
}
