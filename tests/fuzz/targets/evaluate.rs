//! The bytes choose the expressions of a document; what the checker lets through is evaluated and has no wrong type.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checking.rs"]
mod checking;
#[path = "../documents.rs"]
mod documents;
#[path = "../generator.rs"]
mod generator;
#[path = "../../it/support/memory_files.rs"]
mod memory_files;
#[path = "../running.rs"]
mod running;

fuzz_target!(|choices: &[u8]| {
    let text = generator::document(choices);
    let Some(checked) = checking::check(&text) else { return };
    for error in running::run(checked, &memory_files::MemoryFiles::default()) {
        assert!(!generator::is_missed(&error, &text), "{error}\nafter checking\n{text}");
    }
});
