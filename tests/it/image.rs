//! Image references, and the store against a container program that does as it is told.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
};

use pretty_assertions::assert_eq;
use sluice::{
    image::{ImageError, ImageStore},
    site::{ImageReference, ImageReferenceError, Runtime, Site},
};
use tempfile::TempDir;

fn registries() -> BTreeMap<String, String> {
    let table = [("default", "docker://mirror.example.org/library/"), ("lab", "docker://registry.example.org:5000/lab/"), ("here", "/shared/images")];
    table.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

#[test]
fn references_in_all_forms() {
    let local = |path: &str| Ok(ImageReference::Local(path.into()));
    let remote = |source: &str| Ok(ImageReference::Remote(source.to_owned()));
    let digest = "sha256:0123456789abcdef";
    let cases = [
        ("/images/a b.sif".to_owned(), local("/images/a b.sif")),
        ("./sandbox".to_owned(), local("./sandbox")),
        ("../x/sandbox/".to_owned(), local("../x/sandbox/")),
        ("images/a.sif".to_owned(), local("images/a.sif")),
        ("file:///images/a.sif".to_owned(), local("/images/a.sif")),
        (" ubuntu:22.04 ".to_owned(), remote("docker://mirror.example.org/library/ubuntu:22.04")),
        ("lab/tools/x:1".to_owned(), remote("docker://registry.example.org:5000/lab/tools/x:1")),
        ("here/x.img".to_owned(), local("/shared/images/x.img")),
        ("quay.io/biocontainers/samtools:1.17".to_owned(), remote("docker://quay.io/biocontainers/samtools:1.17")),
        ("localhost:5000/lab/x1".to_owned(), remote("docker://localhost:5000/lab/x1")),
        ("docker://ubuntu".to_owned(), remote("docker://ubuntu")),
        ("docker://x/y.sif".to_owned(), remote("docker://x/y.sif")),
        ("oras://host/x:1".to_owned(), remote("oras://host/x:1")),
        ("library://user/x".to_owned(), remote("library://user/x")),
        (format!("docker://host:5000/x:1@{digest}"), remote(&format!("docker://host:5000/x@{digest}"))),
        (format!("host:5000/x@{digest}"), remote(&format!("docker://host:5000/x@{digest}"))),
        (format!("ubuntu:22.04@{digest}"), remote(&format!("docker://mirror.example.org/library/ubuntu@{digest}"))),
        (String::new(), Err(ImageReferenceError::Empty)),
        ("  ".to_owned(), Err(ImageReferenceError::Empty)),
        ("ubuntu 22".to_owned(), Err(ImageReferenceError::Characters { text: "ubuntu 22".to_owned() })),
        ("ftp://x/y".to_owned(), Err(ImageReferenceError::Scheme { text: "ftp://x/y".to_owned(), scheme: "ftp".to_owned() })),
    ];
    for (text, expected) in cases {
        assert_eq!(ImageReference::parse(&text, &registries()), expected, "{text}");
    }
    assert_eq!(ImageReference::parse("ubuntu", &BTreeMap::new()), remote("docker://ubuntu"));
}

#[test]
fn names_in_the_store_are_readable_and_differ() {
    let name = ImageReference::store_name("docker://host:5000/lab/x:1");
    assert!(name.starts_with("host_5000_lab_x_1-") && Path::new(&name).extension().is_some_and(|extension| extension == "sif"), "{name}");
    assert_ne!(name, ImageReference::store_name("docker://host:5000/lab/x_1"));
    assert_ne!(name, ImageReference::store_name("oras://host:5000/lab/x:1"));
    assert!(ImageReference::store_name(&format!("docker://{}", "ä/".repeat(400))).len() < 200);
}

/// A store whose program is a shell script; the script's last argument is the source, the one before it the file to make.
struct Fixture {
    folder: TempDir,
}

impl Fixture {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let program = folder.path().join("apptainer");
        let text = format!("#!/bin/bash\necho \"$1 $3\" >>{}/calls\n{script}\n", folder.path().display());
        fs::write(&program, text).expect("it can be written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> ImageStore {
        ImageStore::new(self.path("apptainer").to_string_lossy(), self.path("store"))
    }

    fn calls(&self) -> Vec<String> {
        fs::read_to_string(self.path("calls")).unwrap_or_default().lines().map(ToOwned::to_owned).collect()
    }

    fn kept(&self, extension: &str) -> usize {
        let entries = fs::read_dir(self.path("store")).into_iter().flatten().flatten();
        entries.filter(|entry| entry.path().extension().is_some_and(|found| found == extension)).count()
    }
}

fn provide(store: &ImageStore, alternatives: &[&str]) -> Result<(String, String), ImageError> {
    let alternatives: Vec<_> = alternatives.iter().map(|text| (*text).to_owned()).collect();
    store.provide(&alternatives, &BTreeMap::new())
}

#[test]
fn an_image_is_pulled_once_however_many_ask() {
    let fixture = Fixture::new("sleep 0.3; echo image >\"$2\"");
    let (first, second) = (fixture.store(), fixture.store());
    thread::scope(|scope| {
        for store in [&first, &second, &first, &second, &first, &second] {
            scope.spawn(|| provide(store, &["lab/x:1"]).expect("it can be pulled"));
        }
    });
    let (reference, path) = provide(&first, &["lab/x:1"]).expect("it is there");
    assert_eq!((reference.as_str(), fs::read_to_string(path).expect("it is there").as_str()), ("lab/x:1", "image\n"));
    assert_eq!(fixture.calls(), ["pull docker://lab/x:1"]);
    assert_eq!((fixture.kept("sif"), fixture.kept("partial")), (1, 0));
}

#[test]
fn a_failed_pull_is_quoted_leaves_nothing_and_is_not_tried_for_every_shard() {
    let fixture = Fixture::new("echo half >\"$2\"; echo 'INFO:    Converting' >&2; echo 'FATAL:   manifest unknown' >&2; exit 255");
    let store = fixture.store();
    for _ in 0..3 {
        let error = provide(&store, &["lab/nope:1"]).expect_err("it cannot be pulled");
        let program = fixture.path("apptainer");
        let expected =
            format!("pull the image `lab/nope:1`: `{} pull image.sif docker://lab/nope:1` said `FATAL:   manifest unknown`", program.display());
        assert_eq!(error.to_string(), expected);
        assert!(error.hint().contains("[registries]"), "{}", error.hint());
    }
    assert_eq!(fixture.calls().len(), 1);
    assert_eq!((fixture.kept("sif"), fixture.kept("partial")), (0, 0));
}

#[test]
fn the_first_alternative_that_can_be_had_is_taken() {
    let fixture = Fixture::new("case $3 in *good*) echo image >\"$2\" ;; *) echo 'FATAL: no' >&2; exit 255 ;; esac");
    let store = fixture.store();
    let (reference, _) = provide(&store, &["/nonexistent/x.sif", "lab/bad", "lab/good", "lab/never"]).expect("one can be had");
    assert_eq!(reference, "lab/good");
    assert_eq!(fixture.calls(), ["pull docker://lab/bad", "pull docker://lab/good"]);
    let error = provide(&store, &["/nonexistent/x.sif", "lab/bad"]).expect_err("none can be had");
    let text = error.to_string();
    assert!(
        text.starts_with("find any of the images: find the image `/nonexistent/x.sif`: there is nothing at /nonexistent/x.sif; pull the image"),
        "{text}"
    );
}

#[test]
fn files_and_sandboxes_are_used_in_place() {
    let fixture = Fixture::new("exit 1");
    let sandbox = fixture.path("sandbox, \"odd\": name");
    fs::create_dir(&sandbox).expect("a folder can be made");
    let text = sandbox.to_string_lossy().into_owned();
    assert_eq!(provide(&fixture.store(), &[&text]).expect("it is there"), (text.clone(), text));
    assert_eq!(fixture.calls().len(), 0);
}

#[test]
fn a_name_in_a_folder_of_images_needs_no_ending() {
    let fixture = Fixture::new("exit 1");
    fs::create_dir(fixture.path("images")).expect("a folder can be made");
    for name in ["images/mpich.sif", "images/spark:4.sif", "images/exact"] {
        fs::write(fixture.path(name), "image\n").expect("it can be written");
    }
    let registries = BTreeMap::from([("default".to_owned(), format!("{}/", fixture.path("images").display()))]);
    let store = fixture.store();
    for (name, file) in [("mpich", "mpich.sif"), ("mpich.sif", "mpich.sif"), ("spark:4", "spark:4.sif"), ("exact", "exact")] {
        let expected = if name == "mpich.sif" { None } else { Some(fixture.path("images").join(file)) };
        let found = store.provide(&[name.to_owned()], &registries).ok().map(|(_, path)| PathBuf::from(path));
        assert_eq!(found, expected, "{name}");
    }
    let error = store.provide(&["nothing".to_owned()], &registries).expect_err("it is not there");
    let path = fixture.path("images/nothing");
    assert_eq!(error.to_string(), format!("find the image `nothing`: there is nothing at {}", path.display()));
}

#[test]
fn a_program_or_folder_that_is_missing_is_named() {
    let fixture = Fixture::new("exit 1");
    let store = ImageStore::new("/nonexistent/apptainer", fixture.path("store"));
    let error = provide(&store, &["lab/x"]).expect_err("there is no program");
    assert!(matches!(&error, ImageError::NoProgram { .. }) && error.hint().contains("runtime = \"none\""), "{error}");
    let store = ImageStore::new("true", Path::new("/proc/nowhere").to_owned());
    let error = provide(&store, &["lab/x"]).expect_err("it cannot be written");
    assert!(matches!(&error, ImageError::Store { .. }) && error.hint().contains("image_store"), "{error}");
}

#[test]
fn a_program_that_makes_nothing_has_failed() {
    let fixture = Fixture::new("exit 0");
    assert!(matches!(provide(&fixture.store(), &["lab/x"]), Err(ImageError::Pull { .. })));
}

#[test]
fn a_site_without_containers_has_no_store() {
    let mut site = Site::default();
    assert!(ImageStore::of_site(&site).is_some());
    site.container.runtime = Runtime::None;
    assert!(ImageStore::of_site(&site).is_none());
}
