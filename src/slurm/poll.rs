//! What became of my jobs: squeue for all at once, sacct for those that left it. It must not judge: absence and unknown words are handed on as such. Entry point: [`Slurm::poll`].

use std::collections::BTreeMap;

use super::{
    Accounting, AccountingRow, CommandError, Elements, ListedId, QueueRow, Slurm, expand_host_list, parse_sacct, parse_scontrol_jobs, sacct,
};
use crate::job::{JobId, JobState, Observation};

/// A job, or some elements of an array, to be looked up or cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A job that is no array; of a heterogeneous job: its leader's id.
    Job(JobId),
    /// These elements of an array.
    Elements(JobId, Vec<u32>),
}

impl Target {
    pub(super) fn job_id(&self) -> &JobId {
        match self {
            Self::Job(job_id) | Self::Elements(job_id, _) => job_id,
        }
    }

    /// Its elements; a job that is no array has one, 0.
    pub(super) fn elements(&self) -> &[u32] {
        match self {
            Self::Job(_) => &[0],
            Self::Elements(_, elements) => elements,
        }
    }

    /// As sacct and scancel take them: `36` or `36_4`.
    pub(super) fn ids(&self) -> Vec<String> {
        match self {
            Self::Job(job_id) => vec![job_id.0.clone()],
            Self::Elements(job_id, elements) => elements.iter().map(|element| format!("{job_id}_{element}")).collect(),
        }
    }
}

/// Whether a source was heard.
#[derive(Debug)]
pub enum Answer {
    /// It answered; what it does not list, it does not know.
    Heard,
    /// There was nothing to ask it.
    NotAsked,
    /// The cluster does not have it (no accounting).
    Off,
    /// It failed. What it would have listed is not known: no news.
    Failed(CommandError),
}

/// What Slurm said about the jobs asked for. squeue was heard, or there is no `Poll`.
#[derive(Debug)]
pub struct Poll {
    /// One for each element asked for, except those about which nothing can be said because accounting failed.
    pub observations: Vec<Observation>,
    /// Whether accounting was heard.
    pub accounting: Answer,
}

/// A row of either table.
pub(super) struct Seen {
    id: ListedId,
    state: JobState,
    exit: Option<(i32, i32)>,
    nodes: String,
    reason: String,
}

impl From<QueueRow> for Seen {
    fn from(row: QueueRow) -> Self {
        let reason = if row.reason == "None" { String::new() } else { row.reason };
        Self { state: JobState::from_slurm(&row.state), id: row.id, exit: None, nodes: row.nodes, reason }
    }
}

impl From<AccountingRow> for Seen {
    fn from(row: AccountingRow) -> Self {
        Self { state: JobState::from_slurm(&row.state), id: row.id, exit: row.exit, nodes: row.nodes, reason: row.state }
    }
}

/// Measured on 22.05.8: an element that is cancelled while it waits vanishes from squeue at once, and accounting does not name it before the whole array has ended.
const CANCELLED_WHILE_WAITING: &str = "other elements of its array are listed, as after `scancel` of an element that waits";

/// Rows by job number.
type Table = BTreeMap<String, Vec<Seen>>;

fn table(rows: impl IntoIterator<Item = impl Into<Seen>>) -> Table {
    let mut table = Table::new();
    for row in rows {
        let seen: Seen = row.into();
        // A step's state is not the job's: `.batch` says CANCELLED where the job says TIMEOUT.
        if seen.id.step.is_none() {
            table.entry(seen.id.job.to_string()).or_default().push(seen);
        }
    }
    table
}

impl Slurm {
    /// Asks Slurm about jobs. An error means that squeue was not heard, so nothing is known; [`CommandError::is_unreachable`] says whether waiting is all that helps.
    pub async fn poll(&self, targets: &[Target]) -> Result<Poll, CommandError> {
        let queue = table(self.queue().await?);
        let (mut observations, mut missing) = (Vec::new(), Vec::new());
        for target in targets {
            for element in target.elements() {
                match observe(&queue, target.job_id(), *element) {
                    Some(observation) => observations.push(observation),
                    None => missing.push((target, *element)),
                }
            }
        }
        let accounting = self.ask_accounting(&missing, &mut observations).await;
        self.add_exit_codes(&mut observations).await;
        Ok(Poll { observations, accounting })
    }

