//! `sluice resume`, and opening a run that is there for `status`, `cancel` and `logs`.

use std::{fs, path::Path, sync::Arc};

use super::{
    args::ResumeArgs,
    exit::{Exit, Failure},
    finish, say, settings,
    target::{self, Chosen, Wish},
};
use crate::{
    check::available::available_inputs,
    load,
    monitor::{self, Head},
    plan,
    report::{Progress, ProgressStyle},
    run::{RunDir, RunError, RunLock, RunRecord, SavedSources},
    site::Site,
    value::{self, Object},
};

/// Goes on with a run: replays its log, adopts what runs, collects what ended, submits nothing twice.
pub(super) fn resume(args: &ResumeArgs) -> Result<Exit, Failure> {
    let run = find(&args.run)?;
    let _lock = RunLock::take(&run, &finish::owner())?;
    let style = if args.json { ProgressStyle::Json } else { ProgressStyle::Lines };
    let head = head(run, Progress::new(style, Box::new(std::io::stderr())))?;
    say(&format!("run folder: {}", head.run.path().display()));
    finish::report(monitor::resume(head, &finish::owner()), args.json)
}

/// The run of a folder that the user named.
pub(super) fn find(folder: &Path) -> Result<RunDir, Failure> {
    let folder = load::absolute(folder);
    let run = RunDir::new(fs::canonicalize(&folder).unwrap_or(folder));
    RunRecord::read(&run)?;
    Ok(run)
}

/// Everything about a run that is there, from its own folder: source, inputs, site.
pub(super) fn head(run: RunDir, progress: Progress) -> Result<Head, Failure> {
    let record = RunRecord::read(&run)?;
    let sources = SavedSources::open(&run)?;
    let wish = if record.is_task { Wish { task: Some(&record.target), workflow: None } } else { Wish { task: None, workflow: Some(&record.target) } };
    let site: Site = read_json(&run.site())?;
    let chosen = target::choose(Path::new(sources.root()), &sources, wish, site.clusters.keys().cloned().collect())?;
    let inputs = saved_inputs(&run, &chosen)?;
    let templates = Arc::new(settings::templates(&site)?);
    let graph = plan::plan(&chosen.checked, chosen.callee);
    let graph = graph.map_err(|diagnostics| target::author_failure(&diagnostics, &chosen.checked.documents.sources))?;
    Ok(Head { run, record, checked: chosen.checked, graph: Arc::new(graph), inputs, site: Arc::new(site), templates, progress })
}

fn saved_inputs(run: &RunDir, chosen: &Chosen) -> Result<Object, Failure> {
    let saved: serde_json::Map<String, serde_json::Value> = read_json(&run.inputs())?;
    let available = available_inputs(&chosen.checked, chosen.callee);
    let mut inputs = Object::new();
    for (key, json) in saved {
        let Some(input) = available.iter().find(|input| input.key == key) else { continue };
        let value = value::from_json(&json, &input.ty)
            .map_err(|error| Failure::new(Exit::Machine, format!("error: failed to read the run's input `{key}`: {error}")))?;
        inputs.insert(key, value);
    }
    Ok(inputs)
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = fs::read_to_string(path).map_err(RunError::io("read", path))?;
    let corrupt = |error: serde_json::Error| RunError::Corrupt { path: path.to_owned(), line: error.line(), message: error.to_string() };
    Ok(serde_json::from_str(&text).map_err(corrupt)?)
}
