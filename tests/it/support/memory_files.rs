//! Files in memory, as expressions see them.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use regex::Regex;
use sluice::eval::files::{FileError, FileKind, Files};

/// The folder that relative paths mean.
pub(crate) const WORK: &str = "/run/work";

/// Files by absolute path; folders are what their paths imply.
#[derive(Default)]
pub(crate) struct MemoryFiles {
    files: RefCell<BTreeMap<String, String>>,
    stdout: Option<String>,
}

impl MemoryFiles {
    /// Files by path, relative ones below the work folder.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let new = Self::default();
        for (path, text) in files {
            new.files.borrow_mut().insert(new.absolute(path), (*text).to_owned());
        }
        new
    }

    /// A case folder's files: `work/…` below the work folder, `data/…` below `/data`, `stdout` as the command's output.
    pub(crate) fn of_case(case: &Path) -> Self {
        let mut new = Self::default();
        for (folder, root) in [("work", WORK), ("data", "/data")] {
            new.load(&case.join(folder), root);
        }
        if let Ok(text) = fs::read_to_string(case.join("stdout")) {
            new = new.with_stdout(&text);
        }
        new
    }

    /// With a command's standard output.
    pub(crate) fn with_stdout(mut self, text: &str) -> Self {
        self.files.borrow_mut().insert("/run/stdout".to_owned(), text.to_owned());
        self.files.borrow_mut().insert("/run/stderr".to_owned(), String::new());
        self.stdout = Some("/run/stdout".to_owned());
        self
    }

    /// What stands at a path.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        self.files.borrow().get(path).cloned()
    }

    fn load(&self, folder: &Path, root: &str) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.expect("the folder can be read").path();
            let name = format!("{root}/{}", path.file_name().expect("a path of a file has a name").to_str().expect("the path is UTF-8"));
            if path.is_dir() {
                self.load(&path, &name);
            } else {
                self.files.borrow_mut().insert(name, fs::read_to_string(&path).expect("it can be read"));
            }
        }
    }

    fn missing<T>(path: &str) -> Result<T, FileError> {
        Err(FileError { path: path.to_owned(), message: "no such file".to_owned() })
    }

    fn below(&self, folder: &str) -> Vec<(String, String)> {
        let folder = folder.trim_end_matches('/').to_owned() + "/";
        let files = self.files.borrow();
        files.iter().filter_map(|(path, text)| Some((path.strip_prefix(&folder)?.to_owned(), text.clone()))).collect()
    }
}

impl Files for MemoryFiles {
    fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') || path.contains("://") { path.to_owned() } else { format!("{WORK}/{path}") }
    }
    fn read(&self, path: &str) -> Result<String, FileError> {
        self.text(&self.absolute(path)).map_or_else(|| Self::missing(path), Ok)
    }
    fn size(&self, path: &str) -> Result<u64, FileError> {
        let absolute = self.absolute(path);
        let below: usize = self.below(&absolute).iter().map(|(_, text)| text.len()).sum();
        match (self.text(&absolute), self.kind(path)?) {
            (Some(text), _) => Ok(text.len() as u64),
            (None, Some(_)) => Ok(below as u64),
            (None, None) => Self::missing(path),
        }
    }
    fn kind(&self, path: &str) -> Result<Option<FileKind>, FileError> {
        let absolute = self.absolute(path);
        let is_folder = !self.below(&absolute).is_empty();
        Ok(self.text(&absolute).map(|_| FileKind::File).or(is_folder.then_some(FileKind::Folder)))
    }
    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError> {
        let pattern = regex::escape(&self.absolute(pattern)).replace("\\*", "[^/]*").replace("\\?", "[^/]");
        let pattern = Regex::new(&format!("^{pattern}$")).expect("the pattern is right");
        Ok(self.files.borrow().keys().filter(|path| pattern.is_match(path)).cloned().collect())
    }
    fn list(&self, folder: &str) -> Result<Vec<(String, FileKind)>, FileError> {
        let mut names = BTreeSet::new();
        for (path, _) in self.below(&self.absolute(folder)) {
            names.insert(path.split('/').next().expect("a split has a first part").to_owned());
        }
        if names.is_empty() {
            return Self::missing(folder);
        }
        Ok(names.into_iter().map(|name| (name, FileKind::File)).collect())
    }
    fn write(&self, content: &str, suffix: &str) -> Result<String, FileError> {
        let sum: u64 = content.bytes().fold(5381, |sum, byte| sum.wrapping_mul(33) ^ u64::from(byte));
        let path = format!("/run/values/{sum:016x}{suffix}");
        self.files.borrow_mut().insert(path.clone(), content.to_owned());
        Ok(path)
    }
    fn stdout(&self) -> Option<String> {
        self.stdout.clone()
    }
    fn stderr(&self) -> Option<String> {
        self.stdout.as_ref().map(|path| path.replace("stdout", "stderr"))
    }
}
