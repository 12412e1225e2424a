//! From ready calls to scripts on disk. Runs on a blocking thread: it evaluates, and reads and writes files.
//!
//! Entry: [`Workshop::prepare`]. Nothing is submitted here; an intent is logged only after all of a batch's files are written.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Duration};

use super::{
    batch_record::{BatchRecord, ElementRecord},
    scripts::{batch_paths, write_script},
};
use crate::{
    check::names::Checked,
    diagnostic::Diagnostic,
    engine::{Attempt, Growth, ReadyCall, RetryAsk},
    eval::{self, TaskCall},
    image::ImageStore,
    job::{self, AttemptPaths, Batch, JobSpec, Templates},
    run::{DiskFiles, RunDir, RunError},
    site::Site,
    source::Sources,
    syntax::documents::DocumentId,
    task::{Cause, TaskInstance, TaskResult},
    value::Object,
};

/// Everything that turns calls into scripts; shared with the blocking threads.
pub(super) struct Workshop {
    pub(super) run: RunDir,
    pub(super) run_id: String,
    pub(super) checked: Arc<Checked>,
    pub(super) site: Arc<Site>,
    pub(super) templates: Arc<Templates>,
    pub(super) images: Option<ImageStore>,
}

/// What came of some ready calls.
#[derive(Default)]
pub(super) struct Prepared {
    /// Batches whose files are written.
    pub(super) batches: Vec<PreparedBatch>,
    /// Calls that cannot be run, and why.
    pub(super) failed: Vec<(Attempt, TaskResult)>,
}

/// A batch that can be submitted.
pub(super) struct PreparedBatch {
    pub(super) number: u32,
    pub(super) record: BatchRecord,
}

/// A call with its instance and its job.
struct Lowered {
    element: ElementRecord,
    spec: JobSpec,
}

impl Workshop {
    /// Evaluates, lowers, groups and renders calls; batches are numbered from `first_batch`.
    pub(super) fn prepare(&self, calls: Vec<ReadyCall>, first_batch: u32) -> Result<Prepared, RunError> {
        let mut prepared = Prepared::default();
        let mut lowered = Vec::new();
        for call in calls {
            let attempt = Attempt { path: call.path.clone(), attempt: call.attempt };
            match self.lower(&call) {
                Ok(done) => lowered.push(done),
                Err(result) => prepared.failed.push((attempt, result)),
            }
        }
        let elements: BTreeMap<(String, u32), ElementRecord> =
            lowered.iter().map(|done| ((done.element.attempt.path.0.clone(), done.element.attempt.attempt), done.element.clone())).collect();
        let batches = job::batch(lowered.into_iter().map(|done| done.spec).collect(), &self.site.limits);
        for (number, batch) in (first_batch..).zip(batches) {
            self.write(number, &batch, &elements, &mut prepared)?;
        }
        Ok(prepared)
    }

    fn lower(&self, call: &ReadyCall) -> Result<Lowered, TaskResult> {
        self.refuse_claimed(call)?;
        let instance = self.instance(call)?;
        let ask = RetryAsk::from(&instance.requirements);
        let element = ElementRecord {
            attempt: Attempt { path: call.path.clone(), attempt: call.attempt },
            return_codes: instance.requirements.return_codes.clone(),
            ask,
        };
        let paths = AttemptPaths {
            attempt_folder: self.run.attempt(&call.path, call.attempt).display().to_string(),
            values_folder: self.run.values().display().to_string(),
            images: self.images_of(&instance)?,
            exclude_nodes: call.avoid_hosts.clone(),
        };
        let refused = |error: job::LowerError| ended(Cause::Refused, error.to_string(), vec![error.hint()]);
        let spec = job::lower(&instance, &self.site, &paths).map_err(refused)?;
        Ok(Lowered { element, spec })
    }

    /// An attempt that no intent in the log speaks of, and that a job holds all the same: the log has lost its last lines (a restored folder, a disk that lied). It is never run again
    /// under that number.
    fn refuse_claimed(&self, call: &ReadyCall) -> Result<(), TaskResult> {
        let owner = fs::read_to_string(self.run.attempt(&call.path, call.attempt).join("owner")).unwrap_or_default();
        match owner.split_whitespace().next() {
            None => Ok(()),
            Some(job) => {
                Err(ended(Cause::Lost, format!("job {job} had this attempt, of which the run's log knows nothing: it has lost lines"), Vec::new()))
            }
        }
    }

    /// The task instance of a ready call, its asks grown by what earlier attempts lacked.
    pub(super) fn instance(&self, call: &ReadyCall) -> Result<TaskInstance, TaskResult> {
        let not_prepared = |diagnostic: &Diagnostic| ended(Cause::NotPrepared, diagnostic.render(self.sources()), Vec::new());
        let inputs = call.inputs.as_ref().map_err(|diagnostic| not_prepared(diagnostic))?;
        let task_call = self.task_call(call, inputs, None);
        let files = self.files_of_document(call.task.document);
        let mut instance = eval::prepare(&task_call, &files).map_err(|diagnostic| not_prepared(&diagnostic.within(&call.path.0)))?;
        grow(&mut instance, call.growth, &self.site);
        Ok(instance)
    }

