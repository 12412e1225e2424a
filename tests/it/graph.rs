//! Pictures of plans: the three forms of every case of `tests/cases/graph`, and what they must hold for any document.

use std::path::{Path, PathBuf};

use rstest::rstest;
use sluice::{
    plan::plan,
    report::graph::{EdgeKind, End, Format, GroupKind, NodeKind, Picture, picture, print},
};

use crate::support::{
    cases::{golden, read_optional},
    folders::{checked, checked_text, load, main_callee},
    program::Program,
};

#[rstest]
fn case(#[files("tests/cases/graph/*/source.wdl")] path: PathBuf) {
    let case = path.parent().expect("a file is in a folder");
    let checked = checked(load(&path));
    let plan = plan(&checked, main_callee(&checked)).expect("cases can be planned");
    let depth = read_optional(&case.join("depth")).map_or(0, |depth| depth.trim().parse().expect("`depth` is a number"));
    let picture = picture(&plan, &checked, depth);
    for (name, format) in [("graph.dot", Format::Dot), ("graph.mmd", Format::Mermaid), ("graph.svg", Format::Svg)] {
        golden(&case.join(name), &print(&picture, format));
    }
}

fn drawn(text: &str) -> Picture {
    let checked = checked_text(text);
    picture(&plan(&checked, main_callee(&checked)).expect("it can be planned"), &checked, 0)
}

const TASK: &str = "version 1.1\ntask t {\n  input { Int? a Int? b }\n  command <<<>>>\n  output { Int o = 1 Array[Int] many = [1] }\n}\n";

/// Names of what each node waits for.
fn needs(picture: &Picture) -> Vec<(String, String, EdgeKind)> {
    let name = |end: End| match end {
        End::Node(node) => picture.nodes[node].name.clone(),
        End::Group(group) => picture.groups[group].label.clone(),
    };
    picture.edges.iter().map(|edge| (name(edge.from), name(edge.to), edge.kind)).collect()
}

#[test]
fn declarations_are_followed_to_the_calls_behind_them() {
    let picture = drawn(&format!(
        "{TASK}workflow w {{ call t as one Int x = one.o + 1 Int y = x * 2 call t as two {{ input: a = y }} call t as three after two {{ input: a = two.o, b = y }} }}"
    ));
    let edge = |from: &str, to: &str| (from.to_owned(), to.to_owned(), EdgeKind::Data);
    assert_eq!(needs(&picture), [edge("one", "two"), edge("one", "three"), edge("two", "three")]);
}

#[test]
fn what_a_whole_scatter_waits_for_goes_to_its_box() {
    let picture = drawn(&format!(
        "{TASK}workflow w {{ call t as one scatter (i in one.many) {{ Int j = i + one.o call t as two {{ input: a = j }} Int k = i }} call t as three {{ input: a = length(k) }} }}"
    ));
    let edge = |from: &str, to: &str| (from.to_owned(), to.to_owned(), EdgeKind::Data);
    assert_eq!(needs(&picture), [edge("one", "three"), edge("one", "scatter (i in one.many)")]);
    assert_eq!(picture.groups[1].kind, GroupKind::Scatter);
}

#[test]
fn after_is_an_edge_of_its_own_kind() {
    let picture = drawn(&format!("{TASK}workflow w {{ call t as one call t as two after one {{ input: a = 1 }} }}"));
    assert_eq!(needs(&picture), [("one".to_owned(), "two".to_owned(), EdgeKind::After)]);
}

/// Calls of a scatter may wait for a call outside that waits for others of them: a circle of boxes, though not of calls.
#[test]
fn boxes_in_a_circle_are_drawn() {
    let text = format!(
        "{TASK}workflow w {{ scatter (i in [1, 2]) {{ call t as one {{ input: a = i }} call t as three {{ input: a = two.o }} }} call t as two {{ input: a = length(one.o) }} }}"
    );
    let picture = drawn(&text);
    assert_eq!(picture.edges.len(), 2);
    assert_eq!(print(&picture, Format::Svg).matches("l-3.5 -7.5h7z").count(), 2, "each edge has its arrow");
}

#[test]
fn a_task_alone_is_one_node() {
    let picture = drawn(TASK);
    assert_eq!((picture.nodes.len(), picture.groups[0].label.as_str()), (1, "task t"));
    assert_eq!(picture.nodes[0].kind, NodeKind::Task);
}

/// A thousand calls, each of which waits for the one before it and for the first: longest edges in the deepest picture.
#[test]
fn a_thousand_calls_are_drawn() {
    let mut text = format!("{TASK}workflow w {{\ncall t as c0\n");
    for call in 1..1000 {
        text.push_str(&format!("call t as c{call} {{ input: a = c{}.o, b = c{}.o }}\n", call - 1, call / 2));
    }
    let picture = drawn(&(text + "}\n"));
    let svg = print(&picture, Format::Svg);
    assert_eq!(svg.matches("l-3.5 -7.5h7z").count(), picture.edges.len());
    // Each edge once, and nothing that grows with edges times layers without bound.
    assert!(svg.len() < 3_000_000, "{} bytes", svg.len());
}

#[test]
fn the_command_writes_what_the_file_is_named_for() {
    let program = Program::new().file("w.wdl", &format!("{TASK}workflow w {{ call t as \n one }}"));
    let dot = program.args(&["graph", "w.wdl"]).transcript();
    assert!(dot.starts_with("--- stdout\ndigraph \"workflow w\" {") && dot.ends_with("--- exit 0\n"), "{dot}");
    program.args(&["graph", "w.wdl", "-o", "w.svg"]).is(0, "", "");
    let svg = std::fs::read_to_string(program.work().join("w.svg")).expect("it is written");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    let mermaid = program.args(&["graph", "w.wdl", "--format", "mermaid", "--task", "t"]).transcript();
    assert!(mermaid.contains("title: \"task t\""), "{mermaid}");
    let hint = "hint: `-o` names a file in a folder that is there and that you may write to\n";
    let said = format!("error: failed to write `no/w.svg`: No such file or directory (os error 2)\n\n{hint}");
    program.args(&["graph", "w.wdl", "-o", "no/w.svg"]).is(9, "", &said);
    assert!(!Path::new("no").exists());
}
