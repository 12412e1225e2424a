//! `disks`: how much scratch a task asks for, and where it wants to find it (1.1 and 1.2, "disks").

use super::{attributes::Attribute, messages, units};
use crate::{diagnostic::Diagnostic, task::Disk, value::Value};

/// One disk, or several: an array of them, or one text with commas between them, as Cromwell has it.
pub(super) fn disks(disks: &Attribute<'_>) -> Result<Vec<Disk>, Diagnostic> {
    let found = match &disks.value {
        Value::Array(_) => disks.items()?.iter().map(disk).collect::<Result<Vec<_>, _>>()?,
        Value::String(text) => text.split(',').map(|part| written(disks, part)).collect::<Result<Vec<_>, _>>()?,
        _ => vec![disk(disks)?],
    };
    for (index, disk) in found.iter().enumerate() {
        if found[..index].iter().any(|other| other.mount == disk.mount) {
            return Err(messages::disk_twice(disks.span, disk.mount.as_deref()));
        }
    }
    Ok(found)
}

/// The bytes of all of them.
pub(super) fn total(disks: &[Disk]) -> u64 {
    disks.iter().fold(0, |total, disk| total.saturating_add(disk.bytes))
}

fn disk(disk: &Attribute<'_>) -> Result<Disk, Diagnostic> {
    match &disk.value {
        Value::String(text) => written(disk, text),
        _ => Ok(Disk { mount: None, bytes: disk.bytes("disk size", units::GIBIBYTE)? }),
    }
}

/// `40`, `"40 GB"`, `"/mnt/x 40 GiB"`, `"local-disk 40 HDD"`: a number without a unit is GiB.
fn written(disk: &Attribute<'_>, text: &str) -> Result<Disk, Diagnostic> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let mut mount = None;
    if words.first().is_some_and(|first| first.starts_with('/') || first.eq_ignore_ascii_case("local-disk")) {
        let first = words.remove(0);
        let path = first.trim_end_matches('/');
        mount = Some(path.to_owned()).filter(|path| path.starts_with('/'));
    }
    // The kind of disk, as Cromwell's cloud backends want it; a cluster's scratch is what it is.
    if words.last().is_some_and(|kind| ["HDD", "SSD", "LOCAL"].iter().any(|known| kind.eq_ignore_ascii_case(known))) {
        words.pop();
    }
    let accepted = "a size, \"local-disk 40 HDD\", \"/mount/point 40 GiB\", or a list of these; a number without a unit is GiB";
    let bytes = units::bytes(&words.join(" "), units::GIBIBYTE).ok_or_else(|| disk.unreadable("disk size", accepted))?;
    Ok(Disk { mount, bytes })
}
