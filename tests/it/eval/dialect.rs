//! What draft-2 documents rely on, and what large or deep ones need.

use std::time::Duration;

use crate::support::{documents::on_deep_stack, processor::Work};

use super::*;

#[test]
fn loose_coercions_of_draft_2() {
    let text = "task t {
  File? index
  String? lanes
  Int? n = lanes
  Array[File] bams
  Array[Int]+? codes
  Float gb = size(index, \"GB\")
  String chosen = select_first([index, \"null\"])
  String mix = \"n=\" + 1 + \"/\" + 2
  Object o = {\"a\": 1, \"b\": \"x\"}
  Map[String, Int] m = {\"k\": 1}
  command { run ${sep=\" \" prefix(\"I=\", bams)} ${\"-i \" + index} ${gb} ${chosen} ${mix} ${n} ${o.b} ${m.k} ${default=\"none\" codes} ${sep=\",\" codes} }
}
";
    let mut case = Case::new(text, &json!({"bams": ["/a b.bam", "hdfs://h/c"]}));
    assert_eq!(case.prepare(&MemoryFiles::default()).command.trim(), "run I=/a b.bam I=hdfs://h/c  0.0 null n=1/2  x 1 none");
    case.inputs.insert("lanes".to_owned(), Value::string("4"));
    case.inputs.insert("index".to_owned(), Value::string("/i"));
    case.inputs.insert("codes".to_owned(), Value::array(vec![Value::string("1"), Value::Int(2)]));
    let files = MemoryFiles::of(&[("/i", "xx")]);
    assert_eq!(case.prepare(&files).command.trim(), "run I=/a b.bam I=hdfs://h/c -i /i 0.000000002 /i n=1/2 4 x 1 1 2 1,2");
}

#[test]
fn a_task_of_one_line_and_one_of_none() {
    let case = Case::new("task t {\n  output {\n    String done = \"yes\"\n  }\n}\n", &json!({}));
    assert_eq!(case.prepare(&NoFiles).command, "");
    assert_eq!(case.outputs(&NoFiles), Ok(json!({"done": "yes"})));
}

#[test]
fn deep_expressions_are_evaluated() {
    let deep = on_deep_stack(|| {
        let parentheses = format!("{}1{}", "(".repeat(900), ")".repeat(900));
        let sum = vec!["1"; 900].join(" + ");
        let choice = "if false then 0 else ".repeat(900) + "7";
        [parentheses, sum, choice].map(|expr| value("1.0", &expr))
    });
    assert_eq!(deep, [json!(1), json!(900), json!(7)]);
}

#[test]
fn large_values_take_no_more_than_their_size() {
    let count = 100_000;
    let lines = (0..count).fold(String::new(), |lines, index| lines + &format!("key{index}\t{index}\n"));
    let files = MemoryFiles::of(&[("big", &lines)]);
    let work = Work::begin();
    for expr in [
        "length(read_map(\"big\"))",
        "length(collect_by_key(as_pairs(read_map(\"big\"))))",
        "length(as_map(as_pairs(read_map(\"big\"))))",
        "length(sep(\" \", prefix(\"-I \", read_lines(\"big\"))))",
        "length(flatten(transpose(read_tsv(\"big\"))))",
        "read_lines(\"big\") == read_lines(\"big\")",
    ] {
        evaluate("1.2", expr, &Object::new(), &files).unwrap_or_else(|error| panic!("{expr}: {error}"));
    }
    // Quadratic work on 100,000 items takes minutes; this takes about a second in a debug build.
    assert!(work.took() < Duration::from_secs(10), "{:?}", work.took());
}
