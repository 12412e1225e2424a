//! Documents to diagnostics, and what holds of them.

use sluice::{
    check::{
        self, CheckOptions, Outcome,
        available::available_inputs,
        names::{Callee, Checked},
    },
    syntax::documents::DocumentSet,
};

use super::documents::{hold_of_diagnostic, parse};

/// Checks a text; gives its documents where nothing is wrong with them, with `--strict` neither.
pub(crate) fn check(text: &str) -> Option<Checked> {
    let outcome = checked(text, false)?;
    let again = checked(text, false)?;
    assert_eq!(outcome.diagnostics, again.diagnostics, "two checks of one text differ");
    let strict = checked(text, true)?;
    assert!(strict.has_errors() || !outcome.has_errors(), "what is wrong is wrong with --strict too: {:?}", outcome.diagnostics);
    (!strict.has_errors()).then_some(strict.checked)
}

fn checked(text: &str, strict: bool) -> Option<Outcome> {
    let outcome = check::check(parse(text)?, &CheckOptions { strict, ..CheckOptions::default() });
    for diagnostic in &outcome.diagnostics {
        hold_of_diagnostic(diagnostic, &outcome.checked.documents.sources);
    }
    Some(outcome)
}

/// Every task and workflow of the root document.
pub(crate) fn callees(checked: &Checked) -> Vec<Callee> {
    let root = DocumentSet::ROOT;
    let tasks = checked.documents.get(root).document.tasks.iter();
    let tasks = tasks.filter_map(|task| checked.find_task(root, &task.name.text)).map(Callee::Task);
    let callees: Vec<Callee> = tasks.chain(checked.find_workflow(root).map(Callee::Workflow)).collect();
    for callee in &callees {
        let inputs = available_inputs(checked, *callee);
        assert!(checked.inputs(*callee).len() <= inputs.len());
    }
    callees
}

/// Whether running a text takes little: a few digits are enough to ask for a scatter that fills the memory.
pub(crate) fn is_small(text: &str) -> bool {
    let longest_number = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    longest_number <= 2 && text.matches("range").count() + text.matches("cross").count() <= 3 && text.matches("scatter").count() <= 3
}
