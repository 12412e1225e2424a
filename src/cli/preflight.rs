//! Before anything is submitted: every task whose asks are known is lowered in the mind, and what fits nowhere is refused.

use std::path::PathBuf;

use super::{
    exit::{Exit, Failure},
    run::{self, Request},
    target,
};
use crate::{
    engine::{self, OnFailure},
    monitor::{self, SampleFailure, SampleTask},
    report::{Progress, ProgressStyle},
    run::RunDir,
};

/// Calls that are looked at: enough for every kind of task, while a scatter of 100,000 is not evaluated twice.
const MOST_CALLS: usize = 500;

/// Refuses a run with a call that the site cannot take.
pub(super) fn refuse_what_fits_nowhere(request: &Request) -> Result<(), Failure> {
    let record = run::new_record(request, OnFailure::Abort)?;
    let checked = request.chosen.checked.clone();
    let head = request.head(RunDir::new(PathBuf::from("/run")), record, Progress::new(ProgressStyle::Lines, Box::new(std::io::sink())));
    let compiled = monitor::compile(&head, MOST_CALLS).map_err(|error| Failure::from_error(Exit::Machine, &error).hint(error.hint()))?;
    let mut refused = Vec::new();
    for SampleTask { path, job } in &compiled.tasks {
        match job {
            Ok(_) => {}
            Err(SampleFailure::Author(diagnostic)) => return Err(target::author_failure(&[(**diagnostic).clone()], &checked.documents.sources)),
            Err(SampleFailure::Site(error)) => refused.push(format!("error: call `{path}`: {error}")),
        }
    }
    refuse_failed_expression(&compiled.failures, &checked.documents.sources)?;
    refused.dedup_by(|later, earlier| later.split_once(": ").map(|(_, rest)| rest) == earlier.split_once(": ").map(|(_, rest)| rest));
    if refused.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Exit::Site, refused.join("\n")).hint("`sluice site show` explains partitions and rules; nothing was submitted"))
}

fn refuse_failed_expression(failures: &[engine::Failure], sources: &crate::source::Sources) -> Result<(), Failure> {
    for failure in failures {
        if let engine::Failure::Expression { diagnostic, .. } = failure {
            return Err(target::author_failure(&[(**diagnostic).clone()], sources));
        }
    }
    Ok(())
}
