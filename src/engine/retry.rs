//! Whether a call whose attempt ended is tried again, and with what. One total function of what happened: no state, no clock.

use serde::{Deserialize, Serialize};

use crate::task::Cause;

/// What the author of a task asks for when an attempt fails; from the ended attempt's requirements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetryAsk {
    /// Attempts after a failure of the script's own.
    pub max_retries: u32,
    /// Attempts after a preemption.
    pub preemptible: u32,
    /// `cputuneratio`; 0 where not given.
    pub cpu_growth: f64,
    /// `memtuneratio`; 0 where not given.
    pub memory_growth: f64,
}

impl From<&crate::task::Requirements> for RetryAsk {
    fn from(requirements: &crate::task::Requirements) -> Self {
        Self {
            max_retries: requirements.max_retries,
            preemptible: requirements.preemptible,
            cpu_growth: requirements.cpu_growth,
            memory_growth: requirements.memory_growth,
        }
    }
}

/// Bounds on retries that no author asked for, so that nothing is tried for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Retries with more memory after running out of it.
    pub more_memory: u32,
    /// Retries with more time after a time limit.
    pub more_time: u32,
    /// Retries with the same ask after the cluster's own failures: node, launch, preemption, lost.
    pub same_ask: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { more_memory: 2, more_time: 1, same_ask: 5 }
    }
}

/// How often the ask has grown over the attempts of a call so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Growth {
    /// Times memory grew: × (1 + `memtuneratio`), × 2 where the author gave none.
    pub memory: u32,
    /// Times cores grew: × (1 + `cputuneratio`).
    pub cpu: u32,
    /// Times the time limit doubled.
    pub time: u32,
}

impl From<Growth> for crate::eval::Growth {
    fn from(growth: Growth) -> Self {
        Self { memory: growth.memory, cpu: growth.cpu }
    }
}

/// What happens to a call whose attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It succeeded.
    Done,
    /// It is tried again with an ask that has grown so often in all.
    Retry(Growth),
    /// It has failed for good.
    Fail,
}

/// What is counted against which bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blame {
    Nobody,
    Memory,
    Time,
    Cluster,
    Preemption,
    Script,
    Final,
}

/// DESIGN decision 7 as a table; every cause has its row.
fn blame(cause: &Cause) -> Blame {
    match cause {
        Cause::Success { .. } => Blame::Nobody,
        Cause::OutOfMemory => Blame::Memory,
        Cause::Timeout => Blame::Time,
        Cause::NodeFail | Cause::LaunchFailed | Cause::StartTimeout | Cause::Lost => Blame::Cluster,
        Cause::Preempted => Blame::Preemption,
        Cause::Exit { .. } | Cause::Signal { .. } | Cause::OutputMissing => Blame::Script,
        Cause::Cancelled | Cause::Refused | Cause::NoImage | Cause::Unfit | Cause::NotPrepared => Blame::Final,
    }
}

/// Decides what follows an attempt that ended with the last of `causes`, the earlier ones being those of the attempts before it.
///
/// Running out of memory or time is tried again with more of it, within `limits` or, where the author asked for more attempts, within
/// `max_retries`. The cluster's own failures repeat the same ask and count against no author's number.
pub fn decide(causes: &[Cause], ask: &RetryAsk, limits: &Limits) -> Decision {
    let Some((last, earlier)) = causes.split_last() else { return Decision::Fail };
    let used = |of: Blame| u32::try_from(earlier.iter().filter(|cause| blame(cause) == of).count()).unwrap_or(u32::MAX);
    let kind = blame(last);
    let allowed = match kind {
        Blame::Nobody => return Decision::Done,
        Blame::Final => return Decision::Fail,
        Blame::Memory => limits.more_memory.max(ask.max_retries),
        Blame::Time => limits.more_time.max(ask.max_retries),
        Blame::Cluster => limits.same_ask,
        Blame::Preemption => limits.same_ask.max(ask.preemptible),
        Blame::Script => ask.max_retries,
    };
    if used(kind) < allowed { Decision::Retry(growth(causes, ask)) } else { Decision::Fail }
}

/// How often the ask has grown: what ran out grows by itself; memory and cores grow on every counted retry where the author gave a ratio.
fn growth(causes: &[Cause], ask: &RetryAsk) -> Growth {
    let mut growth = Growth::default();
    for cause in causes {
        let kind = blame(cause);
        let is_counted = matches!(kind, Blame::Memory | Blame::Time | Blame::Script);
        growth.memory += u32::from(kind == Blame::Memory || (is_counted && ask.memory_growth > 0.0));
        growth.cpu += u32::from(is_counted && ask.cpu_growth > 0.0);
        growth.time += u32::from(kind == Blame::Time);
    }
    growth
}
