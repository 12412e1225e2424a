//! `sluice run` of tasks in real images, under a real Slurm and on this machine. Runs with `SLUICE_TEST_SLURM=1`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::support::{
    attempt_run::{output_of, wait_for},
    desk::Desk,
    images::{Registry, add_mpi_program, add_program, has_apptainer, images, make_sandbox, make_sif},
    real_slurm::has_slurm,
};

const BACKENDS: [&str; 2] = ["slurm", "local"];

fn lines(output: &Value) -> Vec<&str> {
    output.as_str().expect("it is a string").lines().collect()
}

const PLAIN: &str = r#"version 1.0
task plain {
  input { File first  File second  String image  Array[String] words }
  command <<<
    cat /etc/image-of-the-test "~{first}" '~{second}' ~{write_lines(words)}
    echo no 2>/dev/null >"~{first}" && echo "wrote an input"
    echo no 2>/dev/null >'~{second}.new' && echo "wrote beside an input"
    [ "$HOME" = "$PWD" ] && echo home >"$HOME/made in home" && echo temporary >"$TMPDIR/made" && cat "$TMPDIR/made"
    echo "bash ${BASH_VERSION:-none}"
  >>>
  output { String said = read_string(stdout())  File made = "made in home" }
  runtime { docker: image }
}
"#;

/// A name that is whole in double quotes and in single ones, as an author who quotes writes it.
const ODD: &str = "odd, folder: ü %a #{x} \\t";

#[test]
fn a_task_sees_its_inputs_and_nothing_that_it_may_break() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, sandbox, sif) = images();
    let with_bash = sandbox.with_file_name("with bash");
    make_sandbox(&with_bash, "inside");
    add_program(&with_bash, Path::new("/bin/bash"));
    let desk = Desk::new("", "");
    let first = desk.file("first/data.txt", "one\n");
    let second = desk.file(&format!("{ODD}/data.txt"), "two\n");
    let words = ["a b", "it's \"q\" $(touch owned) `id`", "ü,:~{x}"];
    for (idx, (image, bash)) in [(&sif, "none"), (&sandbox, "none"), (&with_bash, "5.")].into_iter().enumerate() {
        for backend in BACKENDS {
            let run = format!("{backend}{idx}");
            let inputs = serde_json::json!({"first": first, "second": second, "image": image, "words": words});
            let outputs = desk.outputs(&run, PLAIN, &inputs, &["--backend", backend]);
            let said = lines(&outputs["plain.said"]);
            assert_eq!(said[..said.len() - 1], [["inside", "one", "two"], words, ["temporary"; 3]].concat()[..7], "{backend} {}", image.display());
            assert!(said[7].starts_with(&format!("bash {bash}")), "{}", said[7]);
            assert_eq!(outputs["plain.made"].as_str(), desk.path(&run).join("calls/plain.a1/work/made in home").to_str());
            assert_eq!(desk.errors(&run), "", "the program's own words are not the task's");
        }
    }
    assert_eq!(fs::read_to_string(first).unwrap(), "one\n");
}

const DRAFT: &str = r#"
task draft {
  File data
  String image
  String missing
  command {
    cat "${data}"
    echo index >"${data}.idx"
    echo made >/vol/made; cat /vol/made
    (echo no 2>/dev/null >/fixed/made) || echo fixed
  }
  output { String said = read_string(stdout())  File index = "${data}.idx" }
  runtime { docker: image  volumes: { "/vol": "VOLUME", "/fixed": "VOLUME:ro", "/other": missing } }
}
"#;

