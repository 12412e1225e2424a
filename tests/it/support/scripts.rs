//! What every script and every file of the node library is held to.

use std::{path::Path, process::Command};

use super::skipped::skipped;

/// `bash -n` and shellcheck find nothing.
#[track_caller]
pub(crate) fn check_bash(path: &Path) {
    let parsed = Command::new("bash").arg("-n").arg(path).output().expect("bash can be started");
    assert!(parsed.status.success() && parsed.stderr.is_empty(), "bash -n: {}", String::from_utf8_lossy(&parsed.stderr));
    match Command::new("shellcheck").arg(path).output() {
        Ok(checked) => assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout)),
        Err(error) => skipped(&format!("shellcheck: {error}")),
    }
}
