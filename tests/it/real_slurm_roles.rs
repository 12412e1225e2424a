//! Distributed tasks under a real Slurm: forms, ends, failures, and that nothing is left. Runs with `SLUICE_TEST_SLURM=1`.

use std::{collections::BTreeSet, env, fs, path::Path};

use sluice::{
    job::Stage,
    task::{Distributed, Form, Role},
};

use crate::support::{
    attempt_run::{output_of, wait_for},
    distributed::{distributed, role, task, tensorflow},
    real_roles::{assert_nothing_left, ends, log, run_of, run_to_end, run_with},
    real_slurm::{end_of, has_slurm, submit},
    skipped::skipped,
};

/// What each role is told, which deciders' output is the task's, and that services are stopped with time to obey.
#[test]
fn real_slurm_tensorflow_in_both_forms() {
    if !has_slurm() {
        return;
    }
    let command = r#"echo "$TF_CONFIG"
if [ "$SLUICE_ROLE" = ps ]; then trap 'echo closed; exit 0' TERM; sleep 300 & wait; fi
[ -d "$TMPDIR" ] && [ -w "$TMPDIR" ] || exit 9
"#;
    for form in [Form::Het, Form::Packed] {
        let mut task = tensorflow(command);
        task.distributed.as_mut().unwrap().form = form;
        let run = run_of(task);
        let (end, marker) = run_to_end(&run);
        assert_eq!((end.as_str(), marker.exit), ("COMPLETED 0:0", Some(0)), "{form:?}: {}", marker.detail);
        assert_eq!(ends(&marker), ["ps.0: stopped", "worker.0: 0", "worker.1: 0"]);
        assert!(log(&run, "ps.0").ends_with("closed\n"), "the service had time to close: {}", log(&run, "ps.0"));
        assert_eq!(run.read("stdout"), log(&run, "worker.0"));
        assert_eq!(marker.hosts.len(), if form == Form::Het { 2 } else { 1 }, "{:?}", marker.hosts);
        let mut clusters = BTreeSet::new();
        for (name, index) in [("ps", 0), ("worker", 0), ("worker", 1)] {
            let config: serde_json::Value = serde_json::from_str(log(&run, &format!("{name}.{index}")).lines().next().unwrap()).unwrap();
            assert_eq!(config["task"], serde_json::json!({"type": name, "index": index}));
            clusters.insert(config["cluster"].to_string());
            let addresses = [&config["cluster"]["ps"], &config["cluster"]["worker"]].map(|list| list.as_array().unwrap().clone()).concat();
            assert_eq!(addresses.iter().map(ToString::to_string).collect::<BTreeSet<_>>().len(), 3, "{addresses:?}");
        }
        assert_eq!(clusters.len(), 1, "all are told the same cluster");
    }
}

/// A step has one number for the memory of each of its nodes. Where the job has less beside another role's, srun waits for it in silence.
#[test]
fn real_slurm_role_on_nodes_that_are_not_alike_starts() {
    if !has_slurm() {
        return;
    }
    let roles = vec![role("a", 5), Role { cpu: Some(3.0), memory_mib: Some(1024), ..role("b", 3) }];
    let wanted = Distributed { form: Form::Packed, start_timeout: Some(20), ..distributed("pytorch", roles) };
    let run = run_of(task("exit 0\n", wanted));
    let (_, marker) = run_to_end(&run);
    assert_eq!(marker.exit, Some(0), "{}", marker.detail);
    assert_eq!(marker.hosts.len(), 4, "{:?}", marker.hosts);
}

/// The cluster of the tests finds a job's processes by their parents, as a site may: what has left for a session of its own escapes it.
#[test]
fn real_slurm_daemon_that_a_command_leaves_behind_is_ended() {
    if !has_slurm() {
        return;
    }
    let run = run_of(tensorflow("[ $SLUICE_ROLE = ps ] && exec sleep 300\nsetsid -f sleep 400 >/dev/null 2>&1 </dev/null\nsleep 0.2\n"));
    let (end, marker) = run_to_end(&run);
    assert_eq!((end.as_str(), marker.exit), ("COMPLETED 0:0", Some(0)), "{}", marker.detail);
}

#[test]
fn real_slurm_ps_that_dies_ends_the_task() {
    if !has_slurm() {
        return;
    }
    let run = run_of(tensorflow("[ $SLUICE_ROLE = ps ] || exec sleep 300\necho no space >&2; exit 4\n"));
    let (end, marker) = run_to_end(&run);
    assert_eq!((end.as_str(), marker.exit), ("FAILED 4:0", Some(4)));
    assert_eq!(ends(&marker), ["ps.0: 4", "worker.0: stopped", "worker.1: stopped"]);
    assert!(marker.detail.starts_with("ps.0 on n") && marker.detail.contains("no space"), "{}", marker.detail);
}

