//! Any text is checked; what has no error is planned, and run where it needs no input.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checking.rs"]
mod checking;
#[path = "../documents.rs"]
mod documents;
#[path = "../../it/support/memory_files.rs"]
mod memory_files;
#[path = "../running.rs"]
mod running;

fuzz_target!(|text: &str| {
    if let Some(checked) = checking::check(text)
        && checking::is_small(text)
    {
        running::run(checked, &memory_files::MemoryFiles::default());
    }
});
