//! The standard library.

use std::collections::BTreeSet;

use sluice::{
    eval::{function_names, needs_files},
    stdlib,
    syntax::visit::references,
};

use super::*;

#[test]
fn functions_on_numbers_and_strings() {
    for (expr, expected) in [
        ("floor(1.9)", json!(1)),
        ("floor(-1.1)", json!(-2)),
        ("ceil(1.1)", json!(2)),
        ("ceil(3)", json!(3)),
        ("round(1.5)", json!(2)),
        ("round(2.5)", json!(3)),
        ("round(-1.5)", json!(-1)),
        ("round(0.49999999999999994)", json!(0)),
        ("min(1, 2)", json!(1)),
        ("max(1, 2.5)", json!(2.5)),
        ("sub(\"I like chocolate when\\nit's late\", \"like\", \"love\")", json!("I love chocolate when\nit's late")),
        ("sub(\"a.bam\", \"\\\\.bam$\", \".bai\")", json!("a.bai")),
        ("sub(\"x1y22\", \"[[:digit:]]+\", \"#\")", json!("x#y#")),
        ("sub(\"abc\", \"(b)\", \"<\\\\1>\")", json!("a<b>c")),
        ("sub(\"abc\", \"b\", \"$1$(x)\\$2\")", json!("a$1$(x)$2c")),
        ("sub(\"abc\", \"(b)(c)\", \"$2x\\\\1y\")", json!("acxby")),
        ("sub(\"a[b&&c\", \"[[&]\", \"_\")", json!("a_b__c")),
        ("sub(\"a]b\", \"[]]\", \"_\")", json!("a_b")),
        ("sub(\"a-b_c\", \"[^a-z-]\", \"\")", json!("a-bc")),
        ("find(\"hello\", \"e..o\")", json!("ello")),
        ("find(\"hello\", \"z\")", json!(null)),
        ("matches(\"abc123\", \"^a.+3$\")", json!(true)),
        ("matches(\"abc\", \"^b\")", json!(false)),
        ("split(\"a,b,,c\", \",\")", json!(["a", "b", "", "c"])),
        ("basename(\"/x/y/z.txt\")", json!("z.txt")),
        ("basename(\"/x/y/z.txt\", \".txt\")", json!("z")),
        ("basename(\"/x/y/\")", json!("y")),
        ("basename(\"z.txt\", \".bam\")", json!("z.txt")),
        ("basename(\"hdfs://h/a/b.bam\")", json!("b.bam")),
        ("join_paths(\"/a/\", \"b\")", json!("/a/b")),
        ("join_paths(\"/a\", [\"b\", \"c\"])", json!("/a/b/c")),
        ("join_paths([\"a\", \"b\"])", json!("a/b")),
        ("prefix(\"-I \", [\"a\", \"b c\"])", json!(["-I a", "-I b c"])),
        ("suffix(\".x\", [1, 2])", json!(["1.x", "2.x"])),
        ("quote([1, 2])", json!(["\"1\"", "\"2\""])),
        ("squote([\"a b\"])", json!(["'a b'"])),
        ("sep(\", \", [1, 2, 3])", json!("1, 2, 3")),
        ("sep(\",\", [])", json!("")),
    ] {
        assert_eq!(value("1.2", expr), expected, "{expr}");
    }
}

