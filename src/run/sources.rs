//! `source/`: the WDL documents as they were run, so that `resume` does not depend on what became of the user's files.

use std::{collections::HashMap, fs, io, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{RunDir, RunError};
use crate::load::Library;

/// One line of `source/manifest.json`.
#[derive(Debug, Serialize, Deserialize)]
struct SavedSource {
    uri: String,
    file: String,
}

/// The documents of a run, read from its own folder.
#[derive(Debug)]
pub struct SavedSources {
    files: HashMap<String, PathBuf>,
    root: String,
}

impl SavedSources {
    /// Writes documents (URI and text, the root first) and the manifest that names them.
    pub fn write(run: &RunDir, texts: &[(&str, &str)]) -> Result<(), RunError> {
        let folder = run.source();
        fs::create_dir_all(&folder).map_err(RunError::io("create", &folder))?;
        let mut manifest = Vec::new();
        for (index, (uri, text)) in texts.iter().enumerate() {
            let name = uri.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("document.wdl");
            let file = if index == 0 { name.to_owned() } else { format!("{index}-{name}") };
            let path = folder.join(&file);
            fs::write(&path, text).map_err(RunError::io("write", &path))?;
            manifest.push(SavedSource { uri: (*uri).to_owned(), file });
        }
        let path = folder.join("manifest.json");
        let text = serde_json::to_string_pretty(&manifest).expect("a manifest is plain data");
        fs::write(&path, text).map_err(RunError::io("write", &path))
    }

    /// Reads the manifest of a run.
    pub fn open(run: &RunDir) -> Result<Self, RunError> {
        let path = run.source().join("manifest.json");
        let text = fs::read_to_string(&path).map_err(RunError::io("read", &path))?;
        let corrupt = |error: serde_json::Error| RunError::Corrupt { path: path.clone(), line: error.line(), message: error.to_string() };
        let manifest: Vec<SavedSource> = serde_json::from_str(&text).map_err(corrupt)?;
        let root = manifest.first().map(|saved| saved.uri.clone()).ok_or_else(|| RunError::NoRun(run.path().to_owned()))?;
        let files = manifest.into_iter().map(|saved| (saved.uri, run.source().join(saved.file))).collect();
        Ok(Self { files, root })
    }

    /// URI of the root document.
    pub fn root(&self) -> &str {
        &self.root
    }
}

impl Library for SavedSources {
    fn read(&self, uri: &str) -> io::Result<Vec<u8>> {
        let file = self.files.get(uri).ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the run has no copy of it"))?;
        fs::read(file)
    }
}
