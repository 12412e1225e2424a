//! Only one head drives a run.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, Write},
};

use nix::fcntl::{Flock, FlockArg};

use super::{RunDir, RunError};

/// Held while a process drives a run. The kernel lets go of it when the process ends, however it ends, so a dead owner never blocks.
#[derive(Debug)]
pub struct RunLock {
    _file: Flock<File>,
}

impl RunLock {
    /// Takes the lock, or says who has it. `owner` is what the next one will be told: `pid 123 on login1`.
    pub fn take(run: &RunDir, owner: &str) -> Result<Self, RunError> {
        let path = run.lock();
        let open = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
        let mut file = open.map_err(RunError::io("open", &path))?;
        let mut held_by = String::new();
        file.read_to_string(&mut held_by).map_err(RunError::io("read", &path))?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(mut file) => {
                file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(owner.as_bytes())).map_err(RunError::io("write", &path))?;
                Ok(Self { _file: file })
            }
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => {
                let owner = if held_by.trim().is_empty() { "another process".to_owned() } else { held_by.trim().to_owned() };
                Err(RunError::Locked { path: run.path().to_owned(), owner })
            }
            Err((_, errno)) => Err(RunError::io("lock", &path)(errno.into())),
        }
    }

    /// Whether a live process holds the run's lock. A run that was never driven is not held.
    pub fn is_held(run: &RunDir) -> bool {
        let Ok(file) = OpenOptions::new().read(true).write(true).open(run.lock()) else { return false };
        matches!(Flock::lock(file, FlockArg::LockSharedNonblock), Err((_, nix::errno::Errno::EWOULDBLOCK)))
    }
}