    /// What squeue alone says of each target's elements; [`JobState::NotListed`] where it says nothing.
    pub(super) async fn observe_queue(&self, targets: &[Target]) -> Result<Vec<Vec<JobState>>, CommandError> {
        let queue = table(self.queue().await?);
        let state = |job_id, element| observe(&queue, job_id, element).map_or(JobState::NotListed, |observation| observation.state);
        Ok(targets.iter().map(|target| target.elements().iter().map(|element| state(target.job_id(), *element)).collect()).collect())
    }

    /// Looks up in accounting what squeue does not list.
    async fn ask_accounting(&self, missing: &[(&Target, u32)], observations: &mut Vec<Observation>) -> Answer {
        if missing.is_empty() {
            return Answer::NotAsked;
        }
        let ids: Vec<_> = missing.iter().map(|(target, element)| single(target, *element)).collect();
        let (known, answer) = match self.accounting_rows(&ids).await {
            Ok(Some(rows)) => (table(rows), Answer::Heard),
            Ok(None) => (Table::new(), Answer::Off),
            Err(error) => return Answer::Failed(error),
        };
        for (target, element) in missing {
            let seen = observe(&known, target.job_id(), *element);
            let has_siblings =
                observations.iter().any(|observation| observation.job_id == *target.job_id() && observation.state != JobState::NotListed);
            let why = if has_siblings { CANCELLED_WHILE_WAITING } else { "" };
            observations.push(seen.map_or_else(|| not_listed(target.job_id(), *element, why.to_owned()), stale_is_not_listed));
        }
        answer
    }

    /// Rows of accounting; `None` where the cluster keeps none.
    pub(super) async fn accounting_rows(&self, ids: &[String]) -> Result<Option<Vec<AccountingRow>>, CommandError> {
        let mut rows = Vec::new();
        for chunk in ids.chunks(self.settings.ids_per_command) {
            match self.sacct(&sacct::arguments_for_ids(chunk)).await? {
                Some(chunk_rows) => rows.extend(chunk_rows),
                None => return Ok(None),
            }
        }
        Ok(Some(rows))
    }

    /// One sacct; `None` where the cluster keeps no accounting.
    pub(super) async fn sacct(&self, arguments: &[String]) -> Result<Option<Vec<AccountingRow>>, CommandError> {
        let is_off = |accounting| accounting == Accounting::Off;
        if self.configuration().await.is_ok_and(|configuration| is_off(configuration.accounting)) {
            return Ok(None);
        }
        let ended = self.programs.run("sacct", arguments).await?;
        // Said where the configuration could not be asked for.
        if ended.said.contains("accounting storage is disabled") {
            return Ok(None);
        }
        let ended = ended.successful()?;
        parse_sacct(&ended.stdout).map(Some).ok_or_else(|| ended.unreadable(sacct::EXPECTED))
    }

    /// squeue has no exit codes. They tell a failed launch (`0:53`) from a failed script, so `scontrol` is asked for those that failed; it knows a job as long as squeue does.
    async fn add_exit_codes(&self, observations: &mut [Observation]) {
        for observation in observations.iter_mut() {
            if observation.state != JobState::Failed || observation.exit_code.is_some() {
                continue;
            }
            for id in [format!("{}_{}", observation.job_id, observation.element), observation.job_id.0.clone()] {
                let arguments = ["-o", "show", "job", &id].map(ToOwned::to_owned);
                // Without an answer the code stays unknown, which is what it is.
                let Ok(Ok(ended)) = self.programs.run("scontrol", &arguments).await.map(super::command::Ended::successful) else { continue };
                if let Some(detail) = parse_scontrol_jobs(&ended.stdout).first() {
                    (observation.exit_code, observation.signal) = split_exit(Some(detail.exit));
                    observation.restarts = detail.restarts;
                    break;
                }
            }
        }
    }
}

