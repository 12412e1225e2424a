//! This machine as a scheduler: the same scripts as process trees. Shell.
//!
//! Cores and memory are slots that decide what runs side by side; nothing enforces memory, so a task may use more than it asked for.
//! Entry: [`Local`]. A process that outlives its head (`kill -9`) is found again by its recorded pid and start time.

mod process;

use std::{
    collections::VecDeque,
    fs::File,
    io,
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use crate::job::{JobId, JobState, Observation};

use process::ProcessId;

pub use process::host_name;

/// A batch for this machine.
#[derive(Clone, Debug)]
pub struct LocalJob {
    /// Its number, unique over all runs of the machine: it finds the job's processes again.
    pub id: JobId,
    /// `batches/<n>`, holding `script.sbatch`.
    pub folder: PathBuf,
    /// How many elements it has.
    pub elements: u32,
    /// Cores of one element.
    pub cpus: u32,
    /// MiB of one element.
    pub mem_mib: u64,
    /// Time limit of one element.
    pub time_limit: Duration,
}

/// What this machine has to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    /// Cores.
    pub cpus: u32,
    /// MiB.
    pub mem_mib: u64,
}

impl Slots {
    /// All of this machine's cores and memory.
    pub fn of_this_machine() -> Self {
        let cpus = std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX));
        Self { cpus, mem_mib: process::memory_mib().unwrap_or(1024) }
    }
}

/// An element that waits for slots.
#[derive(Clone, Debug)]
struct Waiting {
    job: std::sync::Arc<LocalJob>,
    element: u32,
}

/// An element that runs.
#[derive(Debug)]
struct Running {
    job: std::sync::Arc<LocalJob>,
    element: u32,
    /// Our child; absent where an earlier head started it.
    child: Option<Child>,
    process: ProcessId,
    deadline: Instant,
    /// Why it is being ended, and when it is killed for good.
    ending: Option<(JobState, Instant)>,
}

/// The scheduler of this machine for one head.
#[derive(Debug)]
pub struct Local {
    slots: Slots,
    waiting: VecDeque<Waiting>,
    running: Vec<Running>,
    ended: Vec<Observation>,
    grace: Duration,
    /// Something has ended and may have left processes to us.
    has_orphans: bool,
}

impl Local {
    /// A scheduler over these slots. `grace` lies between TERM and KILL.
    pub fn new(slots: Slots, grace: Duration) -> Self {
        // Daemons that a task leaves behind come to us instead of to init, so that they can be found and ended.
        if let Err(error) = nix::sys::prctl::set_child_subreaper(true) {
            tracing::warn!("cannot become a child subreaper: {error}; daemons that a task leaves behind may outlive it");
        }
        Self { slots, waiting: VecDeque::new(), running: Vec::new(), ended: Vec::new(), grace, has_orphans: false }
    }

    /// Takes a job in; its elements start as slots come free.
    pub fn submit(&mut self, job: LocalJob) {
        let job = std::sync::Arc::new(job);
        self.waiting.extend((0..job.elements).map(|element| Waiting { job: job.clone(), element }));
        self.start_waiting();
    }

    /// Takes in a job of an earlier head: elements whose process lives are watched, those that never started wait until [`Local::poll`], the others have ended.
    /// `open` names the elements that are not over.
    pub fn adopt(&mut self, job: LocalJob, open: &[u32]) {
        let job = std::sync::Arc::new(job);
        for element in open.iter().copied() {
            match process::recorded(&pid_file(&job, element)) {
                None => self.waiting.push_back(Waiting { job: job.clone(), element }),
                Some(process) if process.is_alive() => {
                    let deadline = Instant::now() + job.time_limit.saturating_sub(process.age());
                    self.running.push(Running { job: job.clone(), element, child: None, process, deadline, ending: None });
                }
                Some(_) => self.ended.push(observation(&job, element, JobState::Failed, "ended while no head was watching")),
            }
        }
    }

    /// What changed: elements that ended since the last call, and a line for each that waits or runs.
    pub fn poll(&mut self) -> Vec<Observation> {
        self.end_overdue();
        self.reap();
        self.end_orphans();
        self.start_waiting();
        let mut seen = std::mem::take(&mut self.ended);
        seen.extend(self.running.iter().map(|running| observation(&running.job, running.element, JobState::Running, "")));
        seen.extend(
            self.waiting.iter().map(|waiting| observation(&waiting.job, waiting.element, JobState::Pending, "waits for free cores or memory")),
        );
        seen
    }

