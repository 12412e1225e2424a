//! Copies of documents from the network, one file a URL: a line of JSON that says where it is from, then the text as it came.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is kept of an answer beside its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    /// The URL that was asked for.
    pub(super) asked: String,
    /// Where it was in the end, after redirects.
    pub(super) uri: String,
    /// The server's name for this state of the document (RFC 9110, 8.8.3).
    pub(super) etag: Option<String>,
    /// When it last changed, in the server's words (RFC 9110, 8.8.2).
    pub(super) last_modified: Option<String>,
    /// When it was read or last confirmed, in seconds since 1970.
    pub(super) seen: i64,
}

/// A copy with where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) origin: Origin,
    pub(super) bytes: Vec<u8>,
}

/// A folder of copies. Several processes may use it at once: a copy appears whole or not at all.
#[derive(Debug)]
pub(super) struct ImportCache {
    folder: PathBuf,
}

impl ImportCache {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The copy of a URL. A file that is damaged, or is of another URL, counts as none.
    pub(super) fn get(&self, asked: &str) -> Option<Copy> {
        let bytes = fs::read(self.path(asked)).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let origin: Origin = serde_json::from_slice(&bytes[..end]).ok()?;
        (origin.asked == asked).then(|| Copy { origin, bytes: bytes[end + 1..].to_vec() })
    }

    /// Keeps a copy. One that cannot be kept (a full or read-only disk) only costs the next reading.
    pub(super) fn put(&self, copy: &Copy) {
        if let Err(error) = self.write(copy) {
            tracing::info!("no copy of {} is kept in {}: {error}", copy.origin.asked, self.folder.display());
        }
    }

    fn write(&self, copy: &Copy) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        let origin = serde_json::to_string(&copy.origin).expect("an origin is plain data");
        writeln!(file, "{origin}")?;
        file.write_all(&copy.bytes)?;
        file.persist(self.path(&copy.origin.asked))?;
        Ok(())
    }

    fn path(&self, asked: &str) -> PathBuf {
        let hash = Sha256::digest(asked.as_bytes()).iter().fold(String::new(), |hash, byte| hash + &format!("{byte:02x}"));
        self.folder.join(hash)
    }
}
