//! Site file and backend: raw arguments and environment, settled once.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    args::{BackendName, Place},
    exit::{Exit, Failure},
};
use crate::site::{Layer, Site, SiteError};

/// Where a run goes.
pub(super) struct Settled {
    /// The site with all layers applied.
    pub(super) site: Arc<Site>,
    /// Its path as given.
    pub(super) site_name: Option<String>,
    /// Which backend.
    pub(super) backend: BackendName,
    /// Whether the user named the backend.
    pub(super) backend_is_given: bool,
}

/// Reads the site file and chooses the backend: `sbatch` on PATH means Slurm, even while its controller is down.
pub(super) fn settle(place: &Place) -> Result<Settled, Failure> {
    let path = match &place.site {
        None => default_file(),
        Some(name) => Some(find(name)?),
    };
    let site = settle_site(path.as_deref())?;
    let shown = path.map(|path| path.display().to_string());
    let backend = place.backend.unwrap_or_else(|| if which::which("sbatch").is_ok() { BackendName::Slurm } else { BackendName::Local });
    if backend == BackendName::Slurm && which::which("sbatch").is_err() {
        return Err(Failure::new(Exit::Site, "error: `--backend slurm`, but `sbatch` is not on PATH")
            .hint("load the site's Slurm module, or use `--backend local`"));
    }
    Ok(Settled { site: Arc::new(site), site_name: shown, backend, backend_is_given: place.backend.is_some() })
}

/// The site of a file, over the embedded defaults; `None`: the defaults alone.
pub(super) fn settle_site(path: Option<&Path>) -> Result<Site, Failure> {
    let layer = |path: &Path| -> Result<Layer, Failure> { Ok(Layer { file: path.display().to_string(), text: read(path)? }) };
    let layers = path.map(layer).transpose()?;
    let site = Site::settle(layers.as_slice(), |variable| std::env::var(variable).ok());
    site.map_err(|error: SiteError| {
        Failure::new(Exit::Site, format!("error: the site file cannot be used: {error}")).hint("`sluice site show` prints every key with its meaning")
    })
}

/// The site file that is used where none is named, if there is one.
fn default_file() -> Option<PathBuf> {
    folders().into_iter().map(|folder| folder.join("site.toml")).find(|path| path.is_file())
}

/// A path, or a name in one of the folders of site files.
pub(super) fn find(name: &str) -> Result<PathBuf, Failure> {
    let path = Path::new(name);
    if path.is_file() {
        return Ok(path.to_owned());
    }
    let is_name = !name.contains('/');
    let candidates: Vec<PathBuf> = folders().into_iter().filter(|_| is_name).map(|folder| folder.join(format!("{name}.toml"))).collect();
    if let Some(found) = candidates.iter().find(|candidate| candidate.is_file()) {
        return Ok(found.clone());
    }
    let tried: Vec<String> = std::iter::once(name.to_owned()).chain(candidates.iter().map(|path| path.display().to_string())).collect();
    Err(Failure::new(Exit::Site, format!("error: there is no site file `{name}`: looked for {}", tried.join(", ")))
        .hint("`sluice site show` prints a commented one to start from"))
}

fn folders() -> Vec<PathBuf> {
    let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")));
    config.map(|folder| folder.join("sluice")).into_iter().chain([PathBuf::from("/etc/sluice")]).collect()
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::new(Exit::Site, format!("error: failed to read the site file `{}`: {error}", path.display())))
}
