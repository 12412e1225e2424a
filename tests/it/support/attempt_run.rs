//! A run folder with one batch in it, made as the head makes it, for tests that let the script run.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use sluice::{
    job::{self, AttemptPaths, BatchPaths, Marker, Templates},
    site::{Layer, Site},
    task::{CallPath, Requirements, TaskInstance},
};
use tempfile::TempDir;

/// What scripts are made of and where they were written.
pub(crate) struct AttemptRun {
    _folder: TempDir,
    /// The run folder; its name is as bad as a name can be.
    pub(crate) run: PathBuf,
    /// Folders of the attempts, an element each.
    pub(crate) attempts: Vec<PathBuf>,
    /// What was submitted of it.
    pub(crate) jobs: RefCell<Vec<String>>,
}

/// A test that failed shows the files of the run, since its folder goes, and leaves no job to hold the nodes that other tests wait for.
impl Drop for AttemptRun {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for job in self.jobs.borrow().iter() {
            let _ = Command::new("scancel").arg(job).status();
        }
        show_logs(&self.run);
    }
}

/// What is in the folder and short: logs, markers, states of processes. Not scripts and not the library, which every run has.
fn show_logs(folder: &Path) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let is_script = |name: &str| path.extension().is_some_and(|extension| extension == name);
        if path.is_dir() && !path.ends_with("lib") {
            show_logs(&path);
        } else if path.is_file() && !is_script("sh") && !is_script("sbatch") {
            let text = fs::read(&path).unwrap_or_default();
            let _ = writeln!(io::stderr(), "--- {}\n{}", path.display(), String::from_utf8_lossy(&text[..text.len().min(4096)]));
        }
    }
}

/// An ordinary task that runs this command.
pub(crate) fn instance(command: &str) -> TaskInstance {
    TaskInstance {
        call_path: CallPath("wf.call".to_owned()),
        attempt: 1,
        task_name: "call".to_owned(),
        command: command.to_owned(),
        environment: Vec::new(),
        requirements: Requirements::default(),
        input_paths: Vec::new(),
        distributed: None,
        label: None,
    }
}

/// The private cluster's site file with more keys over it.
pub(crate) fn site(more: &str) -> Site {
    let layer = |file: &str, text: String| Layer { file: file.to_owned(), text };
    let cluster = fs::read_to_string("site-configs/test-cluster.toml").expect("it can be read");
    Site::settle(&[layer("test-cluster.toml", cluster), layer("more.toml", more.to_owned())], |_| None).expect("the site file is right")
}

impl AttemptRun {
    /// Lowers and renders the instances as one batch and writes all of its files.
    pub(crate) fn new(instances: &[TaskInstance], site: &Site) -> Self {
        Self::with_images(instances, site, &BTreeMap::new())
    }

    /// The same with images that the store has.
    pub(crate) fn with_images(instances: &[TaskInstance], site: &Site, images: &BTreeMap<String, String>) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let run = folder.path().join("O'Brien 50%a \"run\", ünï: $x");
        let mut attempts = Vec::new();
        let mut specs = Vec::new();
        for instance in instances {
            let attempt = run.join("calls").join(instance.call_path.folder(instance.attempt));
            let paths = AttemptPaths { attempt_folder: attempt.display().to_string(), images: images.clone(), ..AttemptPaths::default() };
            specs.push(job::lower(instance, site, &paths).expect("the site takes it"));
            attempts.push(attempt);
        }
        let batches = job::batch(specs, &site.limits);
        let [batch] = &batches[..] else { panic!("instances differ in shape") };
        let paths = BatchPaths {
            number: 1,
            batch_folder: run.join("batches/1").display().to_string(),
            library_folder: run.join("lib").display().to_string(),
            spool_folder: run.join("spool").display().to_string(),
            tag: "call.0123abcd.b1".to_owned(),
        };
        let templates = Templates::embedded();
        let script = job::render(batch, &templates, &paths).expect("the templates fit");
        fs::create_dir_all(run.join("spool")).expect("a folder can be made");
        for file in script.batch_files.iter().chain(&script.attempt_files) {
            write(&run.join("batches/1").join(&file.path), &file.text, file.mode);
        }
        for (name, text) in templates.library() {
            write(&run.join("lib").join(name), text, 0o644);
        }
        Self { _folder: folder, run, attempts, jobs: RefCell::default() }
    }

    /// The batch script.
    pub(crate) fn script(&self) -> PathBuf {
        self.run.join("batches/1/script.sbatch")
    }

    /// Markers by file name; a name that begins with a dot is not one yet.
    pub(crate) fn markers(&self) -> BTreeMap<String, Marker> {
        let entries = fs::read_dir(self.run.join("spool")).expect("the folder is there").map(|entry| entry.expect("the folder can be read"));
        let named = entries.map(|entry| (entry.file_name().into_string().expect("the name is UTF-8"), entry.path()));
        named
            .filter(|(name, _)| !name.starts_with('.'))
            .map(|(name, path)| (name, Marker::parse(fs::read(path).expect("it can be read")).expect("it is a marker")))
            .collect()
    }

    /// The only marker.
    #[track_caller]
    pub(crate) fn marker(&self) -> Marker {
        let markers = self.markers();
        assert_eq!(markers.len(), 1, "{markers:?}");
        markers.into_values().next().expect("there is one marker")
    }

    /// A file of the first attempt.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.attempts[0].join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// What the script said itself, or slurmstepd.
    pub(crate) fn script_output(&self) -> String {
        fs::read_to_string(self.run.join("batches/1/slurm-0.out")).unwrap_or_default()
    }
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().expect("it is inside a folder")).expect("a folder can be made");
    fs::write(path, text).expect("it can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the file is ours");
}

/// Looks until there is something to see, or fails with what was seen last.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, seconds: u64, mut look: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    loop {
        match look() {
            Ok(found) => return found,
            Err(last) => assert!(Instant::now() < deadline, "waited {seconds} s for {what}; last: {last}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Standard output of a program that must succeed.
#[track_caller]
pub(crate) fn output_of(program: &str, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = Command::new(program).args(arguments).output().expect("the program can be started");
    assert!(status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).expect("its output is UTF-8")
}
