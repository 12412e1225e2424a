//! Batch scripts run without Slurm, as the local backend runs them: the node library by itself.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use sluice::{
    job::Stage,
    task::{Access, Disk, InputPath, Volume},
};

use crate::support::attempt_run::{AttemptRun, instance, output_of, site, wait_for};

/// The script of an element as the local backend starts it.
fn command(run: &AttemptRun, job: &str, element: usize) -> Command {
    let mut command = Command::new("bash");
    command.arg(run.script()).env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", job).env("SLUICE_ELEMENT", element.to_string());
    // Another job's, which must not count.
    command.env("SLURM_JOB_ID", "77").env("SLURM_ARRAY_TASK_ID", "5").env("SLURM_RESTART_COUNT", "3");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn start(run: &AttemptRun, job: &str, element: usize) -> Child {
    command(run, job, element).spawn().expect("the script can be started")
}

fn code(run: &AttemptRun, job: &str) -> Option<i32> {
    start(run, job, 0).wait().expect("it can be waited for").code()
}

/// Waits until the command says that it is there.
fn wait_for_output(run: &AttemptRun, text: &str) {
    wait_for("the command's output", 20, || {
        let seen = fs::read_to_string(run.attempts[0].join("stdout")).unwrap_or_default();
        if seen.contains(text) { Ok(()) } else { Err(seen) }
    });
}

fn signal(child: &Child, signal: &str) {
    output_of("kill", &["-s", signal, &child.id().to_string()]);
}

const HOSTILE: &str = "O'Brien \"q\" $(touch owned) `id`\nnext,line:; ünï 漢 {{sh}} ~{x} \\ % # \t";

#[test]
fn success_is_reported() {
    let mut task = instance(
        "printf '%s' \"$NAME\"; echo \"$PWD\" >&2; printf %s \"$SLUICE_CALL $SLUICE_ATTEMPT\" >out; ls -A \"$TMPDIR\"; echo \"$TMPDIR\" >tmpdir\n",
    );
    task.environment = vec![("NAME".to_owned(), HOSTILE.to_owned())];
    let run = AttemptRun::new(&[task], &site("[node]\numask = \"027\""));
    assert_eq!(code(&run, "local-1"), Some(0));
    let marker = run.marker();
    assert_eq!(
        (marker.exit, marker.signal.as_deref(), marker.stage, marker.job.as_str(), marker.restart),
        (Some(0), None, Stage::Command, "local-1", 0)
    );
    assert!(marker.started_ms.unwrap() <= marker.ended_ms.unwrap());
    assert_eq!(run.read("stdout"), HOSTILE);
    assert_eq!(run.read("stderr").trim_end(), run.attempts[0].join("work").to_str().unwrap());
    assert_eq!(run.read("work/out"), "wf.call 1");
    assert!(!Path::new(run.read("work/tmpdir").trim_end()).exists(), "the scratch folder is removed");
    let mode = fs::metadata(run.attempts[0].join("work/out")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640, "the site's umask, not the test's");
    let left: Vec<_> = fs::read_dir(&run.attempts[0]).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 5, "command, owner, stdout, stderr, work: {left:?}");
}

/// As under `--export=NONE` for an account without a login shell: bash has a PATH of its own, which its programs must know as well.
#[test]
fn path_is_there_where_nobody_sets_one() {
    let run = AttemptRun::new(&[instance("exec /usr/bin/printenv PATH\n")], &site(""));
    let mut command = Command::new("/bin/bash");
    command.arg(run.script()).env_clear().env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", "1").stdin(Stdio::null());
    assert!(command.status().expect("the script can be started").success(), "{}", run.marker().detail);
    assert!(run.read("stdout").contains("/usr/bin"), "{}", run.read("stdout"));
}

#[test]
fn exit_code_is_the_commands() {
    let run = AttemptRun::new(&[instance("exit 5\n")], &site(""));
    assert_eq!(code(&run, "1"), Some(5));
    assert_eq!((run.marker().exit, run.marker().signal), (Some(5), None));
}

/// A command that kills everything around it is no success and no riddle.
#[test]
fn command_that_kills_its_group_is_reported() {
    let run = AttemptRun::new(&[instance("kill -9 0\n")], &site(""));
    assert_eq!(code(&run, "1"), Some(137));
    assert_eq!((run.marker().exit, run.marker().signal), (Some(137), None));
}