    /// Begins to end every element of these jobs; [`Local::poll`] tells when they are gone.
    pub fn cancel(&mut self, jobs: &[JobId]) {
        let (gone, kept): (Vec<Waiting>, Vec<Waiting>) = self.waiting.drain(..).partition(|waiting| jobs.contains(&waiting.job.id));
        self.waiting = kept.into();
        self.ended.extend(gone.iter().map(|waiting| observation(&waiting.job, waiting.element, JobState::Cancelled, "cancelled before it started")));
        for running in &mut self.running {
            if jobs.contains(&running.job.id) && running.ending.is_none() {
                running.begin_end(JobState::Cancelled, self.grace);
            }
        }
    }

    fn start_waiting(&mut self) {
        let mut skipped = VecDeque::new();
        while let Some(waiting) = self.waiting.pop_front() {
            if !self.fits(&waiting.job) {
                skipped.push_back(waiting);
                // Later elements of the same size do not fit either; a smaller one may, but must not starve this one.
                break;
            }
            match start(&waiting) {
                Ok((child, process)) => {
                    let deadline = Instant::now() + waiting.job.time_limit;
                    let Waiting { job, element } = waiting;
                    self.running.push(Running { job, element, child: Some(child), process, deadline, ending: None });
                }
                Err(error) => {
                    let reason = format!("cannot start bash: {error}");
                    self.ended.push(observation(&waiting.job, waiting.element, JobState::LaunchFailed, &reason));
                }
            }
        }
        skipped.append(&mut self.waiting);
        self.waiting = skipped;
    }

    /// Whether the slots that are free take an element. One that is larger than the machine runs alone.
    fn fits(&self, job: &LocalJob) -> bool {
        let used_cpus: u32 = self.running.iter().map(|running| running.job.cpus).sum();
        let used_mib: u64 = self.running.iter().map(|running| running.job.mem_mib).sum();
        self.running.is_empty() || (used_cpus + job.cpus <= self.slots.cpus && used_mib + job.mem_mib <= self.slots.mem_mib)
    }

    fn end_overdue(&mut self) {
        let now = Instant::now();
        for running in &mut self.running {
            match &running.ending {
                None if now >= running.deadline => running.begin_end(JobState::Timeout, self.grace),
                Some((_, kill_at)) if now >= *kill_at => running.signal_all(nix::sys::signal::Signal::SIGKILL),
                None | Some(_) => {}
            }
        }
    }

    fn reap(&mut self) {
        let mut still = Vec::new();
        for mut running in std::mem::take(&mut self.running) {
            match running.status() {
                Status::Alive => still.push(running),
                Status::Ended(status) => {
                    self.has_orphans = true;
                    // The script is gone; whatever it left behind goes too.
                    running.signal_all(nix::sys::signal::Signal::SIGKILL);
                    self.ended.push(running.final_observation(status));
                }
            }
        }
        self.running = still;
    }

    /// What scripts that have ended left behind came to us (subreaper). Those that are dead are taken off the table of processes; once no script runs that they
    /// could belong to, those that live are ended: a daemon that has left its session and cleared its environment is found in no other way.
    fn end_orphans(&mut self) {
        if !self.has_orphans {
            return;
        }
        let own: Vec<u32> = self.running.iter().filter_map(|running| Some(running.child.as_ref()?.id())).collect();
        self.has_orphans = process::reap_orphans(&own);
        if self.has_orphans && self.running.is_empty() {
            process::kill_orphans();
        }
    }

