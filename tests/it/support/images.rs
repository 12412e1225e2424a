//! Images made here, from this machine's own programs, and a registry that gives them out.

use std::{
    env, fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::{
    attempt_run::{output_of, wait_for},
    distributed::mpi_program,
    skipped::skipped,
};

/// Whether images can be run here; says so if not. Where `tests/run` has installed the runtime, its absence is a failure.
pub(crate) fn has_apptainer() -> bool {
    let answers = Command::new("apptainer").arg("version").output().is_ok_and(|output| output.status.success());
    let has_all = answers && Path::new("/bin/busybox").exists();
    assert!(has_all || !is_promised(), "SLUICE_TEST_APPTAINER=1 promises Apptainer and /bin/busybox");
    if !has_all {
        skipped("no Apptainer, or no /bin/busybox to make an image from (`tests/cluster/apptainer` installs both)");
    }
    has_all
}

fn is_promised() -> bool {
    env::var_os("SLUICE_TEST_APPTAINER").is_some_and(|value| value == "1")
}

/// Makes a sandbox, and a SIF of it: busybox, `sh` and no bash. `/etc/image-of-the-test` reads `inside`.
pub(crate) fn images() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path().join("sandbox");
    make_sandbox(&root, "inside");
    let sif = folder.path().join("tiny.sif");
    make_sif(&root, &sif);
    (folder, root, sif)
}

/// Makes a sandbox of busybox whose `/etc/image-of-the-test` holds a word.
pub(crate) fn make_sandbox(root: &Path, word: &str) {
    for name in ["bin", "dev", "etc", "proc", "sys", "tmp", "var/tmp", "root"] {
        fs::create_dir_all(root.join(name)).expect("a folder can be made");
    }
    for name in ["etc/passwd", "etc/group", "etc/resolv.conf", "etc/hosts", "etc/localtime"] {
        fs::write(root.join(name), "").expect("it can be written");
    }
    fs::write(root.join("etc/image-of-the-test"), format!("{word}\n")).expect("it can be written");
    fs::copy("/bin/busybox", root.join("bin/busybox")).expect("busybox can be copied");
    for name in ["sh", "cat", "echo", "env", "id", "kill", "printf", "pwd", "sleep", "touch"] {
        symlink("busybox", root.join("bin").join(name)).expect("a link can be made");
    }
}

/// Makes a SIF of a sandbox.
pub(crate) fn make_sif(root: &Path, sif: &Path) {
    output_of("apptainer", &["-q", "build", &sif.to_string_lossy(), &root.to_string_lossy()]);
}

/// Puts a program of this machine into a sandbox's `/bin`, and the libraries that it needs.
pub(crate) fn add_program(root: &Path, program: &Path) {
    let inside = root.join("bin").join(program.file_name().expect("a program has a name"));
    if program != inside {
        fs::copy(program, inside).expect("the program can be copied");
    }
    // `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)`, and the loader alone.
    for line in output_of("ldd", &[&program.to_string_lossy()]).lines() {
        let Some(library) = line.split_whitespace().find(|word| word.starts_with('/')) else { continue };
        let inside = root.join(library.trim_start_matches('/'));
        fs::create_dir_all(inside.parent().expect("it is below the root")).expect("a folder can be made");
        fs::copy(library, inside).expect("a library can be copied");
    }
}

/// Puts the tests' MPI program into a sandbox as `world`; `None` where there is no MPICH.
pub(crate) fn add_mpi_program(root: &Path) -> Option<()> {
    let built = mpi_program(root)?;
    let program = root.join("bin/world");
    fs::rename(built, &program).expect("it can be moved");
    add_program(root, &program);
    Some(())
}

/// A registry on this machine, over plain HTTP; stopped when dropped.
pub(crate) struct Registry {
    folder: TempDir,
    process: Child,
    port: u16,
}

impl Registry {
    /// Starts one; `None` where there is none to start.
    pub(crate) fn start() -> Option<Self> {
        let has_all = ["docker-registry", "skopeo", "umoci"].into_iter().all(|name| which::which(name).is_ok());
        assert!(has_all || !is_promised(), "SLUICE_TEST_APPTAINER=1 promises docker-registry, skopeo and umoci");
        if !has_all {
            skipped("no registry: Debian's docker-registry, skopeo, umoci (`tests/cluster/apptainer` installs them)");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        // Free now; another program may take it before the registry does, which then ends at once and the wait below says so.
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port is free").port();
        let configuration = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: \"127.0.0.1:{port}\"}}\n",
            folder.path().join("data").display()
        );
        fs::write(folder.path().join("config.yml"), configuration).expect("it can be written");
        let log = fs::File::create(folder.path().join("requests")).expect("it can be written");
        let streams = (log.try_clone().expect("a file can be shared"), log);
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(folder.path().join("config.yml")).stdin(Stdio::null()).stdout(streams.0).stderr(streams.1);
        let registry = Self { process: command.spawn().expect("it can be started"), folder, port };
        wait_for("the registry", 20, || TcpStream::connect(("127.0.0.1", port)).map_err(|_| registry.log()));
        Some(registry)
    }

    /// Gives a sandbox a name in it, as `lab/x:1`.
    pub(crate) fn add(&self, root: &Path, name: &str) {
        let layout = self.folder.path().join("layout").display().to_string();
        let image = format!("{layout}:1");
        output_of("umoci", &["init", "--layout", &layout]);
        output_of("umoci", &["new", "--image", &image]);
        output_of("umoci", &["insert", "--image", &image, &root.to_string_lossy(), "/"]);
        let destination = format!("docker://{}/{name}", self.address());
        output_of("skopeo", &["copy", "--insecure-policy", "--dest-tls-verify=false", &format!("oci:{image}"), &destination]);
        fs::remove_dir_all(layout).expect("it is ours");
    }

    /// `localhost:PORT`
    pub(crate) fn address(&self) -> String {
        format!("localhost:{}", self.port)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("requests")).unwrap_or_default()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It keeps nothing that is wanted after the test.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
