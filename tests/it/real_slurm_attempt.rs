//! Batch scripts under a real Slurm: what they promise about ends, signals and restarts. Runs with `SLUICE_TEST_SLURM=1` where `sbatch`
//! reaches a controller; the private cluster of `tests/cluster/slurm` is meant.

use std::{fs, os::unix::fs::PermissionsExt};

use sluice::{job::Stage, task::TaskInstance};

use crate::support::{
    attempt_run::{AttemptRun, instance, output_of, site, wait_for},
    real_slurm::{end_of, has_slurm, submit},
};

fn run_of(task: TaskInstance) -> AttemptRun {
    AttemptRun::new(&[task], &site("[node]\nkill_grace_seconds = 2"))
}

/// Waits until the command of the first run says that it is there.
#[track_caller]
fn wait_for_output(run: &AttemptRun, file: &str) {
    wait_for("the command's output", 60, || {
        let seen = fs::read_to_string(run.attempts[0].join(file)).unwrap_or_default();
        if seen.contains("up") { Ok(()) } else { Err(format!("{seen} {}", output_of("squeue", &["-h", "-t", "all"]))) }
    });
}

#[test]
fn real_slurm_success() {
    if !has_slurm() {
        return;
    }
    let mut task = instance("printf '%s' \"$NAME\"; echo out >file; echo \"${LEAKED-clean}\" >&2; srun --mem=10 -n1 hostname >host\n");
    let hostile = "O'Brien \"q\" $(touch owned) `id`\nnext,line:; ünï 漢 {{sh}} ~{x} \\ % # \t";
    task.environment = vec![("NAME".to_owned(), hostile.to_owned())];
    task.label = Some(hostile.to_owned());
    let run = run_of(task);
    let job = submit(&run);
    assert_eq!(end_of(&job), "COMPLETED 0:0");
    let marker = run.marker();
    assert_eq!((marker.exit, marker.signal, marker.stage, &marker.job), (Some(0), None, Stage::Command, &job));
    assert_eq!(run.read("stdout"), hostile);
    assert_eq!(run.read("stderr"), "clean\n", "nothing of the submitting shell reaches the job");
    assert_eq!(run.read("work/host").trim_end(), marker.host, "a step inside finds its PATH");
    assert_eq!(run.script_output(), "");
    let mode = fs::metadata(run.attempts[0].join("work/file")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644, "the site's umask, not the submitting shell's");
    let shown = output_of("scontrol", &["show", "job", &job]);
    assert!(shown.contains("JobName=call.0123abcd.b1"), "{shown}");
    assert!(shown.contains("Comment=O'Brien \"q\" $(touch owned) `id` next,line:; ünï 漢 {{sh}} ~{x} \\ % #"), "{shown}");
    assert!(shown.contains("MinMemoryNode=500M") && shown.contains("Requeue=1"), "{shown}");
}

#[test]
fn real_slurm_exit_code() {
    if !has_slurm() {
        return;
    }
    let run = run_of(instance("exit 5\n"));
    assert_eq!(end_of(&submit(&run)), "FAILED 5:0");
    assert_eq!((run.marker().exit, run.marker().signal), (Some(5), None));
}

/// Slurm's word is TIMEOUT with exit code 0:0; the marker must not say success.
#[test]
fn real_slurm_time_limit() {
    if !has_slurm() {
        return;
    }
    let run = run_of(instance("trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done\n"));
    let job = submit(&run);
    wait_for_output(&run, "stdout");
    output_of("scontrol", &["update", &format!("JobId={job}"), "EndTime=now+1"]);
    let end = end_of(&job);
    assert!(end.starts_with("TIMEOUT"), "{end}");
    // The command made its own good end of it, which is why the signal stands beside the code.
    assert_eq!((run.marker().exit, run.marker().signal.as_deref()), (Some(0), Some("TERM")));
    assert!(run.script_output().contains("DUE TO TIME LIMIT"), "slurmstepd's own line is kept: {}", run.script_output());
}

#[test]
fn real_slurm_scancel() {
    if !has_slurm() {
        return;
    }
    let run = run_of(instance("trap 'echo term; exit 0' TERM; echo up; while :; do sleep 0.1; done\n"));
    let job = submit(&run);
    wait_for_output(&run, "stdout");
    output_of("scancel", &[&job]);
    assert!(end_of(&job).starts_with("CANCELLED"));
    wait_for("the marker", 20, || if run.markers().is_empty() { Err("none") } else { Ok(()) }.map_err(str::to_owned));
    // The command may have ended before the signal came to the script; the marker tells of it all the same.
    assert_eq!((run.marker().exit, run.marker().signal.as_deref()), (Some(0), Some("TERM")));
    assert_eq!(run.read("stdout"), "up\nterm\n", "no second TERM on top of Slurm's own");
}

/// Only the shell is signalled: it must hand it on, and the command's own code is the job's.
#[test]
fn real_slurm_scancel_of_the_batch_shell() {
    if !has_slurm() {
        return;
    }
    let run = run_of(instance("trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done\n"));
    let job = submit(&run);
    wait_for_output(&run, "stdout");
    output_of("scancel", &["-b", "-s", "TERM", &job]);
    assert_eq!(end_of(&job), "FAILED 5:0");
    assert_eq!((run.marker().exit, run.marker().signal.as_deref()), (Some(5), Some("TERM")));
}

