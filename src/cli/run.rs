//! `sluice run`

use std::{path::Path, sync::Arc};

use super::{
    args::{BackendName, RunArgs, Target},
    clock,
    exit::{Exit, Failure},
    finish, inputs,
    listings::{self, Listings},
    preflight, say,
    settings::{self, Settled},
    target::{self, Chosen},
};
use crate::{
    engine::OnFailure,
    load, local,
    monitor::{self, BackendKind, Head},
    plan,
    report::{Progress, ProgressStyle},
    run::{self, FORMAT_VERSION, NewRun, RunDir, RunError, RunLock, RunRecord},
    value::{self, Object},
};

/// A document, its inputs and its site, all found right, and nothing done yet.
pub(super) struct Request {
    pub(super) chosen: Chosen,
    pub(super) settled: Settled,
    pub(super) inputs: Object,
    /// Inputs that are made in the run's folder.
    pub(super) listings: Listings,
    pub(super) graph: Arc<plan::Graph>,
}

impl Request {
    /// What a head starts from.
    pub(super) fn head(&self, run: RunDir, record: RunRecord, progress: Progress) -> Head {
        Head {
            run,
            record,
            checked: self.chosen.checked.clone(),
            graph: self.graph.clone(),
            inputs: self.inputs.clone(),
            site: self.settled.site.clone(),
            templates: self.settled.templates.clone(),
            progress,
        }
    }
}

/// Runs a workflow or a task: outputs on standard output, all else on standard error.
pub(super) fn run(args: &RunArgs) -> Result<Exit, Failure> {
    let mut request = request(&args.target, &args.place)?;
    request.chosen.warnings.iter().for_each(|warning| say(&format!("{warning}\n")));
    inputs::refuse_absent(&request.chosen, &request.inputs)?;
    preflight::refuse_what_cannot_run(&mut request)?;
    if request.settled.backend == BackendName::Local && !request.settled.backend_is_given {
        say("no `sbatch` on PATH: running on this machine (local backend)");
    }
    let run = create(args, &mut request)?;
    request.listings.make(run.path())?;
    let owner = finish::owner();
    let _lock = RunLock::take(&run, &owner)?;
    say(&format!("run folder: {}", run.path().display()));
    let record = RunRecord::read(&run)?;
    let style = if args.json { ProgressStyle::Json } else { ProgressStyle::Lines };
    let head = request.head(run, record, Progress::new(style, Box::new(std::io::stderr())));
    finish::report(monitor::drive(head), args.json)
}

/// Everything that can be found wrong before anything is done.
pub(super) fn request(target: &Target, place: &super::args::Place) -> Result<Request, Failure> {
    // A document that is wrong is said to be so whatever the site file is.
    let settled = settings::settle(place);
    let clusters = settled.as_ref().map_or(Vec::new(), |settled| settled.site.clusters.keys().cloned().collect());
    let chosen = target::choose_typed(target, clusters)?;
    let settled = settled?;
    let graph = plan::plan(&chosen.checked, chosen.callee);
    let graph = graph.map_err(|diagnostics| target::author_failure(&diagnostics, &chosen.checked.documents.sources))?;
    let (inputs, listings) = inputs::settle((&chosen, &graph), &settled.site, target.inputs.as_deref(), &target.values)?;
    chosen.refuse_unknown_volumes()?;
    Ok(Request { chosen, settled, inputs, listings, graph: Arc::new(graph) })
}

fn create(args: &RunArgs, request: &mut Request) -> Result<RunDir, Failure> {
    let record = record(args, request)?;
    let folder = match &args.dir {
        Some(folder) => load::absolute(folder),
        None => run::default_folder(&load::absolute(Path::new(".")), &record, &clock::civil_time()),
    };
    request.inputs = listings::place(&request.inputs, &folder);
    Ok(write_folder(&folder, &record, request)?)
}

/// Makes the folder of a run or of a compilation.
pub(super) fn write_folder(folder: &Path, record: &RunRecord, request: &Request) -> Result<RunDir, RunError> {
    let inputs: serde_json::Map<_, _> = request.inputs.iter().map(|(key, input)| (key.clone(), value::to_json(input))).collect();
    let site = serde_json::to_value(&*request.settled.site).expect("a site is plain data");
    let new = NewRun {
        record,
        documents: &load::texts(&request.chosen.checked.documents),
        moved: &load::moves(&request.chosen.checked.documents),
        inputs: &inputs.into(),
        site: &site,
        library: request.settled.templates.library(),
    };
    run::create(folder, &new)
}

fn record(args: &RunArgs, request: &Request) -> Result<RunRecord, Failure> {
    let on_failure = if args.keep_going { OnFailure::KeepGoing } else { OnFailure::Abort };
    new_record(request, on_failure)
}

/// The record of a run that starts now.
pub(super) fn new_record(request: &Request, on_failure: OnFailure) -> Result<RunRecord, Failure> {
    let id = clock::random_id().map_err(|error| Failure::new(Exit::Machine, format!("error: failed to read /dev/urandom: {error}")))?;
    let backend = match request.settled.backend {
        BackendName::Local => BackendKind::Local,
        BackendName::Slurm => BackendKind::Slurm,
    };
    Ok(RunRecord {
        format: FORMAT_VERSION,
        id,
        sluice: env!("CARGO_PKG_VERSION").to_owned(),
        target: request.chosen.name().to_owned(),
        is_task: request.chosen.is_task(),
        root: request.chosen.checked.documents.get(crate::syntax::documents::DocumentSet::ROOT).uri.clone(),
        backend: backend.name().to_owned(),
        site: request.settled.site_name.clone(),
        keep_going: on_failure == OnFailure::KeepGoing,
        argv: std::env::args().collect(),
        user: std::env::var("USER").unwrap_or_else(|_| nix::unistd::getuid().to_string()),
        host: local::host_name(),
        cwd: load::absolute(Path::new(".")).display().to_string(),
        started_ms: clock::now_ms(),
    })
}
