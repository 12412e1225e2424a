//! `tests/conformance/sections.md`, the table of what holds each section of the specification: every test that it names is there.

use std::{fs, path::Path};

/// The rows of the table: their cells, without the heads.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string("tests/conformance/sections.md").expect("it can be read");
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| sections |"));
    let cells = |line: &str| {
        let line = line.trim_matches('|').replace("\\|", "\u{0}");
        line.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
    };
    rows.map(cells).collect()
}

/// The tests that a cell names, each in backquotes.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What is wrong with a name; nothing where there is such a test.
fn problem(name: &str) -> Option<String> {
    if let Some((kind, case)) = name.split_once('/') {
        let folder = Path::new("tests/cases").join(kind).join(case);
        return (!folder.is_dir()).then(|| format!("`{name}`: there is no folder {}", folder.display()));
    }
    let (module, function) = name.rsplit_once("::")?;
    let file = Path::new("tests/it").join(module.replace("::", "/")).with_extension("rs");
    let text = fs::read_to_string(&file).unwrap_or_default();
    (!text.contains(&format!("fn {function}("))).then(|| format!("`{name}`: {} has no such test", file.display()))
}

#[test]
fn every_test_that_a_section_names_is_there() {
    let rows = rows();
    assert!(rows.len() > 50, "the table has {} rows", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        let [sections, _, tests, status] = row.as_slice() else { panic!("four cells are wanted: {row:?}") };
        assert!(named(tests).all(|name| name.contains("::") || name.contains('/')), "{tests}");
        wrong.extend(named(tests).filter_map(problem).map(|problem| format!("{sections}: {problem}")));
        if named(tests).next().is_none() && status != "nothing to hold" {
            wrong.push(format!("{sections}: no test, and yet {status}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Examples that must not pass are those that `run` knows; a reason is one of three.
#[test]
fn every_known_failure_has_a_reason() {
    let text = fs::read_to_string("tests/conformance/known-failures.tsv").expect("it can be read");
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [_, name, reason] = cells.as_slice() else { panic!("three cells are wanted: {line}") };
        assert!(["slip: ", "needs: ", "ours: "].iter().any(|kind| reason.starts_with(kind)), "{name}: {reason}");
    }
}