#[test]
fn functions_on_collections() {
    for (expr, expected) in [
        ("length([1, 2])", json!(2)),
        ("length({\"a\": 1})", json!(1)),
        ("length(\"äöü\")", json!(3)),
        ("range(3)", json!([0, 1, 2])),
        ("range(0)", json!([])),
        ("transpose([[1, 2, 3], [4, 5, 6]])", json!([[1, 4], [2, 5], [3, 6]])),
        ("transpose([])", json!([])),
        ("cross([1, 2], [\"a\"])", json!([{"left": 1, "right": "a"}, {"left": 2, "right": "a"}])),
        ("zip([1, 2], [\"a\", \"b\"])", json!([{"left": 1, "right": "a"}, {"left": 2, "right": "b"}])),
        ("unzip([(1, \"a\"), (2, \"b\")])", json!({"left": [1, 2], "right": ["a", "b"]})),
        ("unzip([])", json!({"left": [], "right": []})),
        ("flatten([[1], [], [2, 3]])", json!([1, 2, 3])),
        ("chunk([1, 2, 3, 4, 5], 2)", json!([[1, 2], [3, 4], [5]])),
        ("contains([1, 2], 2)", json!(true)),
        ("contains([None, 2], None)", json!(true)),
        ("select_first([None, 1, 2])", json!(1)),
        ("select_first([None], 7)", json!(7)),
        ("select_all([None, 1, None, 2])", json!([1, 2])),
        ("defined(None)", json!(false)),
        ("defined(1)", json!(true)),
        ("as_pairs({\"a\": 1})", json!([{"left": "a", "right": 1}])),
        ("as_map([(\"a\", 1), (\"b\", 2)])", json!({"a": 1, "b": 2})),
        ("keys({\"b\": 1, \"a\": 2})", json!(["b", "a"])),
        ("keys(object {x: 1})", json!(["x"])),
        ("values({\"b\": 1, \"a\": 2})", json!([1, 2])),
        ("contains_key({\"a\": 1}, \"a\")", json!(true)),
        ("contains_key(object {a: object {b: 1}}, [\"a\", \"b\"])", json!(true)),
        ("contains_key(object {a: 1}, [\"a\", \"b\"])", json!(false)),
        ("collect_by_key([(\"a\", 1), (\"b\", 2), (\"a\", 3)])", json!({"a": [1, 3], "b": [2]})),
    ] {
        assert_eq!(value("1.2", expr), expected, "{expr}");
    }
}

#[test]
fn functions_that_refuse_say_why() {
    for (expr, part) in [
        ("round(1.0e300)", "out of range"),
        ("range(-1)", "found -1"),
        ("zip([1], [1, 2])", "found 1 and 2"),
        ("transpose([[1, 2], [3]])", "row 1 has 1"),
        ("select_first([])", "found an empty array"),
        ("select_first([None, None])", "found 2 times None"),
        ("as_map([(\"a\", 1), (\"a\", 2)])", "comes twice"),
        ("chunk([1], 0)", "expected a positive Int as argument 2, found Int 0"),
        ("sub(\"a\", \"(\", \"b\")", "is no regular expression"),
        ("sep(\",\", [[1]])", "expected an Array of strings"),
        ("length(1)", "expected an Array"),
        ("join_paths(\"a\", \"/b\")", "only the first path may be absolute"),
        ("stdout()", "only in the outputs of a task"),
        ("read_string(\"gone\")", "cannot read `gone`: no such file"),
        ("flatten([1])", "expected an Array of Arrays"),
        ("min(\"a\", 1)", "expected a number as argument 1"),
    ] {
        let error = failure("1.2", expr);
        assert!(error.contains(part), "{expr}: {error}");
    }
}

fn files() -> MemoryFiles {
    MemoryFiles::of(&[
        ("text", "line one\nline two\n\n"),
        ("int", " 42 \n"),
        ("float", "2.5\n"),
        ("bool", "TRUE\n"),
        ("crlf", "a\tb\r\nc\td\r\n"),
        ("map", "k1\tv1\nk2\tv 2\n"),
        ("bad_map", "k1\tv1\nk2\n"),
        ("twice", "k\t1\nk\t2\n"),
        ("object", "a\tb\n1\t2\n"),
        ("objects", "a\tb\n1\t2\n3\t4\n"),
        ("bad_objects", "a\tb\n1\t2\n3\n"),
        ("json", "{\"a\": [1, 2.5, null, \"x\"], \"b\": true}"),
        ("bad_json", "{\n\"a\": }"),
        ("empty", ""),
        ("a_1.txt", "12345"),
        ("a_2.txt", "1"),
        ("dir/inner.txt", "123"),
    ])
}

