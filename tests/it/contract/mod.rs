//! What every process of every kind of cluster finds, on this machine and under a real Slurm: what `src/job/partisaner/environment.md` promises.

mod kinds;
mod page;
mod process;
mod stand_ins;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    process::{Command, Stdio},
};

use rstest::rstest;
use serde_json::Value;
use sluice::{job::Marker, task::Form};

use self::{kinds::*, page::Page, process::Process, stand_ins::StandIns};
use crate::support::{
    attempt_run::AttemptRun,
    real_roles::{run_to_end, run_with},
    real_slurm::has_slurm,
    skipped::skipped,
};

/// What ours are called by: whatever else begins so and is not promised has slipped out.
const OURS: [&str; 14] =
    ["SLUICE_", "TF_", "RAY_", "DASK_", "SPARK_", "MASTER", "RANK", "WORLD_", "LOCAL_", "NODE_RANK", "OMP_", "CUDA_", "XTAO", "PYTHONUNBUFFERED"];
/// Between sluice and the services that it starts; what Spark's own configuration of the daemon is made of.
const INTERNAL: [&str; 9] = [
    "SLUICE_OWN_",
    "SLUICE_SPARK_",
    "SLUICE_RAY_",
    "SLUICE_DASK_",
    "SLUICE_TORCH_",
    "SLUICE_BACKEND",
    "SPARK_DAEMON_",
    "SPARK_WORKER_",
    "SPARK_HOME",
];

/// One run of a kind.
struct Case {
    kind: Kind,
    stand_ins: StandIns,
    run: AttemptRun,
}

impl Case {
    fn new(kind: Kind, form: Form) -> Self {
        let stand_ins = StandIns::new();
        let node = format!("path_prepend = [\"{}\"]\n{}", stand_ins.path_of(kind.cluster), kind.site);
        let run = run_with(kind.task(&stand_ins, form), &node);
        Self { kind, stand_ins, run }
    }

    /// All of its processes.
    fn processes(&self, marker: &Marker) -> Vec<Process> {
        assert_eq!(marker.exit, Some(0), "{}\n{}", marker.detail, self.run.script_output());
        let names = self.kind.roles.iter().flat_map(|(role, procs)| (0..*procs).map(move |rank| (*role, rank)));
        let read = |(role, rank): (&str, u32)| {
            let report = self.stand_ins.report(&format!("{role}.{rank}"));
            let folder = report
                .unwrap_or_else(|| panic!("{role}.{rank} has not reported: {marker:?}\n{}\n{}", self.stand_ins.listing(), self.log_of(role, rank)));
            Process::read(role, rank, &folder)
        };
        names.map(read).collect()
    }

    fn log_of(&self, role: &str, rank: u32) -> String {
        let log = self.run.attempts[0].join(format!("roles/{role}.{rank}.log"));
        fs::read_to_string(log).unwrap_or_else(|error| error.to_string())
    }

    #[track_caller]
    fn assert_promises_are_kept(&self, marker: &Marker) {
        let page = Page::read();
        for process in self.processes(marker) {
            let kind = if self.kind.is_torchrun() { "none" } else { self.kind.cluster };
            let promised = page.promised(kind, &process.role);
            for variable in &promised {
                process.assert_variable(variable, &self.kind, &self.run.attempts[0].join("work"));
            }
            if self.kind.cluster == MPI.cluster {
                process.assert_launcher_variables(&self.kind, &self.run.attempts[0].join("work"));
            }
            self.assert_cluster_file(&process);
            // As the site says; an mpiexec may have put its own folder first.
            assert!(process.get("PATH").starts_with(&self.stand_ins.path_of(self.kind.cluster)), "{}: {}", process.name(), process.get("PATH"));
            if self.kind.cluster == CUSTOM.cluster {
                process.assert_site_variables();
            }
            // Without Slurm it has the variables of the test itself, too.
            let given = process.environment.keys().filter(|name| OURS.iter().any(|own| name.starts_with(own)) && env::var_os(name).is_none());
            let extra: Vec<&String> = given.filter(|name| !promised.contains(&name.as_str()) && !self.is_known(name)).collect();
            assert!(extra.is_empty(), "{} finds what the page does not promise: {extra:?}", process.name());
        }
    }

    /// Variables that the page tells of in words.
    fn is_known(&self, name: &str) -> bool {
        INTERNAL.iter().any(|own| name.starts_with(own))
            || name.starts_with("DASK_DISTRIBUTED__COMM__TLS__")
            || (self.kind.is_torchrun() && name == "OMP_NUM_THREADS")
            || name == "SLUICE_JOB_ID"
            || name == "SLUICE_ELEMENT"
    }

