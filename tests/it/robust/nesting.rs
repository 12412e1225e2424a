//! Depth: what nests to 1,000 is parsed, checked, planned and evaluated; what nests deeper is refused; and depth costs no more than it must.

use std::time::Duration;

use rstest::rstest;

use super::{Stage, go_through, work_of};

/// A document in which something nests `count` times. Each is right: it is evaluated too.
fn document(what: &str, count: usize) -> String {
    let around = |ty: &str, open: &str, core: &str, close: &str| {
        format!("version 1.3\nworkflow w {{ output {{ {ty} o = {}{core}{} }} }}\n", open.repeat(count), close.repeat(count))
    };
    match what {
        "parentheses" => around("Int", "(", "1", ")"),
        "arrays" => around("Int", "length([", "1", "])").replace("length([1])", "length([[1]])"),
        "pairs" => around("Int", "(", "1", ", 2).left"),
        "maps" => around("Int", "{1: ", "1", "}[1]"),
        "objects" => around("Int", "object {a: ", "1", "}.a"),
        "structs" => around("Int", "S {a: ", "1", "}.a").replace("workflow", "struct S { Int a }\nworkflow"),
        "functions" => around("Int", "max(1, ", "1", ")"),
        "indices" => around("Int", "[0][", "0", "]"),
        "strings" => around("String", "\"~{", "1", "}\""),
        "single quotes" => around("String", "'~{", "1", "}'"),
        "long strings" => around("String", "<<<~{", "1", "}>>>"),
        "options" => around("String", "\"~{sep=\",\" [", "1", "]}\""),
        "if" => around("Int", "if true then 1 else ", "2", ""),
        "if in a condition" => around("Boolean", "if ", "true", " then true else false"),
        "not" => around("Boolean", "!", "true", ""),
        "minus" => around("Int", "- ", "(1)", ""),
        "rows of operators" => around("Int", "", "1", " + 1"),
        "operators to the right" => around("Int", "1 + (", "1", ")"),
        "scatters" => format!("version 1.3\nworkflow w {{ {} Int x = 1 {} }}\n", "scatter (i in [1]) { ".repeat(count), "}".repeat(count)),
        "conditionals" => format!("version 1.3\nworkflow w {{ {} Int x = 1 {} }}\n", "if (true) { ".repeat(count), "}".repeat(count)),
        "types" => format!("version 1.3\nworkflow w {{ {}Int{}? x = None }}\n", "Array[".repeat(count), "]".repeat(count)),
        "metadata" => format!("version 1.3\nworkflow w {{ meta {{ x: {}1{} }} }}\n", "[".repeat(count), "]".repeat(count)),
        _ => unreachable!("a test names one of these"),
    }
}

#[rstest]
fn to_the_limit_works_and_beyond_is_refused(
    #[values(
        "parentheses",
        "arrays",
        "pairs",
        "maps",
        "objects",
        "structs",
        "functions",
        "indices",
        "strings",
        "single quotes",
        "long strings",
        "options",
        "if",
        "if in a condition",
        "not",
        "minus",
        "rows of operators",
        "operators to the right",
        "scatters",
        "conditionals",
        "types",
        "metadata"
    )]
    what: &str,
) {
    // What a level of text is of the tree: `length([…])` is two, `(…, 2).left` is two.
    let levels = match what {
        "arrays" | "pairs" | "maps" | "objects" | "structs" | "indices" | "strings" | "single quotes" | "long strings" => 2,
        "options" => 3,
        _ => 1,
    };
    // What stands in the middle of `length([…])` is an array too.
    let count = 1_000 / levels - usize::from(what == "arrays");
    assert_eq!(go_through(&document(what, count)), Stage::Evaluated);
    for count in [1_001, 100_000] {
        assert_eq!(go_through(&document(what, count)), Stage::Refused("this nests deeper than 1000 levels".to_owned()), "{count}");
    }
}

/// Twice the depth may take four times the work, or eight; an alternative that is tried twice at each level would take 2^100 times as much.
#[rstest]
fn work_grows_with_depth_and_does_not_explode(
    #[values(
        "parentheses",
        "arrays",
        "pairs",
        "maps",
        "objects",
        "structs",
        "functions",
        "indices",
        "strings",
        "single quotes",
        "long strings",
        "options",
        "if",
        "if in a condition",
        "not",
        "minus",
        "rows of operators",
        "operators to the right",
        "scatters",
        "conditionals",
        "types",
        "metadata"
    )]
    what: &str,
    // As it is; then with something that does not parse in its middle, for which every alternative is tried.
    #[values("", "?", " 1 1")] slip: &str,
) {
    let text = |count| {
        let text = document(what, count);
        let (before, after) = text.split_at(text.len() / 2);
        format!("{before}{slip}{after}")
    };
    let few = work_of(text(100));
    let many = work_of(text(200));
    assert!(many < few.max(Duration::from_millis(1)) * 12, "{what}{slip}: 100 levels took {few:?} of a processor, 200 took {many:?}");
}