#[test]
fn draft_2_writes_beside_its_inputs_and_volumes_are_where_they_say() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, _, sif) = images();
    let desk = Desk::new("", "");
    let volume = desk.path("volume, of: \\\"the\\\" task");
    let wdl = DRAFT.replace("VOLUME", &volume.display().to_string());
    let volume = desk.path("volume, of: \"the\" task");
    fs::create_dir(&volume).unwrap();
    for backend in BACKENDS {
        let data = desk.file(&format!("{backend} data/{ODD}.bam"), "data\n");
        let inputs = serde_json::json!({"data": data, "image": sif, "missing": volume});
        let outputs = desk.outputs(backend, &wdl, &inputs, &["--backend", backend]);
        assert_eq!(lines(&outputs["draft.said"]), ["data", "made", "fixed"]);
        assert_eq!(fs::read_to_string(outputs["draft.index"].as_str().unwrap()).unwrap(), "index\n");
        fs::remove_file(volume.join("made")).expect("the volume is the host's folder");
        // A container that cannot be started is no failure of the command, whatever codes the author accepts.
        let inputs = serde_json::json!({"data": data, "image": sif, "missing": "/nonexistent/volume"});
        let ran = desk.run(&format!("{backend}-missing"), &wdl, &inputs, &["--backend", backend]);
        assert_eq!(ran.exit, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains("its container could not be started") && ran.stderr.contains("/nonexistent/volume"), "{}", ran.stderr);
    }
}

const SCATTER: &str = r"version 1.0
workflow many {
  input { String image }
  scatter (i in range(4)) { call one { input: image = image, i = i } }
  output { Array[String] said = one.said }
}
task one {
  input { String image  Int i }
  command <<< cat /etc/image-of-the-test; echo ~{i} >>>
  output { String said = read_string(stdout()) }
  runtime { docker: image }
}
";

#[test]
fn an_image_of_a_registry_is_pulled_once() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, sandbox, _) = images();
    let Some(registry) = Registry::start() else { return };
    registry.add(&sandbox, "lab/tiny:1");
    let address = registry.address();
    let container = "program = \"PROGRAM\"\nimage_store = \"STORE\"\nenvironment = { APPTAINER_NO_HTTPS = \"1\" }";
    let desk = Desk::new(container, &format!("[registries]\nlab = \"docker://{address}/lab\""));
    let program = desk.file("counted", &format!("#!/bin/bash\necho \"$1\" >>{}\nexec apptainer \"$@\"\n", desk.path("started").display()));
    output_of("chmod", &["755", &program]);
    let site = fs::read_to_string(desk.path("site.toml")).unwrap();
    desk.file("site.toml", &site.replace("PROGRAM", &program).replace("STORE", &desk.path("store").display().to_string()));
    let pulls = || fs::read_to_string(desk.path("started")).unwrap().lines().filter(|line| *line == "pull").count();
    let expected = ["inside\n0", "inside\n1", "inside\n2", "inside\n3"];
    // By its whole name, then by the site's short one: the same image, and the second run asks nobody for it.
    for (run, image) in [("first", format!("docker://{address}/lab/tiny:1")), ("second", "lab/tiny:1".to_owned())] {
        let outputs = desk.outputs(run, SCATTER, &serde_json::json!({"many.image": image}), &["--backend", "slurm"]);
        assert_eq!(outputs["many.said"], serde_json::json!(expected));
        assert_eq!(pulls(), 1, "{run}");
    }
    let ran = desk.run("absent", SCATTER, &serde_json::json!({"many.image": "lab/absent:1"}), &["--backend", "slurm"]);
    assert_eq!(ran.exit, Some(9), "{}", ran.stderr);
    let command = format!("`{program} pull image.sif docker://{address}/lab/absent:1`");
    let start = format!("error: call `one[0]`: failed to pull the image `lab/absent:1`: {command} said `FATAL: ");
    assert!(ran.stderr.contains(&start) && ran.stderr.contains("manifest unknown") && ran.stderr.contains("nothing was submitted"), "{}", ran.stderr);
    assert_eq!((pulls(), desk.path("absent").exists()), (2, false));
}

#[test]
fn an_image_that_is_nowhere_is_refused_before_anything_is_submitted() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let desk = Desk::new("", "");
    let ran = desk.run("run", SCATTER, &serde_json::json!({"many.image": "/nonexistent/x.sif"}), &["--backend", "slurm"]);
    let expected = "error: call `one[0]`: failed to find the image `/nonexistent/x.sif`: there is nothing at /nonexistent/x.sif\n\n\
                    hint: give the path from `/`, on a file system that the nodes share\n";
    assert_eq!((ran.exit, ran.stderr.as_str()), (Some(9), expected));
    assert!(!desk.path("run").exists());
}