fn single(target: &Target, element: u32) -> String {
    match target {
        Target::Job(job_id) => job_id.0.clone(),
        Target::Elements(job_id, _) => format!("{job_id}_{element}"),
    }
}

/// What a table says of one element: the row that names it, else one that speaks for the whole job. Of several the one that names the fewest: accounting's row of the elements that never
/// started goes on listing those that did. Components of a heterogeneous job are one job: its leader's.
fn observe(table: &Table, job_id: &JobId, element: u32) -> Option<Observation> {
    let rows = table.get(&job_id.0)?;
    let named = |row: &&Seen| match &row.id.elements {
        Elements::These(indices) | Elements::AtLeast(indices) => indices.contains(&element),
        Elements::All => false,
    };
    let breadth = |row: &&Seen| match &row.id.elements {
        Elements::These(indices) | Elements::AtLeast(indices) => indices.len(),
        Elements::All => usize::MAX,
    };
    // A list that was cut may mean any element; it is only ever that of elements that wait.
    let general = |row: &&Seen| matches!(row.id.elements, Elements::All | Elements::AtLeast(_));
    let chosen: Vec<&Seen> = match rows.iter().filter(named).min_by_key(breadth) {
        Some(row) => vec![row],
        None => rows.iter().filter(general).collect(),
    };
    let decisive = decisive(&chosen)?;
    let (exit_code, signal) = split_exit(decisive.exit);
    Some(Observation {
        job_id: job_id.clone(),
        element,
        state: decisive.state.clone(),
        exit_code,
        signal,
        nodes: chosen.iter().flat_map(|row| expand_host_list(&row.nodes)).collect(),
        reason: decisive.reason.clone(),
        restarts: 0,
    })
}

/// The component whose state is the job's: the leader's while it has not ended (`scancel 7+1` ends that component only); then the one that says most about the cause.
fn decisive<'a>(components: &[&'a Seen]) -> Option<&'a Seen> {
    let leader = *components.iter().min_by_key(|row| row.id.component)?;
    if !leader.state.is_final() {
        return Some(leader);
    }
    components.iter().copied().filter(|row| row.state.is_final()).min_by_key(|row| (weight(&row.state), row.id.component))
}

/// How much a final state says about why a job ended; the least wins. A cause named by Slurm beats a plain failure, and what follows from it elsewhere (CANCELLED) comes after.
fn weight(state: &JobState) -> u8 {
    match state {
        JobState::OutOfMemory => 0,
        JobState::NodeFail => 1,
        JobState::BootFail | JobState::LaunchFailed => 2,
        JobState::Timeout | JobState::Deadline => 3,
        JobState::Preempted => 4,
        JobState::Failed => 5,
        JobState::Cancelled => 6,
        JobState::Completed => 7,
        JobState::Pending | JobState::Running | JobState::Completing | JobState::NotListed | JobState::Other(_) => 8,
    }
}

/// Slurm writes `CODE:SIGNAL`; both are 0 for success and for ends that have neither.
fn split_exit(exit: Option<(i32, i32)>) -> (Option<i32>, Option<i32>) {
    exit.map_or((None, None), |(code, signal)| (Some(code), (signal != 0).then_some(signal)))
}

fn not_listed(job_id: &JobId, element: u32, reason: String) -> Observation {
    Observation { job_id: job_id.clone(), element, state: JobState::NotListed, exit_code: None, signal: None, nodes: Vec::new(), reason, restarts: 0 }
}

/// Accounting lags behind: after a restart of the controller a job that has ended was PENDING or RUNNING there for 24 s. A job that squeue does not list neither waits nor runs.
fn stale_is_not_listed(observation: Observation) -> Observation {
    if observation.state.is_final() {
        return observation;
    }
    let reason = format!("squeue does not list it, accounting still says {}", observation.reason);
    Observation { nodes: observation.nodes, ..not_listed(&observation.job_id, observation.element, reason) }
}
