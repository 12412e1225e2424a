//! Image references as authors write them. Pure: text and the site's registry table in, where to find the image out. Entry point: [`ImageReference::parse`].

use std::{collections::BTreeMap, path::PathBuf};

use sha2::{Digest, Sha256};

/// Where an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageReference {
    /// A SIF file or sandbox folder on the shared file system; used in place.
    Local(PathBuf),
    /// A source that the container program pulls from: `docker://ubuntu:22.04`.
    Remote(String),
}

/// Why a text is no image reference. The fragment fits "failed to …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageReferenceError {
    /// Nothing, or only spaces.
    #[error("find the image: its name is empty")]
    Empty,
    /// A space or control character within.
    #[error("find the image `{text}`: a name holds no spaces or control characters")]
    Characters {
        /// As written.
        text: String,
    },
    /// A scheme that no container program has.
    #[error("find the image `{text}`: unknown source `{scheme}://`, expected one of {}", SCHEMES.join(", "))]
    Scheme {
        /// As written.
        text: String,
        /// Before the `://`.
        scheme: String,
    },
}

/// Sources that both Apptainer and `SingularityCE` pull from.
const SCHEMES: [&str; 6] = ["docker", "oras", "library", "shub", "http", "https"];

impl ImageReference {
    /// Reads a reference. A path is taken as such if it begins with `/`, `.` or `~`, ends in `.sif` without a scheme, or begins with `file://`. Any other text without a scheme is a name in
    /// a registry: its first part is replaced where `registries` has it, a name without `/` gets the entry `default` before it, and without either Docker's rules hold.
    pub fn parse(text: &str, registries: &BTreeMap<String, String>) -> Result<Self, ImageReferenceError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ImageReferenceError::Empty);
        }
        if let Some(path) = as_path(text) {
            return Ok(Self::Local(path.into()));
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(ImageReferenceError::Characters { text: text.to_owned() });
        }
        let full = if text.contains("://") { text.to_owned() } else { in_registry(text, registries) };
        if let Some(path) = as_path(&full) {
            return Ok(Self::Local(path.into()));
        }
        match full.split_once("://") {
            Some((scheme, name)) if SCHEMES.contains(&scheme) => Ok(Self::Remote(format!("{scheme}://{}", without_tag_beside_digest(name)))),
            Some((scheme, _)) => Err(ImageReferenceError::Scheme { text: text.to_owned(), scheme: scheme.to_owned() }),
            None => Ok(Self::Remote(format!("docker://{}", without_tag_beside_digest(&full)))),
        }
    }

    /// The name of a pulled image in the store: readable, and unique by a part of the source's hash.
    pub fn store_name(source: &str) -> String {
        let name = source.split_once("://").map_or(source, |(_, name)| name);
        let readable: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).take(100).collect();
        let digest = Sha256::digest(source);
        let hash = u64::from_be_bytes(*digest.first_chunk().expect("SHA-256 has 32 bytes"));
        format!("{}-{:012x}.sif", readable.trim_start_matches('.'), hash >> 16)
    }
}

fn as_path(text: &str) -> Option<&str> {
    if let Some(path) = text.strip_prefix("file://") {
        return Some(path);
    }
    let begins_as_one = text.starts_with(['/', '.', '~']);
    let ends_as_one = std::path::Path::new(text).extension().is_some_and(|extension| extension == "sif") && !text.contains("://");
    (begins_as_one || ends_as_one).then_some(text)
}

fn in_registry(name: &str, registries: &BTreeMap<String, String>) -> String {
    match name.split_once('/') {
        None => registries.get("default").map_or_else(|| name.to_owned(), |prefix| format!("{prefix}{name}")),
        Some((first, rest)) => match registries.get(first) {
            Some(replacement) => format!("{}/{rest}", replacement.trim_end_matches('/')),
            None => name.to_owned(),
        },
    }
}

/// Apptainer refuses `name:tag@sha256:…`; the digest alone says which image it is.
fn without_tag_beside_digest(name: &str) -> String {
    let Some((name_and_tag, digest)) = name.split_once('@') else {
        return name.to_owned();
    };
    // A colon before the last slash belongs to the registry's port.
    let last_part = name_and_tag.rfind('/').map_or(0, |slash| slash + 1);
    let end = name_and_tag[last_part..].find(':').map_or(name_and_tag.len(), |colon| last_part + colon);
    format!("{}@{digest}", &name_and_tag[..end])
}
