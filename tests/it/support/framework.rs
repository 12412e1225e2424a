//! Python with the frameworks that are tested for real, where the machine has one.

use std::{env, path::Path};

use super::skipped::skipped;

/// The `bin` folder of a virtual environment with this module (`SLUICE_CLUSTERS_BIN`, which `tests/run` sets); says so if there is none.
pub(crate) fn bin_with(module: &str) -> Option<String> {
    let found = env::var("SLUICE_CLUSTERS_BIN").ok().filter(|bin| {
        let libraries = Path::new(bin).join("../lib").read_dir().into_iter().flatten().flatten();
        libraries.into_iter().any(|library| library.path().join("site-packages").join(module).is_dir())
    });
    if found.is_none() {
        skipped(&format!("no {module} in SLUICE_CLUSTERS_BIN"));
    }
    found
}
