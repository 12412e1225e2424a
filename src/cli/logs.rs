//! `sluice logs`: what a call printed, or a process of a role.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    args::LogsArgs,
    clock,
    exit::{Exit, Failure},
    follow,
    log_files::{self, Source, Sources},
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
    if let (true, [row]) = (args.follow, &wanted[..]) {
        return follow::follow(&head, row, args, |row| sources(&head.run, row, args));
    }
    wanted.into_iter().try_for_each(|row| print_once(&head.run, row, args))?;
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

/// Which files, each with the name to put before its lines.
fn sources(run: &RunDir, row: &CallRow, args: &LogsArgs) -> Sources {
    let folder = last_restart(&run.attempt(&row.path, row.attempt));
    match &args.role {
        Some(role) => log_files::of_role(&folder, role),
        None => log_files::of_call(&folder, if args.stderr { "stderr" } else { "stdout" }),
    }
}

fn last_restart(attempt: &Path) -> PathBuf {
    let restarts = (1..).map(|restart| attempt.join(format!("r{restart}"))).take_while(|folder| folder.is_dir());
    restarts.last().unwrap_or_else(|| attempt.to_owned())
}

/// Prints what is there; where several processes are meant, each line with the name of its own before it.
fn print_once(run: &RunDir, row: &CallRow, args: &LogsArgs) -> Result<(), Failure> {
    let sources = sources(run, row, args).found().map_err(|names| missing(row, args, &names))?;
    for Source { prefix, path } in &sources {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(missing(row, args, &[])),
            Err(error) => return Err(unreadable(path, &error)),
        };
        let text = String::from_utf8_lossy(&bytes);
        if prefix.is_empty() {
            say(&format!("==> {} ({})", row.path, path.display()));
            print(&text)?;
        } else {
            print(&Source::named(prefix, &text))?;
        }
    }
    Ok(())
}

/// A log that is there and cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Machine, format!("error: failed to read `{}`: {error}", path.display()))
}

/// No such log; `names` are those that there are.
pub(super) fn missing(row: &CallRow, args: &LogsArgs, names: &[String]) -> Failure {
    let Some(role) = &args.role else {
        return Failure::new(Exit::Usage, format!("error: call `{}` has printed nothing: its command never started", row.path))
            .hint("`sluice status` shows its state; the end of `sluice run` says why a call failed");
    };
    let failure = Failure::new(Exit::Usage, format!("error: call `{}` has no log of a role process `{role}`", row.path));
    if names.is_empty() {
        return failure.hint("it has none at all: it is no distributed task, or its roles have not started; `-f` waits for them");
    }
    let known = failure.hint(format!("it has {}; a role's name alone means all of its processes", names.join(", ")));
    match nearest_name(role, log_files::roles(names).iter().chain(names).map(String::as_str)) {
        Some(near) => known.hint(format!("did you mean `{near}`?")),
        None => known,
    }
}