#[track_caller]
fn with_files(expr: &str) -> Json {
    to_json(&evaluate("1.2", expr, &Object::new(), &files()).unwrap_or_else(|error| panic!("{expr}: {error}")))
}

#[test]
fn functions_that_read() {
    for (expr, expected) in [
        ("read_string(\"text\")", json!("line one\nline two")),
        ("read_lines(\"text\")", json!(["line one", "line two", ""])),
        ("read_lines(\"empty\")", json!([])),
        ("read_int(\"int\")", json!(42)),
        ("read_float(\"float\")", json!(2.5)),
        ("read_float(\"int\")", json!(42.0)),
        ("read_boolean(\"bool\")", json!(true)),
        ("read_tsv(\"crlf\")", json!([["a", "b"], ["c", "d"]])),
        ("read_tsv(\"objects\", true)", json!([{"a": "1", "b": "2"}, {"a": "3", "b": "4"}])),
        ("read_tsv(\"crlf\", false, [\"x\", \"y\"])", json!([{"x": "a", "y": "b"}, {"x": "c", "y": "d"}])),
        ("read_map(\"map\")", json!({"k1": "v1", "k2": "v 2"})),
        ("read_object(\"object\")", json!({"a": "1", "b": "2"})),
        ("read_objects(\"objects\")", json!([{"a": "1", "b": "2"}, {"a": "3", "b": "4"}])),
        ("read_objects(\"empty\")", json!([])),
        ("read_json(\"json\")", json!({"a": [1, 2.5, null, "x"], "b": true})),
        ("glob(\"a_*.txt\")", json!(["/run/work/a_1.txt", "/run/work/a_2.txt"])),
        ("glob(\"nothing*\")", json!([])),
        ("size(\"a_1.txt\")", json!(5.0)),
        ("size([\"a_1.txt\", \"a_2.txt\"], \"K\")", json!(0.006)),
        ("size([\"a_1.txt\", None], \"KiB\")", json!(5.0 / 1024.0)),
        ("size(\"dir\")", json!(3.0)),
        ("size(None, \"GB\")", json!(0.0)),
    ] {
        assert_eq!(with_files(expr), expected, "{expr}");
    }
}

#[test]
fn malformed_files_are_named_with_their_line() {
    for (expr, part) in [
        ("read_int(\"text\")", "`text` line 1: expected one Int, found \"line one"),
        ("read_int(\"empty\")", "`empty` line 1: expected one Int, found \"\""),
        ("read_boolean(\"int\")", "`int` line 1: expected `true` or `false`"),
        ("read_map(\"bad_map\")", "`bad_map` line 2: expected two columns separated by a tab, found 1"),
        ("read_map(\"twice\")", "`twice` line 2: the key \"k\" comes twice"),
        ("read_object(\"objects\")", "found 3 rows"),
        ("read_objects(\"bad_objects\")", "`bad_objects` line 3: expected 2 columns as in the row of names, found 1"),
        ("read_json(\"bad_json\")", "`bad_json` line 2: no JSON"),
        ("size(\"text\", \"parsec\")", "expected a unit"),
        ("size(\"hdfs://a/b\")", "is not known"),
    ] {
        let error = evaluate("1.2", expr, &Object::new(), &files()).unwrap_err();
        assert!(error.contains(part), "{expr}: {error}");
    }
}