    /// Every role, with as many entries as it has processes; those that run when the others are ready, too.
    fn assert_cluster_file(&self, process: &Process) {
        let cluster = process.cluster.as_object().expect("it is an object");
        let found: BTreeMap<&str, usize> =
            cluster.iter().map(|(role, list)| (role.as_str(), list.as_array().expect("a list a role").len())).collect();
        let all: BTreeMap<&str, usize> = self.kind.roles.iter().map(|(role, procs)| (*role, *procs as usize)).collect();
        assert_eq!(found, all, "{}", process.name());
    }
}

fn run_here(case: &Case) -> Marker {
    let mut command = Command::new("bash");
    command.arg(case.run.script()).env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", "local-1").env("SLUICE_ELEMENT", "0");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the script can be started");
    case.run.marker()
}

#[rstest]
#[case::mpich(MPICH, "mpiexec.mpich")]
#[case::openmpi(OPENMPI, "mpiexec.openmpi")]
#[case::mpi(MPI, "mpiexec.mpich")]
#[case::tensorflow_ps_worker(PS_WORKER, "bash")]
#[case::tensorflow_chief(CHIEF, "bash")]
#[case::tensorflow_workers(WORKERS, "bash")]
#[case::pytorch(PYTORCH, "bash")]
#[case::pytorch_torchrun(TORCHRUN, "bash")]
#[case::spark(SPARK, "bash")]
#[case::ray(RAY, "bash")]
#[case::dask(DASK, "openssl")]
#[case::custom(CUSTOM, "bash")]
fn every_process_finds_what_is_promised(#[case] kind: Kind, #[case] program: &str) {
    if !env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).exists())) {
        return skipped(&format!("no {program}"));
    }
    let case = Case::new(kind, Form::Auto);
    let marker = run_here(&case);
    case.assert_promises_are_kept(&marker);
    for process in case.processes(&marker) {
        assert_eq!((process.host(), process.get("SLUICE_HOSTS")), ("localhost", "localhost"));
    }
}

#[rstest]
#[case::mpich(MPICH)]
#[case::openmpi(OPENMPI)]
#[case::intelmpi(INTELMPI)]
#[case::mpi(MPI)]
#[case::tensorflow_ps_worker(PS_WORKER)]
#[case::tensorflow_chief(CHIEF)]
#[case::pytorch(PYTORCH)]
#[case::spark(SPARK)]
#[case::ray(RAY)]
#[case::dask(DASK)]
#[case::custom(CUSTOM)]
fn real_slurm_every_process_finds_what_is_promised_in_both_forms(#[case] kind: Kind, #[values(Form::Het, Form::Packed)] form: Form) {
    on_slurm(kind, form);
}

/// Kinds of one role are no heterogeneous jobs; nor are ranks that mpiexec starts.
#[rstest]
#[case::mpich_of_five(MPICH_OF_FIVE)]
#[case::mpich_by_mpiexec(MPICH_BY_MPIEXEC)]
#[case::openmpi_by_mpiexec(OPENMPI_BY_MPIEXEC)]
#[case::mpich_of_an_interface(MPICH_OF_INTERFACE)]
#[case::tensorflow_workers(WORKERS)]
#[case::pytorch_torchrun(TORCHRUN)]
fn real_slurm_every_process_finds_what_is_promised_elsewhere(#[case] kind: Kind) {
    on_slurm(kind, Form::Auto);
}

#[track_caller]
fn on_slurm(kind: Kind, form: Form) {
    if !has_slurm() {
        return;
    }
    let case = Case::new(kind, form);
    let (_, marker) = run_to_end(&case.run);
    case.assert_promises_are_kept(&marker);
    for process in case.processes(&marker) {
        let host = if case.kind.site.contains("interface") { "127.0.0.1" } else { &process.node };
        assert_eq!(process.host(), host, "{} is where the cluster file says", process.name());
    }
}

/// The page's example is what a parameter server and two workers find, with other hosts and ports.
#[test]
fn example_of_the_page_is_a_cluster_file() {
    let case = Case::new(PS_WORKER, Form::Auto);
    let marker = run_here(&case);
    let page = Page::read();
    let example: Value = serde_json::from_str(&page.example).expect("the example is JSON");
    let text = fs::read_to_string(case.stand_ins.report("ps.0").expect("it has run").join("cluster")).expect("it can be read");
    let mut ports = BTreeSet::new();
    let mut found = text.trim_end().to_owned();
    for process in case.processes(&marker) {
        let named = example[&process.role][process.rank as usize].as_str().expect("the example has it");
        ports.insert(process.address().to_owned());
        found = found.replace(process.address(), named);
    }
    assert_eq!((found, ports.len()), (page.example, 3));
}
