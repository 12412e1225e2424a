//! Outputs of tasks.

use super::*;

fn outputs_of(text: &str, inputs: &Json, files: &MemoryFiles) -> Result<Json, String> {
    Case::new(text, inputs).outputs(files)
}

const V1: &str = "version 1.0\ntask t {\n  input {\n    File? given\n    String dir = \"/in\"\n  }\n  command <<< >>>\n  output {\n    OUT\n  }\n}\n";

fn v1(declarations: &str, files: &[(&str, &str)]) -> Result<Json, String> {
    outputs_of(&V1.replace("OUT", declarations), &json!({"given": "/data/given.txt"}), &MemoryFiles::of(files).with_stdout("7\n"))
}

#[test]
fn files_become_absolute_and_optional_ones_may_be_missing() {
    let files = [("a.txt", "1"), ("sub/b.txt", "2"), ("/data/given.txt", "3")];
    let declarations = "File a = \"a.txt\"\n    File? gone = \"gone.txt\"\n    Array[File?] some = [\"./sub/b.txt\", \"no\"]\n    Pair[File, Int] p = (\"a.txt\", 1)\n    Map[String, File] m = {\"k\": \"sub/../a.txt\"}\n    Array[File] found = glob(\"*.txt\")\n    Int n = read_int(stdout())\n    File out = stdout()\n    File? back = given\n    File list = write_lines([\"x\"])\n    String s = \"a.txt\"";
    let outputs = v1(declarations, &files).unwrap();
    let work = |name: &str| json!(format!("/run/work/{name}"));
    assert_eq!(outputs["a"], work("a.txt"));
    assert_eq!(outputs["gone"], Json::Null);
    assert_eq!(outputs["some"], json!(["/run/work/sub/b.txt", null]));
    assert_eq!(outputs["p"], json!({"left": "/run/work/a.txt", "right": 1}));
    assert_eq!(outputs["m"], json!({"k": "/run/work/a.txt"}));
    assert_eq!(outputs["found"], json!(["/run/work/a.txt"]));
    assert_eq!(outputs["n"], json!(7));
    assert_eq!(outputs["out"], json!("/run/stdout"));
    assert_eq!(outputs["back"], json!("/data/given.txt"));
    assert_eq!(outputs["s"], json!("a.txt"));
    assert!(outputs["list"].as_str().unwrap().starts_with("/run/values/"));
    let order: Vec<_> = outputs.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(order[..3], ["a", "gone", "some"]);
}

#[test]
fn a_missing_file_says_what_the_folder_holds() {
    let error = v1("File bam = \"out.bam\"", &[("other.bam", ""), ("log/x", "")]).unwrap_err();
    assert!(error.contains("output `bam`: the command left no file `out.bam`"), "{error}");
    assert!(error.contains("hint: the folder it would be in holds: log, other.bam"), "{error}");
    let error = v1("File bam = \"sub/out.bam\"", &[("other.bam", "")]).unwrap_err();
    assert!(error.contains("the folder it would be in does not exist"), "{error}");
    let error = v1("File dir = \"log\"", &[("log/x", "")]).unwrap_err();
    assert!(error.contains("expected `/run/work/log` to be a file"), "{error}");
}

#[test]
fn outputs_stay_in_the_task_folder_since_1_0() {
    for path in ["/etc/passwd", "../neighbour/x", "/run/workshop/x", "hdfs://h/x"] {
        let error = v1(&format!("File x = \"{path}\""), &[("/etc/passwd", ""), ("/run/neighbour/x", ""), ("/run/workshop/x", "")]).unwrap_err();
        assert!(error.contains("is outside the task's folder"), "{path}: {error}");
    }
}

