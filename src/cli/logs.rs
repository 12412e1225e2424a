//! `sluice logs`: what a call printed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    args::LogsArgs,
    clock,
    exit::{Exit, Failure},
    print, resume, say,
};
use crate::{
    diagnostic::nearest_name,
    engine::{CallRow, CallState},
    monitor,
    report::Progress,
    run::RunDir,
};

/// Prints standard output (or error, or the log of a role process) of a call; without a call, of all that failed.
pub(super) fn logs(args: &LogsArgs) -> Result<Exit, Failure> {
    let run = resume::find(&args.run)?;
    let head = resume::head(run, Progress::silent())?;
    let state = monitor::replay(&head, clock::now_ms()).map_err(|error| Failure::from_error(Exit::Machine, &error).hint(error.hint()))?;
    let rows: Vec<&CallRow> = state.table.tasks.iter().map(|row| &row.call).collect();
    let wanted = match &args.call {
        Some(name) => vec![find(&rows, name, &head.record.target)?],
        None => rows.into_iter().filter(|row| row.state == CallState::Failed).collect(),
    };
    if wanted.is_empty() {
        say("no call has failed; name one to see what it printed");
    }
    for row in wanted {
        let file = log_file(&head.run, row, args);
        let bytes = fs::read(&file).map_err(|error| missing(row, args, &file, &error))?;
        say(&format!("==> {} ({})", row.path, file.display()));
        print(&String::from_utf8_lossy(&bytes))?;
    }
    Ok(Exit::Done)
}

/// A call by its path, with or without the workflow's name before it, or by the last parts of its path.
fn find<'a>(rows: &[&'a CallRow], name: &str, workflow: &str) -> Result<&'a CallRow, Failure> {
    let name = name.strip_prefix(workflow).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name);
    let suffix = format!(".{name}");
    let matches = |row: &&&CallRow| row.path.0 == name || row.path.0.ends_with(&suffix);
    if let Some(row) = rows.iter().find(matches) {
        return Ok(row);
    }
    let failure = Failure::new(Exit::Usage, format!("error: the run has no call `{name}` that has started"));
    Err(match nearest_name(name, rows.iter().map(|row| row.path.0.as_str())) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`sluice status` lists the calls"),
    })
}

/// The file of the last restart of the call's attempt.
fn log_file(run: &RunDir, row: &CallRow, args: &LogsArgs) -> PathBuf {
    let attempt = run.attempt(&row.path, row.attempt);
    if let Some(role) = &args.role {
        return attempt.join("roles").join(format!("{role}.log"));
    }
    last_restart(&attempt).join(if args.stderr { "stderr" } else { "stdout" })
}

fn last_restart(attempt: &Path) -> PathBuf {
    let restarts = (1..).map(|restart| attempt.join(format!("r{restart}"))).take_while(|folder| folder.is_dir());
    restarts.last().unwrap_or_else(|| attempt.to_owned())
}

fn missing(row: &CallRow, args: &LogsArgs, file: &Path, error: &std::io::Error) -> Failure {
    if error.kind() != std::io::ErrorKind::NotFound {
        return Failure::new(Exit::Machine, format!("error: failed to read `{}`: {error}", file.display()));
    }
    match &args.role {
        Some(role) => {
            let failure = Failure::new(Exit::Usage, format!("error: call `{}` has no log of a role process `{role}`", row.path));
            failure.hint(match role_logs(file).as_slice() {
                [] => "it has none at all: it is no distributed task, or its roles have not started".to_owned(),
                names => format!("it has {}", names.join(", ")),
            })
        }
        None => Failure::new(Exit::Usage, format!("error: call `{}` has printed nothing: its command never started", row.path))
            .hint("`sluice status` shows its state; the end of `sluice run` says why a call failed"),
    }
}

/// Names of the logs beside this one.
fn role_logs(file: &Path) -> Vec<String> {
    let entries = file.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".log")?.to_owned())).collect();
    names.sort();
    names
}
