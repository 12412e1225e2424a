//! Markers in `spool/`: read once a tick with one `readdir`, removed once their end is in the log.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    job::{Marker, Stage},
    run::{RunDir, RunError},
};

/// The spool folder as one head sees it.
#[derive(Debug)]
pub(super) struct Spool {
    folder: PathBuf,
    /// Markers that were read and whose end is not logged yet, by file name, with their batch and element.
    read: BTreeMap<String, (u32, u32)>,
}

impl Spool {
    pub(super) fn new(run: &RunDir) -> Self {
        Self { folder: run.spool(), read: BTreeMap::new() }
    }

    /// Markers that came since the last look. A file that cannot be read yet, or is no marker, is looked at again next time.
    pub(super) fn look(&mut self) -> Result<Vec<Marker>, RunError> {
        self.refresh();
        let mut markers = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(RunError::io("read", &self.folder))? {
            let name = entry.map_err(RunError::io("read", &self.folder))?.file_name().to_string_lossy().into_owned();
            // Dotfiles are being written; `.nfs*` files are removed ones that someone still has open.
            if name.starts_with('.') || Path::new(&name).extension().is_none_or(|extension| extension != "json") || self.read.contains_key(&name) {
                continue;
            }
            if let Some(marker) = self.read_marker(&name) {
                self.read.insert(name, (marker.batch, marker.element));
                if marker.stage != Stage::Claim {
                    markers.push(marker);
                }
            }
        }
        Ok(markers)
    }

    /// Makes and removes a file, so that an NFS client asks its server for the folder again instead of trusting a listing up to a minute old. On a full disk that
    /// cannot be done, and the listing is late at worst.
    fn refresh(&self) {
        let probe = self.folder.join(".look");
        if let Err(error) = fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)) {
            tracing::debug!("{}: {error}", probe.display());
        }
    }

    fn read_marker(&self, name: &str) -> Option<Marker> {
        let text = fs::read(self.folder.join(name)).ok()?;
        match Marker::parse(&text) {
            Ok(marker) => Some(marker),
            Err(error) => {
                tracing::warn!("{}: failed to {error}", self.folder.join(name).display());
                None
            }
        }
    }

    /// Removes the markers of an element: its end is in the log.
    pub(super) fn clear(&mut self, batch: u32, element: u32) {
        let names: Vec<String> = self.read.iter().filter(|(_, of)| **of == (batch, element)).map(|(name, _)| name.clone()).collect();
        for name in names {
            // One that stays is read again by a resumed head, which finds its attempt over and removes it.
            let _ = fs::remove_file(self.folder.join(&name));
            self.read.remove(&name);
        }
    }
}