/// A service that ends early with 0 is a failure all the same.
#[test]
fn real_slurm_service_that_just_ends_is_a_failure() {
    if !has_slurm() {
        return;
    }
    let run = run_of(tensorflow("[ $SLUICE_ROLE = ps ] || exec sleep 300\n"));
    let (_, marker) = run_to_end(&run);
    assert_eq!(marker.exit, Some(1), "{}", marker.detail);
    assert!(marker.detail.contains("ps.0") && marker.detail.contains("exited with 0, though it serves the others"), "{}", marker.detail);
}

#[test]
fn real_slurm_worker_that_is_killed_ends_the_task() {
    if !has_slurm() {
        return;
    }
    let run = run_of(tensorflow("[ $SLUICE_ROLE.$SLUICE_RANK = worker.1 ] || exec sleep 300\nkill -9 $$\n"));
    let (_, marker) = run_to_end(&run);
    assert_eq!(marker.exit, Some(137));
    assert_eq!(ends(&marker), ["ps.0: stopped", "worker.0: stopped", "worker.1: 137"]);
    assert!(marker.detail.contains("worker.1 on n") && marker.detail.contains("signal 9 (KILL)"), "{}", marker.detail);
}

/// Its shim too, so that nobody leaves word of its end; its node answers all the same, and nothing is waited for.
#[test]
fn real_slurm_process_that_is_killed_with_its_shim_ends_the_task() {
    if !has_slurm() {
        return;
    }
    let run = run_of(tensorflow("[ $SLUICE_ROLE = ps ] || exec sleep 300\nkill -9 $PPID $$\n"));
    let (_, marker) = run_to_end(&run);
    assert_eq!(ends(&marker), ["ps.0: 137", "worker.0: stopped", "worker.1: stopped"], "{}", marker.detail);
    assert!(marker.detail.starts_with("ps.0 on n") && marker.detail.contains("left no word of its end"), "{}", marker.detail);
    assert!(!marker.detail.contains("does not answer"), "{}", marker.detail);
}

#[test]
fn real_slurm_without_abortonfail_the_others_go_on() {
    if !has_slurm() {
        return;
    }
    let mut task = tensorflow("[ $SLUICE_ROLE = ps ] && exec sleep 300\n[ $SLUICE_RANK = 1 ] && exit 9\nsleep 3; echo done\n");
    task.distributed.as_mut().unwrap().abort_on_fail = Some(false);
    let run = run_of(task);
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, run.read("stdout").as_str()), (Some(9), "done\n"));
    assert_eq!(ends(&marker), ["ps.0: stopped", "worker.0: 0", "worker.1: 9"]);
}

/// With a chief, workers are services.
#[test]
fn real_slurm_chief_alone_decides() {
    if !has_slurm() {
        return;
    }
    let roles = vec![role("chief", 1), role("ps", 1), Role { command: Some("exec sleep 300\n".to_owned()), ..role("worker", 1) }];
    let run =
        run_of(task("[ $SLUICE_ROLE = chief ] || exec sleep 300\nexit 5\n", Distributed { form: Form::Packed, ..distributed("tensorflow", roles) }));
    let (_, marker) = run_to_end(&run);
    assert_eq!(marker.exit, Some(5));
    assert_eq!(ends(&marker), ["chief.0: 5", "ps.0: stopped", "worker.0: stopped"]);
}

/// A code that the author accepts is no failure.
#[test]
fn real_slurm_accepted_code_does_not_abort() {
    if !has_slurm() {
        return;
    }
    let mut task = tensorflow("[ $SLUICE_ROLE = ps ] && exec sleep 300\n[ $SLUICE_RANK = 1 ] && exit 2\nsleep 2; echo done\n");
    task.requirements.return_codes = sluice::task::ReturnCodes::Only(vec![0, 2]);
    let run = run_of(task);
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.detail.as_str(), run.read("stdout").as_str()), (Some(2), "", "done\n"));
}

/// The master's step asks for more than the job has left, so Slurm lets it wait in silence.
#[test]
fn real_slurm_start_time_out_names_who_is_missing() {
    if !has_slurm() {
        return;
    }
    let mut task = tensorflow("sleep 300\n");
    let distributed = task.distributed.as_mut().unwrap();
    distributed.form = Form::Packed;
    distributed.start_timeout = Some(3);
    let run = run_of(task);
    let script = fs::read_to_string(run.script()).unwrap();
    let shrunk = script.replace("#SBATCH --cpus-per-task=3", "#SBATCH --cpus-per-task=2").replace("#SBATCH --mem=600M", "#SBATCH --mem=400M");
    assert_ne!(script, shrunk);
    fs::write(run.script(), shrunk).unwrap();
    let (_, marker) = run_to_end(&run);
    assert_eq!((marker.exit, marker.stage), (Some(1), Stage::Start));
    assert!(marker.detail.starts_with("not started within 3 s: "), "{}", marker.detail);
}

