//! Commands in a real image under real Slurm. The image is made here, from busybox alone: it has `sh` and no bash.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use pretty_assertions::assert_eq;
use sluice::{
    image::ImageStore,
    job::{Evidence, JobState, Observation, Verdict, judge},
    slurm::{Slurm, SlurmSettings, Target},
    task::{Access, Cause, Disk, Distributed, InputPath, ReturnCodes, TaskInstance},
};

use super::support::{
    attempt_run::{AttemptRun, instance, output_of, site},
    fake_slurm::eventually_within,
    images::{add_mpi_program, has_apptainer, images, make_sif},
    real_slurm::has_slurm,
};

/// The instance's only image by way of the store, as the monitor does it.
fn image_paths(task: &TaskInstance) -> BTreeMap<String, String> {
    let site = site("[container]\nruntime = \"apptainer\"");
    let store = ImageStore::of_site(&site).expect("containers are used");
    BTreeMap::from([store.provide(&task.requirements.container, &site.registries).expect("the image is there")])
}

fn in_image(image: &Path, command: &str) -> TaskInstance {
    let mut task = instance(command);
    task.requirements.container = vec![image.to_string_lossy().into_owned()];
    task
}

/// Runs a task to its end as the head does, and judges it.
async fn run(task: TaskInstance) -> (AttemptRun, Cause, String) {
    let run = AttemptRun::with_images(std::slice::from_ref(&task), &site("[container]\nruntime = \"apptainer\""), &image_paths(&task));
    let slurm = Slurm::new(SlurmSettings::default(), env::vars_os());
    let job_id = slurm.submit(&run.script(), &[]).await.expect("it is accepted");
    let target = [Target::Job(job_id)];
    let ask = async || slurm.poll(&target).await.expect("squeue answers").observations;
    let is_over = |seen: &Vec<Observation>| seen.iter().all(|observation| observation.state.is_final()) && !seen.is_empty();
    let seen = eventually_within(Duration::from_secs(60), ask, is_over).await;
    let marker = run.marker();
    let evidence = Evidence {
        marker: Some(&marker),
        observation: seen.first(),
        return_codes: &ReturnCodes::default(),
        time_limit: None,
        waited: Duration::ZERO,
        grace: Duration::from_secs(120),
    };
    let Verdict::Ended { cause, detail } = judge(&evidence) else { panic!("{marker:?} {seen:?}") };
    (run, cause, detail)
}

#[tokio::test]
async fn a_command_runs_in_a_sif_and_in_a_sandbox() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (folder, sandbox, sif) = images();
    let odd = folder.path().join("input, with: \"odd\" name");
    fs::create_dir(&odd).expect("a folder can be made");
    fs::write(odd.join("data"), "from the host\n").expect("it can be written");
    for image in [&sif, &sandbox] {
        let command =
            "cat /etc/image-of-the-test; cat \"$INPUT/data\"; printf '%s' \"$HOSTILE\" >hostile; pwd >where; echo oops >&2; touch \"$INPUT/new\"";
        let mut task = in_image(image, command);
        let hostile = "O'Brien, \"q\" $(touch owned) `id`\nü=1:2";
        task.environment = vec![("INPUT".to_owned(), odd.to_string_lossy().into_owned()), ("HOSTILE".to_owned(), hostile.to_owned())];
        task.input_paths = vec![InputPath { path: odd.to_string_lossy().into_owned(), access: Access::ReadWrite }];
        let (run, cause, detail) = run(task).await;
        assert_eq!(cause, Cause::Success { exit_code: 0 }, "{detail}\n{}\n{}", run.read("stderr"), run.script_output());
        assert_eq!((run.read("stdout").as_str(), run.read("stderr").as_str()), ("inside\nfrom the host\n", "oops\n"));
        assert_eq!(run.read("work/hostile"), hostile);
        assert_eq!(run.read("work/where").trim_end(), run.attempts[0].join("work").to_string_lossy());
        assert!(odd.join("new").exists(), "what is bound to be written can be");
        fs::remove_file(odd.join("new")).expect("it is there");
    }
}

