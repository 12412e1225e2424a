//! Inputs, declarations, commands and input paths of tasks.

use sluice::task::Access;

use super::*;

#[test]
fn declarations_follow_their_dependencies_not_the_text() {
    let case = Case::new("task t {\n  String c = b + \"c\"\n  String b = a + \"b\"\n  String a\n  command { ${c} }\n}\n", &json!({"a": "a"}));
    assert_eq!(case.prepare(&NoFiles).command.trim(), "abc");
    let case =
        Case::new("task t {\n  String c = b + \"c\"\n  String b = a + \"b\"\n  String a\n  command { ${c} }\n}\n", &json!({"a": "a", "b": "B"}));
    assert_eq!(case.prepare(&NoFiles).command.trim(), "Bc", "every declaration of a draft-2 task is an input");
}

#[test]
fn private_declarations_are_no_inputs_since_1_0() {
    let text = "version 1.0\ntask t {\n  input {\n    Int n = 2\n    Int? m = 3\n  }\n  Int twice = n * 2\n  command <<<~{n} ~{m} ~{twice}>>>\n}\n";
    let mut case = Case::new(text, &json!({}));
    assert_eq!(case.prepare(&NoFiles).command, "2 3 4");
    case.inputs.insert("twice".to_owned(), Value::Int(100));
    case.inputs.insert("n".to_owned(), Value::None);
    case.inputs.insert("m".to_owned(), Value::None);
    assert_eq!(case.prepare(&NoFiles).command, "2  4", "None for a required input with a default asks for the default");
}

#[test]
fn inputs_are_coerced_and_missing_ones_named() {
    let text = "task t {\n  Int n\n  Float f\n  String s\n  Array[File]+ xs\n  command { ${n} ${f} ${s} ${sep=' ' xs} }\n}\n";
    let mut case = Case::new(text, &json!({}));
    for (name, value) in [("n", Value::string("5")), ("f", Value::Int(2)), ("s", Value::Int(7)), ("xs", Value::array(vec![Value::string("/a b")]))] {
        let error = case.try_prepare(&MemoryFiles::default()).unwrap_err();
        assert!(error.contains("needs a value for its input") && error.contains("in call: w.sub[3].t[7]"), "{error}");
        case.inputs.insert(name.to_owned(), value);
    }
    assert_eq!(case.prepare(&MemoryFiles::default()).command.trim(), "5 2.0 7 /a b");
    case.inputs.insert("xs".to_owned(), Value::array(vec![]));
    assert!(case.try_prepare(&NoFiles).unwrap_err().contains("input `xs`: expected Array[File]+, found an empty array"));
    case.inputs.insert("xs".to_owned(), Value::None);
    assert!(case.try_prepare(&NoFiles).unwrap_err().contains("input `xs`: expected Array[File]+, found None"));
}

#[test]
fn input_files_must_exist_since_1_0_and_are_never_tested_before() {
    let draft2 = "task t {\n  File a\n  File? b\n  File index = \"${a}.bai\"\n  command { x }\n}\n";
    let case = Case::new(draft2, &json!({"a": "/gone/a", "b": "hdfs://h/b"}));
    let paths = case.prepare(&MemoryFiles::default()).input_paths;
    let found: Vec<_> = paths.iter().map(|input| (input.path.as_str(), input.access)).collect();
    assert_eq!(found, [("/gone/a", Access::ReadWrite), ("/gone/a.bai", Access::ReadWrite)]);

    let v1 = "version 1.0\ntask t {\n  input {\n    File a\n    Array[File]? more\n  }\n  File list = write_lines([\"x\"])\n  command <<< cat ~{write_lines([a])} >>>\n}\n";
    let case = Case::new(v1, &json!({"a": "/data/a", "more": ["/data/b", "/data/a"]}));
    let files = MemoryFiles::of(&[("/data/a", ""), ("/data/b", "")]);
    let paths = case.prepare(&files).input_paths;
    assert_eq!(paths.len(), 4, "{paths:?}");
    assert!(paths.iter().all(|input| input.access == Access::ReadOnly));
    assert_eq!(paths[..2].iter().map(|input| input.path.as_str()).collect::<Vec<_>>(), ["/data/a", "/data/b"]);
    assert_eq!((files.text(&paths[2].path).is_some(), files.text(&paths[3].path).is_some()), (true, true));

    let error = case.try_prepare(&MemoryFiles::of(&[("/data/a", "")])).unwrap_err();
    assert!(error.contains("input `more`: there is no file `/data/b`"), "{error}");
}

