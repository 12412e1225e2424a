//! A megabyte of nearly everything.

use std::{fmt::Write as _, time::Duration};

use rstest::rstest;

use super::{Stage, go_through, work_through};

/// Lines or parts numbered from 0.
fn many(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        write!(text, "{}", part(index)).expect("a String takes every write");
        text
    })
}

fn workflow(body: &str) -> String {
    format!("version 1.3\nworkflow w {{\n{body}\n}}\n")
}

#[rstest]
#[case::a_string(workflow(&format!("String s = \"{}\"", "x".repeat(1 << 20))))]
#[case::placeholders(workflow(&format!("String s = \"{}\"", "~{1}".repeat(100_000))))]
#[case::an_array(workflow(&format!("Array[Int] a = [{}1]", "1,".repeat(200_000))))]
#[case::a_map(workflow(&format!("Map[String, Int] m = {{{}}}", many(10_000, |index| format!("\"k{index}\": {index}, ")))))]
#[case::an_object(workflow(&format!("Object o = object {{{}}}  Int n = o.k7", many(30_000, |index| format!("k{index}: {index}, ")))))]
#[case::a_name(workflow(&format!("Int {} = 1", "x".repeat(1 << 20))))]
#[case::remarks(format!("version 1.3\n{}task t {{ command {{}} }}\n", "# hm\n".repeat(200_000)))]
#[case::only_remarks_before_the_version(format!("{}version 1.0\ntask t {{ command {{}} }}\n", "#\n".repeat(500_000)))]
#[case::blanks(format!("version 1.3\n{}task t {{ command {{}} }}\n", " ".repeat(1 << 20)))]
#[case::declarations(workflow(&many(100_000, |index| format!("Int x{index} = {index}\n"))))]
#[case::declarations_in_a_row(workflow(&format!("Int x0 = 0\n{}", many(30_000, |index| format!("Int x{} = x{index}\n", index + 1)))))]
#[case::tasks(many(10_000, |index| format!("task t{index} {{ command {{ echo }} output {{ Int o = {index} }} }}\n")))]
#[case::calls(format!("task t {{ command {{}} }}\n{}", workflow(&many(10_000, |index| format!("call t as t{index}\n"))).replace("version 1.3", "")))]
#[case::members(format!(
    "version 1.3\nstruct S {{ {} }}\nworkflow w {{ S s = S {{ {} }}  Int n = s.m7 }}\n",
    many(2_000, |index| format!("Int m{index}\n")),
    many(2_000, |index| format!("m{index}: 1, "))
))]
#[case::choices(format!("version 1.3\nenum E {{ {} }}\nworkflow w {{ E e = E.c7 }}\n", many(50_000, |index| format!("c{index}, "))))]
#[case::structs_in_structs(format!(
    "version 1.3\nstruct S0 {{ Int a }}\n{}task t {{ command {{}} }}\n",
    many(5_000, |index| format!("struct S{} {{ S{index} a  S{index} b }}\n", index + 1))
))]
#[case::scatters(workflow(&many(10_000, |index| format!("scatter (i in [1]) {{ Int x{index} = i }}\n"))))]
#[case::branches(workflow(&format!("if (false) {{ Int x = 1 }}{} else {{ Int x = 0 }}", many(5_000, |index| format!(" else if (1 > {index}) {{ Int x = {index} }}")))))]
#[case::a_map_of_numbers(workflow(&format!("Map[Int, Int] m = {{{}}}  Int n = m[7]", many(20_000, |index| format!("{index}: {index}, ")))))]
#[case::metadata(workflow(&format!("meta {{ {} }}", many(20_000, |index| format!("m{index}: {{ a: [1, \"x\", null] }}\n")))))]
#[case::attributes(format!("version 1.3\ntask t {{ command {{}} hints {{ {} }} }}\n", many(10_000, |index| format!("k{index}: {index}\n"))))]
fn is_read_and_run(#[case] text: String) {
    assert_eq!(go_through(&text), Stage::Evaluated);
}

