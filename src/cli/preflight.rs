//! Before anything is submitted: every task whose asks are known is lowered in the mind, and what fits nowhere is refused; images are
//! fetched, so that one that cannot be had is known now and not in the night.

use std::{collections::BTreeSet, path::PathBuf};

use super::{
    exit::{Exit, Failure},
    finish,
    run::{self, Request},
    say, slurm_facts, target,
};
use crate::{
    diagnostic::Diagnostic,
    engine::{self, OnFailure},
    image::{ImageError, ImageStore},
    job::LowerError,
    monitor::{self, Compiled, SampleFailure, SampleTask},
    report::Progress,
    run::RunDir,
    source::Sources,
    task::CallPath,
};

/// Calls that are looked at: enough for every kind of task, while a scatter of 100,000 is not evaluated twice.
const MOST_CALLS: usize = 500;

/// Refuses a run with a call that cannot be made, that the site or its Slurm cannot take, or whose image cannot be had.
pub(super) fn refuse_what_cannot_run(request: &mut Request) -> Result<(), Failure> {
    let record = run::new_record(request, OnFailure::Abort)?;
    let head = request.head(RunDir::new(PathBuf::from("/run")), record, Progress::silent());
    let compiled = monitor::compile(&head, MOST_CALLS).map_err(|error| Failure::from_error(Exit::Machine, &error).hint(error.hint()))?;
    refuse(&compiled, &request.chosen.checked.documents.sources)?;
    slurm_facts::ask(&compiled.tasks, &mut request.settled)?;
    fetch_images(&compiled.tasks, request)
}

/// The errors of a walk through a run: the author's first, since the site cannot be asked about a task that makes no sense.
pub(super) fn refuse(compiled: &Compiled, sources: &Sources) -> Result<(), Failure> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut refusals = Refusals::default();
    for SampleTask { path, job, .. } in &compiled.tasks {
        match job {
            Ok(_) => {}
            Err(SampleFailure::Author(diagnostic)) => diagnostics.push((**diagnostic).clone().within(&path.0)),
            Err(SampleFailure::Site(error)) => refusals.add(&path.0, error),
        }
    }
    for failure in &compiled.failures {
        if let engine::Failure::Expression { path, diagnostic } = failure {
            diagnostics.push(finish::in_call((**diagnostic).clone(), path));
        }
    }
    // Shards of a scatter say the same of other paths.
    diagnostics.dedup_by(|later, earlier| Diagnostic { call_path: None, ..later.clone() } == Diagnostic { call_path: None, ..earlier.clone() });
    if diagnostics.is_empty() { refusals.into_result() } else { Err(target::author_failure(&diagnostics, sources)) }
}

/// What became no job, by reason: shards of a scatter have the same one.
#[derive(Default)]
struct Refusals {
    reasons: Vec<Reason>,
}

struct Reason {
    text: String,
    hint: String,
    exit: Exit,
    first: String,
    others: usize,
}

impl Refusals {
    fn add(&mut self, path: &str, error: &LowerError) {
        let text = error.to_string();
        match self.reasons.iter_mut().find(|reason| reason.text == text) {
            Some(reason) => reason.others += 1,
            None => self.reasons.push(Reason { text, hint: error.hint(), exit: blame(error), first: path.to_owned(), others: 0 }),
        }
    }

    fn into_result(self) -> Result<(), Failure> {
        let Some(exit) = self.reasons.iter().map(|reason| reason.exit).reduce(|first, next| if next == Exit::Author { next } else { first }) else {
            return Ok(());
        };
        let line = |reason: &Reason| {
            let others = if reason.others == 0 { String::new() } else { format!(" and {} more like it", reason.others) };
            format!("error: call `{}`{others}: {}", reason.first, reason.text)
        };
        let message = self.reasons.iter().map(line).collect::<Vec<_>>().join("\n");
        let hints: BTreeSet<String> = self.reasons.into_iter().map(|reason| reason.hint).collect();
        Err(hints.into_iter().fold(Failure::new(exit, message), Failure::hint))
    }
}

/// Whether the document or the site file must change. A cluster kind or an entry of a table may be the site's own, so the site is asked for it.
fn blame(error: &LowerError) -> Exit {
    match error {
        LowerError::Role { .. } | LowerError::BadValue { .. } => Exit::Author,
        LowerError::Refused(_) | LowerError::UnknownCluster { .. } | LowerError::NoSuchEntry { .. } | LowerError::Contained { .. } => Exit::Site,
    }
}

/// Fetches each image. First all are looked for, which is quick: nobody waits for one only to hear that the next is nowhere.
fn fetch_images(tasks: &[SampleTask], request: &Request) -> Result<(), Failure> {
    let site = &request.settled.site;
    let Some(store) = ImageStore::of_site(site) else { return Ok(()) };
    let mut wanted: Vec<(&CallPath, &Vec<String>)> = Vec::new();
    for (path, images) in tasks.iter().flat_map(|task| task.images.iter().map(|images| (&task.path, images))) {
        if wanted.iter().all(|(_, known)| *known != images) {
            wanted.push((path, images));
        }
    }
    let refused =
        |path: &CallPath, error: &ImageError| Failure::new(Exit::Machine, format!("error: call `{path}`: failed to {error}")).hint(error.hint());
    for (path, images) in &wanted {
        store.look_for(images, &site.registries).map_err(|error| refused(path, &error))?;
    }
    for (path, images) in wanted {
        if store.must_pull(images, &site.registries) {
            say(&format!("pulling image `{}`", images.join("`, else `")));
        }
        store.provide(images, &site.registries).map_err(|error| refused(path, &error).hint("nothing was submitted"))?;
    }
    Ok(())
}
