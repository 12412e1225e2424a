//! A folder of SIF files, one an image, each made once. Blocking: called from threads that may wait. Entry point: [`ImageStore::provide`].

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use nix::fcntl::{Flock, FlockArg};

use crate::site::{ImageReference, ImageReferenceError, Runtime, Site};

/// Why an image cannot be had. Each message is a fragment that fits "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The text names no image.
    #[error(transparent)]
    Reference(#[from] ImageReferenceError),
    /// A path where nothing is.
    #[error("find the image `{reference}`: there is nothing at {}", path.display())]
    NotThere {
        /// As written.
        reference: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The container program could not be started.
    #[error("pull the image `{reference}`: `{program}` cannot be started: {source}")]
    NoProgram {
        /// As written.
        reference: String,
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// The container program could not pull it.
    #[error("pull the image `{reference}`: `{command}` said `{said}`")]
    Pull {
        /// As written.
        reference: String,
        /// What was run.
        command: String,
        /// The end of what it wrote to stderr.
        said: String,
    },
    /// The store cannot be written.
    #[error("keep the image `{reference}` in {}: {source}", folder.display())]
    Store {
        /// As written.
        reference: String,
        /// The store's folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// None of several alternatives can be had.
    #[error("find any of the images: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NoneOf(Vec<ImageError>),
}

impl ImageError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Reference(_) => {
                "write a name (`ubuntu:22.04`), a source (`docker://…`, `oras://…`, `library://…`), or the path of a .sif file or sandbox folder"
                    .to_owned()
            }
            Self::NotThere { .. } => "give the path from `/`, on a file system that the nodes share".to_owned(),
            Self::NoProgram { .. } => {
                "install it or name it in the site file: `program` in `[container]`; `runtime = \"none\"` there runs every command on the host"
                    .to_owned()
            }
            Self::Pull { command, .. } => {
                format!("try it by hand: `{command}`; names without a source are looked up by `[registries]` of the site file")
            }
            Self::Store { .. } => "name a folder with room in the site file: `image_store` in `[container]`".to_owned(),
            Self::NoneOf(errors) => errors.first().map(Self::hint).unwrap_or_default(),
        }
    }
}

/// Pulls at the same time in one process: unpacking layers keeps a login node's cores busy.
const PULLS_AT_A_TIME: usize = 2;

/// How long a failed pull is remembered: a thousand shards with the same mistyped name fail after one pull.
const FAILURE_LASTS: Duration = Duration::from_secs(60);

/// Finished images by source. Several processes may share one folder.
#[derive(Debug)]
pub struct ImageStore {
    program: String,
    folder: PathBuf,
    environment: BTreeMap<String, String>,
    pulls: Mutex<Pulls>,
    has_changed: Condvar,
}

#[derive(Debug, Default)]
struct Pulls {
    /// Sources that a thread of this process pulls.
    running: Vec<String>,
    /// Sources that could not be pulled: when, the command, and what it said.
    failed: BTreeMap<String, (Instant, String, String)>,
}

impl ImageStore {
    /// The store of a site; `None` where containers are not used.
    pub fn of_site(site: &Site) -> Option<Self> {
        let default_program = match site.container.runtime {
            Runtime::Apptainer => "apptainer",
            Runtime::Singularity => "singularity",
            Runtime::None => return None,
        };
        let program = if site.container.program.is_empty() { default_program } else { &site.container.program };
        let folder = if site.container.image_store.is_empty() { cache_folder() } else { site.container.image_store.clone().into() };
        Some(Self { environment: site.container.environment.clone(), ..Self::new(program, folder) })
    }

    /// A store in a folder that is made when needed.
    pub fn new(program: impl Into<String>, folder: PathBuf) -> Self {
        Self { program: program.into(), folder, environment: BTreeMap::new(), pulls: Mutex::default(), has_changed: Condvar::new() }
    }

    /// Whether one of several alternatives may be had, without pulling: it is there, or there is a program to pull it.
    pub fn look_for(&self, alternatives: &[String], registries: &BTreeMap<String, String>) -> Result<(), ImageError> {
        let looked = alternatives.iter().map(|reference| self.look_for_one(reference, registries));
        let mut errors = Vec::new();
        for found in looked {
            match found {
                Ok(()) => return Ok(()),
                Err(error) => errors.push(error),
            }
        }
        Err(only_or_all(errors))
    }

    fn look_for_one(&self, reference: &str, registries: &BTreeMap<String, String>) -> Result<(), ImageError> {
        match ImageReference::parse(reference, registries)? {
            ImageReference::Local(path) => local(reference, path).map(drop),
            ImageReference::Remote(source) if self.folder.join(ImageReference::store_name(&source)).exists() => Ok(()),
            ImageReference::Remote(_) if which::which(&self.program).is_ok() => Ok(()),
            ImageReference::Remote(_) => Err(ImageError::NoProgram {
                reference: reference.to_owned(),
                program: self.program.clone(),
                source: io::Error::new(io::ErrorKind::NotFound, "it is not on PATH"),
            }),
        }
    }

    /// Whether the first of several alternatives would have to be pulled, which may take minutes.
    pub fn must_pull(&self, alternatives: &[String], registries: &BTreeMap<String, String>) -> bool {
        let first = alternatives.first().and_then(|reference| ImageReference::parse(reference, registries).ok());
        matches!(first, Some(ImageReference::Remote(source)) if !self.folder.join(ImageReference::store_name(&source)).exists())
    }

