//! What `scontrol show` prints. Pure: text in, values out. Entry points: [`parse_configuration`], [`parse_jobs`].

use std::time::Duration;

use super::listed_id::ListedId;

/// What is expected of `scontrol show config`, for messages.
pub(super) const EXPECTED: &str = "a table that begins with `Configuration data as of`";

/// The part of the controller's configuration that sluice goes by. `None`: the controller does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// `ClusterName`
    pub cluster_name: Option<String>,
    /// How long an ended job stays visible in squeue.
    pub min_job_age: Option<Duration>,
    /// The largest index of an array, plus 1.
    pub max_array_size: Option<u32>,
    /// Jobs the controller keeps at most, array elements counted.
    pub max_job_count: Option<u32>,
    /// How long a program waits for the controller's answer.
    pub message_timeout: Option<Duration>,
    /// Time between SIGTERM and SIGKILL.
    pub kill_wait: Option<Duration>,
    /// Whether ended jobs can be asked for with sacct.
    pub accounting: Accounting,
    /// `MpiDefault`; `none` means that `srun --mpi=…` must be given.
    pub mpi_default: Option<String>,
}

/// Whether the cluster keeps accounting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accounting {
    /// sacct answers.
    On,
    /// `AccountingStorageType` is `accounting_storage/none` or not set: sacct knows nothing.
    Off,
    /// Not known: sacct is tried.
    #[default]
    Unknown,
}

/// Reads `scontrol show config`; `None` if it is something else.
pub fn parse_configuration(stdout: &str) -> Option<Configuration> {
    stdout.lines().find(|line| line.starts_with("Configuration data as of"))?;
    let value = |wanted: &str| {
        let (_, value) = stdout.lines().filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim() == wanted)?;
        Some(value.trim()).filter(|value| !value.is_empty() && *value != "(null)")
    };
    // `30 sec`, and `0` for some.
    let seconds = |wanted| value(wanted)?.split(' ').next()?.parse().ok().map(Duration::from_secs);
    Some(Configuration {
        cluster_name: value("ClusterName").map(ToOwned::to_owned),
        min_job_age: seconds("MinJobAge"),
        max_array_size: value("MaxArraySize").and_then(|size| size.parse().ok()),
        max_job_count: value("MaxJobCount").and_then(|count| count.parse().ok()),
        message_timeout: seconds("MessageTimeout"),
        kill_wait: seconds("KillWait"),
        accounting: accounting_of(value("AccountingStorageType")),
        mpi_default: value("MpiDefault").map(ToOwned::to_owned),
    })
}

fn accounting_of(storage_type: Option<&str>) -> Accounting {
    match storage_type {
        Some("accounting_storage/none") | None => Accounting::Off,
        Some(_) => Accounting::On,
    }
}

/// What only `scontrol show job` tells where there is no accounting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobDetail {
    /// The job or array element.
    pub id: ListedId,
    /// Exit code and signal.
    pub exit: (i32, i32),
    /// How often it was requeued.
    pub restarts: u32,
}

/// Reads `scontrol -o show job ID`, one job a line; lines that are none are skipped.
pub fn parse_jobs(stdout: &str) -> Vec<JobDetail> {
    stdout.lines().filter_map(parse_job).collect()
}

fn parse_job(line: &str) -> Option<JobDetail> {
    // The name comes early and may hold ` ExitCode=0:0`, so the last of equal keys counts; what follows ExitCode is Slurm's own up to the paths at the end.
    let (head, _) = line.split_once(" Command=").unwrap_or((line, ""));
    let value = |wanted: &str| head.split(' ').rev().filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == wanted).map(|(_, value)| value);
    let id = match (value("ArrayJobId"), value("ArrayTaskId")) {
        (Some(array), Some(element)) if element.parse::<u32>().is_ok() => format!("{array}_{element}"),
        (Some(array), Some(elements)) => format!("{array}_[{elements}]"),
        _ => value("JobId")?.to_owned(),
    };
    let (code, signal) = value("ExitCode")?.split_once(':')?;
    Some(JobDetail {
        id: ListedId::parse(&id)?,
        exit: (code.parse().ok()?, signal.parse().ok()?),
        restarts: value("Restarts").and_then(|restarts| restarts.parse().ok()).unwrap_or(0),
    })
}
