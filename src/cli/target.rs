//! Which document, and which task or workflow of it.

use std::{cell::RefCell, path::Path, sync::Arc};

use super::{
    args::Target,
    exit::{Exit, Failure},
};
use crate::{
    check::{
        self, CheckOptions,
        available::{AvailableInput, available_inputs},
        names::{Callee, Checked},
    },
    diagnostic::{Diagnostic, Severity, nearest_name},
    load::{self, Library},
    site::Site,
    source::Sources,
    syntax::{ast::Version, documents::DocumentSet},
    value,
};

/// A document without errors, and what of it is run.
pub(super) struct Chosen {
    /// The documents.
    pub(super) checked: Arc<Checked>,
    /// The task or workflow.
    pub(super) callee: Callee,
    /// The document's path as the user typed it.
    pub(super) file: String,
    /// Warnings, rendered.
    pub(super) warnings: Vec<String>,
    /// Volume paths that the table does not know, found while inputs are read.
    unknown_volumes: RefCell<Vec<String>>,
}

/// What the user asked to run by name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wish<'a> {
    /// `--task`
    pub(super) task: Option<&'a str>,
    /// `--workflow`
    pub(super) workflow: Option<&'a str>,
}

/// Reads and checks a document with all that it imports, and finds what is to be run. `clusters`: kinds that the site adds.
pub(super) fn choose(file: &Path, library: &dyn Library, wish: Wish<'_>, clusters: Vec<String>) -> Result<Chosen, Failure> {
    let (checked, warnings) = checked(file, library, clusters)?;
    let callee = find(&checked, wish, file)?;
    let file = file.display().to_string();
    Ok(Chosen { checked: Arc::new(checked), callee, file, warnings, unknown_volumes: RefCell::default() })
}

/// Reads and checks what the user named. `clusters`: kinds that the site adds.
pub(super) fn choose_typed(target: &Target, clusters: Vec<String>) -> Result<Chosen, Failure> {
    let wish = Wish { task: target.task.as_deref(), workflow: target.workflow.as_deref() };
    choose(&target.file, &target.imports.library(), wish, clusters)
}

fn checked(file: &Path, library: &dyn Library, clusters: Vec<String>) -> Result<(Checked, Vec<String>), Failure> {
    let loaded = load::load(file, library);
    if loaded.has_errors() {
        return Err(author_failure(&loaded.diagnostics, &loaded.documents.sources));
    }
    let load::Loaded { documents, mut diagnostics } = loaded;
    let outcome = check::check(documents, &CheckOptions { clusters, ..CheckOptions::default() });
    diagnostics.extend(outcome.diagnostics);
    let sources = &outcome.checked.documents.sources;
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(author_failure(&diagnostics, sources));
    }
    // Notes are for `sluice check`: who runs has seen them, and they would be said at each run.
    let warnings = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning);
    let warnings = warnings.map(|diagnostic| diagnostic.render(sources)).collect();
    Ok((outcome.checked, warnings))
}

/// Every error, rendered, as one failure.
pub(super) fn author_failure(diagnostics: &[Diagnostic], sources: &Sources) -> Failure {
    let errors: Vec<String> = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).map(|diagnostic| diagnostic.render(sources)).collect();
    Failure::new(Exit::Author, errors.join("\n\n"))
}

fn find(checked: &Checked, wish: Wish<'_>, file: &Path) -> Result<Callee, Failure> {
    let root = DocumentSet::ROOT;
    let document = &checked.documents.get(root).document;
    let shown = file.display();
    if let Some(name) = wish.task {
        let known = document.tasks.iter().map(|task| task.name.text.as_str());
        return checked.find_task(root, name).map(Callee::Task).ok_or_else(|| no_such("task", name, known, &shown.to_string()));
    }
    let workflow = checked.find_workflow(root);
    if let Some(name) = wish.workflow {
        let known = document.workflows.iter().map(|workflow| workflow.name.text.as_str());
        let found = workflow.filter(|workflow| checked.workflow(*workflow).name.text == name);
        return found.map(Callee::Workflow).ok_or_else(|| no_such("workflow", name, known, &shown.to_string()));
    }
    match (workflow, document.tasks.as_slice()) {
        (Some(workflow), _) => Ok(Callee::Workflow(workflow)),
        (None, [task]) => Ok(Callee::Task(checked.find_task(root, &task.name.text).expect("the document has this task"))),
        (None, []) => Err(Failure::new(Exit::Author, format!("error: `{shown}` has no workflow and no task: there is nothing to run"))),
        (None, tasks) => {
            let names: Vec<_> = tasks.iter().map(|task| format!("`{}`", task.name.text)).collect();
            let message = format!("error: `{shown}` has no workflow and {} tasks: {}", tasks.len(), names.join(", "));
            Err(Failure::new(Exit::Author, message).hint("`--task NAME` runs one of them"))
        }
    }
}

fn no_such<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone, file: &str) -> Failure {
    let failure = Failure::new(Exit::Author, format!("error: `{file}` has no {kind} `{name}`"));
    let all: Vec<String> = known.clone().map(|known| format!("`{known}`")).collect();
    match nearest_name(name, known) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None if all.is_empty() => failure.hint(format!("it has no {kind} at all")),
        None => failure.hint(format!("it has {}", all.join(", "))),
    }
}

impl Chosen {
    /// The name of the task or workflow: the first part of every input's and output's key.
    pub(super) fn name(&self) -> &str {
        match self.callee {
            Callee::Task(task) => &self.checked.task(task).name.text,
            Callee::Workflow(workflow) => &self.checked.workflow(workflow).name.text,
        }
    }

    /// Whether a single task is run.
    pub(super) fn is_task(&self) -> bool {
        matches!(self.callee, Callee::Task(_))
    }

    /// The version of the document.
    pub(super) fn version(&self) -> Version {
        self.checked.documents.get(DocumentSet::ROOT).document.version
    }

    /// What prints a template of the inputs.
    pub(super) fn inputs_command(&self) -> String {
        let is_alone =
            self.checked.find_workflow(DocumentSet::ROOT).is_none() && self.checked.documents.get(DocumentSet::ROOT).document.tasks.len() == 1;
        let task = if self.is_task() && !is_alone { format!(" --task {}", self.name()) } else { String::new() };
        format!("sluice inputs {}{task}", self.file)
    }

    /// Every input that can be given.
    pub(super) fn available_inputs(&self) -> Vec<AvailableInput> {
        available_inputs(&self.checked, self.callee)
    }

    /// The path that a File input means: URLs and absolute paths as they are, `vol@store:dir/file` by the site's table, others relative to `base`.
    pub(super) fn place_path(&self, path: &str, base: &Path, site: &Site) -> String {
        if value::is_url(path) {
            return path.to_owned();
        }
        match site.host_path(path) {
            Ok(placed) => load::absolute(&base.join(placed)).display().to_string(),
            Err(volume) => {
                self.unknown_volumes.borrow_mut().push(volume);
                path.to_owned()
            }
        }
    }

    /// Refuses inputs on volumes that the site does not know.
    pub(super) fn refuse_unknown_volumes(&self) -> Result<(), Failure> {
        match self.unknown_volumes.borrow().first() {
            None => Ok(()),
            Some(volume) => {
                Err(Failure::new(Exit::Site, format!("error: an input lies on the volume `{volume}`, which the site file does not know"))
                    .hint(format!("add `\"{volume}\" = \"/path/of/its/folder\"` below `[volumes]` of the site file")))
            }
        }
    }
}
