//! A file that the user named, read whole: what has no end, or no one at its other end, is refused before it is waited for.

use std::{
    fs::{self, File},
    io::Read,
    os::unix::fs::FileTypeExt,
    path::Path,
};

use super::library::Unreadable;

/// The largest document, in bytes: a hundred times what the largest real ones have.
pub(super) const LARGEST_DOCUMENT: u64 = 50_000_000;
/// The largest file of inputs, in bytes.
pub const LARGEST_INPUTS: u64 = 1_000_000_000;

/// The bytes of a file. `expected` says for messages what it should be: "a WDL document".
///
/// A pipe that the shell has opened (`<(…)`, `/dev/stdin`) is read to its end; a named one may have nobody who writes to it.
pub fn read_file(path: &Path, largest: u64, expected: &str) -> Result<Vec<u8>, Unreadable> {
    let metadata = fs::metadata(path)?;
    let kind = metadata.file_type();
    let is_open_already = path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd");
    let what = [
        (kind.is_dir(), "a folder"),
        (kind.is_socket(), "a socket"),
        (kind.is_block_device(), "a device"),
        (kind.is_char_device() && !is_open_already, "a device"),
        (kind.is_fifo() && !is_open_already, "a named pipe"),
    ];
    if let Some((_, what)) = what.into_iter().find(|(is_it, _)| *is_it) {
        return Err(Unreadable::new(format!("it is {what}, expected {expected}"), &[]));
    }
    let too_large = || Unreadable::new(format!("it is larger than {} MB, expected {expected}", largest / 1_000_000), &[]);
    if metadata.len() > largest {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    File::open(path)?.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest { Err(too_large()) } else { Ok(bytes) }
}
