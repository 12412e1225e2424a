//! The standard library, signature by signature: what it gives, from which version on, and what the checker says before.

use std::collections::BTreeSet;

use sluice::{check::CheckOptions, source::Source, stdlib, syntax, syntax::documents::LoadedDocument};

use super::*;

const VERSIONS: [&str; 5] = ["draft-2", "1.0", "1.1", "1.2", "1.3"];

/// A signature as the table of the library writes it, applications of it, and what they give. `missing` and `absent` are an `Int?` and a
/// `File?` without a value; `p` is an `Object`; `/f/…` are files.
type Row = (&'static str, &'static [(&'static str, &'static str)]);

const ROWS: &[Row] = &[
    ("Int floor(Float)", &[("floor(1.9)", "1"), ("floor(-0.5)", "-1"), ("floor(2)", "2"), ("floor(-0.0)", "0")]),
    ("Int ceil(Float)", &[("ceil(1.1)", "2"), ("ceil(-0.5)", "0"), ("ceil(-1.0)", "-1")]),
    ("Int round(Float)", &[("round(0.5)", "1"), ("round(1.49)", "1"), ("round(-0.5)", "0"), ("round(-2.5)", "-2"), ("round(-2.51)", "-3")]),
    ("Int min(Int, Int)", &[("min(1, -2)", "-2")]),
    ("Float min(Float, Float)", &[("min(1.5, 2)", "1.5"), ("min(1, 2.5)", "1.0"), ("min(1.5, 2.5)", "1.5")]),
    ("Int max(Int, Int)", &[("max(1, -2)", "1")]),
    ("Float max(Float, Float)", &[("max(1.5, 2)", "2.0"), ("max(3, 2.5)", "3.0"), ("max(1.5, 2.5)", "2.5")]),
    ("String? find(String, String)", &[("find(\"hello\", \"l+\")", "\"ll\""), ("find(\"hello\", \"x\")", "null"), ("find(\"\", \"\")", "\"\"")]),
    ("Boolean matches(String, String)", &[("matches(\"x.bam\", \"[.]bam$\")", "true"), ("matches(\"\", \"a\")", "false")]),
    ("String sub(String, String, String)", &[("sub(\"a.b.c\", \"[.]\", \"\")", "\"abc\""), ("sub(\"abc\", \"x\", \"y\")", "\"abc\"")]),
    (
        "Array[String] split(String, String)",
        &[("split(\"a:b\", \":\")", "[\"a\",\"b\"]"), ("split(\"a\", \":\")", "[\"a\"]"), ("split(\"a  b\", \" +\")", "[\"a\",\"b\"]")],
    ),
    (
        "String basename(File, [String])",
        &[("basename(\"/a/b.txt\")", "\"b.txt\""), ("basename(\"/a/b.txt\", \".txt\")", "\"b\""), ("basename(\"b\", \"b\")", "\"\"")],
    ),
    ("String basename(Directory, [String])", &[("basename(dir)", "\"dir\""), ("basename(dir, \"r\")", "\"di\"")]),
    ("String join_paths(File, String)", &[("join_paths(\"/a\", \"b\")", "\"/a/b\""), ("join_paths(\"/a/\", \"b/c\")", "\"/a/b/c\"")]),
    ("String join_paths(Directory, String)", &[("join_paths(dir, \"x\")", "\"/f/dir/x\"")]),
    ("String join_paths(File, Array[String])", &[("join_paths(\"/a\", [\"b\", \"c\"])", "\"/a/b/c\""), ("join_paths(\"/a\", [])", "\"/a\"")]),
    ("String join_paths(Directory, Array[String])", &[("join_paths(dir, [\"x\", \"y\"])", "\"/f/dir/x/y\"")]),
    ("String join_paths(Array[String])", &[("join_paths([\"/a\", \"b\"])", "\"/a/b\""), ("join_paths([\"a\"])", "\"a\"")]),
    ("Array[File] glob(String)", &[("glob(\"*.none\")", "[]"), ("length(glob(\"*.out\"))", "2")]),
    (
        "Float size(File?, [String])",
        &[("size(\"/f/int\")", "3.0"), ("size(\"/f/int\", \"KB\")", "0.003"), ("size(absent)", "0.0"), ("size(absent, \"GB\")", "0.0")],
    ),
    ("Float size(Array[File?], [String])", &[("size([\"/f/int\", \"/f/int\"], \"B\")", "6.0"), ("size([\"/f/int\", absent])", "3.0")]),
    ("Float size(X?, [String])", &[("size({\"a\": (\"/f/int\", 1)})", "0.0"), ("size(dir)", "4.0"), ("size(dir, \"KiB\")", "0.00390625")]),
    ("File stdout()", &[("read_string(stdout())", "\"said\"")]),
    ("File stderr()", &[("read_string(stderr())", "\"\"")]),
    ("String read_string(File)", &[("read_string(\"/f/text\")", "\"a\\nb\""), ("read_string(\"/f/empty\")", "\"\"")]),
    ("Int read_int(File)", &[("read_int(\"/f/int\")", "42")]),
    ("Float read_float(File)", &[("read_float(\"/f/float\")", "-2.5"), ("read_float(\"/f/int\")", "42.0")]),
    ("Boolean read_boolean(File)", &[("read_boolean(\"/f/bool\")", "true")]),
    ("Array[String] read_lines(File)", &[("read_lines(\"/f/text\")", "[\"a\",\"b\"]"), ("read_lines(\"/f/empty\")", "[]")]),
    ("File write_lines(Array[String])", &[("read_lines(write_lines([\"x y\", \"\"]))", "[\"x y\",\"\"]"), ("size(write_lines([]))", "0.0")]),
    ("Array[Array[String]] read_tsv(File)", &[("read_tsv(\"/f/table\")", "[[\"a\",\"b\"],[\"1\",\"2\"]]"), ("read_tsv(\"/f/empty\")", "[]")]),
    (
        "Array[Object] read_tsv(File, Boolean, [Array[String]])",
        &[
            ("read_tsv(\"/f/table\", true)", "[{\"a\":\"1\",\"b\":\"2\"}]"),
            ("read_tsv(\"/f/table\", true, [\"x\", \"y\"])", "[{\"x\":\"1\",\"y\":\"2\"}]"),
            ("read_tsv(\"/f/table\", false, [\"x\", \"y\"])", "[{\"x\":\"a\",\"y\":\"b\"},{\"x\":\"1\",\"y\":\"2\"}]"),
            ("read_tsv(\"/f/empty\", true)", "[]"),
        ],
    ),
    (
        "File write_tsv(Array[Array[String]])",
        &[("read_lines(write_tsv([[\"a\", \"b\"], [\"c\", \"d\"]]))", "[\"a\\tb\",\"c\\td\"]"), ("size(write_tsv([]))", "0.0")],
    ),
    ("File write_tsv(Array[Object])", &[("read_lines(write_tsv([p]))", "[\"x\\ty\",\"1\\tz\"]")]),
    (
        "File write_tsv(Array[Array[String]], Boolean, [Array[String]])",
        &[("read_lines(write_tsv([[\"a\", \"b\"]], true, [\"x\", \"y\"]))", "[\"x\\ty\",\"a\\tb\"]")],
    ),
    (
        "File write_tsv(Array[Object], [Boolean], [Array[String]])",
        &[("read_lines(write_tsv([p], false))", "[\"1\\tz\"]"), ("read_lines(write_tsv([p], true, [\"u\", \"v\"]))", "[\"u\\tv\",\"1\\tz\"]")],
    ),
    ("Map[String, String] read_map(File)", &[("read_map(\"/f/map\")", "{\"k\":\"v w\",\"l\":\"\"}"), ("read_map(\"/f/empty\")", "{}")]),
    (
        "File write_map(Map[String, String])",
        &[("read_lines(write_map({\"a\": \"b\"}))", "[\"a\\tb\"]"), ("read_lines(write_map({\"a\": 1}))", "[\"a\\t1\"]")],
    ),
    (
        "Any read_json(File)",
        &[("read_json(\"/f/json\")", "{\"a\":[1,2.5,null]}"), ("read_json(\"/f/int\")", "42"), ("read_json(\"/f/null\")", "null")],
    ),
    (
        "File write_json(X)",
        &[("read_string(write_json([1, 2]))", "\"[1,2]\""), ("read_string(write_json({\"a\": \"b\"}))", "\"{\\\"a\\\":\\\"b\\\"}\"")],
    ),
    ("Object read_object(File)", &[("read_object(\"/f/table\")", "{\"a\":\"1\",\"b\":\"2\"}")]),
    ("Array[Object] read_objects(File)", &[("read_objects(\"/f/table\")", "[{\"a\":\"1\",\"b\":\"2\"}]"), ("read_objects(\"/f/empty\")", "[]")]),
    ("File write_object(Object)", &[("read_lines(write_object(p))", "[\"x\\ty\",\"1\\tz\"]")]),
    (
        "File write_objects(Array[Object])",
        &[("read_lines(write_objects([p, p]))", "[\"x\\ty\",\"1\\tz\",\"1\\tz\"]"), ("size(write_objects([]))", "0.0")],
    ),
    (
        "Array[String] prefix(String, Array[String])",
        &[("prefix(\"-\", [\"a\"])", "[\"-a\"]"), ("prefix(\"-\", [1, 2])", "[\"-1\",\"-2\"]"), ("prefix(\"-\", [])", "[]")],
    ),
    ("Array[String] suffix(String, Array[String])", &[("suffix(\"-\", [\"a\"])", "[\"a-\"]"), ("suffix(\"-\", [])", "[]")]),
    ("Array[String] quote(Array[String])", &[("quote([1, 2])", "[\"\\\"1\\\"\",\"\\\"2\\\"\"]"), ("quote([])", "[]")]),
    ("Array[String] squote(Array[String])", &[("squote([\"a b\", true])", "[\"'a b'\",\"'true'\"]"), ("squote([])", "[]")]),
    ("String sep(String, Array[String])", &[("sep(\"-\", [\"a\", \"b\"])", "\"a-b\""), ("sep(\"-\", [1])", "\"1\""), ("sep(\"-\", [])", "\"\"")]),
    ("Int length(Array[X])", &[("length([])", "0"), ("length([1, 2])", "2")]),
    ("Int length(Map[K, V])", &[("length({})", "0"), ("length({\"a\": 1})", "1")]),
    ("Int length(Object)", &[("length(p)", "2")]),
    ("Int length(String)", &[("length(\"héé\")", "3"), ("length(\"\")", "0")]),
    ("Array[Int] range(Int)", &[("range(0)", "[]"), ("range(3)", "[0,1,2]")]),
    (
        "Array[Array[X]] transpose(Array[Array[X]])",
        &[("transpose([[1, 2], [3, 4]])", "[[1,3],[2,4]]"), ("transpose([])", "[]"), ("transpose([[], []])", "[]")],
    ),
    ("Array[Pair[X, Y]] cross(Array[X], Array[Y])", &[("length(cross([1, 2], [\"a\", \"b\"]))", "4"), ("cross([], [1])", "[]")]),
    ("Array[Pair[X, Y]] zip(Array[X], Array[Y])", &[("zip([1], [\"a\"])", "[{\"left\":1,\"right\":\"a\"}]"), ("zip([], [])", "[]")]),
    (
        "Pair[Array[X], Array[Y]] unzip(Array[Pair[X, Y]])",
        &[("unzip([(1, \"a\")])", "{\"left\":[1],\"right\":[\"a\"]}"), ("unzip([])", "{\"left\":[],\"right\":[]}")],
    ),
    ("Boolean contains(Array[X], X)", &[("contains([1, 2], 2)", "true"), ("contains([], 2)", "false"), ("contains([missing], missing)", "true")]),
    ("Array[Array[X]] chunk(Array[X], Int)", &[("chunk([1, 2, 3], 2)", "[[1,2],[3]]"), ("chunk([], 2)", "[]"), ("chunk([1], 5)", "[[1]]")]),
    (
        "Array[X] flatten(Array[Array[X]])",
        &[("flatten([[1], [], [2, 3]])", "[1,2,3]"), ("flatten([])", "[]"), ("flatten([[[1]], [[2]]])", "[[1],[2]]")],
    ),
    ("X select_first(Array[X?])", &[("select_first([missing, 5, 6])", "5")]),
    ("X select_first(Array[X?], X)", &[("select_first([missing], 7)", "7"), ("select_first([], 7)", "7"), ("select_first([1], 7)", "1")]),
    ("Array[X] select_all(Array[X?])", &[("select_all([missing, 5, missing])", "[5]"), ("select_all([missing])", "[]")]),
    ("Array[Pair[K, V]] as_pairs(Map[K, V])", &[("as_pairs({\"a\": 1})", "[{\"left\":\"a\",\"right\":1}]"), ("as_pairs({})", "[]")]),
    ("Map[K, V] as_map(Array[Pair[K, V]])", &[("as_map([(\"a\", 1), (\"b\", 2)])", "{\"a\":1,\"b\":2}"), ("as_map([])", "{}")]),
    ("Array[K] keys(Map[K, V])", &[("keys({\"b\": 1, \"a\": 2})", "[\"b\",\"a\"]"), ("keys({})", "[]")]),
    ("Array[String] keys(Object)", &[("keys(p)", "[\"x\",\"y\"]")]),
    ("Boolean contains_key(Map[K, V], K)", &[("contains_key({\"a\": 1}, \"a\")", "true"), ("contains_key({1: 1}, 2)", "false")]),
    ("Boolean contains_key(Object, String)", &[("contains_key(p, \"x\")", "true"), ("contains_key(p, \"z\")", "false")]),
    ("Boolean contains_key(Object, Array[String])", &[("contains_key(p, [\"x\"])", "true"), ("contains_key(p, [\"x\", \"no\"])", "false")]),
    ("Array[V] values(Map[K, V])", &[("values({\"b\": 1, \"a\": 2})", "[1,2]"), ("values({})", "[]")]),
    ("Array[Any] values(Object)", &[("values(p)", "[1,\"z\"]")]),
    (
        "Map[K, Array[V]] collect_by_key(Array[Pair[K, V]])",
        &[("collect_by_key([(\"a\", 1), (\"b\", 2), (\"a\", 3)])", "{\"a\":[1,3],\"b\":[2]}"), ("collect_by_key([])", "{}")],
    ),
    ("Boolean defined(X?)", &[("defined(missing)", "false"), ("defined(absent)", "false"), ("defined([])", "true"), ("defined(\"\")", "true")]),
    ("Any value(X)", &[("value(Choice.B)", "2")]),
];

