//! `sluice compile`: the real scripts, nothing submitted. Needs no image, no host path and no Slurm.

use std::path::Path;

use serde_json::Value as Json;

use super::{
    args::CompileArgs,
    clock,
    exit::{Exit, Failure},
    listings, preflight, print, run, say,
};
use crate::{
    engine::OnFailure,
    load,
    monitor::{self, HeadError},
    report::Progress,
    run::{RunDir, RunError},
    slurm::{Slurm, SlurmSettings},
};

/// Writes every script that a run would submit, and prints where.
pub(super) fn compile(args: &CompileArgs) -> Result<Exit, Failure> {
    let mut request = run::request(&args.target, &args.place)?;
    request.chosen.warnings.iter().for_each(|warning| say(&format!("{warning}\n")));
    let record = run::new_record(&request, OnFailure::Abort)?;
    let folder = match &args.dir {
        Some(folder) => load::absolute(folder),
        None => load::absolute(Path::new(".")).join("sluice-compiled").join(format!("{}-{}-{}", clock::civil_time(), record.target, &record.id[..4])),
    };
    request.inputs = listings::place(&request.inputs, &folder);
    // In the mind first: what is refused leaves no folder.
    let head = request.head(RunDir::new(folder.clone()), record, Progress::silent());
    let failed = |error: HeadError| Failure::from_error(Exit::Machine, &error).hint(error.hint());
    let compiled = monitor::compile(&head, usize::MAX).map_err(failed)?;
    preflight::refuse(&compiled, &request.chosen.checked.documents.sources)?;
    run::write_folder(&folder, &head.record, &request).map_err(|error| match error {
        RunError::NotEmpty(folder) => {
            Failure::new(Exit::Machine, format!("error: failed to write scripts to `{}`: it is not empty", folder.display()))
                .hint("`--dir` names another folder")
        }
        error => error.into(),
    })?;
    let outputs = compiled.outputs.clone();
    let scripts = compiled.write(&head).map_err(failed)?;
    show(&scripts, &outputs, args)?;
    if args.test_only { test_only(&scripts) } else { Ok(Exit::Done) }
}

/// The scripts with their number of tasks on standard output; what is known of the outputs beside them.
fn show(scripts: &[(String, usize)], outputs: &Json, args: &CompileArgs) -> Result<(), Failure> {
    if args.json {
        let rows: Vec<Json> = scripts.iter().map(|(script, tasks)| serde_json::json!({ "script": script, "tasks": tasks })).collect();
        let all = serde_json::json!({ "scripts": rows, "outputs": outputs });
        return print(&format!("{}\n", pretty(&all)));
    }
    for (script, elements) in scripts {
        let tasks = if *elements == 1 { "1 task".to_owned() } else { format!("{elements} tasks") };
        print(&format!("{script}\t{tasks}\n"))?;
    }
    say(&format!("outputs, as far as they are known: {}", pretty(outputs)));
    Ok(())
}

fn pretty(json: &Json) -> String {
    serde_json::to_string_pretty(json).expect("it is plain data")
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
    if refused.is_empty() {
        Ok(Exit::Done)
    } else {
        Err(Failure::new(Exit::Site, refused.join("\n")).hint("the options stand in the script's first lines; the site file decides on them"))
    }
}
