//! Any text gives a tree or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../documents.rs"]
mod documents;

fuzz_target!(|text: &str| {
    documents::parse(text);
});
