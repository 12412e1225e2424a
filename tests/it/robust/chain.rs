//! Documents that import each other in a long row.

use std::{fs, time::Duration};

use sluice::{
    check::{self, CheckOptions},
    load::{self, ImportSettings, Originals},
};

use crate::support::{documents::on_deep_stack, processor::work_of};

/// Checks a row of documents, each with a workflow that calls the next one's, and gives the processor time that it took.
fn work_of_row(count: usize) -> Duration {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for index in 0..count {
        let (import, call) = match index + 1 {
            last if last == count => (String::new(), "  Int m = n\n".to_owned()),
            next => (format!("import \"d{next}.wdl\" as next\n"), "  call next.w { input: n = n }\n  Int m = w.o\n".to_owned()),
        };
        let text = format!("version 1.1\n{import}workflow w {{\n  input {{ Int n = 1 }}\n{call}  output {{ Int o = m }}\n}}\n");
        fs::write(folder.path().join(format!("d{index}.wdl")), text).expect("it can be written");
    }
    let first = folder.path().join("d0.wdl");
    on_deep_stack(move || {
        let check = || {
            let loaded = load::load(&first, &Originals::new(ImportSettings::default()));
            assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics.first());
            assert_eq!(loaded.documents.documents.len(), count);
            check::check(loaded.documents, &CheckOptions::default())
        };
        let (outcome, took) = work_of(check);
        assert!(outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics.first());
        took
    })
}

#[test]
fn work_grows_with_the_row_of_imports_alone() {
    let few = work_of_row(200);
    let many = work_of_row(2_000);
    assert!(many < few.max(Duration::from_millis(5)) * 30, "200 documents took {few:?} of a processor, 2,000 took {many:?}");
}
