//! Paths as text: no file is consulted.

use crate::value::is_url;

/// Whether a path stands by itself: absolute, or a URL.
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || is_url(path)
}

/// `base/part`; a part that stands by itself stays as it is.
pub(super) fn join(base: &str, part: &str) -> String {
    if is_absolute(part) || base.is_empty() { part.to_owned() } else { format!("{}/{part}", base.trim_end_matches('/')) }
}

/// The folder a document lies in.
pub(super) fn folder(uri: &str) -> &str {
    uri.rfind('/').map_or("", |slash| if slash == 0 { "/" } else { &uri[..slash] })
}

/// A path without `.`, `..` and doubled slashes, by text alone; a URL stays as it is.
pub(super) fn normal(path: &str) -> String {
    if is_url(path) {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if path.starts_with('/') => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if path.starts_with('/') { format!("/{joined}") } else { joined }
}

/// Whether a path is a folder or lies below it; both normal.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
