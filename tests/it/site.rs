//! Site files: what they settle to, what is refused, and the file that documents them.

use std::path::PathBuf;

use rstest::rstest;
use sluice::site::{Ask, DEFAULT_SITE, Layer, Site, SiteError, keys};

use crate::support::cases::{golden, read};

fn settle(text: &str) -> Result<Site, SiteError> {
    let variable = |name: &str| (name == "SET").then(|| "a \"b\"".to_owned());
    Site::settle(&[Layer { file: "site.toml".to_owned(), text: text.to_owned() }], variable)
}

/// A wrong file, and what is said of it.
#[rstest]
fn case(#[files("tests/cases/site/*/site.toml")] path: PathBuf) {
    let error = settle(&read(&path)).expect_err("the file is wrong");
    golden(&path.with_file_name("error.txt"), &format!("{error}\n"));
}

/// The embedded file is the documentation: no key is missing from it, and every example in its comments is one.
#[test]
fn default_file_documents_every_key() {
    let lines: Vec<&str> = DEFAULT_SITE.lines().map(|line| line.trim_start_matches(['#', ' '])).collect();
    for key in keys() {
        let name = key.rsplit('.').next().unwrap();
        let forms =
            [format!("{name} ="), format!("[{name}]"), format!("[[{name}]]"), format!("[gpu.{name}."), format!("[{name}."), format!(".{name}]]")];
        assert!(
            lines
                .iter()
                .any(|line| forms.iter().any(|form| line.starts_with(form.as_str()) || (form.starts_with('.') && line.ends_with(form.as_str())))),
            "`{key}` is not in default.toml"
        );
    }
    assert!(keys().len() > 60, "{:?}", keys());
}

