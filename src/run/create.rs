//! Making the folder of a new run.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{RunDir, RunError, RunRecord, SavedSources};

/// Everything that a new run's folder is made from.
#[derive(Debug)]
pub struct NewRun<'a> {
    /// `run.json`
    pub record: &'a RunRecord,
    /// WDL documents, URI and text, the root first.
    pub documents: &'a [(&'a str, &'a str)],
    /// URLs that were redirected, each with the URI of its document.
    pub moved: &'a [(&'a str, &'a str)],
    /// `inputs.json`, paths absolute.
    pub inputs: &'a serde_json::Value,
    /// `site.json`: the settled site.
    pub site: &'a serde_json::Value,
    /// The node library: file names and texts for `lib/`.
    pub library: &'a BTreeMap<String, String>,
}

/// The folder that a run gets where the user names none: `sluice-runs/<date>-<time>-<workflow>-<4 letters>` below `base`.
pub fn default_folder(base: &Path, record: &RunRecord, civil_time: &str) -> PathBuf {
    base.join("sluice-runs").join(format!("{civil_time}-{}-{}", record.target, &record.id[..4]))
}

/// Makes the folder and all that is known before anything runs. `run.json` comes last: a folder without it is no run.
pub fn create(folder: &Path, new: &NewRun<'_>) -> Result<RunDir, RunError> {
    refuse_used(folder)?;
    fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
    let folder = fs::canonicalize(folder).map_err(RunError::io("find", folder))?;
    let run = RunDir::new(folder);
    for part in [run.values(), run.calls(), run.batches(), run.spool(), run.lib()] {
        fs::create_dir(&part).map_err(RunError::io("create", &part))?;
    }
    for (name, text) in new.library {
        write(&run.lib().join(name), text)?;
    }
    SavedSources::write(&run, new.documents, new.moved)?;
    write(&run.site(), &pretty(new.site))?;
    write(&run.inputs(), &pretty(new.inputs))?;
    write(&run.record(), &pretty(&serde_json::to_value(new.record).expect("a record is plain data")))?;
    Ok(run)
}

/// A folder that is there must be empty.
fn refuse_used(folder: &Path) -> Result<(), RunError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(RunError::NotEmpty(folder.to_owned())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(RunError::io("read", folder)(error)),
    }
}

fn write(path: &Path, text: &str) -> Result<(), RunError> {
    fs::write(path, text).map_err(RunError::io("write", path))
}

fn pretty(value: &serde_json::Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value is plain data");
    text.push('\n');
    text
}
