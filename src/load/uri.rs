//! What an import means: an absolute path of this machine, or one spelling of an `http` or `https` URL.

use std::path::{Component, Path, PathBuf};

use url::Url;

use super::library::Unreadable;
use crate::value::is_url;

/// A document to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Absolute path or URL: the document's identity.
    pub(super) uri: String,
    /// As it is shown in messages: relative if the importing document's path was.
    pub(super) shown: String,
}

/// Whether a URI (an absolute path, or what [`root`] and [`join`] made) lies on the network.
pub(super) fn is_remote(uri: &str) -> bool {
    uri.starts_with("https://") || uri.starts_with("http://")
}

/// The document that the user named.
pub(super) fn root(typed: &str) -> Result<Target, Unreadable> {
    if is_url(typed) {
        return absolute_url(typed);
    }
    Ok(Target { uri: absolute(Path::new(typed)).display().to_string(), shown: typed.to_owned() })
}

/// The document that an import means in the document `base`.
///
/// A document from the network never reaches a file of this machine: there a path is a path of its server (RFC 3986, 5.2), and `file://` is refused.
pub(super) fn join(base: &Target, import: &str) -> Result<Target, Unreadable> {
    if is_remote(&base.uri) {
        let base = Url::parse(&base.uri).map_err(|error| not_a_url(&base.uri, error))?;
        let url = base.join(import).map_err(|error| not_a_url(import, error))?;
        return if url.scheme() == "file" { Err(reaches_this_machine()) } else { target_of(url) };
    }
    if is_url(import) {
        return absolute_url(import);
    }
    let folder = Path::new(&base.uri).parent().unwrap_or(Path::new("/"));
    let shown = match Path::new(&base.shown).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.join(import).display().to_string(),
        _ => import.to_owned(),
    };
    Ok(Target { uri: normalise(&folder.join(import)).display().to_string(), shown })
}

fn absolute_url(text: &str) -> Result<Target, Unreadable> {
    target_of(Url::parse(text).map_err(|error| not_a_url(text, error))?)
}

fn target_of(mut url: Url) -> Result<Target, Unreadable> {
    match url.scheme() {
        "file" => {
            let path = url
                .to_file_path()
                .map_err(|()| Unreadable::new("a `file://` URL of another host cannot be read", &["write `file:///absolute/path`"]))?;
            let path = normalise(&path).display().to_string();
            Ok(Target { uri: path.clone(), shown: path })
        }
        "http" | "https" if !url.username().is_empty() || url.password().is_some() => Err(Unreadable::new(
            "its URL holds a name or a password, which the run's record would keep for all to read",
            &["put a copy of the document beside the one that imports it"],
        )),
        "http" | "https" => {
            url.set_fragment(None);
            let uri = String::from(url);
            Ok(Target { uri: uri.clone(), shown: uri })
        }
        scheme => Err(Unreadable::new(
            format!("documents are not read by `{scheme}://`"),
            &["an import is a path, or a URL with `https://`, `http://` or `file://`"],
        )),
    }
}

fn not_a_url(text: &str, error: url::ParseError) -> Unreadable {
    Unreadable::new(format!("`{text}` is not a URL: {error}"), &["an import is a path, or a URL with `https://`, `http://` or `file://`"])
}

fn reaches_this_machine() -> Unreadable {
    Unreadable::new(
        "a document from the network may not import a file of this machine",
        &["import it from a document of this machine, or put it on the server"],
    )
}

/// The URL of a file's text where this one is likely to be the page around it: `…/blob/…` on GitHub and GitLab, `…/src/branch/…` on Gitea.
pub(super) fn raw_url(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let pages = [("/-/blob/", "/-/raw/"), ("/blob/", "/raw/"), ("/src/branch/", "/raw/branch/")];
    let (page, raw) = pages.into_iter().find(|(page, _)| url.path().contains(page))?;
    let mut better = url.clone();
    if url.host_str() == Some("github.com") {
        better.set_host(Some("raw.githubusercontent.com")).ok()?;
        better.set_path(&url.path().replacen("/blob/", "/", 1));
    } else {
        better.set_path(&url.path().replacen(page, raw, 1));
    }
    better.set_query(None);
    Some(better.into())
}

/// The absolute form of a path, `.` and `..` removed by name; symbolic links stay, as the run's record should show what the user typed.
pub fn absolute(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    normalise(&whole)
}

fn normalise(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => whole.push(component),
        }
    }
    whole
}