/// A disk with a mount point is scratch of the attempt: the command finds it there, empty, of its own, and nothing of it is left.
#[tokio::test]
async fn disks_are_mounted_where_the_task_wants_them() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, _, sif) = images();
    let mounts = ["/mnt/out", "/mnt/a b,c"];
    let command = "for disk in /mnt/out '/mnt/a b,c'; do ls -A \"$disk\" | wc -l; echo here >\"$disk/file\" && cat \"$disk/file\"; done; grep -c ' /mnt/' /proc/self/mountinfo";
    let mut task = in_image(&sif, command);
    task.requirements.disks = mounts.iter().map(|mount| Disk { mount: Some((*mount).to_owned()), bytes: 1 << 20 }).collect();
    let (run, cause, detail) = run(task).await;
    assert_eq!(cause, Cause::Success { exit_code: 0 }, "{detail}\n{}\n{}", run.read("stderr"), run.script_output());
    assert_eq!(run.read("stdout"), "0\nhere\n0\nhere\n2\n");
    let left: Vec<_> = walk(&run.run).into_iter().filter(|path| path.ends_with("disks/0/file") || path.ends_with("disks/1/file")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Every file below a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a run's folders can be read").map(|entry| entry.expect("an entry can be read").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn the_command_s_own_exit_code_comes_out_of_the_image() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, _, sif) = images();
    let (_, cause, _) = run(in_image(&sif, "exit 7")).await;
    assert_eq!(cause, Cause::Exit { exit_code: 7 });
}

#[tokio::test]
async fn ranks_in_an_image_are_one_world_over_two_nodes() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, sandbox, _) = images();
    if add_mpi_program(&sandbox).is_none() {
        return;
    }
    let sif = sandbox.with_file_name("mpi.sif");
    make_sif(&sandbox, &sif);
    let mut task = in_image(&sif, "world");
    task.distributed = Some(Distributed { cluster: "mpich".to_owned(), procs: Some(4), nodes: Some(2), ..Distributed::default() });
    let (run, cause, detail) = run(task).await;
    let output = run.read("stdout");
    assert!(cause.is_success(), "{detail}\n{output}\n{}\n{}", run.read("stderr"), run.script_output());
    let mut lines: Vec<_> = output.lines().filter(|line| line.contains("rank ")).collect();
    lines.sort_unstable();
    let ranks: Vec<_> = lines.iter().map(|line| line.contains("of 4 on n") && line.ends_with("sum 4, inside")).collect();
    assert_eq!(ranks, [true; 4], "{output}");
    let hosts: std::collections::BTreeSet<_> = lines.iter().filter_map(|line| line.split_whitespace().nth(5)).collect();
    assert_eq!(hosts.len(), 2, "{output}");
}

#[tokio::test]
async fn a_cancelled_command_in_an_image_leaves_its_code_and_no_process() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, _, sif) = images();
    let task = in_image(&sif, "trap 'echo asked to end; exit 9' TERM; echo up; while :; do sleep 0.1; done");
    let run = AttemptRun::with_images(std::slice::from_ref(&task), &site("[container]\nruntime = \"apptainer\""), &image_paths(&task));
    let slurm = Slurm::new(SlurmSettings::default(), env::vars_os());
    let target = [Target::Job(slurm.submit(&run.script(), &[]).await.expect("it is accepted"))];
    let is_up = async || fs::read_to_string(run.attempts[0].join("stdout")).unwrap_or_default();
    eventually_within(Duration::from_secs(60), is_up, |output| output == "up\n").await;
    let before = SystemTime::now();
    slurm.cancel(&target).await.expect("scancel answers");
    let marker = async || run.markers().into_values().next();
    let marker = eventually_within(Duration::from_secs(30), marker, Option::is_some).await.expect("it is some");
    assert_eq!((marker.exit, marker.signal.as_deref()), (Some(9), Some("TERM")), "after {:?}", before.elapsed());
    let observations = slurm.poll(&target).await.expect("squeue answers").observations;
    assert_eq!(observations[0].state, JobState::Cancelled);
    // Slurm signals every process of the job, and Apptainer hands its own signal on: the command may see two.
    assert!(run.read("stdout").starts_with("up\nasked to end\n"), "{}", run.read("stdout"));
    let here = run.run.to_string_lossy().into_owned();
    let processes = async || output_of("ps", &["-eo", "args"]).lines().filter(|line| line.contains(&here)).map(ToOwned::to_owned).collect::<Vec<_>>();
    eventually_within(Duration::from_secs(20), processes, Vec::is_empty).await;
}
