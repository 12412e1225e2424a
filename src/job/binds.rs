//! Which host paths a container sees, and where.

use std::collections::BTreeMap;

use super::{AttemptPaths, Bind, LowerError};
use crate::{
    site::{Runtime, Site},
    task::{Access, TaskInstance},
};

/// Folders that an image brings itself: binding one whole would hide the image's own, so files in them are bound one by one.
const SYSTEM_FOLDERS: [&str; 16] =
    ["/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/opt", "/proc", "/root", "/run", "/sbin", "/sys", "/usr", "/var"];

/// Folders that every program writes to: bound read-only as a whole they would break some.
const TEMPORARY_FOLDERS: [&str; 2] = ["/tmp", "/var/tmp"];

/// The binds of a task: the site's, its inputs' folders, its volumes. Later ones lie over earlier ones. Its own folder, which differs in each
/// element of an array, and its scratch folder, which only the node knows, are bound by the node library.
pub(super) fn binds(instance: &TaskInstance, site: &Site, paths: &AttemptPaths) -> Result<Vec<Bind>, LowerError> {
    if site.container.runtime == Runtime::None {
        return Ok(Vec::new());
    }
    let mut binds: Vec<Bind> = site.container.binds.iter().map(|bind| site_bind(bind)).collect();
    binds.extend(input_binds(instance, site)?);
    if !paths.values_folder.is_empty() {
        binds.push(Bind { required: false, ..same_path(&paths.values_folder, Access::ReadOnly) });
    }
    for volume in &instance.requirements.volumes {
        let host = host_path(&volume.host, site)?;
        if !volume.container.starts_with('/') || !host.starts_with('/') {
            let problem = "expected absolute paths on both sides: `{\"/in/container\": \"/on/host\"}`".to_owned();
            return Err(LowerError::BadValue { what: "volume", value: format!("{}: {host}", volume.container), problem });
        }
        binds.push(Bind { host, container: volume.container.clone(), access: volume.access, required: true });
    }
    Ok(last_of_each(&binds))
}

/// The last bind at each path: the program warns of a second one, in the task's own stderr.
fn last_of_each(binds: &[Bind]) -> Vec<Bind> {
    let later = |idx: usize, path: &str| binds[idx + 1..].iter().any(|bind| bind.container == path);
    binds.iter().enumerate().filter(|(idx, bind)| !later(*idx, &bind.container)).map(|(_, bind)| bind.clone()).collect()
}

/// A path as the host has it, for a process without a container: below a volume, the volume's host path; else unchanged.
pub(super) fn path_on_host(path: &str, instance: &TaskInstance, site: &Site) -> Result<String, LowerError> {
    for volume in &instance.requirements.volumes {
        let mount = volume.container.trim_end_matches('/');
        match path.strip_prefix(mount) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => return Ok(format!("{}{rest}", host_path(&volume.host, site)?)),
            Some(_) | None => {}
        }
    }
    Ok(path.to_owned())
}

/// The parent folder of each input once; a folder below another of the same access is covered by it. Sorted, so that outer binds come first.
fn input_binds(instance: &TaskInstance, site: &Site) -> Result<Vec<Bind>, LowerError> {
    let mut folders: BTreeMap<String, Access> = BTreeMap::new();
    for input in &instance.input_paths {
        let path = host_path(&input.path, site)?;
        let folder = bound_for(path.trim_end_matches('/'), input.access);
        if folder.is_empty() {
            continue;
        }
        let access = folders.entry(folder.to_owned()).or_insert(input.access);
        if input.access == Access::ReadWrite {
            *access = Access::ReadWrite;
        }
    }
    let covered = |folder: &str| {
        let outer = ancestors(folder).find_map(|outer| folders.get(outer));
        outer.is_some() && outer == folders.get(folder)
    };
    let binds = folders.iter().filter(|(folder, _)| !covered(folder));
    Ok(binds.map(|(folder, access)| Bind { required: false, ..same_path(folder, *access) }).collect())
}

/// What to bind so that a path is seen: its parent folder, or itself where the parent is the image's own.
fn bound_for(path: &str, access: Access) -> &str {
    let is_kept = |parent: &str| is_system(parent) || access == Access::ReadOnly && TEMPORARY_FOLDERS.contains(&parent);
    match path.rsplit_once('/') {
        Some((parent, _)) if !is_kept(parent) => parent,
        Some(_) | None => path,
    }
}

/// Whether a folder, or one that holds it, belongs to the image.
fn is_system(folder: &str) -> bool {
    // Below /run, /var and /root a site keeps data of its own; only they themselves are not to be hidden.
    let open = ["/run", "/var", "/root", "/opt"];
    let inside = |system: &&str| !open.contains(system) && folder.starts_with(system) && folder.as_bytes().get(system.len()) == Some(&b'/');
    folder.is_empty() || SYSTEM_FOLDERS.contains(&folder) || SYSTEM_FOLDERS[1..].iter().any(inside)
}

/// The folders that hold a path, nearest first.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |inner| inner.rsplit_once('/').map(|(outer, _)| outer)).skip(1)
}

/// A bind at the same path on both sides.
fn same_path(path: &str, access: Access) -> Bind {
    Bind { host: path.to_owned(), container: path.to_owned(), access, required: true }
}

/// A bind of the site file; its form was checked when the file was read.
fn site_bind(text: &str) -> Bind {
    let mut parts = text.split(':');
    let host = parts.next().unwrap_or_default().to_owned();
    let container = parts.next().map_or_else(|| host.clone(), str::to_owned);
    let access = if parts.next() == Some("ro") { Access::ReadOnly } else { Access::ReadWrite };
    Bind { host, container, access, required: true }
}

/// A host path, an Achelous volume resolved.
fn host_path(path: &str, site: &Site) -> Result<String, LowerError> {
    site.host_path(path).map_err(|volume| LowerError::NoSuchEntry {
        what: "volume",
        asked: volume.clone(),
        known: format!("add `\"{volume}\" = \"/its/folder\"` to [volumes]"),
    })
}
