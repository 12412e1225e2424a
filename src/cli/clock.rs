//! The time and random names: the only place of the command line that asks for them.

use std::{
    io::Read,
    time::{SystemTime, UNIX_EPOCH},
};

/// Milliseconds since the epoch.
pub(super) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// `20261124-071530`, in the time of this place, for folder names.
pub(super) fn civil_time() -> String {
    jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string()
}

/// Eight random hex digits: the name of a run, part of every job's name.
pub(super) fn random_id() -> std::io::Result<String> {
    let mut bytes = [0; 4];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:08x}", u32::from_be_bytes(bytes)))
}