/// Lines like `# name = value` and `# [[table]]` in comments are taken at their word.
#[test]
fn examples_in_the_default_file_are_read() {
    let is_example = |line: &&str| {
        let text = line.trim_start_matches("# ");
        line.starts_with("# ") && (text.starts_with('[') || text.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ') || key.starts_with('"')))
    };
    let taken: String = DEFAULT_SITE
        .lines()
        // An empty inline table cannot be added to.
        .filter(|line| *line != "types = {}")
        .map(|line| if is_example(&line) { format!("{}\n", &line[2..]) } else { format!("{line}\n") })
        .collect();
    let site = settle(&taken.replace("partitions = [\"fat\"]", "partitions = [\"batch\"]")).unwrap_or_else(|error| panic!("{error}\n{taken}"));
    assert_eq!((site.partitions.len(), site.rules.len(), site.gpu.types.len()), (1, 1, 1));
    assert_eq!(site.clusters["taskqueue"].roles.len(), 4);
}

/// Both files that come with sluice settle.
#[test]
fn shipped_files_settle() {
    let site = Site::settle(&[], |_| None).unwrap();
    assert!(site.partitions.is_empty());
    let site = settle(&read(&PathBuf::from("site-configs/test-cluster.toml"))).unwrap();
    assert_eq!(site.partitions[0].name, "batch");
    assert_eq!(site.limits.array_size, 1000, "keys that a file leaves out have the defaults");
}

#[test]
fn variables_are_expanded() {
    let site = settle("name = \"${SET}/x ${UNSET:-other} $${SET} $5 ${\"\n[node]\npath_prepend = [\"${SET}\"]").unwrap();
    assert_eq!(site.name, "a \"b\"/x other ${SET} $5 ${");
    assert_eq!(site.node.path_prepend, ["a \"b\""]);
}

fn partitions() -> Site {
    settle(
        r#"
        [[partition]]
        name = "small"
        cpus = 4
        memory_mib = 8000
        time_minutes = 120
        [[partition]]
        name = "batch"
        default = true
        nodes = 2
        cpus = 4
        memory_mib = 8000
        features = ["avx2"]
        account = "lab"
        [[partition]]
        name = "gpu"
        cpus = 8
        memory_mib = 16000
        gpus = 2
        gpu_types = ["a100"]
        qos = "gpu"
        [[rule]]
        name = "training"
        task = "Train*Net"
        partitions = ["gpu", "small"]
        constraint = "ib"
        "#,
    )
    .expect("the site file is right")
}

fn ask() -> Ask {
    Ask { task_name: "align".to_owned(), nodes: 1, cpus_per_node: 1, memory_mib_per_node: 100, time_minutes: 60, ..Ask::default() }
}

/// The default partition first, then the others; a rule's that fit all together.
#[test]
fn partitions_are_chosen_in_order() {
    let site = partitions();
    let chosen = |ask: &Ask| site.choose(ask).unwrap();
    assert_eq!((chosen(&ask()).partitions, chosen(&ask()).account), (vec!["batch".to_owned()], "lab".to_owned()));
    assert_eq!(chosen(&Ask { nodes: 3, ..ask() }).partitions, ["small"]);
    let gpu = chosen(&Ask { gpus_per_node: 2, gpu_type: "a100".to_owned(), ..ask() });
    assert_eq!((gpu.partitions, gpu.qos), (vec!["gpu".to_owned()], "gpu".to_owned()));
    let rule = chosen(&Ask { task_name: "TrainBigNet".to_owned(), ..ask() });
    assert_eq!((rule.partitions, rule.constraint), (vec!["gpu".to_owned(), "small".to_owned()], "ib".to_owned()));
}

#[test]
fn refusals_say_asked_had_and_rule() {
    let site = partitions();
    let refused = |ask: Ask| site.choose(&ask).unwrap_err().to_string();
    assert_eq!(
        refused(Ask { memory_mib_per_node: 9000 * 1024, ..ask() }),
        "no partition takes it: asked 9000 GiB a node; batch has 8000 MiB a node, small has 8000 MiB a node, gpu has 16000 MiB a node"
    );
    assert_eq!(
        refused(Ask { task_name: "TrainNet".to_owned(), cpus_per_node: 9, time_minutes: 121, ..ask() }),
        "no partition takes it by rule `training`: asked 9 cores a node; gpu has 8 cores a node, small has 4 cores a node; asked 121 min; small has 120 min"
    );
    assert_eq!(
        refused(Ask { gpus_per_node: 1, gpu_type: "h100".to_owned(), ..ask() }),
        "no partition takes it: asked 1 GPU a node; batch has no GPU, small has no GPU; asked GPU type `h100`; gpu has `a100`"
    );
}

#[test]
fn without_partitions_nothing_is_refused() {
    let site = Site::settle(&[], |_| None).unwrap();
    let choice = site.choose(&Ask { nodes: 1000, memory_mib_per_node: u64::MAX, gpus_per_node: 9, ..ask() }).unwrap();
    assert!(choice.partitions.is_empty());
}

#[test]
fn images_and_volumes_go_through_their_tables() {
    let site = settle("[registries]\nlab = \"docker://registry.lab/x/\"\ndefault = \"docker://mirror/\"\n[volumes]\n\"vol1@alamo\" = \"/mnt/vol1/\"")
        .unwrap();
    for (reference, uri) in [
        ("ubuntu:22.04", "docker://mirror/ubuntu:22.04"),
        ("lab/tool:1", "docker://registry.lab/x/tool:1"),
        ("quay.io/biocontainers/samtools:1.17", "docker://quay.io/biocontainers/samtools:1.17"),
        ("oras://host/x", "oras://host/x"),
        ("/images/x", "/images/x"),
        ("x.sif", "x.sif"),
    ] {
        assert_eq!(site.image_uri(reference), uri);
    }
    assert_eq!(site.host_path("vol1@alamo:dir/file").as_deref(), Ok("/mnt/vol1/dir/file"));
    assert_eq!(site.host_path("vol2@alamo:dir"), Err("vol2@alamo".to_owned()));
    for path in ["/a:b@c", "hdfs://user@host:9000/x", "s3://b", "plain"] {
        assert_eq!(site.host_path(path).as_deref(), Ok(path));
    }
}
