//! From what the job said and what the backend said to one verdict. Pure and total. Entry point: [`judge`].
//!
//! The order of evidence: the backend's word for a cause beats any exit code; out-of-memory kills beat an accepted code; an accepted code counts without asking; everything else is asked
//! for first. Absence and unknown words are neither success nor an end.

use std::time::Duration;

use super::{FailedStart, JobState, Marker, Observation, Stage};
use crate::task::{Cause, ReturnCodes};

/// All that is known about one attempt.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// What the job said about its end; of several restarts the highest.
    pub marker: Option<&'a Marker>,
    /// What the backend said last; `None`: not asked since the marker came, or no news.
    pub observation: Option<&'a Observation>,
    /// Exit codes that count as success.
    pub return_codes: &'a ReturnCodes,
    /// For the message of a time-out.
    pub time_limit: Option<Duration>,
    /// How long the backend has been asked without settling it: since the marker came, or since the job ended, vanished or got an unknown word without one. Time in which the backend could
    /// not be reached does not count.
    pub waited: Duration,
    /// How long that may be. More than the 60 s a file may stay unseen on NFS, and the 30 s accounting lags behind a restarted controller.
    pub grace: Duration,
}

/// What to make of the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It waits or runs; nothing to do.
    Running,
    /// Ask the backend (all of its sources) now, and judge again.
    AskBackend,
    /// It is over.
    Ended {
        /// Why.
        cause: Cause,
        /// What was seen, for a person.
        detail: String,
    },
}

/// Judges one attempt.
pub fn judge(evidence: &Evidence<'_>) -> Verdict {
    if let Some(verdict) = evidence.observation.and_then(|observation| named_cause(evidence, observation)) {
        return verdict;
    }
    // A job that lost the claim did nothing; its marker is not about the attempt.
    match evidence.marker.filter(|marker| marker.stage != Stage::Claim) {
        Some(marker) => judge_marker(evidence, marker),
        None => judge_without_marker(evidence),
    }
}

/// An end whose cause the backend names. It holds whatever the command's exit code: TIMEOUT comes with `0:0`, a killed child may leave a script that exits with 0.
fn named_cause(evidence: &Evidence<'_>, observation: &Observation) -> Option<Verdict> {
    let (cause, word) = match &observation.state {
        JobState::Timeout => (Cause::Timeout, "TIMEOUT: over its time limit"),
        JobState::OutOfMemory => (Cause::OutOfMemory, "OUT_OF_MEMORY: it used more memory than it asked for"),
        JobState::NodeFail => (Cause::NodeFail, "NODE_FAIL: its node failed"),
        JobState::Preempted => (Cause::Preempted, "PREEMPTED: a job of higher priority took its place"),
        JobState::Cancelled => (Cause::Cancelled, "CANCELLED: it was cancelled"),
        JobState::Deadline => (Cause::LaunchFailed, "DEADLINE: it could not end before its deadline"),
        JobState::BootFail => (Cause::LaunchFailed, "BOOT_FAIL: its nodes could not be started"),
        JobState::LaunchFailed => (Cause::LaunchFailed, "LAUNCH_FAILED: it could not be started on its nodes"),
        JobState::Failed if observation.signal == Some(OUTPUT_NOT_OPENED) => (
            Cause::LaunchFailed,
            "FAILED 0:53: the node could not open the job's output file, so nothing ran; its folder is missing there, or not writable",
        ),
        JobState::Failed
        | JobState::Completed
        | JobState::Completing
        | JobState::Running
        | JobState::Pending
        | JobState::NotListed
        | JobState::Other(_) => return None,
    };
    let mut detail = word.to_owned();
    if let (Cause::Timeout, Some(limit)) = (&cause, evidence.time_limit) {
        detail.push_str(&format!(" of {}", in_words(limit)));
    }
    Some(ended(cause, detail, evidence))
}

/// Slurm's code for "slurmstepd could not set up the script's input or output": not a signal that a program can send.
const OUTPUT_NOT_OPENED: i32 = 53;

fn judge_marker(evidence: &Evidence<'_>, marker: &Marker) -> Verdict {
    if marker.oom_kills > 0 {
        let detail = format!("{} of its processes were killed because it used more memory than it asked for", marker.oom_kills);
        return ended(Cause::OutOfMemory, detail, evidence);
    }
    let accepted = marker.exit.filter(|code| evidence.return_codes.accepts(*code) && marker.stage != Stage::Start);
    let is_plain_success = marker.signal.is_none();
    if let (Some(exit_code), true) = (accepted, is_plain_success) {
        return ended(Cause::Success { exit_code }, format!("exit code {exit_code}"), evidence);
    }
    let Some(observation) = evidence.observation else {
        return after_grace(evidence, || own_end(evidence, marker));
    };
    match &observation.state {
        // The marker is an earlier start's, or the script is at its last lines: the next word settles it.
        JobState::Pending | JobState::Running => Verdict::Running,
        JobState::Completing | JobState::NotListed | JobState::Other(_) => after_grace(evidence, || own_end(evidence, marker)),
        JobState::Completed | JobState::Failed => match accepted {
            Some(exit_code) => ended(Cause::Success { exit_code }, format!("exit code {exit_code}, after a signal"), evidence),
            None => own_end(evidence, marker),
        },
        // Not reached: `named_cause` has judged these.
        JobState::Cancelled
        | JobState::Timeout
        | JobState::OutOfMemory
        | JobState::NodeFail
        | JobState::Preempted
        | JobState::Deadline
        | JobState::BootFail
        | JobState::LaunchFailed => own_end(evidence, marker),
    }
}