/// Four ranks: of one role over two nodes, or of two roles.
fn mpi(options: &str) -> String {
    format!(
        "task world {{\n  String image\n  command {{ world }}\n  output {{ Array[String] said = read_lines(stdout()) }}\n  \
         runtime {{ docker: image  cpu: 1  memory: \"200 MB\"  runner: \"partisaner\"\n    runneroptions: {{ cluster: \"mpich\", {options} }} }}\n}}\n"
    )
}

const ROLES: &str = "roles: [{name: \"head\", procs: 1, cpu: 1, memory: 200}, {name: \"tail\", procs: 3, cpu: 1, memory: 200}]";

#[test]
fn ranks_in_an_image_are_one_world_in_every_form() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, sandbox, sif) = images();
    if add_mpi_program(&sandbox).is_none() {
        return;
    }
    fs::remove_file(&sif).unwrap();
    make_sif(&sandbox, &sif);
    let inputs = serde_json::json!({"image": sif});
    // A clean environment would keep from the ranks what their launcher says; `singularity` here is Apptainer by another name.
    let (plain, clean) = (Desk::new("", ""), Desk::new("program = \"singularity\"\noptions = [\"--cleanenv\"]", ""));
    let forms = [
        ("two", "procs: 4, nodes: 2".to_owned(), 2),
        ("het", format!("form: \"het\", {ROLES}"), 2),
        ("packed", format!("form: \"packed\", {ROLES}"), 1),
    ];
    for (desk, backend) in [(&plain, "slurm"), (&clean, "slurm"), (&clean, "local")] {
        for (form, options, nodes) in &forms {
            let run = format!("{form}-{backend}");
            let outputs = desk.outputs(&run, &mpi(options), &inputs, &["--backend", backend]);
            let said: BTreeSet<&str> = outputs["world.said"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
            assert_eq!(said.len(), 4, "{said:?}");
            for (rank, line) in said.iter().enumerate() {
                assert!(line.starts_with(&format!("rank {rank} of 4 on ")) && line.ends_with("sum 4, inside"), "{run}: {line}");
            }
            let hosts: BTreeSet<_> = said.iter().filter_map(|line| line.split_whitespace().nth(5)).collect();
            assert_eq!(hosts.len(), if backend == "local" { 1 } else { *nodes }, "{run}: {said:?}");
            assert_eq!(desk.errors(&run), "", "{run}");
        }
    }
    let contained = Desk::new("options = [\"--containall\"]", "");
    let ran = contained.run("contained", &mpi("procs: 2"), &inputs, &["--backend", "slurm"]);
    assert_eq!(ran.exit, Some(4), "{}", ran.stderr);
    assert!(ran.stderr.contains("container option `--containall`: each rank would have a /dev/shm of its own"), "{}", ran.stderr);
}

/// Roles by shell programs: a parameter server and two workers, each in an image of its own.
const TENSORFLOW: &str = r#"
task train {
  String image
  String server
  String logs
  String how
  command {
    cat /etc/image-of-the-test; echo "$TF_CONFIG"; echo "$SLUICE_ROLE" >"role.$SLUICE_ROLE.$SLUICE_RANK"; echo >"$TMPDIR/made" || exit 1
    if [ "$SLUICE_ROLE" = ps ]; then trap 'echo closed; exit 0' TERM; while :; do sleep 0.1; done; fi
    if [ "${how}.$SLUICE_RANK" = fail.1 ]; then echo "no data" >&2; exit 6; fi
    if [ "${how}" != end ]; then echo up; while :; do sleep 0.1; done; fi
  }
  output { Array[File] made = glob("role.*") }
  runtime { docker: image  cpu: 1  memory: "200 MB"  runner: "partisaner"  volumes: { "/logs": logs }  returnCodes: [0, 255]
    runneroptions: { cluster: "tensorflow", logdir: "/logs", roles: [
      {name: "ps", procs: 1, cpu: 1, memory: 200, server: true, docker: server},
      {name: "worker", procs: 2, cpu: 1, memory: 200} ] } }
}
"#;

/// The image of the workers is the SIF, that of the server is another sandbox.
fn train(desk: &Desk, (sif, server): (&Path, &Path), run: &str, how: &str) -> Value {
    let logs = desk.path(&format!("{run}-logs"));
    fs::create_dir(&logs).expect("a folder can be made");
    serde_json::json!({"image": sif, "server": server, "logs": logs, "how": how})
}

