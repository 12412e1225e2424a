//! Case folders and their goldens.

use std::{env, fs, io::ErrorKind, path::Path};

use pretty_assertions::StrComparison;

/// Holds `actual` against the golden file at `path`; `BLESS=1` writes it there instead. An absent golden fails.
#[track_caller]
pub(crate) fn golden(path: &Path, actual: &str) {
    if env::var_os("BLESS").is_some() {
        let written = read_optional(path);
        // A golden that is right stays untouched: its time tells when it changed.
        if written.as_deref() != Some(actual) {
            fs::write(path, actual).unwrap_or_else(|error| panic!("failed to write {}: {error}", path.display()));
        }
        return;
    }
    let expected = read_optional(path).unwrap_or_else(|| panic!("{} is missing; BLESS=1 writes it. It would hold:\n{actual}", path.display()));
    assert!(expected == actual, "{} differs (BLESS=1 rewrites it):\n{}", path.display(), StrComparison::new(&expected, actual));
}

/// Holds that there is no golden of that name: a case has `tree.txt` or `errors.txt`, never both. `BLESS=1` removes it.
#[track_caller]
pub(crate) fn no_golden(path: &Path) {
    if env::var_os("BLESS").is_some() && path.exists() {
        fs::remove_file(path).unwrap_or_else(|error| panic!("failed to remove {}: {error}", path.display()));
    }
    assert!(!path.exists(), "{} stands beside a result that it does not fit (BLESS=1 removes it)", path.display());
}

/// The text of a case's file.
#[track_caller]
pub(crate) fn read(path: &Path) -> String {
    read_optional(path).unwrap_or_else(|| panic!("{} is missing", path.display()))
}

/// The text of a file that a case may go without.
#[track_caller]
pub(crate) fn read_optional(path: &Path) -> Option<String> {
    match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("failed to read {}: {error}", path.display()),
    }
}