/// Signatures whose applications an older one takes as well: a folder stands for a File there, a Map for its pairs, an
/// Object for a Map.
const TAKEN_BEFORE: [&str; 4] =
    ["String basename(Directory, [String])", "Float size(X?, [String])", "Int length(Map[K, V])", "Array[String] keys(Object)"];

fn library_files() -> MemoryFiles {
    let files = [
        ("/f/text", "a\nb\n"),
        ("/f/empty", ""),
        ("/f/int", "42\n"),
        ("/f/float", " -2.5\n"),
        ("/f/bool", "True\n"),
        ("/f/table", "a\tb\n1\t2\n"),
        ("/f/map", "k\tv w\nl\t\n"),
        ("/f/json", "{\"a\": [1, 2.5, null]}"),
        ("/f/null", "null"),
        ("/f/dir/one", "1"),
        ("/f/dir/sub/two", "333"),
        ("b.out", ""),
        ("a.out", ""),
    ];
    MemoryFiles::of(&files).with_stdout("said\n")
}

/// A task whose only output is an application; what a version does not have stands in no other place of it.
fn document(version: &str, application: &str) -> Checked {
    // Every type fits it, and every version has it; an object has no other form in draft-2.
    let (line, open, close) = if version == "draft-2" { (String::new(), "", "") } else { (format!("version {version}\n"), "input {", "}") };
    let directory = if matches!(version, "1.2" | "1.3") { "Directory dir" } else { "String dir" };
    let choice = if version == "1.3" { "enum Choice { A = 1, B = 2 }\n" } else { "" };
    let text = format!(
        "{line}{choice}task t {{\n  {open} Int? missing  File? absent  Object p  {directory} {close}\n  command {{ true }}\n  output {{ Boolean out = defined({application}) }}\n}}\n"
    );
    let mut documents = DocumentSet::default();
    let id = documents.sources.add(Source::new("source.wdl", &text));
    let document = syntax::parse(id, documents.sources.get(id)).unwrap_or_else(|error| panic!("{text}: {}", error.render(&documents.sources)));
    documents.documents.push(LoadedDocument { uri: "/wdl/source.wdl".to_owned(), document, imports: Vec::new() });
    sluice::check::check(documents, &CheckOptions::default()).checked
}