/// Its own TERM to its group (`trap 'kill 0' EXIT` is common) is its own business.
#[test]
fn command_that_signals_its_group_is_waited_for() {
    let run = AttemptRun::new(&[instance("trap 'exit 6' TERM; kill 0; sleep 20\n")], &site(""));
    assert_eq!(code(&run, "1"), Some(6));
    assert_eq!((run.marker().exit, run.marker().signal), (Some(6), None));
}

/// A signal to the script alone is forwarded, and the command's own code reported, every time.
#[test]
fn term_to_the_script_reaches_the_command() {
    let run = AttemptRun::new(&[instance("trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done\n")], &site(""));
    let mut child = start(&run, "1", 0);
    wait_for_output(&run, "up");
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert_eq!((run.marker().exit, run.marker().signal.as_deref()), (Some(5), Some("TERM")));
}

#[test]
fn command_that_ignores_term_is_killed_after_the_grace_time() {
    let run = AttemptRun::new(&[instance("trap '' TERM; echo up; sleep 300\n")], &site("[node]\nkill_grace_seconds = 1"));
    let mut child = start(&run, "1", 0);
    wait_for_output(&run, "up");
    signal(&child, "TERM");
    assert_ne!(child.wait().unwrap().code(), Some(0));
    assert_eq!((run.marker().exit, run.marker().signal.as_deref()), (None, Some("TERM")));
}

/// A warning of the site (`--signal=B:USR1@60`) is handed on at once and is no end.
#[test]
fn usr1_is_handed_on() {
    let run = AttemptRun::new(&[instance("trap 'exit 0' USR1; echo up; while :; do sleep 0.05; done\n")], &site(""));
    let mut child = start(&run, "1", 0);
    wait_for_output(&run, "up");
    signal(&child, "USR1");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!((run.marker().exit, run.marker().signal), (Some(0), None));
}

/// Another job that comes to the same attempt does nothing and says so.
#[test]
fn second_job_loses_the_claim() {
    let run = AttemptRun::new(&[instance("echo ran\n")], &site(""));
    assert_eq!(code(&run, "1"), Some(0));
    assert_eq!(code(&run, "2"), Some(75));
    let markers = run.markers();
    let lost = &markers["1.0.2.0.json"];
    assert_eq!((lost.stage, lost.exit), (Stage::Claim, None));
    assert!(lost.detail.contains("job 1"), "{}", lost.detail);
    assert_eq!(run.read("stdout"), "ran\n");
}

/// Two that come at once: one of them runs.
#[test]
fn one_of_many_takes_the_attempt() {
    let run = AttemptRun::new(&[instance("echo ran\n")], &site(""));
    let children: Vec<Child> = (0..8).map(|job| start(&run, &job.to_string(), 0)).collect();
    let codes: Vec<_> = children.into_iter().map(|mut child| child.wait().unwrap().code()).collect();
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
    assert_eq!(run.read("stdout"), "ran\n");
}

#[test]
fn missing_attempt_folder_is_a_failed_start() {
    let run = AttemptRun::new(&[instance("echo ran\n")], &site(""));
    fs::remove_dir_all(&run.attempts[0]).unwrap();
    assert_eq!(code(&run, "1"), Some(1));
    assert_eq!((run.marker().stage, run.marker().exit), (Stage::Start, None));
    assert!(run.marker().detail.contains("no folder"), "{}", run.marker().detail);
}

#[test]
fn elements_find_their_own_setup() {
    let task = |idx: usize| {
        let mut task = instance("printf '%s' \"$NAME\"; cat \"$SLUICE_WORK\"/../owner >/dev/null\n");
        task.call_path.0 = format!("wf.call[{idx}]");
        task.environment = vec![("NAME".to_owned(), format!("{idx} {HOSTILE}"))];
        task
    };
    let run = AttemptRun::new(&[task(0), task(1), task(2)], &site(""));
    for element in [2, 0, 1] {
        assert_eq!(start(&run, "9", element).wait().unwrap().code(), Some(0));
        assert_eq!(fs::read_to_string(run.attempts[element].join("stdout")).unwrap(), format!("{element} {HOSTILE}"));
    }
    assert_eq!(run.markers().into_keys().collect::<Vec<_>>(), ["1.0.9.0.json", "1.1.9.0.json", "1.2.9.0.json"]);
}