#[test]
fn real_slurm_command_that_ignores_term() {
    if !has_slurm() {
        return;
    }
    let run = run_of(instance("trap '' TERM; echo up; sleep 300\n"));
    let job = submit(&run);
    wait_for_output(&run, "stdout");
    output_of("scancel", &[&job]);
    assert!(end_of(&job).starts_with("CANCELLED"));
    wait_for("the marker", 20, || if run.markers().is_empty() { Err("none") } else { Ok(()) }.map_err(str::to_owned));
    assert_eq!((run.marker().exit, run.marker().signal.as_deref()), (None, Some("TERM")));
}

/// Nobody is left to write a marker; its absence is no success.
#[test]
fn real_slurm_sigkill_of_the_script() {
    if !has_slurm() {
        return;
    }
    let run = run_of(instance("echo up; sleep 20\n"));
    let job = submit(&run);
    wait_for_output(&run, "stdout");
    output_of("scancel", &["-b", "-s", "KILL", &job]);
    let end = end_of(&job);
    assert!(end == "FAILED 0:9" || end == "CANCELLED 0:9", "{end}");
    assert!(run.markers().is_empty());
}

/// A requeued job is the same job again: it takes its own attempt over and keeps the two runs apart.
#[test]
fn real_slurm_requeue() {
    if !has_slurm() {
        return;
    }
    let run = run_of(instance("[[ -e $SLUICE_WORK/../../first ]] && exit 3; touch ../first; echo up; sleep 300\n"));
    let job = submit(&run);
    wait_for_output(&run, "stdout");
    output_of("scontrol", &["requeue", &job]);
    assert_eq!(end_of(&job), "FAILED 3:0");
    let markers = run.markers();
    let (first, second) = (&markers[&format!("1.0.{job}.0.json")], &markers[&format!("1.0.{job}.1.json")]);
    assert_eq!(first.signal.as_deref(), Some("TERM"));
    assert_eq!((second.exit, second.signal.as_deref(), second.restart), (Some(3), None, 1));
    assert_eq!((run.read("stdout").as_str(), run.read("r1/stdout").as_str()), ("up\n", ""));
    assert!(run.attempts[0].join("r1/work").is_dir());
    assert!(run.read("owner").starts_with(&format!("{job} 1 ")));
}

#[test]
fn real_slurm_array() {
    if !has_slurm() {
        return;
    }
    let task = |idx: usize| {
        let mut task = instance("echo \"$NAME\"; exit \"$NAME\"\n");
        task.call_path.0 = format!("wf.call[{idx}]");
        task.environment = vec![("NAME".to_owned(), idx.to_string())];
        task
    };
    let run = AttemptRun::new(&[task(0), task(1), task(2)], &site(""));
    let job = submit(&run);
    for idx in 0..3 {
        assert_eq!(end_of(&format!("{job}_{idx}")), if idx == 0 { "COMPLETED 0:0".to_owned() } else { format!("FAILED {idx}:0") });
        let marker = &run.markers()[&format!("1.{idx}.{job}.0.json")];
        assert_eq!((marker.exit, marker.element, &marker.job), (i32::try_from(idx).ok(), u32::try_from(idx).unwrap(), &job));
        assert_eq!(fs::read_to_string(run.attempts[idx].join("stdout")).unwrap(), format!("{idx}\n"));
        assert!(run.run.join(format!("batches/1/slurm-{idx}.out")).exists());
    }
}

/// Without a place for the marker the job's own exit code still stands, and the script says what happened.
#[test]
fn real_slurm_missing_spool() {
    if !has_slurm() {
        return;
    }
    let run = run_of(instance("exit 4\n"));
    fs::remove_dir(run.run.join("spool")).unwrap();
    assert_eq!(end_of(&submit(&run)), "FAILED 4:0");
    wait_for("the script's word", 10, || if run.script_output().is_empty() { Err(String::new()) } else { Ok(()) });
    assert!(run.script_output().contains("the marker could not be written"), "{}", run.script_output());
    assert!(run.script_output().contains("ended with 4"), "{}", run.script_output());
}

/// Two jobs for one attempt: the second does nothing.
#[test]
fn real_slurm_second_job_loses_the_claim() {
    if !has_slurm() {
        return;
    }
    let run = run_of(instance("echo up\n"));
    let (first, second) = (submit(&run), submit(&run));
    let mut ends = [end_of(&first), end_of(&second)];
    ends.sort();
    assert_eq!(ends, ["COMPLETED 0:0", "FAILED 75:0"]);
    assert_eq!(run.read("stdout"), "up\n");
    assert_eq!(run.markers().values().filter(|marker| marker.stage == Stage::Claim).count(), 1);
}

/// A child killed for memory while the script exits 0: Slurm and the cgroup's counter say so. Only where Slurm limits memory by cgroups.
#[test]
fn real_slurm_out_of_memory() {
    if !has_slurm() || !output_of("scontrol", &["show", "config"]).contains("task/cgroup") {
        println!("skipped: this Slurm does not limit memory by cgroups");
        return;
    }
    let mut task = instance("python3 -c 'x = bytearray(400 << 20)'; exit 0\n");
    task.requirements.memory_bytes = Some(100 << 20);
    let run = run_of(task);
    let end = end_of(&submit(&run));
    assert_eq!(run.marker().exit, Some(0));
    assert!(end.starts_with("OUT_OF_MEMORY"), "{end}");
    assert!(run.marker().oom_kills > 0, "{:?}", run.marker());
}