    /// At the end of a run, when every task has reported its end: waits for the last scripts to exit, then ends what they left behind, whatever it is.
    /// A task reports just before its script exits, and its daemons are known as such only after that.
    pub fn settle(&mut self) {
        let deadline = Instant::now() + LAST_EXITS;
        while (!self.running.is_empty() || self.has_orphans) && Instant::now() < deadline {
            self.reap();
            self.end_orphans();
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

enum Status {
    Alive,
    /// How it ended, where it was our child.
    Ended(Option<ExitStatus>),
}

impl Running {
    fn status(&mut self) -> Status {
        if let Some(earlier) = self.earlier_start() {
            (self.child, self.process) = (None, earlier);
        }
        match &mut self.child {
            Some(child) => match child.try_wait() {
                Ok(None) => Status::Alive,
                Ok(Some(status)) => Status::Ended(Some(status)),
                Err(_) => Status::Ended(None),
            },
            None if self.process.is_alive() => Status::Alive,
            None => Status::Ended(None),
        }
    }

    /// The process of a start by an earlier head, of which our own found that it had come first.
    fn earlier_start(&mut self) -> Option<ProcessId> {
        let status = self.child.as_mut()?.try_wait().ok()??;
        (status.code() == Some(NOT_FIRST))
            .then(|| process::recorded(&pid_file(&self.job, self.element)))
            .flatten()
            .filter(|first| *first != self.process)
    }

    fn begin_end(&mut self, state: JobState, grace: Duration) {
        // Every process, as an ordinary scancel does: the script's own trap then writes the marker.
        self.signal_all(nix::sys::signal::Signal::SIGTERM);
        self.ending = Some((state, Instant::now() + grace));
    }

    fn signal_all(&self, signal: nix::sys::signal::Signal) {
        process::signal_job(&self.job.id.0, self.element, self.process, signal);
    }

    fn final_observation(&self, status: Option<ExitStatus>) -> Observation {
        let code = status.and_then(|status| status.code());
        let signal = status.and_then(|status| status.signal());
        let (state, reason) = match (&self.ending, code) {
            (Some((state, _)), _) => (state.clone(), format!("ended by sluice after its limit of {} s or on request", self.job.time_limit.as_secs())),
            (None, Some(0)) => (JobState::Completed, String::new()),
            (None, _) => (JobState::Failed, String::new()),
        };
        Observation { exit_code: code, signal, ..observation(&self.job, self.element, state, &reason) }
    }
}

fn observation(job: &LocalJob, element: u32, state: JobState, reason: &str) -> Observation {
    let nodes = vec![host_name()];
    Observation { job_id: job.id.clone(), element, state, exit_code: None, signal: None, nodes, reason: reason.to_owned(), restarts: 0 }
}

fn pid_file(job: &LocalJob, element: u32) -> PathBuf {
    job.folder.join(format!("process-{element}"))
}

/// How long scripts may take to exit after they have reported their end.
const LAST_EXITS: Duration = Duration::from_secs(10);

/// Exit code of a wrapper that was not the first to record itself.
const NOT_FIRST: i32 = 75;

/// Records its own pid and start time, then becomes the script: no moment lies between start and record in which a crash could lose it. Only the first to record
/// itself goes on: a head that is killed right after it has started a script, and the head that follows, would else both start it.
const WRAPPER: &str = r#"read -r stat </proc/$$/stat; set -- "$1" "$2" ${stat##*) }
printf '%s %s\n' "$$" "${22}" >"$1.$$" && ln -T "$1.$$" "$1"; first=$?
rm -f "$1.$$"
[ "$first" = 0 ] || exit 75
exec bash "$2""#;

fn start(waiting: &Waiting) -> io::Result<(Child, ProcessId)> {
    use std::os::unix::process::CommandExt;
    let Waiting { job, element } = waiting;
    let output = File::create(job.folder.join(format!("slurm-{element}.out")))?;
    let mut command = Command::new("bash");
    command.arg("-c").arg(WRAPPER).arg("bash").arg(pid_file(job, *element)).arg(job.folder.join("script.sbatch"));
    for (name, _) in std::env::vars_os() {
        if is_of_a_job(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command.env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", &job.id.0).env("SLUICE_ELEMENT", element.to_string());
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).current_dir(&job.folder).process_group(0);
    let child = command.spawn()?;
    let process = ProcessId::of(child.id());
    Ok((child, process))
}

/// Variables of a Slurm job or an MPI launcher around us: with them an `mpiexec` inside the task would start through `srun` and hang.
fn is_of_a_job(name: &str) -> bool {
    ["SLURM_", "SLUICE_JOB_ID", "SLUICE_ELEMENT", "PMI_", "PMIX_", "OMPI_", "HYDI_"].iter().any(|prefix| name.starts_with(prefix))
}
