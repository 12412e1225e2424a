//! What the node library keeps of a distributed task's processes (`templates/lib/state.sh`), in the folder of an attempt or of one of its restarts.

use std::path::{Path, PathBuf};

/// Where they log: the task's `logdir`, to which the node library leaves a link, or `roles/` itself.
pub fn role_logs(attempt: &Path) -> PathBuf {
    let roles = attempt.join("roles");
    let link = roles.join("logs");
    if link.exists() { link } else { roles }
}

/// What is known of the cluster while it runs; one that was formed again has a newer folder, which comes later.
pub fn role_states(attempt: &Path) -> Vec<PathBuf> {
    let roles = attempt.join("roles");
    let again = (2..).map(|forming| roles.join(format!("state.{forming}"))).take_while(|folder| folder.is_dir());
    std::iter::once(roles.join("state")).chain(again).collect()
}

/// Keys and tokens of the cluster.
pub fn role_secrets(attempt: &Path) -> PathBuf {
    attempt.join("roles").join("private")
}
