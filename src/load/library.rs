//! Where texts come from: what a library answers, and the library of the user's own disk and network.

use std::{io, path::Path};

use super::{
    file::{LARGEST_DOCUMENT, read_file},
    network::{ImportSettings, Network},
    uri,
};

/// A document as a library has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its text as it is stored.
    pub bytes: Vec<u8>,
    /// Where it was in the end: another URI than was asked for if the server redirected. Its own imports are relative to this one (RFC 3986, 5.1.3).
    pub uri: String,
    /// What the user should know of it: that an older copy was taken, say.
    pub warning: Option<String>,
}

/// Why a document cannot be had: `cannot read …: {reason}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What was found.
    pub reason: String,
    /// What to do next; none: what fits every import.
    pub hints: Vec<String>,
}

impl Unreadable {
    /// A reason with what to do next.
    pub(super) fn new(reason: impl Into<String>, hints: &[&str]) -> Self {
        Self { reason: reason.into(), hints: hints.iter().map(|hint| (*hint).to_owned()).collect() }
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        };
        Self { reason, hints: Vec::new() }
    }
}

/// Where the text of a document comes from: the user's disk and the network, or a run's `source/` folder on `resume`.
pub trait Library {
    /// The document of an absolute path or an `http` or `https` URL.
    fn read(&self, uri: &str) -> Result<Found, Unreadable>;
}

/// Documents where the user has them.
#[derive(Debug)]
pub struct Originals {
    network: Network,
}

impl Originals {
    /// The disk, and the network as the settings say.
    pub fn new(settings: ImportSettings) -> Self {
        Self { network: Network::new(settings) }
    }
}

impl Library for Originals {
    fn read(&self, uri: &str) -> Result<Found, Unreadable> {
        if uri::is_remote(uri) {
            return self.network.read(uri);
        }
        let bytes = read_file(Path::new(uri), LARGEST_DOCUMENT, "a WDL document")?;
        Ok(Found { bytes, uri: uri.to_owned(), warning: None })
    }
}