/// The verdict where the backend names no cause: the marker's own words, which are no success.
fn own_end(evidence: &Evidence<'_>, marker: &Marker) -> Verdict {
    if marker.stage == Stage::Start {
        let cause = match marker.start {
            Some(FailedStart::Late) => Cause::StartTimeout,
            Some(FailedStart::Unfit) => Cause::Unfit,
            // A role or container that ended.
            None => Cause::LaunchFailed,
        };
        return ended(cause, "it could not be started".to_owned(), evidence);
    }
    let named = marker.signal.as_deref();
    match (marker.exit, named) {
        (Some(exit_code), None) => ended(Cause::Exit { exit_code }, exit_in_words(exit_code), evidence),
        (Some(exit_code), Some(name)) if exit_code != 0 => {
            ended(Cause::Exit { exit_code }, format!("{} after SIG{name}", exit_in_words(exit_code)), evidence)
        }
        (Some(_) | None, Some(name)) => ended(
            Cause::Signal { signal: signal_number(name) },
            format!("ended by SIG{name}, sent by neither Slurm nor sluice as far as is known"),
            evidence,
        ),
        (None, None) => ended(Cause::Lost, "its marker holds neither an exit code nor a signal".to_owned(), evidence),
    }
}

fn judge_without_marker(evidence: &Evidence<'_>) -> Verdict {
    let Some(observation) = evidence.observation else {
        return Verdict::Running;
    };
    let code = observation.exit_code.filter(|code| *code != 0);
    match (&observation.state, code, observation.signal) {
        (JobState::Pending | JobState::Running, ..) => Verdict::Running,
        (JobState::Failed, Some(exit_code), _) => after_grace(evidence, || {
            let detail = format!("{}, by Slurm's word; its marker could not be written or did not arrive", exit_in_words(exit_code));
            ended(Cause::Exit { exit_code }, detail, evidence)
        }),
        (JobState::Failed, None, Some(signal)) => after_grace(evidence, || {
            ended(
                Cause::Signal { signal },
                format!("its script was ended by signal {signal}, by Slurm's word, before it could write its marker"),
                evidence,
            )
        }),
        (JobState::Failed | JobState::Completed, ..) => after_grace(evidence, || {
            let word = if observation.state == JobState::Completed { "COMPLETED" } else { "FAILED" };
            let reason = in_brackets(&observation.reason);
            lost(evidence, &format!("it is {word}{reason}, but no marker came, and without it that is no proof of success"))
        }),
        (JobState::NotListed, ..) => after_grace(evidence, || {
            lost(evidence, &format!("no source knows the job any more{}, and no marker came", in_brackets(&observation.reason)))
        }),
        (JobState::Other(word), ..) => {
            after_grace(evidence, || lost(evidence, &format!("its state is `{word}`, which this sluice does not know, and no marker came")))
        }
        // All but the first are not reached: `named_cause` has judged them.
        (
            JobState::Completing
            | JobState::Cancelled
            | JobState::Timeout
            | JobState::OutOfMemory
            | JobState::NodeFail
            | JobState::Preempted
            | JobState::Deadline
            | JobState::BootFail
            | JobState::LaunchFailed,
            ..,
        ) => Verdict::AskBackend,
    }
}

fn after_grace(evidence: &Evidence<'_>, verdict: impl FnOnce() -> Verdict) -> Verdict {
    if evidence.waited < evidence.grace { Verdict::AskBackend } else { verdict() }
}

fn in_brackets(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}

fn lost(evidence: &Evidence<'_>, why: &str) -> Verdict {
    ended(Cause::Lost, format!("lost after {}: {why}", in_words(evidence.waited)), evidence)
}

/// Adds where it was, and what marker and backend have to say besides.
fn ended(cause: Cause, mut detail: String, evidence: &Evidence<'_>) -> Verdict {
    let hosts = match (evidence.marker, evidence.observation) {
        (Some(marker), _) if !marker.hosts.is_empty() => marker.hosts.join(", "),
        (_, Some(observation)) => observation.nodes.join(", "),
        (_, None) => String::new(),
    };
    if !hosts.is_empty() {
        detail.push_str(&format!(" (on {hosts})"));
    }
    let said = evidence.marker.map_or("", |marker| marker.detail.as_str());
    if !said.is_empty() {
        // Of a success: what was lost or started again on the way, a line each.
        detail.push_str(if cause.is_success() { "\n" } else { "; " });
        detail.push_str(said);
    }
    Verdict::Ended { cause, detail }
}

/// Shells report a command that died of a signal as 128 + its number.
fn exit_in_words(code: i32) -> String {
    match code - 128 {
        9 => format!("exit code {code} (SIGKILL; often for memory)"),
        signal @ 1..=64 => format!("exit code {code} (128 + signal {signal})"),
        _ => format!("exit code {code}"),
    }
}

fn in_words(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 60 && seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

/// Linux's numbers; the node library writes names as bash has them. A number is taken as it is.
fn signal_number(name: &str) -> i32 {
    const NAMES: [(&str, i32); 14] = [
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("ILL", 4),
        ("ABRT", 6),
        ("BUS", 7),
        ("FPE", 8),
        ("KILL", 9),
        ("USR1", 10),
        ("SEGV", 11),
        ("USR2", 12),
        ("PIPE", 13),
        ("TERM", 15),
        ("XCPU", 24),
    ];
    let name = name.trim_start_matches("SIG");
    NAMES.iter().find(|(known, _)| *known == name).map_or_else(|| name.parse().unwrap_or(0), |(_, number)| *number)
}
