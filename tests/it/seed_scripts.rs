//! The seed's own workflow: a real Slurm would take each of its scripts.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use super::support::{real_slurm::has_slurm, scripts::check_bash};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// `sluice compile` of the seed into a folder.
fn compile(folder: &Path, arguments: &[&str]) -> Output {
    let seed = root().join("tests/cases/seed");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
    command.arg("compile").arg(seed.join("source.wdl")).arg("-i").arg(seed.join("inputs.json"));
    command.arg("--dir").arg(folder).args(arguments).output().expect("sluice can be started")
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let batches = fs::read_dir(folder.join("batches")).expect("compile made it");
    batches.map(|entry| entry.expect("it can be read").path().join("script.sbatch")).collect()
}

/// With no site file nothing is known of partitions, so TensorFlow's two roles are two components.
#[test]
fn the_seed_compiles_without_a_site() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let output = compile(&folder.path().join("run"), &["--backend", "local"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let scripts = scripts(&folder.path().join("run"));
    assert_eq!(scripts.len(), 5, "CleanEnv, two shards of PrepareData, MPI, TensorFlow");
    for script in &scripts {
        check_bash(script);
    }
    let texts = scripts.iter().map(|script| fs::read_to_string(script).expect("each batch has a script"));
    let tensorflow = texts.into_iter().find(|text| text.contains("sluice_run_roles tensorflow")).expect("it is among them");
    assert!(tensorflow.contains("#SBATCH hetjob\n"), "{tensorflow}");
}

/// Images and paths are only names here: `--test-only` asks about partitions, memory, cores and components.
#[test]
fn real_slurm_would_take_every_script_of_the_seed() {
    if !has_slurm() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let site = root().join("site-configs/test-cluster.toml");
    let output = compile(&folder.path().join("run"), &["--site", &site.to_string_lossy(), "--test-only"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.matches("to start at").count(), 5, "{said}");
}
