//! `source/`: the WDL documents as they were run, so that `resume` does not depend on what became of the user's files.

use std::{collections::HashMap, fs, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{RunDir, RunError};
use crate::load::{Found, Library, Unreadable};

/// One line of `source/manifest.json`.
#[derive(Debug, Serialize, Deserialize)]
struct SavedSource {
    uri: String,
    file: String,
    /// For a URL that was redirected, the URI of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    moved_to: Option<String>,
}

/// The documents of a run, read from its own folder.
#[derive(Debug)]
pub struct SavedSources {
    /// By URI: the file, and the URI of the document where that is another.
    files: HashMap<String, (PathBuf, Option<String>)>,
    root: String,
}

impl SavedSources {
    /// Writes documents (URI and text, the root first) and the manifest that names them; `moved` has the URLs that were redirected to some of them.
    pub fn write(run: &RunDir, texts: &[(&str, &str)], moved: &[(&str, &str)]) -> Result<(), RunError> {
        let folder = run.source();
        fs::create_dir_all(&folder).map_err(RunError::io("create", &folder))?;
        let mut manifest: Vec<SavedSource> = Vec::new();
        for (index, (uri, text)) in texts.iter().enumerate() {
            let name = file_name(uri);
            let file = if index == 0 { name } else { format!("{index}-{name}") };
            let path = folder.join(&file);
            fs::write(&path, text).map_err(RunError::io("write", &path))?;
            manifest.push(SavedSource { uri: (*uri).to_owned(), file, moved_to: None });
        }
        for (asked, uri) in moved {
            let saved = manifest.iter().find(|saved| saved.uri == *uri).expect("what moved is a document of the set");
            manifest.push(SavedSource { uri: (*asked).to_owned(), file: saved.file.clone(), moved_to: Some((*uri).to_owned()) });
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
        let files = manifest.into_iter().map(|saved| (saved.uri, (run.source().join(saved.file), saved.moved_to))).collect();
        Ok(Self { files, root })
    }

    /// URI of the root document.
    pub fn root(&self) -> &str {
        &self.root
    }
}

impl Library for SavedSources {
    fn read(&self, uri: &str) -> Result<Found, Unreadable> {
        let no_copy = || Unreadable { reason: "the run has no copy of it".to_owned(), hints: Vec::new() };
        let (file, moved_to) = self.files.get(uri).ok_or_else(no_copy)?;
        Ok(Found { bytes: fs::read(file)?, uri: moved_to.clone().unwrap_or_else(|| uri.to_owned()), warning: None })
    }
}

/// The last part of a path or URL, of letters that every file system takes and at most 100 of them.
fn file_name(uri: &str) -> String {
    let path = if uri.starts_with('/') { uri } else { uri.split(['?', '#']).next().unwrap_or(uri) };
    let last = path.rsplit('/').next().unwrap_or(path);
    let name: String = last.chars().rev().take(100).collect::<Vec<_>>().into_iter().rev().collect();
    // The manifest has a name of its own in this folder.
    if name.is_empty() || name == "manifest.json" { "document.wdl".to_owned() } else { name }
}