/// The errors that the checker has for an application.
fn errors(version: &str, application: &str) -> Vec<String> {
    let checked = document(version, application);
    let outcome = sluice::check::check(checked.documents, &CheckOptions::default());
    outcome.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).map(|diagnostic| diagnostic.message.clone()).collect()
}

fn evaluated(version: &str, application: &str) -> Result<Json, String> {
    use sluice::syntax::ast::ExprKind;
    let checked = document(version, application);
    let output = &checked.documents.get(DocumentSet::ROOT).document.tasks[0].outputs[0];
    let Some(ExprKind::Apply { arguments, .. }) = output.value.as_ref().map(|value| &value.kind) else { panic!("an application of `defined`") };
    let object = Value::object(Object::from_iter([("x".to_owned(), Value::Int(1)), ("y".to_owned(), Value::string("z"))]));
    let names = [("missing", Value::None), ("absent", Value::None), ("p", object), ("dir", Value::Directory("/f/dir".into()))];
    let names: Object = names.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let files = library_files();
    let evaluator = Evaluator { names: &names, files: &files, checked: &checked, document: DocumentSet::ROOT };
    evaluator.expression(&arguments[0]).map(|value| to_json(&value)).map_err(|error| error.message)
}

#[test]
fn every_signature_in_every_version() {
    let signatures: Vec<_> = stdlib::functions().iter().flat_map(|function| &function.signatures).collect();
    for (written, applications) in ROWS {
        let signature = signatures.iter().find(|signature| signature.written == *written).unwrap_or_else(|| panic!("no signature `{written}`"));
        for version in VERSIONS {
            let has_it = version >= signature.since.name() || signature.since.name() == "draft-2";
            let has_it = if version == "draft-2" { signature.since.name() == "draft-2" } else { has_it };
            for (application, expected) in *applications {
                let said = errors(version, application);
                if !has_it && TAKEN_BEFORE.contains(written) {
                    continue;
                }
                if !has_it {
                    assert!(!said.is_empty(), "{application} is taken in {version}, but {written} is of {}", signature.since.name());
                    continue;
                }
                assert_eq!(said, Vec::<String>::new(), "{application} in {version}");
                let expected: Json = serde_json::from_str(expected).unwrap_or_else(|error| panic!("{expected}: {error}"));
                assert_eq!(evaluated(version, application).as_ref(), Ok(&expected), "{application} in {version}");
            }
        }
    }
    let known: BTreeSet<&str> = ROWS.iter().map(|(written, _)| *written).collect();
    let missing: Vec<&str> = signatures.iter().map(|signature| signature.written).filter(|written| !known.contains(written)).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
}

