//! Site file and backend: raw arguments and environment, settled once.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    args::{BackendName, Place},
    exit::{Exit, Failure},
};
use crate::{
    job::Templates,
    site::{Layer, Site, SiteError},
    slurm::submission_defaults,
};

/// Where a run goes.
pub(super) struct Settled {
    /// The site with all layers applied.
    pub(super) site: Arc<Site>,
    /// Its templates.
    pub(super) templates: Arc<Templates>,
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
    let mut site = settle_site(path.as_deref())?;
    add_submission_defaults(&mut site);
    let templates = Arc::new(templates(&site)?.with_clusters(cluster_libraries(&site)?));
    let shown = path.map(|path| path.display().to_string());
    let backend = place.backend.unwrap_or_else(|| if which::which("sbatch").is_ok() { BackendName::Slurm } else { BackendName::Local });
    if backend == BackendName::Slurm && which::which("sbatch").is_err() {
        return Err(Failure::new(Exit::Site, "error: `--backend slurm`, but `sbatch` is not on PATH")
            .hint("load the site's Slurm module, or use `--backend local`"));
    }
    Ok(Settled { site: Arc::new(site), templates, site_name: shown, backend, backend_is_given: place.backend.is_some() })
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

/// The templates of a site: ours, but for those whose names stand in the site's folder.
pub(super) fn templates(site: &Site) -> Result<Templates, Failure> {
    let mut own = BTreeMap::new();
    if !site.templates.is_empty() {
        for name in Templates::names() {
            let path = Path::new(&site.templates).join(&name);
            if path.is_file() {
                own.insert(name, read(&path)?);
            }
        }
        if own.is_empty() {
            let known: Vec<String> = Templates::names().collect();
            return Err(Failure::new(
                Exit::Site,
                format!("error: the site's folder of templates `{}` holds none of {}", site.templates, known.join(", ")),
            )
            .hint("empty the key `templates`, or copy the template that is to be changed there"));
        }
    }
    Templates::with_site(&own)
        .map_err(|error| Failure::from_error(Exit::Site, &error).hint("`templates/` in sluice's source holds the ones it replaces"))
}

/// The shell functions of the site's own kinds of clusters, by kind. A run keeps them in its `lib/`.
pub(super) fn cluster_libraries(site: &Site) -> Result<BTreeMap<String, String>, Failure> {
    let mut texts = BTreeMap::new();
    for (name, kind) in site.clusters.iter().filter(|(_, kind)| !kind.library.is_empty()) {
        let text = fs::read_to_string(&kind.library).map_err(|error| {
            Failure::new(Exit::Site, format!("error: `clusters.{name}.library`: failed to read `{}`: {error}", kind.library))
                .hint("the file's path is relative to the site file")
        })?;
        texts.insert(name.clone(), text);
    }
    Ok(texts)
}

/// Account, QOS and reservation that the user's environment names, where the site file names none: the only variables of `sbatch` that count.
fn add_submission_defaults(site: &mut Site) {
    let defaults = submission_defaults(std::env::vars_os());
    let options = &mut site.slurm;
    for (option, default) in
        [(&mut options.account, defaults.account), (&mut options.qos, defaults.qos), (&mut options.reservation, defaults.reservation)]
    {
        if let (true, Some(default)) = (option.is_empty(), default) {
            *option = default;
        }
    }
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