#[test]
fn functions_that_write() {
    for (expr, expected) in [
        ("write_lines([\"a\", \"b c\"])", "a\nb c\n"),
        ("write_lines([])", ""),
        ("write_tsv([[\"a\", \"b\"], [\"c\", \"d\"]])", "a\tb\nc\td\n"),
        ("write_tsv([[\"a\", \"b\"]], true, [\"x\", \"y\"])", "x\ty\na\tb\n"),
        ("write_map({\"k\": \"v\", \"k2\": \"v2\"})", "k\tv\nk2\tv2\n"),
        ("write_object(object {a: 1, b: \"x\"})", "a\tb\n1\tx\n"),
        ("write_objects([object {a: 1}, object {a: 2}])", "a\n1\n2\n"),
        ("write_json({\"a\": [1, None]})", "{\"a\":[1,null]}"),
        ("write_tsv([object {a: 1}, object {a: 2}])", "a\n1\n2\n"),
        ("write_tsv([object {a: 1}, object {a: 2}], false)", "1\n2\n"),
        ("write_tsv([object {a: 1}, object {a: 2}], true, [\"b\"])", "b\n1\n2\n"),
    ] {
        let files = files();
        let path = evaluate("1.2", expr, &Object::new(), &files).unwrap_or_else(|error| panic!("{expr}: {error}"));
        let Value::File(path) = path else { panic!("{expr} gave {path:?}") };
        assert_eq!(files.text(&path).as_deref(), Some(expected), "{expr}");
    }
    let error = evaluate("1.2", "write_map({\"a\": \"x\\ty\"})", &Object::new(), &files()).unwrap_err();
    assert!(error.contains("no tab and no newline"), "{error}");
}

/// WDL 1.1, `write_json`.
#[test]
fn write_json_refuses_what_has_no_json_since_1_1() {
    for (expr, message) in [("write_json([(1, 2)])", "a Pair has no form in JSON"), ("write_json({1: \"a\"})", "names in JSON are strings")] {
        let error = evaluate("1.1", expr, &Object::new(), &files()).unwrap_err();
        assert!(error.contains(message), "{error}");
        evaluate("1.0", expr, &Object::new(), &files()).unwrap_or_else(|error| panic!("{expr}: {error}"));
    }
}

#[test]
fn every_function_that_is_declared_can_be_evaluated() {
    let declared: BTreeSet<_> = stdlib::functions().iter().map(|function| function.name).collect();
    let evaluated: BTreeSet<_> = function_names().collect();
    assert_eq!(declared, evaluated);
}

#[test]
fn expressions_that_consult_files() {
    for (expr, expected) in [
        ("1 + 2", false),
        ("read_int(\"x\")", true),
        ("[1, {\"a\": \"~{size(f)}\"}[\"a\"]]", true),
        ("if a then (1, write_lines(xs)) else b", true),
        ("\"~{sep=' ' read_lines(f)}\"", true),
        ("basename(f) + sub(f, \"a\", \"b\")", false),
    ] {
        let documents = parse_only(&format!("version 1.0\nworkflow w {{\n  String x = {expr}\n}}\n")).unwrap();
        let Statement::Declaration(declaration) = &documents.documents.get(DocumentSet::ROOT).document.workflows[0].body[0] else { panic!() };
        assert_eq!(needs_files(declaration.value.as_ref().unwrap()), expected, "{expr}");
    }
}

#[test]
fn names_that_an_expression_uses() {
    let documents = parse_only(
        "version 1.0\nworkflow w {\n  String x = f(a.b.c, [d], {e: object {no: g}}) + \"~{sep=' ' i.j} ~{h} k\" + (if l then m[n].o else -p)\n}\n",
    )
    .unwrap();
    let Statement::Declaration(declaration) = &documents.documents.get(DocumentSet::ROOT).document.workflows[0].body[0] else { panic!() };
    let found = references(declaration.value.as_ref().unwrap());
    let paths: Vec<_> = found.iter().map(|found| [std::slice::from_ref(&found.name), &found.members].concat().join(".")).collect();
    assert_eq!(paths, ["a.b.c", "d", "e", "g", "i.j", "h", "l", "m", "n", "p"]);
}