/// What the checker says of a function that a version does not have, or has only in another form.
#[test]
fn what_a_version_does_not_have_is_named_with_its_version() {
    for (version, application, message) in [
        ("1.0", "min(1, 2)", "the function `min` needs version 1.1; this document is version 1.0"),
        ("1.1", "length(\"a\")", "`Int length(String)` needs version 1.2; this document is version 1.1"),
        ("1.1", "select_first([1], 2)", "`X select_first(Array[X?], X)` needs version 1.2; this document is version 1.1"),
        ("1.2", "split(\"a\", \"b\")", "the function `split` needs version 1.3; this document is version 1.2"),
        ("draft-2", "keys(p)", "the function `keys` needs version 1.1; this document has no version line, so it is draft-2"),
    ] {
        assert_eq!(errors(version, application), [message], "{application} in {version}");
    }
}

#[test]
fn edges_that_are_refused() {
    for (version, application, part) in [
        ("1.0", "floor(1.0e19)", "out of range"),
        ("1.0", "9223372036854775807 + 1", "out of range: an Int has 64 bits"),
        ("1.0", "-9223372036854775807 - 2", "out of range: an Int has 64 bits"),
        ("1.0", "3037000500 * 3037000500", "out of range: an Int has 64 bits"),
        ("1.2", "2 ** 63", "out of range: an Int has 64 bits"),
        ("1.2", "2 ** -1", "negative exponent"),
        ("1.0", "1 / 0", "division by zero"),
        ("1.0", "1 % 0", "division by zero"),
        ("1.0", "1.0 / 0", "division by zero"),
        ("1.0", "range(-1)", "found -1"),
        ("1.0", "zip([1, 2], [1])", "found 2 and 1"),
        ("1.0", "transpose([[1], [1, 2]])", "row 1 has 2"),
        ("1.0", "select_first([missing])", "1 times None"),
        ("1.0", "select_first([])", "an empty array"),
        ("1.1", "as_map([(\"a\", 1), (\"a\", 1)])", "comes twice"),
        ("1.2", "chunk([1], 0)", "positive Int"),
        ("1.2", "chunk([1], -1)", "positive Int"),
        ("1.0", "read_int(\"/f/float\")", "expected one Int"),
        ("1.0", "read_float(\"/f/text\")", "expected one Float"),
        ("1.0", "read_boolean(\"/f/int\")", "expected `true` or `false`"),
        ("1.0", "read_json(\"/f/text\")", "no JSON"),
        ("1.0", "read_json(\"/f/empty\")", "no JSON"),
        ("1.0", "read_map(\"/f/text\")", "expected two columns"),
        ("1.0", "read_object(\"/f/text/none\")", "cannot read"),
        ("1.2", "read_tsv(\"/f/table\", true, [\"x\"])", "expected 1 columns"),
        ("1.2", "join_paths(\"a\", \"/b\")", "only the first path may be absolute"),
        ("1.2", "matches(\"a\", \"[\")", "no regular expression"),
        ("1.0", "[1, 2][2]", "2"),
        ("1.0", "[1, 2][-1]", "-1"),
        ("1.0", "{\"a\": 1}[\"b\"]", "b"),
    ] {
        let error = evaluated(version, application).expect_err(application);
        assert!(error.contains(part), "{application}: {error}");
    }
}