#[test]
fn roles_run_each_in_its_image_and_give_one_verdict() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, sandbox, sif) = images();
    let server = sandbox.with_file_name("server");
    make_sandbox(&server, "inside the server");
    let desk = Desk::new("", "");
    let broken = PathBuf::from(desk.file("broken.sif", "no image\n"));
    for backend in BACKENDS {
        let options = ["--backend", backend];
        let log = |run: &str, process: &str| fs::read_to_string(desk.path(&format!("{run}-logs/{process}.log"))).unwrap();
        let outputs = desk.outputs(backend, TENSORFLOW, &train(&desk, (&sif, &server), backend, "end"), &options);
        assert_eq!(outputs["train.made"].as_array().unwrap().len(), 3);
        for (process, word, role, index) in
            [("ps.0", "inside the server", "ps", 0), ("worker.0", "inside", "worker", 0), ("worker.1", "inside", "worker", 1)]
        {
            let log = log(backend, process);
            let (first, rest) = log.split_once('\n').unwrap();
            let config: Value = serde_json::from_str(rest.lines().next().unwrap()).unwrap();
            assert_eq!((first, &config["task"]), (word, &serde_json::json!({"type": role, "index": index})));
            assert_eq!((config["cluster"]["ps"].as_array().unwrap().len(), config["cluster"]["worker"].as_array().unwrap().len()), (1, 2));
        }
        assert!(log(backend, "ps.0").ends_with("closed\n"), "the service could end by itself: {}", log(backend, "ps.0"));
        let run = format!("{backend}-fail");
        let ran = desk.run(&run, TENSORFLOW, &train(&desk, (&sif, &server), &run, "fail"), &options);
        assert_eq!(ran.exit, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains("exit code 6 (on ") && ran.stderr.contains("; worker.1 on ") && ran.stderr.contains("no data"), "{}", ran.stderr);
        // The workers end well at once; without its server that is no success.
        let run = format!("{backend}-broken");
        let ran = desk.run(&run, TENSORFLOW, &train(&desk, (&sif, &broken), &run, "end"), &options);
        assert_eq!(ran.exit, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains("could not start its container") && ran.stderr.contains("image format not recognized"), "{}", ran.stderr);
    }
}

/// Starts a run and waits until its workers are up.
fn start(desk: &Desk, images: (&Path, &Path), run: &str, backend: &str) -> Child {
    let inputs = train(desk, images, run, "wait");
    let mut command = desk.command(run, TENSORFLOW, &inputs, &["--backend", backend]);
    let child = command
        .stdout(Stdio::null())
        .stderr(fs::File::create(desk.path(&format!("{run}-stderr"))).expect("it can be written"))
        .spawn()
        .expect("it can be started");
    wait_for("the workers to be up", 60, || {
        let log = |rank: u32| fs::read_to_string(desk.path(&format!("{run}-logs/worker.{rank}.log"))).unwrap_or_default();
        let logs = [log(0), log(1)];
        if logs.iter().all(|log| log.ends_with("up\n")) { Ok(()) } else { Err(format!("{logs:?}")) }
    });
    child
}

#[test]
fn a_cancelled_job_leaves_no_process_and_no_mount() {
    if !has_slurm() || !has_apptainer() {
        return;
    }
    let (_folder, sandbox, sif) = images();
    let desk = Desk::new("", "");
    for (run, backend) in [("scancel", "slurm"), ("cancel", "slurm"), ("local", "local")] {
        let mut head = start(&desk, (&sif, &sandbox), run, backend);
        if run == "scancel" {
            let batch = desk.path(run).join("batches/1").display().to_string();
            let queue = output_of("squeue", &["-h", "-o", "%A %Z"]);
            let job = queue.lines().find_map(|line| line.strip_suffix(&batch)).expect("the job is in the queue").trim();
            output_of("scancel", &[job]);
        } else {
            output_of(env!("CARGO_BIN_EXE_sluice"), &["cancel", &desk.path(run).display().to_string()]);
        }
        let exit = head.wait().expect("it ends").code();
        let stderr = fs::read_to_string(desk.path(&format!("{run}-stderr"))).unwrap();
        assert_eq!(exit, Some(if run == "scancel" { 1 } else { 7 }), "{stderr}");
        desk.assert_nothing_left();
    }
}
