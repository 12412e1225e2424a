//! What the fuzz targets of tests/fuzz hold, held here of the documents of all cases, of what a fuzzer once broke something with
//! (`tests/cases/fuzz/TARGET/`), and of some chance.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rstest::rstest;

use crate::support::{cases::read, documents::on_deep_stack, memory_files::MemoryFiles};

#[path = "../../fuzz/checking.rs"]
mod checking;
#[path = "../../fuzz/documents.rs"]
mod documents;
#[path = "../../fuzz/generator.rs"]
mod generator;
#[path = "../../fuzz/running.rs"]
mod running;

/// What the target `check` does, which does what `parse` does first.
fn check(text: String) {
    on_deep_stack(move || {
        if let Some(checked) = checking::check(&text)
            && checking::is_small(&text)
        {
            running::run(checked, &MemoryFiles::default());
        }
    });
}

/// What the target `evaluate` does.
fn evaluate(choices: &[u8]) {
    let text = generator::document(choices);
    on_deep_stack(move || {
        let Some(checked) = checking::check(&text) else { return };
        for error in running::run(checked, &MemoryFiles::default()) {
            assert!(!generator::is_missed(&error, &text), "{error}\nafter checking\n{text}");
        }
    });
}

#[rstest]
fn found_by_parse(#[files("tests/cases/fuzz/parse/*")] path: PathBuf) {
    check(String::from_utf8_lossy(&fs::read(path).expect("a case can be read")).into_owned());
}

#[rstest]
fn found_by_check(#[files("tests/cases/fuzz/check/*")] path: PathBuf) {
    check(String::from_utf8_lossy(&fs::read(path).expect("a case can be read")).into_owned());
}

#[rstest]
fn found_by_evaluate(#[files("tests/cases/fuzz/evaluate/*")] path: PathBuf) {
    evaluate(&fs::read(path).expect("a case can be read"));
}

#[rstest]
fn documents_of_cases(#[files("tests/cases/*/*/source.wdl")] path: PathBuf) {
    check(as_one_text(&path));
}

/// A document and the others of its case as one text.
fn as_one_text(path: &Path) -> String {
    let folder = path.parent().expect("a case is in a folder");
    let mut text = read(path);
    let mut others: Vec<PathBuf> = fs::read_dir(folder).expect("a case is a folder").map(|entry| entry.expect("it can be read").path()).collect();
    others.retain(|other| other != path && other.extension().is_some_and(|extension| extension == "wdl"));
    others.sort();
    for other in others {
        let name = other.file_name().expect("a file has a name").to_string_lossy();
        text += &format!("\n#=== {name}\n{}", read(&other));
    }
    text
}

/// A hundred documents that chance writes, always the same.
#[test]
fn documents_of_chance() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..100 {
        let mut bytes = Vec::new();
        for _ in 0..60 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend(state.to_le_bytes());
        }
        evaluate(&bytes);
    }
}
