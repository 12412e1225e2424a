//! Processes of this machine by pid and start time, and all processes of a job by a variable in their environment.

use std::{collections::HashMap, fs, path::Path, time::Duration};

use nix::{
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, waitpid},
    },
    unistd::{Pid, SysconfVar, sysconf},
};

/// A process, told from a later one with the same pid by its start time (proc(5), field 22, in clock ticks since boot).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProcessId {
    pid: u32,
    start: u64,
}

impl ProcessId {
    /// The process that has this pid now.
    pub(super) fn of(pid: u32) -> Self {
        Self { pid, start: stat(pid).map_or(0, |stat| stat.start) }
    }

    /// Whether it is there and no zombie.
    pub(super) fn is_alive(self) -> bool {
        stat(self.pid).is_some_and(|stat| stat.start == self.start && stat.state != 'Z')
    }

    /// How long ago it started.
    pub(super) fn age(self) -> Duration {
        let ticks = sysconf(SysconfVar::CLK_TCK).ok().flatten().and_then(|ticks| u64::try_from(ticks).ok()).unwrap_or(100);
        let uptime = fs::read_to_string("/proc/uptime").ok().and_then(|text| text.split('.').next()?.parse::<u64>().ok()).unwrap_or(0);
        Duration::from_secs(uptime.saturating_sub(self.start / ticks))
    }
}

struct Stat {
    state: char,
    parent: u32,
    start: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name stands in parentheses and may hold anything, so fields count from the last one.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    Some(Stat { state: fields.first()?.chars().next()?, parent: fields.get(1)?.parse().ok()?, start: fields.get(19)?.parse().ok()? })
}

/// The process that a script recorded; `None` if it never started.
pub(super) fn recorded(file: &Path) -> Option<ProcessId> {
    let text = fs::read_to_string(file).ok()?;
    let (pid, start) = text.trim().split_once(' ')?;
    Some(ProcessId { pid: pid.parse().ok()?, start: start.parse().ok()? })
}

/// Sends a signal to every process of a job's element: the script, all below it, and whatever left its tree but kept its environment.
pub(super) fn signal_job(job: &str, element: u32, script: ProcessId, signal: Signal) {
    let all = all_processes();
    let mut members: Vec<u32> = Vec::new();
    if script.is_alive() {
        members.push(script.pid);
    }
    members.extend(all.keys().copied().filter(|pid| *pid != std::process::id() && has_job(*pid, job, element)));
    let mut next = 0;
    while let Some(parent) = members.get(next).copied() {
        let children = all.iter().filter(|(pid, above)| **above == parent && !members.contains(pid)).map(|(pid, _)| *pid);
        let children: Vec<u32> = children.collect();
        members.extend(children);
        next += 1;
    }
    for pid in members {
        let Ok(pid) = i32::try_from(pid).map(Pid::from_raw) else { continue };
        // A process that ended in between is what we want anyway.
        let _ = kill(pid, signal);
        if signal == Signal::SIGKILL && pid.as_raw().unsigned_abs() != script.pid {
            // Orphans became our children (subreaper); without this they stay zombies.
            let _ = waitpid(pid, Some(WaitPidFlag::WNOHANG));
        }
    }
}

/// Every pid and its parent.
fn all_processes() -> HashMap<u32, u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, stat(pid)?.parent))).collect()
}

fn has_job(pid: u32, job: &str, element: u32) -> bool {
    let Ok(environment) = fs::read(format!("/proc/{pid}/environ")) else { return false };
    let wanted = [format!("SLUICE_JOB_ID={job}"), format!("SLUICE_ELEMENT={element}")];
    let has = |wanted: &String| environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes());
    wanted.iter().all(has)
}

/// Memory of this machine in MiB.
pub(super) fn memory_mib() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// Name of this machine.
pub fn host_name() -> String {
    nix::unistd::gethostname().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
