//! The only way from an expression to a file system. Contract: the shell implements it, `eval` calls nothing else.

use std::fmt;

/// Files as expressions see them: relative paths are relative to one folder (a task's work folder, or none for a workflow).
pub trait Files {
    /// The absolute path that a path or URL in a value means here. URLs and absolute paths stay as they are.
    fn absolute(&self, path: &str) -> String;
    /// The text of a file.
    fn read(&self, path: &str) -> Result<String, FileError>;
    /// Bytes of a file, or of all files below a folder.
    fn size(&self, path: &str) -> Result<u64, FileError>;
    /// What stands at a path; `None` if nothing does.
    fn kind(&self, path: &str) -> Result<Option<FileKind>, FileError>;
    /// Paths that a bash pattern matches in the folder, sorted; files only.
    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError>;
    /// The absolute path that symlinks in a path lead to; the path itself where nothing stands there, and for URLs.
    fn resolved(&self, path: &str) -> String {
        self.absolute(path)
    }
    /// Names of what a folder holds and whether each is a folder, sorted; for WDL 1.2's Directory.
    fn list(&self, folder: &str) -> Result<Vec<(String, FileKind)>, FileError>;
    /// Writes text to a new file whose name depends only on the content and `suffix`, and gives its absolute path.
    fn write(&self, content: &str, suffix: &str) -> Result<String, FileError>;
    /// Whether nothing can be read or written here (checking, compiling): what needs a file is then unknown instead of an error.
    fn unavailable(&self) -> bool {
        false
    }
    /// The command's standard output; `None` outside a task's outputs.
    fn stdout(&self) -> Option<String>;
    /// The command's standard error; `None` outside a task's outputs.
    fn stderr(&self) -> Option<String>;
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
}

/// A file that could not be read or written: a fragment that fits "cannot read `path`: …".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The path.
    pub path: String,
    /// What the system said.
    pub message: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.message)
    }
}

impl std::error::Error for FileError {}

/// For checking and compiling: no file can be read, nothing is written.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl NoFiles {
    fn refuse<T>(path: &str) -> Result<T, FileError> {
        Err(FileError { path: path.to_owned(), message: "files are not read here".to_owned() })
    }
}

impl Files for NoFiles {
    fn unavailable(&self) -> bool {
        true
    }
    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }
    fn read(&self, path: &str) -> Result<String, FileError> {
        Self::refuse(path)
    }
    fn size(&self, path: &str) -> Result<u64, FileError> {
        Self::refuse(path)
    }
    fn kind(&self, path: &str) -> Result<Option<FileKind>, FileError> {
        Self::refuse(path)
    }
    fn glob(&self, pattern: &str) -> Result<Vec<String>, FileError> {
        Self::refuse(pattern)
    }
    fn list(&self, folder: &str) -> Result<Vec<(String, FileKind)>, FileError> {
        Self::refuse(folder)
    }
    fn write(&self, _content: &str, suffix: &str) -> Result<String, FileError> {
        Self::refuse(suffix)
    }
    fn stdout(&self) -> Option<String> {
        None
    }
    fn stderr(&self) -> Option<String> {
        None
    }
}