/// An ordinary scancel signals everything; with `-b` only the script hears of it and must end its roles itself.
#[test]
fn real_slurm_scancel_leaves_nothing() {
    if !has_slurm() {
        return;
    }
    for options in [&[][..], &["-b", "-s", "TERM"]] {
        let run = run_of(tensorflow("trap 'echo closed; exit 12' TERM; echo up; sleep 300 & wait\n"));
        let job = submit(&run);
        wait_for("the second worker", 60, || {
            let seen = fs::read_to_string(run.attempts[0].join("roles/worker.1.log")).unwrap_or_default();
            if seen.contains("up") { Ok(()) } else { Err(output_of("squeue", &["-h", "-t", "all"])) }
        });
        output_of("scancel", &[options, &[&job[..]]].concat());
        let marker = wait_for("the marker", 30, || if run.markers().is_empty() { Err("none".to_owned()) } else { Ok(run.marker()) });
        assert_eq!((marker.exit, marker.signal.as_deref()), (None, Some("TERM")), "{}", marker.detail);
        output_of("scancel", &[&job]);
        end_of(&job);
        assert_nothing_left(&run);
        if !options.is_empty() {
            assert_eq!(ends(&marker), ["ps.0: stopped", "worker.0: stopped", "worker.1: stopped"]);
            assert!(log(&run, "ps.0").ends_with("closed\n"), "the grace time is kept");
        }
    }
}

/// Logs go below the volume's host path, and the working folder too.
#[test]
fn real_slurm_volume_holds_logs_and_working_folder() {
    if !has_slurm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut task = tensorflow("[ $SLUICE_ROLE = ps ] && exec sleep 300\npwd\n");
    let host = folder.path().to_str().unwrap().to_owned();
    task.requirements.volumes = vec![sluice::task::Volume { container: "/tf".to_owned(), host, access: sluice::task::Access::ReadWrite }];
    let distributed = task.distributed.as_mut().unwrap();
    distributed.workdir = Some("/tf".to_owned());
    distributed.logdir = Some("/tf/logs".to_owned());
    let run = run_of(task);
    let (_, marker) = run_to_end(&run);
    assert_eq!(marker.exit, Some(0), "{}", marker.detail);
    assert_eq!(fs::read_to_string(folder.path().join("logs/worker.1.log")).unwrap().trim_end(), folder.path().to_str().unwrap());
}

/// Real Spark: a bare `spark-submit` uses the cluster, its code is the verdict, and the secret is on no command line.
fn spark_cluster(form: Form) {
    let Some(bin) = env::var("SLUICE_EXAMPLE_BIN").ok().filter(|bin| has_slurm() && Path::new(bin).join("spark-submit").exists()) else {
        skipped("no Spark in SLUICE_EXAMPLE_BIN");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let program = folder.path().join("sum.py");
    let text = "import os, sys\nfrom pyspark.sql import SparkSession\nsc = SparkSession.builder.getOrCreate().sparkContext\n\
                print(sc.master, sc.parallelize(range(100), 4).sum())\nsys.exit(7)\n";
    fs::write(&program, text).expect("it can be written");
    let command = format!(
        "echo \"$SPARK_MASTER_URI $MASTER\"; cat /proc/[0-9]*/cmdline | grep -c 'authenticate[.]secret'\nspark-submit {}\n",
        program.display()
    );
    // Three Java machines start one after the other, on a machine that may be busy.
    let asked = Distributed { form, procs: Some(2), start_timeout: Some(300), ..distributed("spark", Vec::new()) };
    let mut task = task(&command, Distributed { nodes: (form == Form::Het).then_some(2), ..asked });
    task.requirements.memory_bytes = Some(1 << 30);
    let run = run_with(task, &format!("path_prepend = [\"{bin}\"]\n"));
    let (end, marker) = run_to_end(&run);
    let stderr = || fs::read_to_string(run.attempts[0].join("stderr")).unwrap_or_default();
    assert_eq!((end.as_str(), marker.exit), ("FAILED 7:0", Some(7)), "{}\n{}", marker.detail, stderr());
    let stdout = run.read("stdout");
    let uri = stdout.split_whitespace().next().expect("it says where the master is");
    assert!(uri.starts_with("spark://"), "{stdout}");
    assert_eq!(stdout, format!("{uri} {uri}\n0\n{uri} 4950\n"));
    assert_eq!(ends(&marker), ["master.0: stopped", "worker.0: stopped", "worker.1: stopped", "driver.0: 7"]);
    assert!(!run.attempts[0].join("roles/private").exists(), "the secret goes with the cluster");
}

#[test]
fn real_slurm_spark_cluster_of_components() {
    spark_cluster(Form::Het);
}

#[test]
fn real_slurm_spark_cluster_packed() {
    spark_cluster(Form::Packed);
}
