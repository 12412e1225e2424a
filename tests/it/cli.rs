//! The command line as a stranger meets it: what is typed, what comes back on each stream, how it ends.
//!
//! A case is a folder of `tests/cases/cli/`:
//! - `commands`: lines typed one after the other at a shell in a fresh folder; lines that begin with `#` say what the case is about;
//! - `transcript.txt`: the golden: each command with its standard output, standard error and exit code, with the names of [`crate::support::program`] for what differs;
//! - `bin/NAME`: programs that stand on PATH; `slurm-faults`: the fake Slurm is on PATH and does these; every other file is there when the first line is typed.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use rstest::rstest;

use crate::support::{
    cases::{golden, read, read_optional},
    program::Program,
};

#[rstest]
fn case(#[files("tests/cases/cli/*/commands")] path: PathBuf) {
    let folder = path.parent().expect("a file is in a folder");
    let program = prepared(folder);
    let mut transcript = String::new();
    for line in read(&path).lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with('#') {
            let _ = writeln!(transcript, "{line}");
        } else {
            let _ = writeln!(transcript, "$ {line}\n{}", program.shell(line).transcript());
        }
    }
    program.leaves_nothing_behind();
    golden(&folder.join("transcript.txt"), &transcript);
}

fn prepared(folder: &Path) -> Program {
    let mut program = Program::new();
    if let Some(faults) = read_optional(&folder.join("slurm-faults")) {
        program = program.slurm(&faults);
    }
    for path in files_below(folder) {
        let name = path.strip_prefix(folder).expect("it is in the folder").to_str().expect("names of cases are text");
        program = match name {
            "commands" | "transcript.txt" | "slurm-faults" => program,
            _ => match name.strip_prefix("bin/") {
                Some(name) => program.program(name, &read(&path)),
                None => program.file(name, &read(&path)),
            },
        };
    }
    program
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a case is a folder") {
        let path = entry.expect("a case can be read").path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

const DOUBLE: &str =
    "version 1.1\ntask double {\n  input { Int n }\n  command <<< echo $((2 * ~{n})) >>>\n  output { Int twice = read_int(stdout()) }\n}\n";

#[test]
fn variables_of_a_job_around_us_change_nothing() {
    let program = Program::new().file("double.wdl", DOUBLE).env("SLURM_JOB_ID", "7").env("SBATCH_PARTITION", "nowhere").env("SLURM_NTASKS", "4");
    let progress = "run folder: <dir>/run\n[<time>] batch 1: submitted as job <id>.1\n[<time>] double: done after <time>\n[<time>] run done\n";
    let table = "\nTASK  STATE  NODES  JOB  WAIT  RUN\ndouble  done  <host>  <id>.1  <time>  <time>\n";
    let said = format!("no `sbatch` on PATH: running on this machine (local backend)\n{progress}{table}");
    program.args(&["run", "double.wdl", "n=4", "--dir", "run"]).is(0, "{\n  \"double.twice\": 8\n}\n", &said);
}

#[test]
fn arguments_may_hold_anything() {
    let program = Program::new().file("a b'$(x).wdl", DOUBLE);
    program.args(&["check", "a b'$(x).wdl"]).is(0, "", "a b'$(x).wdl: 0 errors, 0 warnings\n");
    let said = "error: input `double.n` (command line): expected Int: a whole number, found `$(touch pwned)`\n\n\
                hint: `sluice inputs a b'$(x).wdl` prints a template of the inputs\n";
    program.args(&["run", "a b'$(x).wdl", "n=$(touch pwned)"]).is(3, "", said);
}