    /// The outputs of a call that has succeeded, read from the folder of the restart that did.
    pub(super) fn outputs(&self, call: &ReadyCall, restart: u32, return_code: Option<i32>) -> Result<Object, Box<Diagnostic>> {
        let inputs = call.inputs.as_ref().map_err(Clone::clone)?;
        let attempt = self.run.attempt(&call.path, call.attempt);
        let folder = if restart == 0 { attempt } else { attempt.join(format!("r{restart}")) };
        let streams = Some((folder.join("stdout"), folder.join("stderr")));
        let files = DiskFiles { folder: folder.join("work"), values: self.run.values(), streams };
        let task_call = self.task_call(call, inputs, return_code);
        eval::outputs(&task_call, &files).map_err(Box::new)
    }

    fn task_call<'a>(&'a self, call: &ReadyCall, inputs: &'a Object, return_code: Option<i32>) -> TaskCall<'a> {
        TaskCall {
            checked: &self.checked,
            task: call.task,
            call_path: call.path.clone(),
            attempt: call.attempt,
            inputs,
            growth: call.growth.into(),
            return_code,
        }
    }

    /// Files as the declarations of a document see them: relative paths are relative to its folder.
    pub(super) fn files_of_document(&self, document: DocumentId) -> DiskFiles {
        let uri = &self.checked.documents.get(document).uri;
        let folder = Path::new(uri).parent().unwrap_or(Path::new("/")).to_owned();
        DiskFiles { folder, values: self.run.values(), streams: None }
    }

    fn sources(&self) -> &Sources {
        &self.checked.documents.sources
    }

    /// What the container program is given for each image that the task names.
    fn images_of(&self, instance: &TaskInstance) -> Result<BTreeMap<String, String>, TaskResult> {
        let Some(store) = &self.images else { return Ok(BTreeMap::new()) };
        let mut images = BTreeMap::new();
        for alternatives in job::images(instance, &self.site) {
            match store.provide(&alternatives, &self.site.registries) {
                Ok((reference, path)) => {
                    images.insert(reference, path);
                }
                Err(error) => return Err(ended(Cause::NoImage, format!("failed to {error}"), vec![error.hint()])),
            }
        }
        Ok(images)
    }

    fn write(&self, number: u32, batch: &Batch, elements: &BTreeMap<(String, u32), ElementRecord>, prepared: &mut Prepared) -> Result<(), RunError> {
        let first = batch.elements.first().expect("a batch has at least one element");
        let folder = self.run.batch(u64::from(number));
        let tag = format!("{}.{}.b{number}", first.task_name, self.run_id);
        let paths = batch_paths(&self.run, &tag, number);
        let of_spec = |spec: &JobSpec| elements.get(&(spec.call_path.0.clone(), spec.attempt)).cloned();
        let members: Vec<ElementRecord> = batch.elements.iter().filter_map(of_spec).collect();
        let script = match job::render(batch, &self.templates, &paths) {
            Ok(script) => script,
            Err(error) => {
                let failed = members
                    .into_iter()
                    .map(|element| (element.attempt, ended(Cause::NotPrepared, format!("failed to render its script: {error}"), Vec::new())));
                prepared.failed.extend(failed);
                return Ok(());
            }
        };
        // A folder of that number without an intent in the log is left over from a head that was killed before it could announce it.
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(RunError::io("clear", &folder))?;
        }
        write_script(&script, &folder)?;
        let record = BatchRecord {
            tag,
            cpus: first.components.iter().map(|component| component.ntasks * component.cpus_per_task).sum(),
            mem_mib: first.components.iter().map(|component| component.mem_mib * u64::from(component.nodes)).sum(),
            time_minutes: first.components.iter().map(|component| component.time_minutes).max().unwrap_or(0),
            components: u32::try_from(first.components.len()).expect("components are as many as roles, which are few"),
            max_running: batch.max_running,
            is_distributed: matches!(first.program, job::Program::Roles(_)),
            log_interval: if let job::Program::Roles(plan) = &first.program { plan.log_interval } else { 0 },
            elements: members,
        };
        record.write(&self.run, number)?;
        prepared.batches.push(PreparedBatch { number, record });
        Ok(())
    }
}

/// Memory and time that earlier attempts lacked. The author's ratios are applied by `eval`; without one, what ran out doubles.
fn grow(instance: &mut TaskInstance, growth: Growth, site: &Site) {
    let requirements = &mut instance.requirements;
    if growth.memory > 0 && requirements.memory_growth <= 0.0 {
        let default = site.defaults.memory_mib.saturating_mul(1024 * 1024);
        let bytes = requirements.memory_bytes.unwrap_or(default);
        requirements.memory_bytes = Some(bytes.saturating_mul(1 << growth.memory.min(16)));
        for role in instance.distributed.iter_mut().flat_map(|distributed| &mut distributed.roles) {
            role.memory_mib = role.memory_mib.map(|mib| mib.saturating_mul(1 << growth.memory.min(16)));
        }
    }
    if growth.time > 0 {
        let default = Duration::from_secs(site.defaults.time_minutes.saturating_mul(60));
        requirements.time = Some(requirements.time.unwrap_or(default).saturating_mul(1 << growth.time.min(16)));
    }
}

/// A result for an attempt that never became a job.
fn ended(cause: Cause, detail: String, hints: Vec<String>) -> TaskResult {
    TaskResult { cause, detail, hints, hosts: Vec::new(), started_ms: None, ended_ms: None }
}