/// What a container program is given, seen by one that only writes it down.
#[test]
fn container_gets_values_unchanged() {
    let stub = tempfile::tempdir().unwrap();
    let program = stub.path().join("apptainer");
    // It tells its arguments and one variable, then runs the command as the image would.
    let text = "#!/bin/bash\nprintf '%s\\0' \"$@\" >args\nprintf '%s' \"$APPTAINERENV_NAME\" >name\nprintf '%s' \"$SINGULARITYENV_NAME\" >>name\nwhile [[ $1 != /bin/sh ]]; do shift; done\nexec \"$@\"\n";
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut task = instance("echo inside\n");
    task.environment = vec![("NAME".to_owned(), HOSTILE.to_owned())];
    task.requirements.container = vec!["/images/my image.sif".to_owned()];
    let volume = |container: &str, host: &str, access| Volume { container: container.to_owned(), host: host.to_owned(), access };
    task.requirements.volumes = vec![volume("/in", "/host,a:b\"c", Access::ReadOnly), volume("/out", "/host", Access::ReadWrite)];
    let input = |path: String| InputPath { path, access: Access::ReadOnly };
    task.input_paths = vec![input(format!("{}/x", stub.path().display())), input("/nowhere/x".to_owned())];
    let run = AttemptRun::new(
        &[task],
        &site(&format!("[container]\nruntime = \"apptainer\"\nprogram = \"{}\"\noptions = [\"--cleanenv\"]\n", program.display())),
    );
    assert_eq!(code(&run, "1"), Some(0));
    assert_eq!(run.read("stdout"), "inside\n");
    assert_eq!(run.read("work/name"), HOSTILE.repeat(2));
    let args = run.read("work/args");
    let args: Vec<&str> = args.split('\0').collect();
    let attempt = run.attempts[0].to_str().unwrap().replace('"', "\"\"");
    for wanted in [
        "-q",
        "exec",
        "--no-eval",
        "--cleanenv",
        "type=bind,\"src=/host,a:b\"\"c\",\"dst=/in\",ro",
        "/host:/out",
        &format!("{0}:{0}:ro", stub.path().display()),
        &format!("type=bind,\"src={attempt}\",\"dst={attempt}\""),
        "/images/my image.sif",
    ] {
        assert!(args.contains(&wanted), "{wanted} is not in {args:?}");
    }
    assert!(!args.iter().any(|arg| arg.contains("/nowhere")), "a folder that is not there cannot be bound: {args:?}");
}

/// Each mount point is a folder of the attempt's own, which is there while the command runs and gone afterwards; without a container the script says that there is none.
#[test]
fn disks_are_mounted_in_containers_only() {
    let stub = tempfile::tempdir().unwrap();
    let program = stub.path().join("apptainer");
    let text = "#!/bin/bash\nprintf '%s\\n' \"$@\" >args\nfor arg; do if [[ $arg == *:/mnt/out ]]; then ls -d \"${arg%:/mnt/out}\" >disk; fi; done\nwhile [[ $1 != /bin/sh ]]; do shift; done\nexec \"$@\"\n";
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut task = instance("echo inside\n");
    let disk = |mount: Option<&str>| Disk { mount: mount.map(str::to_owned), bytes: 1 << 30 };
    task.requirements.disks = vec![disk(None), disk(Some("/mnt/out")), disk(Some("/mnt/a,b"))];
    task.requirements.container = vec!["/images/image.sif".to_owned()];
    let run =
        AttemptRun::new(std::slice::from_ref(&task), &site(&format!("[container]\nruntime = \"apptainer\"\nprogram = \"{}\"\n", program.display())));
    assert_eq!(code(&run, "1"), Some(0));
    let args = run.read("work/args");
    assert!(args.contains(",\"dst=/mnt/a,b\""), "{args}");
    let made = run.read("work/disk");
    assert!(made.trim().ends_with("/disks/1") && !Path::new(made.trim()).exists(), "{made}: it was there, and is gone");

    let run = AttemptRun::new(&[task], &site("[container]\nruntime = \"none\"\n"));
    let said = fs::File::create(stub.path().join("said")).unwrap();
    let status = command(&run, "2", 0).stderr(said).status().unwrap();
    let said = fs::read_to_string(stub.path().join("said")).unwrap();
    assert_eq!((status.code(), run.read("stdout").as_str()), (Some(0), "inside\n"));
    assert!(said.contains("without a container no disk can be mounted at `/mnt/out'"), "{said}");
}