#[test]
fn default_files_lie_beside_the_document() {
    let v1 = Case::new("version 1.0\ntask t {\n  input {\n    File a = \"ref/x.fa\"\n  }\n  command <<<~{a}>>>\n}\n", &json!({}));
    assert_eq!(v1.prepare(&MemoryFiles::of(&[("/wdl/ref/x.fa", "")])).command, "/wdl/ref/x.fa");
    let draft2 = Case::new("task t {\n  File a = \"x.fa\"\n  File made = \"y\"\n  command { ${a} ${made} }\n}\n", &json!({}));
    assert_eq!(draft2.prepare(&MemoryFiles::of(&[("/wdl/x.fa", "")])).command.trim(), "/wdl/x.fa y");
}

#[test]
fn hostile_values_reach_the_command_as_they_are() {
    let hostile = "a'b\"c $(rm -rf x) `id` \\n\nnew line, colon: äöü {{x}} ~{y} ${z} >>> %";
    let case = Case::new(
        "version 1.0\ntask t {\n  input {\n    String s\n    Array[String] xs\n  }\n  command <<<\n    run ~{s}\n    and ~{sep='|' xs}\n  >>>\n}\n",
        &json!({"s": hostile, "xs": [hostile, ""]}),
    );
    assert!(case.prepare(&NoFiles).command.contains(&format!("run {hostile}\nand {hostile}|")), "{}", case.prepare(&NoFiles).command);
}

#[test]
fn environment_and_the_task_variable_of_1_2() {
    let text = "version 1.2\ntask t {\n  input {\n    env String greeting\n    env String? empty\n    env Array[Int] xs\n  }\n  command <<<~{task.name} ~{task.attempt} ~{task.memory} ~{task.meta.note}>>>\n  requirements { memory: \"1 KiB\" }\n  meta { note: \"n\" }\n}\n";
    let case = Case::new(text, &json!({"greeting": "it's $HOME", "xs": [1, 2]}));
    let instance = case.prepare(&NoFiles);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(instance.environment, [pair("greeting", "it's $HOME"), pair("empty", ""), pair("xs", "[1,2]")]);
    assert_eq!(instance.command, "t 0 1024 n");
}

#[test]
fn compiling_never_fails_for_a_file() {
    let text = "version 1.0\ntask t {\n  input {\n    File a\n    Int n = read_int(a)\n  }\n  command <<<\n    head -n ~{n} ~{a} ~{write_lines([\"x\"])}\n  >>>\n  runtime { memory: ceil(size(a, \"B\")) * 2 }\n  output {\n    File made = \"out.txt\"\n    Int count = read_int(stdout())\n    String done = \"yes\"\n    Array[File] parts = glob(\"*.txt\")\n    String s = \"~{count}\"\n  }\n}\n";
    let case = Case::new(text, &json!({"a": "/not/here"}));
    let instance = case.prepare(&NoFiles);
    assert_eq!(instance.command.trim(), "head -n <<unknown: read_int(/not/here)>> /not/here <<unknown: write_lines()>>");
    assert_eq!(instance.requirements.memory_bytes, None);
    let unknown = |name: &str| json!(format!("<<unknown: t.{name}>>"));
    assert_eq!(
        case.outputs(&NoFiles).unwrap(),
        json!({"made": unknown("made"), "count": unknown("count"), "done": "yes", "parts": unknown("parts"), "s": unknown("s")})
    );
}
