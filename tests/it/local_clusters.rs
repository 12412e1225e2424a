//! Clusters of a head, workers and a driver without Slurm, as the local backend runs them.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use sluice::{
    job::Marker,
    task::{Distributed, TaskInstance},
};

use crate::support::{
    attempt_run::{AttemptRun, site},
    distributed::{distributed, task},
    framework::bin_with,
};

/// A task with two workers; Python starts slowly on a machine that is busy.
fn cluster(kind: &str, command: &str) -> TaskInstance {
    let asked = Distributed { procs: Some(2), start_timeout: Some(300), ..distributed(kind, Vec::new()) };
    let mut task = task(command, asked);
    task.requirements.memory_bytes = Some(1 << 30);
    task
}

fn run_to_end(run: &AttemptRun, path: Option<&str>) -> Marker {
    let mut command = Command::new("bash");
    command.arg(run.script()).env("SLUICE_BACKEND", "local").env("SLUICE_JOB_ID", "local-1").env("SLUICE_ELEMENT", "0");
    if let Some(path) = path {
        command.env("PATH", path);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the script can be started");
    run.marker()
}

fn with_bin(task: TaskInstance, bin: &str) -> AttemptRun {
    AttemptRun::new(&[task], &site(&format!("[node]\nkill_grace_seconds = 5\npath_prepend = [\"{bin}\"]\n")))
}

fn ends(marker: &Marker) -> Vec<String> {
    let how = |stopped: bool, exit: Option<i32>| if stopped { "stopped".to_owned() } else { format!("{exit:?}") };
    marker.roles.iter().map(|end| format!("{}.{} {}", end.role, end.rank, how(end.stopped, end.exit))).collect()
}

#[track_caller]
fn program(folder: &Path, text: &str) -> String {
    let path = folder.join("program.py");
    fs::write(&path, text).expect("it can be written");
    path.display().to_string()
}

/// A bare `Client()` uses the cluster, over TLS; who has no certificate of the task's is refused; the keys go with the cluster.
#[test]
fn dask_cluster_on_one_machine() {
    let Some(bin) = bin_with("distributed") else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = program(
        folder.path(),
        r#"
import os, socket, ssl, subprocess, sys
from distributed import Client

client = Client()
address = client.scheduler.address
print(address == os.environ["DASK_SCHEDULER_ADDRESS"], address.split(":")[0])
print(sorted(worker["name"] for worker in client.scheduler_info()["workers"].values()), client.submit(sum, range(100)).result())


def answer(*certificate):
    """What the scheduler says to somebody else on its node."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(*certificate)
    host, port = address.removeprefix("tls://").split(":")
    try:
        with socket.create_connection((host, int(port)), 30) as plain, context.wrap_socket(plain) as connection:
            return connection.recv(1)
    except ssl.SSLError as error:
        return error.reason


key, cert = os.environ["TMPDIR"] + "/stranger.key", os.environ["TMPDIR"] + "/stranger.pem"
request = f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {cert} -days 1 -subj /CN=stranger"
subprocess.run(request.split(), check=True, capture_output=True)
print(answer(), answer(cert, key), len(answer(*(os.environ[f"DASK_DISTRIBUTED__COMM__TLS__CLIENT__{what}"] for what in ("CERT", "KEY")))))
sys.exit(7)
"#,
    );
    let run = with_bin(cluster("dask", &format!("python3 {program}\n")), &bin);
    let marker = run_to_end(&run, None);
    assert_eq!(marker.exit, Some(7), "{}\n{}", marker.detail, run.read("stderr"));
    let refusals = "TLSV13_ALERT_CERTIFICATE_REQUIRED TLSV1_ALERT_UNKNOWN_CA 1";
    assert_eq!(run.read("stdout"), format!("True tls\n['worker.0', 'worker.1'] 4950\n{refusals}\n"));
    assert_eq!(ends(&marker), ["scheduler.0 stopped", "worker.0 stopped", "worker.1 stopped", "driver.0 Some(7)"]);
    assert!(!run.attempts[0].join("roles/private").exists(), "the keys go with the cluster");
}

/// A bare `ray.init()` uses the cluster; who has no token is refused; the token is on no command line and in no log.
#[test]
fn ray_cluster_on_one_machine() {
    let Some(bin) = bin_with("ray") else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = program(
        folder.path(),
        r#"
import os, pathlib, subprocess, sys
import ray

ray.init(log_to_driver=False)
nodes = [node for node in ray.nodes() if node["Alive"]]
print(len(nodes), ray.cluster_resources()["CPU"])


@ray.remote
def square(n):
    return n * n


print(sum(ray.get([square.remote(n) for n in range(10)])))

token = pathlib.Path(os.environ["RAY_AUTH_TOKEN_PATH"]).read_bytes().strip()
lines = [path.read_bytes() for path in pathlib.Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
roles = pathlib.Path(os.environ["SLUICE_CLUSTER_FILE"]).parent.parent
sessions = [pathlib.Path(node["RayletSocketName"]).parent.parent for node in nodes]
logs = [path.read_bytes() for folder in [*sessions, roles] for path in folder.rglob("*") if path.is_file() and path.suffix in (".log", ".out", ".err")]
print(len(token), any(token in text for text in lines + logs), len(logs) > 3)

# Somebody else on the node.
own = {name: value for name, value in os.environ.items() if not name.startswith("RAY_AUTH")}
connect = [sys.executable, "-c", "import ray, sys; ray.init(sys.argv[1], log_to_driver=False)", os.environ["RAY_ADDRESS"]]
for token in None, "0" * 64:
    also = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token} if token else {"RAY_AUTH_MODE": "disabled"}
    stranger = subprocess.run(connect, env=own | also, capture_output=True, text=True)
    print(stranger.returncode, "uthenticat" in stranger.stderr, file=sys.stdout)
    print(stranger.stderr[-600:], file=sys.stderr)
sys.exit(7)
"#,
    );
    let run = with_bin(cluster("ray", &format!("python3 {program}\n")), &bin);
    let marker = run_to_end(&run, None);
    assert_eq!(marker.exit, Some(7), "{}\n{}", marker.detail, run.read("stderr"));
    assert_eq!(run.read("stdout"), "3 2.0\n285\n64 False True\n1 True\n1 True\n", "{}", run.read("stderr"));
    assert_eq!(ends(&marker), ["head.0 stopped", "worker.0 stopped", "worker.1 stopped", "driver.0 Some(7)"]);
    assert!(!run.attempts[0].join("roles/private").exists(), "the token goes with the cluster");
}

/// Somebody else takes the head's port between its choice and its use: Ray itself would say so after half a minute.
#[test]
fn ray_whose_port_is_lost_is_formed_again() {
    let Some(bin) = bin_with("ray") else { return };
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python3");
    let text = format!(
        r#"#!/bin/sh
if [ "$SLUICE_ROLE" = head ] && mkdir {folder}/lost 2>/dev/null; then
  setsid timeout 120 {bin}/python3 -c 'if 1:
    import socket, sys, time
    s = socket.socket(); s.bind(("", int(sys.argv[1]))); s.listen(); open(sys.argv[2], "w").close(); time.sleep(100)' "$SLUICE_RAY_PORT" {folder}/lost/taken </dev/null >/dev/null 2>&1 &
  until [ -e {folder}/lost/taken ]; do sleep 0.05; done
fi
exec {bin}/python3 "$@"
"#,
        folder = folder.path().display()
    );
    fs::write(&python, text).unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let program = program(folder.path(), "import ray\nray.init(log_to_driver=False)\nprint(len(ray.nodes()))\n");
    let run = with_bin(cluster("ray", &format!("python3 {program}\n")), &folder.path().display().to_string());
    let marker = run_to_end(&run, None);
    assert_eq!(marker.exit, Some(0), "{}\n{}", marker.detail, fs::read_to_string(run.attempts[0].join("stderr")).unwrap_or_default());
    assert_eq!(run.read("stdout"), "3\n");
    assert!(run.read("roles/formed.1/head.0.log").contains(": address already in use"));
}
