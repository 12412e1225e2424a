//! The file system as expressions see it.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::braces;
use crate::{
    eval::files::{FileError, FileKind, Files},
    value::is_url,
};

/// Files on the shared file system.
#[derive(Clone, Debug)]
pub struct DiskFiles {
    /// What relative paths are relative to: a task's work folder, or the folder of the WDL document.
    pub folder: PathBuf,
    /// Where `write_*` puts its files.
    pub values: PathBuf,
    /// The command's standard output and error, inside a task's outputs.
    pub streams: Option<(PathBuf, PathBuf)>,
}

impl DiskFiles {
    fn at(&self, path: &str) -> PathBuf {
        self.folder.join(path.strip_prefix("file://").unwrap_or(path))
    }
}

fn failed(path: &str) -> impl FnOnce(io::Error) -> FileError {
    let path = path.to_owned();
    move |error| {
        let message = if error.kind() == io::ErrorKind::NotFound { "there is no such file".to_owned() } else { error.to_string() };
        FileError { path, message }
    }
}

/// A pipe, a socket or a device: who reads it may wait for ever.
fn no_content(path: &str) -> FileError {
    FileError { path: path.to_owned(), message: "it is no file with a content of its own (a pipe, a socket or a device)".to_owned() }
}

impl Files for DiskFiles {
    fn absolute(&self, path: &str) -> String {
        if is_url(path) && !path.starts_with("file://") { path.to_owned() } else { self.at(path).display().to_string() }
    }

    fn read(&self, path: &str) -> Result<String, FileError> {
        let file = self.at(path);
        let kind = fs::metadata(&file).map_err(failed(path))?.file_type();
        // Of devices only this one ends; a folder's error is the system's.
        if !kind.is_file() && !kind.is_dir() && file != Path::new("/dev/null") {
            return Err(no_content(path));
        }
        let bytes = fs::read(file).map_err(failed(path))?;
        String::from_utf8(bytes)
            .map_err(|error| FileError { path: path.to_owned(), message: format!("it is not UTF-8 (at byte {})", error.utf8_error().valid_up_to()) })
    }

    fn size(&self, path: &str) -> Result<u64, FileError> {
        size_of(&self.at(path)).map_err(failed(path))
    }

    fn kind(&self, path: &str) -> Result<Option<FileKind>, FileError> {
        match fs::metadata(self.at(path)) {
            Ok(found) if found.file_type().is_fifo() || found.file_type().is_socket() => Err(no_content(path)),
            Ok(found) => Ok(Some(if found.is_dir() { FileKind::Folder } else { FileKind::File })),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(failed(path)(error)),
        }
    }

    fn resolved(&self, path: &str) -> String {
        let found = if is_url(path) && !path.starts_with("file://") { None } else { fs::canonicalize(self.at(path)).ok() };
        found.map_or_else(|| self.absolute(path), |found| found.display().to_string())
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError> {
        bash_glob(&self.folder, pattern)
    }

    fn list(&self, folder: &str) -> Result<Vec<(String, FileKind)>, FileError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.at(folder)).map_err(failed(folder))? {
            let entry = entry.map_err(failed(folder))?;
            let kind = if entry.path().is_dir() { FileKind::Folder } else { FileKind::File };
            names.push((entry.file_name().to_string_lossy().into_owned(), kind));
        }
        names.sort_by(|left, right| left.0.cmp(&right.0));
        Ok(names)
    }

    fn write(&self, content: &str, suffix: &str) -> Result<String, FileError> {
        let digest: [u8; 32] = Sha256::digest(content.as_bytes()).into();
        // Half of it names the content well enough, and leaves room in a path.
        let digest = format!("{:032x}", u128::from_be_bytes(*digest.first_chunk().expect("16 of 32 bytes")));
        let path = self.values.join(format!("{digest}{suffix}"));
        let shown = path.display().to_string();
        if !path.exists() {
            write_whole(&path, content).map_err(failed(&shown))?;
        }
        Ok(shown)
    }

    fn stdout(&self) -> Option<String> {
        self.streams.as_ref().map(|(stdout, _)| stdout.display().to_string())
    }

    fn stderr(&self) -> Option<String> {
        self.streams.as_ref().map(|(_, stderr)| stderr.display().to_string())
    }
}

/// Writes a file under a name of its own, then renames it: nobody reads half of it, and several may write the same content at once.
pub fn write_whole(path: &Path, content: &str) -> io::Result<()> {
    let readable = fs::Permissions::from_mode(0o644);
    let folder = path.parent().expect("a file has a folder");
    let mut file = tempfile::Builder::new().prefix(".").permissions(readable).tempfile_in(folder)?;
    file.write_all(content.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn size_of(path: &Path) -> io::Result<u64> {
    let found = fs::metadata(path)?;
    if !found.is_dir() {
        return Ok(found.len());
    }
    let mut total: u64 = 0;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        // A folder behind a symlink may lead back here; a symlink that leads nowhere has no size.
        let is_link = entry.file_type()?.is_symlink();
        let bytes = match fs::metadata(entry.path()) {
            Ok(found) if found.is_dir() && is_link => 0,
            Ok(found) if found.is_dir() => size_of(&entry.path())?,
            Ok(found) => found.len(),
            Err(_) if is_link => 0,
            Err(error) => return Err(error),
        };
        total = total.saturating_add(bytes);
    }
    Ok(total)
}

/// Prints the files that its arguments match, each ended by NUL. An unquoted variable is globbed but never evaluated; the empty IFS keeps
/// names with spaces whole; `LC_ALL=C` sorts by byte, whatever the locale of the head. Where nothing but escaped characters is special,
/// bash takes no pattern and leaves the backslashes.
const GLOB_SCRIPT: &str = r#"LC_ALL=C IFS=; shopt -s nullglob
for path in $*; do if [ ! -f "$path" ]; then path=${path//\\/}; fi; if [ -f "$path" ]; then printf '%s\0' "$path"; fi; done"#;

/// WDL wants what `echo` would print in a standard bash (1.1, "glob"), so bash does it, with `**` as its default has it. No match is an empty list; folders are left out.
fn bash_glob(folder: &Path, pattern: &str) -> Result<Vec<String>, FileError> {
    // A shell expands braces before variables, and so never those of a variable.
    let words = braces::expand(pattern);
    if words.iter().any(|word| word.starts_with('/') || word.split('/').any(|part| part == "..")) {
        return Err(FileError { path: pattern.to_owned(), message: "a glob may not leave the task's folder".to_owned() });
    }
    let run = std::process::Command::new("bash").args(["-c", GLOB_SCRIPT, "bash"]).args(&words).current_dir(folder).output();
    let output = run.map_err(failed(&folder.display().to_string()))?;
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| folder.join(String::from_utf8_lossy(name).as_ref()).display().to_string()).collect())
}