#[rstest]
#[case::wrong_types(workflow(&many(20_000, |index| format!("Int x{index} = \"a\"\n"))), 20_000)]
#[case::unknown_names(workflow(&many(20_000, |index| format!("Int x{index} = y{index}\n"))), 20_000)]
#[case::one_name(workflow(&"Int x = 1\n".repeat(20_000)), 19_999)]
#[case::wrong_items_of_one_line(workflow(&format!("Array[Int] a = [{}1]", "\"a\",".repeat(50_000))), 50_000)]
#[case::tasks_of_one_name(format!("version 1.3\n{}", "task t { command {} }\n".repeat(10_000)), 9_999)]
#[case::workflows(format!("version 1.3\n{}", "workflow w { }\n".repeat(10_000)), 9_999)]
#[case::missing_members(format!(
    "version 1.3\nstruct S {{ {} }}\nworkflow w {{ S s = S {{ {} }} }}\n",
    many(300, |index| format!("Int m{index}\n")),
    many(300, |index| format!("n{index}: 1, "))
), 300)]
fn has_each_of_its_errors(#[case] text: String, #[case] least: usize) {
    match go_through(&text) {
        Stage::Wrong(count, _) => assert!(count >= least, "{count}"),
        other => panic!("{other:?}"),
    }
}

/// What opens and never closes, what closes nothing, and bytes of no meaning: 200,000 of each, in a declaration and in both commands.
#[rstest]
fn of_one_token_is_refused(
    #[values(
        "(",
        "[",
        "{",
        "}",
        "\"",
        "'",
        "\"~{",
        "'${",
        "${",
        "~{",
        "<<<",
        "<<<~{",
        ">>>",
        "\\",
        "a.",
        "a[",
        "1+",
        "!",
        "-",
        "f(",
        "if ",
        "object {a:",
        "{a:",
        "#",
        "\0",
        "\u{e9}",
        "\u{2028}",
        "\u{feff}",
        "\r"
    )]
    token: &str,
    #[values("workflow w { Int x = ", "workflow w { String x = \"", "task w { command <<< ", "task w { command { ", "")] before: &str,
) {
    let text = format!("version 1.2\n{before}{}", token.repeat(200_000));
    if before.is_empty() && matches!(token, "#" | "\r") {
        return;
    }
    match go_through(&text) {
        Stage::Refused(message) => assert!(message.len() < 2_000, "{message}"),
        other => panic!("{other:?}"),
    }
}

/// Ten times the members: ten times the work, or a hundred times where each member looks through all others.
#[rstest]
fn work_grows_with_members_alone(
    #[values("struct literal", "struct of a map", "object", "struct to struct", "call inputs", "declarations")] what: &str,
) {
    let few = work_through(of_members(what, 1_500));
    let many = work_through(of_members(what, 15_000));
    assert!(many < few.max(Duration::from_millis(5)) * 30, "{what}: 1,500 members took {few:?} of a processor, 15,000 took {many:?}");
}

fn of_members(what: &str, count: usize) -> String {
    let structure = |name: &str| format!("struct {name} {{ {} }}\n", many(count, |index| format!("Int m{index}\n")));
    let members = many(count, |index| format!("m{index}: {index}, "));
    let names = many(count, |index| format!("\"m{index}\": {index}, "));
    let (types, body) = match what {
        "struct literal" => (structure("S"), format!("S s = S {{ {members} }}  Int n = s.m7")),
        "struct of a map" => (structure("S"), format!("S s = {{ {names} }}  Int n = s.m7")),
        "object" => (String::new(), format!("Object o = object {{ {members} }}  Int n = o.m7")),
        "struct to struct" => (structure("S") + &structure("T"), format!("S s = S {{ {members} }}  T t = s  Int n = t.m7")),
        "call inputs" => {
            let task = format!("task t {{ input {{ {} }} command {{}} output {{ Int o = m7 }} }}\n", many(count, |index| format!("Int m{index}\n")));
            (task, format!("call t {{ {} }}", many(count, |index| format!("m{index} = {index}, "))))
        }
        "declarations" => {
            (String::new(), many(count, |index| format!("Int m{index} = {}\n", if index == 0 { "0".to_owned() } else { format!("m{}", index - 1) })))
        }
        other => unreachable!("no case {other}"),
    };
    format!("version 1.3\n{types}workflow w {{\n{body}\n}}\n")
}
