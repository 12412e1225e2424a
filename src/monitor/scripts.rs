//! Scripts on disk: where the files of a batch are, and how they are written.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use crate::{
    job::{self, Script, ScriptFile},
    run::{RunDir, RunError},
};

/// Where the files of a batch are.
pub(super) fn batch_paths(run: &RunDir, tag: &str, number: u32) -> job::BatchPaths {
    job::BatchPaths {
        number,
        batch_folder: run.batch(u64::from(number)).display().to_string(),
        library_folder: run.lib().display().to_string(),
        spool_folder: run.spool().display().to_string(),
        tag: tag.to_owned(),
    }
}

/// Writes all of a script's files; those of its batch into the batch's folder, which is made.
pub(super) fn write_script(script: &Script, batch_folder: &Path) -> Result<(), RunError> {
    fs::create_dir_all(batch_folder).map_err(RunError::io("create", batch_folder))?;
    script.attempt_files.iter().chain(&script.batch_files).try_for_each(|file| write_file(batch_folder, file))
}

/// Writes a file with its mode whatever the head's umask is: secrets are private by mode, commands readable by mode.
fn write_file(folder: &Path, file: &ScriptFile) -> Result<(), RunError> {
    let path = folder.join(&file.path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(RunError::io("create", parent))?;
    }
    let open = OpenOptions::new().write(true).create(true).truncate(true).mode(file.mode).open(&path);
    let write = open.and_then(|mut open| {
        open.set_permissions(Permissions::from_mode(file.mode))?;
        open.write_all(file.text.as_bytes())
    });
    write.map_err(RunError::io("write", &path))
}