    /// The first of several alternatives that can be had: as it was written, and the path that the container program is given.
    pub fn provide(&self, alternatives: &[String], registries: &BTreeMap<String, String>) -> Result<(String, String), ImageError> {
        let mut errors = Vec::new();
        for reference in alternatives {
            match self.provide_one(reference, registries) {
                Ok(path) => return Ok((reference.clone(), path.to_string_lossy().into_owned())),
                Err(error) => errors.push(error),
            }
        }
        Err(only_or_all(errors))
    }

    fn provide_one(&self, reference: &str, registries: &BTreeMap<String, String>) -> Result<PathBuf, ImageError> {
        match ImageReference::parse(reference, registries)? {
            ImageReference::Local(path) => local(reference, path),
            ImageReference::Remote(source) => self.provide_remote(reference, &source),
        }
    }

    fn provide_remote(&self, reference: &str, source: &str) -> Result<PathBuf, ImageError> {
        let path = self.folder.join(ImageReference::store_name(source));
        if path.exists() {
            return Ok(path);
        }
        self.wait_for_turn(reference, source)?;
        // Another thread may have made it while this one waited.
        let outcome = if path.exists() { Ok(()) } else { self.pull(reference, source, &path) };
        let mut pulls = self.pulls.lock().unwrap_or_else(PoisonError::into_inner);
        pulls.running.retain(|running| running != source);
        if let Err(ImageError::Pull { command, said, .. }) = &outcome {
            pulls.failed.insert(source.to_owned(), (Instant::now(), command.clone(), said.clone()));
        }
        self.has_changed.notify_all();
        outcome.map(|()| path)
    }

    /// Waits until no other thread pulls this source and there is room for one more pull; fails at once where it has just failed.
    fn wait_for_turn(&self, reference: &str, source: &str) -> Result<(), ImageError> {
        let mut pulls = self.pulls.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some((when, command, said)) = pulls.failed.get(source).filter(|(when, ..)| when.elapsed() < FAILURE_LASTS) {
                tracing::debug!("`{source}` could not be pulled {} s ago", when.elapsed().as_secs());
                return Err(ImageError::Pull { reference: reference.to_owned(), command: command.clone(), said: said.clone() });
            }
            let is_free = pulls.running.len() < PULLS_AT_A_TIME && !pulls.running.iter().any(|running| running == source);
            if is_free {
                pulls.running.push(source.to_owned());
                return Ok(());
            }
            pulls = self.has_changed.wait(pulls).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Pulls to a temporary name, then renames: a file with an image's name is always whole. The lock keeps other processes from doing the same work; without it both would still be right.
    fn pull(&self, reference: &str, source: &str, path: &Path) -> Result<(), ImageError> {
        let store_error = |source| ImageError::Store { reference: reference.to_owned(), folder: self.folder.clone(), source };
        fs::create_dir_all(&self.folder).map_err(store_error)?;
        let lock_file = File::create(path.with_extension("lock")).map_err(store_error)?;
        let _lock = Flock::lock(lock_file, FlockArg::LockExclusive).map_err(|(_, errno)| store_error(errno.into()))?;
        if path.exists() {
            return Ok(());
        }
        let partial = path.with_extension(format!("{}.partial", std::process::id()));
        // Left by an earlier process of the same number: the program would refuse to overwrite it.
        let _ = fs::remove_file(&partial);
        self.run_pull(reference, source, &partial).inspect_err(|_| drop(fs::remove_file(&partial)))?;
        fs::rename(&partial, path).map_err(store_error)
    }

    fn run_pull(&self, reference: &str, source: &str, partial: &Path) -> Result<(), ImageError> {
        let output = Command::new(&self.program)
            .arg("pull")
            .arg(partial)
            .arg(source)
            .envs(&self.environment)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| ImageError::NoProgram { reference: reference.to_owned(), program: self.program.clone(), source: error })?;
        if output.status.success() && partial.exists() {
            return Ok(());
        }
        let command = format!("{} pull image.sif {source}", self.program);
        Err(ImageError::Pull { reference: reference.to_owned(), command, said: last_words(&String::from_utf8_lossy(&output.stderr)) })
    }
}

/// An image that is used in place, if it is there. In a folder of images a name stands for a file that has `.sif` after it.
fn local(reference: &str, path: PathBuf) -> Result<PathBuf, ImageError> {
    let path = in_home(path);
    let path = std::path::absolute(&path).unwrap_or(path);
    let mut with_ending = path.clone().into_os_string();
    with_ending.push(".sif");
    let found = [path.clone(), with_ending.into()].into_iter().find(|path| path.exists());
    found.ok_or_else(|| ImageError::NotThere { reference: reference.to_owned(), path })
}

/// Why none of several alternatives can be had.
fn only_or_all(mut errors: Vec<ImageError>) -> ImageError {
    match errors.pop() {
        Some(only) if errors.is_empty() => only,
        Some(last) => {
            errors.push(last);
            ImageError::NoneOf(errors)
        }
        None => ImageReferenceError::Empty.into(),
    }
}

/// What went wrong, of all that a pull writes: not its progress.
fn last_words(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("INFO:")).collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

/// `~/x` below the user's home: no shell sees the path.
fn in_home(path: PathBuf) -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    match (path.strip_prefix("~"), home) {
        (Ok(inside), Some(home)) => home.join(inside),
        (Ok(_) | Err(_), _) => path,
    }
}

/// The user's cache folder, by the XDG rules.
fn cache_folder() -> PathBuf {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache"))).unwrap_or_else(std::env::temp_dir);
    cache.join("sluice").join("images")
}
