//! The house rules that a compiler does not hold: imports go down only, effects stay in the shell, forbidden words.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;

/// Modules by level, the lowest first. A module may import from lower levels only; `EXTRA` lists what is allowed within a level.
const LEVELS: &[&[&str]] = &[
    &["source"],
    &["diagnostic"],
    &["syntax", "value"],
    &["stdlib", "task"],
    &["check"],
    &["eval", "site"],
    &["plan"],
    &["engine", "job"],
    &["run", "cache", "report", "slurm", "local", "image", "load"],
    &["monitor"],
    &["cli"],
];

/// Imports within a level, or upwards, that the design allows: `run` keeps the documents of a run as a library that `load` reads from.
const EXTRA: &[(&str, &str)] = &[("run", "load")];

/// Modules without files, clocks, processes, environment or randomness.
const PURE: &[&str] = &["source", "diagnostic", "syntax", "value", "stdlib", "check", "task", "eval", "plan", "engine", "site", "job"];

/// Crates that only some modules may name.
const CRATES: &[(&str, &[&str])] = &[
    ("pest", &["syntax"]),
    ("pest_derive", &["syntax"]),
    ("handlebars", &["job"]),
    ("clap", &["cli"]),
    ("tokio", &["slurm", "local", "image", "load", "monitor", "cli"]),
    ("toml", &["site", "cli"]),
    ("ureq", &["load"]),
    ("url", &["load"]),
    ("annotate_snippets", &["diagnostic"]),
];

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("src is UTF-8");
                let inside = path.strip_prefix(&root).expect("it is below src");
                let module = inside.components().next().expect("a file has a name").as_os_str().to_string_lossy().replace(".rs", "");
                files.push((module, path.clone(), text));
            }
        }
    }
    files.sort();
    assert!(files.len() > 20, "the walk over src found only {} files", files.len());
    files
}

/// The text without comments; no pattern, since patterns are slow where nothing is optimised.
fn code_of(text: &str) -> String {
    text.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code)).collect::<Vec<_>>().join("\n")
}

fn level(module: &str) -> usize {
    LEVELS.iter().position(|level| level.contains(&module)).unwrap_or_else(|| panic!("module `{module}` has no level in this test's table"))
}

/// Modules of this crate that a file names, from `crate::x` paths and `use crate::{x, y::…}` lists.
fn imported(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for after in code.split("crate::").skip(1) {
        let Some(list) = after.strip_prefix('{') else {
            names.push(after.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect());
            continue;
        };
        let list = list.split_once("};").map_or(list, |(list, _)| list);
        let mut depth = 0;
        let mut at_start = true;
        let mut name = String::new();
        for c in list.chars().chain([',']) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    let head = name.split("::").next().unwrap_or_default().trim().to_owned();
                    names.push(head);
                    name.clear();
                    at_start = true;
                    continue;
                }
                _ => {}
            }
            if at_start && depth == 0 {
                name.push(c);
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        if module == "lib" || module == "main" {
            continue;
        }
        for target in imported(&code_of(&text)) {
            if target == module || EXTRA.contains(&(module.as_str(), target.as_str())) {
                continue;
            }
            if level(&target) >= level(&module) {
                wrong.push(format!("{}: `{module}` may not import `{target}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_is_pure() {
    let effect = Regex::new(r"\bstd::(fs|process|env|net|time::(SystemTime|Instant))|\b(SystemTime|Instant)::now|\bfs::(read|write)|\btokio::")
        .expect("the pattern is right");
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        if PURE.contains(&module.as_str()) {
            for found in effect.find_iter(&code_of(&text)) {
                wrong.push(format!("{}: `{}` in pure module `{module}`", path.display(), found.as_str()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_stay_behind_their_door() {
    let crates = Regex::new(r"\b([a-z_]+)::").expect("the pattern is right");
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        let code = code_of(&text);
        let named: BTreeSet<&str> = crates.captures_iter(&code).map(|found| found.extract::<1>().1[0]).collect();
        for (name, homes) in CRATES {
            if named.contains(name) && !homes.contains(&module.as_str()) {
                wrong.push(format!("{}: crate `{name}` in module `{module}`, allowed in {homes:?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_forbidden_words() {
    let forbidden = Regex::new(r"\b(dbg!|todo!|unimplemented!|FIXME|XXX)|#!?\[allow\(|\.unwrap\(\)").expect("the pattern is right");
    let mut wrong = Vec::new();
    for (_, path, text) in sources() {
        for (index, line) in text.lines().enumerate() {
            if let Some(found) = forbidden.find(line) {
                wrong.push(format!("{}:{}: {}", path.display(), index + 1, found.as_str()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, _, text)| !text.starts_with("//!")).map(|(_, path, _)| path.display().to_string()).collect();
    assert!(silent.is_empty(), "no `//!` at the top of:\n{}", silent.join("\n"));
}

/// Files that outgrow a reader's attention. The limit of the house is 400; a table may be longer and is named here with its reason.
#[test]
fn files_stay_small() {
    let tables: BTreeMap<&str, &str> = BTreeMap::from([("syntax/ast.rs", "a flat list of node types")]);
    let mut long = Vec::new();
    for (_, path, text) in sources() {
        let lines = text.lines().count();
        let is_table = tables.keys().any(|table| path.ends_with(table));
        if lines > 450 && !is_table {
            long.push(format!("{}: {lines} lines", path.display()));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_test_file_is_a_module() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).expect("main.rs can be read");
    for entry in fs::read_dir(&folder).expect("tests/it can be read") {
        let name = entry.expect("tests/it can be read").file_name().to_string_lossy().replace(".rs", "");
        assert!(name == "main" || main.contains(&format!("mod {name};")), "tests/it/main.rs does not name `{name}`");
    }
}