#[test]
fn draft_2_outputs_lie_anywhere() {
    let text = "task t {\n  File sam\n  String dir\n  command { x }\n  output {\n    File bam = \"${sam}.bam\"\n    File url = \"hdfs://h/${dir}\"\n    File folder = \"/data\"\n    String dir = dir\n    String done = \"yes\"\n  }\n}\n";
    let inputs = json!({"sam": "/data/a.sam", "dir": "d"});
    let outputs = outputs_of(text, &inputs, &MemoryFiles::of(&[("/data/a.sam.bam", "")])).unwrap();
    assert_eq!(outputs, json!({"bam": "/data/a.sam.bam", "url": "hdfs://h/d", "folder": "/data", "dir": "d", "done": "yes"}));
    let error = outputs_of(text, &inputs, &MemoryFiles::of(&[("/data/b", "")])).unwrap_err();
    assert!(error.contains("no file `/data/a.sam.bam`"), "{error}");
}

#[test]
fn outputs_use_outputs_in_any_order() {
    let outputs = v1("Int c = b + 1\n    Int b = a + 1\n    Int a = read_int(stdout())", &[]).unwrap();
    assert_eq!(outputs, json!({"c": 9, "b": 8, "a": 7}));
}

#[test]
fn lines_become_what_is_declared() {
    let text = "version 1.0\ntask t {\n  command <<< >>>\n  output {\n    Array[Int] xs = read_lines(stdout())\n    Map[String, Int] m = read_map(\"m\")\n  }\n}\n";
    let files = MemoryFiles::of(&[("m", "a\t1\n")]).with_stdout("1\n2\n");
    assert_eq!(outputs_of(text, &json!({}), &files).unwrap(), json!({"xs": [1, 2], "m": {"a": 1}}));
    let files = MemoryFiles::of(&[("m", "a\tx\n")]).with_stdout("");
    let error = outputs_of(text, &json!({}), &files).unwrap_err();
    assert!(error.contains("`m`: `a`: expected Int, found String \"x\""), "{error}");
}

#[test]
fn a_file_that_the_command_moved_matters_only_to_outputs_that_use_it() {
    let text = "version 1.0\ntask t {\n  input {\n    File a\n  }\n  Int n = read_int(a)\n  Int twice = n * 2\n  command <<< mv ~{a} b >>>\n  output {\n    File b = \"b\"\n    OUT\n  }\n}\n";
    let files = MemoryFiles::of(&[("b", "1")]);
    let inputs = json!({"a": "/data/a"});
    assert_eq!(outputs_of(&text.replace("OUT", ""), &inputs, &files), Ok(json!({"b": "/run/work/b"})));
    let error = outputs_of(&text.replace("OUT", "Int m = twice + 1"), &inputs, &files).unwrap_err();
    assert!(error.contains("`read_int`: cannot read `/data/a`: no such file"), "{error}");
}

#[test]
fn files_in_objects_are_outputs_too() {
    let text = "task t {\n  command { x }\n  output {\n    Object o = object {log: stdout(), n: 1, s: \"a.txt\"}\n  }\n}\n";
    let outputs = outputs_of(text, &json!({}), &MemoryFiles::default().with_stdout("")).unwrap();
    assert_eq!(outputs, json!({"o": {"log": "/run/stdout", "n": 1, "s": "a.txt"}}));
}

#[test]
fn outputs_know_how_the_command_ended() {
    let text = "version 1.2\ntask t {\n  command <<< exit 3 >>>\n  requirements {\n    return_codes: 3\n  }\n  output {\n    Int? code = task.return_code\n  }\n}\n";
    assert_eq!(outputs_of(text, &json!({}), &MemoryFiles::of(&[])).unwrap()["code"], json!(3));
}

#[test]
fn folders_are_outputs_since_1_2() {
    let text = "version 1.2\ntask t {\n  command <<< >>>\n  output {\n    Directory d = \"sub\"\n    Directory? gone = \"gone\"\n    Array[Directory] more = [\"sub/inner\"]\n  }\n}\n";
    let files = MemoryFiles::of(&[("sub/inner/a.txt", ""), ("plain", "")]);
    let outputs = outputs_of(text, &json!({}), &files).unwrap();
    assert_eq!(outputs, json!({"d": "/run/work/sub", "gone": null, "more": ["/run/work/sub/inner"]}));
    let error = outputs_of(&text.replace("\"sub\"", "\"plain\""), &json!({}), &files).unwrap_err();
    assert!(error.contains("a folder"), "{error}");
}
