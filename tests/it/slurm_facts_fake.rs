//! What Slurm is asked before a distributed task is submitted, over a Slurm that answers as it is told.

use std::fs;

use crate::support::{
    fake_slurm::FakeSlurm,
    head::{Ended, Place},
};

/// A task of two roles.
fn roles(cluster: &str) -> String {
    format!(
        r#"version 1.0
task one {{
  input {{ String marks }}
  command <<< echo >>>
  runtime {{
    memory: "200 MiB"
    runner: "partisaner"
    runneroptions: {{ "cluster": "{cluster}", "form": "het", "roles": [{{ "name": "worker" }}, {{ "name": "chief" }}] }}
  }}
}}
"#
    )
}

fn run(place: &Place, cluster: &str) -> Ended {
    place.start_run(&roles(cluster), "slurm", &[]).end()
}

#[test]
fn a_pmi_type_that_slurm_does_not_offer_is_refused_before_submission() {
    let cluster = FakeSlurm::new();
    let place = Place::new("", cluster.environment());
    let ended = run(&place, "openmpi");
    ended.assert(4, &["call `one`", "`srun --mpi=pmix`, which this Slurm does not offer; it offers none, pmi2", "set `openmpi` in [mpi]"]);
    assert_eq!((cluster.calls("sbatch --parsable"), cluster.calls("srun --mpi=list")), (0, 1));
    assert!(!place.path("run").exists(), "nothing was begun");
}

/// Old releases know other words for components and steps.
#[test]
fn scripts_are_spelled_for_the_version_that_slurm_has() {
    for (version, word, setting) in [("19.05.8", "#SBATCH packjob", "sluice_het_option=--pack-group"), ("22.05.8", "#SBATCH hetjob", "")] {
        let cluster = FakeSlurm::new().fates("always * end FAILED 1:0");
        let mut environment = cluster.environment();
        environment.push(("FAKE_SLURM_VERSION".into(), version.into()));
        let place = Place::new("lost_grace_seconds = 1\npoll_min_seconds = 0.2\nmachine_retries = 0", environment);
        let _ended = run(&place, "tensorflow");
        let script = fs::read_to_string(place.path("run/batches/1/script.sbatch")).expect("it was submitted");
        assert!(script.contains(&format!("\n{word}\n")) && script.contains(setting), "{version}: {script}");
        assert_eq!(script.contains("sluice_het_option"), !setting.is_empty());
    }
}
