//! `sluice compile`: the real scripts, nothing submitted. Needs no image, no host path and no Slurm.

use std::path::Path;

use super::{
    args::CompileArgs,
    clock,
    exit::{Exit, Failure},
    print, run, say, target,
};
use crate::{
    engine::{self, OnFailure},
    load,
    monitor::{self, HeadError, SampleFailure},
    report::{Progress, ProgressStyle},
    slurm::{Slurm, SlurmSettings},
};

/// Writes every script that a run would submit, and prints where.
pub(super) fn compile(args: &CompileArgs) -> Result<Exit, Failure> {
    let request = run::request(&args.target, &args.place)?;
    request.chosen.warnings.iter().for_each(|warning| say(&format!("{warning}\n")));
    let record = run::new_record(&request, OnFailure::Abort)?;
    let folder = match &args.dir {
        Some(folder) => load::absolute(folder),
        None => load::absolute(Path::new(".")).join("sluice-compiled").join(format!("{}-{}-{}", clock::civil_time(), record.target, &record.id[..4])),
    };
    let compiled_in = run::write_folder(&folder, &record, &request)?;
    let head = request.head(compiled_in, record, Progress::new(ProgressStyle::Lines, Box::new(std::io::sink())));
    let failed = |error: HeadError| Failure::from_error(Exit::Machine, &error).hint(error.hint());
    let compiled = monitor::compile(&head, usize::MAX).map_err(failed)?;
    refuse(&compiled, &request.chosen.checked.documents.sources)?;
    let outputs = serde_json::to_string_pretty(&compiled.outputs).expect("outputs are plain data");
    let scripts = compiled.write(&head).map_err(failed)?;
    for (script, elements) in &scripts {
        let tasks = if *elements == 1 { "1 task".to_owned() } else { format!("{elements} tasks") };
        print(&format!("{script}\t{tasks}\n"))?;
    }
    say(&format!("outputs, as far as they are known: {outputs}"));
    if args.test_only { test_only(&scripts) } else { Ok(Exit::Done) }
}

/// Errors that show already now.
fn refuse(compiled: &monitor::Compiled, sources: &crate::source::Sources) -> Result<(), Failure> {
    let mut refused = Vec::new();
    for task in &compiled.tasks {
        match &task.job {
            Ok(_) => {}
            Err(SampleFailure::Author(diagnostic)) => return Err(target::author_failure(&[(**diagnostic).clone()], sources)),
            Err(SampleFailure::Site(error)) => refused.push(format!("error: call `{}`: {error}", task.path)),
        }
    }
    for failure in &compiled.failures {
        if let engine::Failure::Expression { diagnostic, .. } = failure {
            return Err(target::author_failure(&[(**diagnostic).clone()], sources));
        }
    }
    if refused.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(Exit::Site, refused.join("\n")).hint("`sluice site show` explains partitions and rules"))
    }
}

/// Asks Slurm of each script whether it would take it.
fn test_only(scripts: &[(String, usize)]) -> Result<Exit, Failure> {
    let slurm = Slurm::new(SlurmSettings::default(), std::env::vars_os());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(Exit::Machine, format!("error: failed to start a runtime: {error}")))?;
    let mut refused = Vec::new();
    for (script, _) in scripts {
        match runtime.block_on(slurm.test_only(Path::new(script))) {
            Ok(said) => say(&format!("{script}: {said}")),
            Err(error) if error.is_unreachable() => {
                return Err(Failure::from_error(Exit::Unreachable, &error).hint("`sluice compile` without `--test-only` needs no Slurm"));
            }
            Err(error) => refused.push(format!("error: Slurm refuses `{script}`: {}", error.said().unwrap_or("no reason given"))),
        }
    }
    if refused.is_empty() { Ok(Exit::Done) } else { Err(Failure::new(Exit::Site, refused.join("\n"))) }
}
