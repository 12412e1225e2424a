//! Files and folders in the extended form (WDL 1.2, "Extended File/Directory Input/Output Format"): a folder made of files from several places, or
//! one that has another name for the task than on the disk. They are made in the run's folder, of hard links where they can be and of copies elsewhere.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value as Json;

use super::{
    exit::{Exit, Failure},
    target::Chosen,
};
use crate::{
    load,
    site::Site,
    value::{self, EXTENDED, Object},
};

/// Where in the run's folder they are made.
const FOLDER: &str = "values/inputs";

/// What is to be made, one a number.
#[derive(Debug, Default)]
pub(super) struct Listings(Vec<Entry>);

/// A file or folder and its name.
#[derive(Debug)]
struct Entry {
    name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// All that stands there.
    From(PathBuf),
    /// A folder of these.
    Of(Vec<Entry>),
}

/// What a location is relative to, and how paths are read.
pub(super) struct Origin<'a> {
    pub(super) chosen: &'a Chosen,
    pub(super) site: &'a Site,
    pub(super) base: &'a Path,
}

impl Listings {
    /// Takes a path in, if it is an extended form; gives what stands for it until the run's folder is known. The error is a fragment.
    pub(super) fn take(&mut self, path: &str, origin: &Origin<'_>) -> Result<Option<String>, String> {
        let Some(json) = path.strip_prefix(EXTENDED) else { return Ok(None) };
        let json: Json = serde_json::from_str(json).expect("the value layer wrote it");
        let entry = origin.entry(&json, None)?;
        let standing = format!("{EXTENDED}{}/{}", self.0.len(), entry.name);
        self.0.push(entry);
        Ok(Some(standing))
    }

    /// Makes them in a run's folder.
    pub(super) fn make(&self, run: &Path) -> Result<(), Failure> {
        let all = self.0.iter().enumerate();
        let mut made = all.map(|(number, entry)| make(entry, &run.join(FOLDER).join(number.to_string())));
        made.find_map(Result::err).map_or(Ok(()), |(path, error)| {
            Err(Failure::new(Exit::Machine, format!("error: failed to make the input `{}`: {error}", path.display()))
                .hint("inputs with a `listing` or another `basename` are linked or copied into the run's folder"))
        })
    }
}

/// The inputs with the paths that will be there once [`Listings::make`] has been in the run's folder.
pub(super) fn place(inputs: &Object, run: &Path) -> Object {
    let place = |path: &str| match path.strip_prefix(EXTENDED) {
        Some(rest) => run.join(FOLDER).join(rest).display().to_string(),
        None => path.to_owned(),
    };
    inputs.iter().map(|(key, input)| (key.clone(), value::map_paths(input, &mut |path| place(path)))).collect()
}

impl Origin<'_> {
    /// `folder` is the location of the folder that it is listed in.
    fn entry(&self, json: &Json, folder: Option<&Path>) -> Result<Entry, String> {
        let text = |key: &str| json.get(key).and_then(Json::as_str);
        let given = text("location").map(|location| self.located(location)).transpose()?;
        let listing = json.get("listing").map(|listing| listing.as_array().ok_or_else(|| format!("expected an array as `listing`, found {listing}")));
        let own = given.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let name =
            text("basename").map(str::to_owned).or(own).ok_or_else(|| format!("expected `location` or `basename`, found neither in {json}"))?;
        if name.contains('/') || matches!(name.as_str(), "" | "." | "..") {
            return Err(format!("expected a name without `/` as `basename`, found `{name}`"));
        }
        let place = given.or_else(|| folder.map(|folder| folder.join(&name)));
        if let Some(listing) = listing.transpose()? {
            return Ok(Entry { name, content: Content::Of(self.entries(listing, place.as_deref())?) });
        }
        let place = place.ok_or_else(|| format!("expected `location` of `{name}`, since the folder around it has none"))?;
        if place.exists() { Ok(Entry { name, content: Content::From(place) }) } else { Err(format!("there is no file `{}`", place.display())) }
    }

    fn entries(&self, listing: &[Json], folder: Option<&Path>) -> Result<Vec<Entry>, String> {
        let entries = listing.iter().map(|json| self.entry(json, folder)).collect::<Result<Vec<_>, _>>()?;
        let mut names = HashSet::new();
        match entries.iter().find(|entry| !names.insert(&entry.name)) {
            Some(twice) => Err(format!("`{}` is listed twice in one folder", twice.name)),
            None => Ok(entries),
        }
    }

    fn located(&self, location: &str) -> Result<PathBuf, String> {
        if value::is_url(location) {
            return Err(format!("expected a path as `location`, found the URL `{location}`: nothing is fetched"));
        }
        Ok(PathBuf::from(self.chosen.place_path(location, self.base, self.site)))
    }
}

fn make(entry: &Entry, parent: &Path) -> Result<(), (PathBuf, io::Error)> {
    let path = parent.join(&entry.name);
    let failed = |error| (path.clone(), error);
    fs::create_dir_all(parent).map_err(failed)?;
    match &entry.content {
        Content::From(place) => copy(place, &path).map_err(failed),
        Content::Of(entries) => {
            fs::create_dir_all(&path).map_err(failed)?;
            entries.iter().try_for_each(|entry| make(entry, &path))
        }
    }
}

/// A file or all of a folder; what symlinks lead to, not the links.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let from = load::absolute(&fs::canonicalize(from)?);
    if !from.is_dir() {
        return fs::hard_link(&from, to).or_else(|_| fs::copy(&from, to).map(drop));
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(&from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
