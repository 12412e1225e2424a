//! Task instances to batch scripts: case folders, and what no case can show.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rstest::rstest;
use sluice::{
    job::{self, AttemptPaths, BatchPaths, Script, Templates, quote},
    site::{Layer, Site},
    task::TaskInstance,
};

use crate::support::{
    cases::{golden, no_golden, read, read_optional},
    scripts::check_bash,
};

/// The site of a case: its `site.toml` over the defaults.
fn site_of(case: &Path) -> Site {
    let text = read_optional(&case.join("site.toml")).unwrap_or_default();
    Site::settle(&[Layer { file: "site.toml".to_owned(), text }], |_| None).expect("the site file is right")
}

/// The instances of a case: one, or a list.
fn instances_of(path: &Path) -> Vec<TaskInstance> {
    let text = read(path);
    let instances = if text.trim_start().starts_with('[') { text } else { format!("[{text}]") };
    serde_json::from_str(&instances).expect("the case holds valid JSON")
}

/// The scripts of instances, in a run folder whose name is as bad as a name can be.
fn scripts(instances: &[TaskInstance], site: &Site) -> Result<Vec<Script>, String> {
    let run = "/shared/O'Brien runs/50% \"off\"";
    let mut specs = Vec::new();
    for instance in instances {
        let paths = AttemptPaths {
            attempt_folder: format!("{run}/calls/{}", instance.call_path.folder(instance.attempt)),
            images: BTreeMap::from([("pulled/image:1".to_owned(), "/images/pulled image.sif".to_owned())]),
            values_folder: format!("{run}/values"),
            exclude_nodes: if instance.attempt > 1 { vec!["n7".to_owned(), "n8".to_owned()] } else { Vec::new() },
        };
        specs.push(job::lower(instance, site, &paths).map_err(|error| format!("{error}\nhint: {}\n", error.hint()))?);
    }
    let templates = Templates::embedded();
    let render = |(number, batch): (u32, &job::Batch)| {
        let paths = BatchPaths {
            number,
            batch_folder: format!("{run}/batches/{number}"),
            library_folder: format!("{run}/lib"),
            spool_folder: format!("{run}/spool"),
            tag: format!("{}.0123abcd.b{number}", batch.elements[0].task_name),
        };
        job::render(batch, &templates, &paths).expect("the templates fit")
    };
    Ok((1..).zip(&job::batch(specs, &site.limits)).map(render).collect())
}

#[rstest]
fn case(#[files("tests/cases/job/*/instance.json")] path: PathBuf) {
    let case = path.parent().unwrap();
    match scripts(&instances_of(&path), &site_of(case)) {
        Err(error) => {
            golden(&case.join("error.txt"), &error);
            no_golden(&case.join("job.sbatch"));
        }
        Ok(scripts) => {
            no_golden(&case.join("error.txt"));
            for (idx, script) in scripts.iter().enumerate() {
                let name = if idx == 0 { "job.sbatch".to_owned() } else { format!("job.{}.sbatch", idx + 1) };
                golden(&case.join(&name), &script.batch_files[0].text);
                check_bash(&case.join(&name));
            }
            golden(&case.join("files.txt"), &scripts.iter().map(other_files).collect::<String>());
        }
    }
}

/// All files but the script, each under its name.
fn other_files(script: &Script) -> String {
    let files = script.batch_files[1..].iter().chain(&script.attempt_files);
    files.fold(String::new(), |text, file| text + &format!("=== {} {:o}\n{}\n", file.path, file.mode, file.text))
}

#[rstest]
fn library_is_clean(#[files("templates/lib/*.sh")] path: PathBuf) {
    check_bash(&path);
}

/// Every template of the folder is embedded, and nothing else is.
#[test]
fn every_template_is_embedded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let list = |folder: &Path, prefix: &str| -> Vec<String> {
        // Settings of tools begin with a dot.
        let is_template = |entry: &fs::DirEntry| entry.path().is_file() && !entry.file_name().to_string_lossy().starts_with('.');
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).filter(is_template);
        names.map(|entry| format!("{prefix}{}", entry.file_name().to_string_lossy())).collect()
    };
    let mut on_disk = [list(&root, ""), list(&root.join("lib"), "lib/")].concat();
    let mut embedded: Vec<String> = Templates::names().collect();
    on_disk.sort();
    embedded.sort();
    assert_eq!(embedded, on_disk);
}

/// A site's template may only name what there is; the message names the file.
#[test]
fn unknown_name_in_a_site_template_is_refused() {
    for (text, named) in [("{{nonsense}}", "nonsense"), ("{{sh nonsense}}", "sh"), ("{{#each nonsense}}{{/each}}", "nonsense")] {
        let templates = Templates::with_site(&BTreeMap::from([("task.sbatch.hbs".to_owned(), text.to_owned())])).unwrap();
        let instance = instances_of(Path::new("tests/cases/job/plain/instance.json")).remove(0);
        let spec = job::lower(&instance, &Site::settle(&[], |_| None).unwrap(), &AttemptPaths::default()).unwrap();
        let batch = job::Batch { elements: vec![spec], max_running: 0 };
        let error = job::render(&batch, &templates, &BatchPaths::default()).unwrap_err().to_string();
        assert!(error.contains("task.sbatch.hbs") && error.contains(named), "{error}");
    }
    let broken = BTreeMap::from([("header.hbs".to_owned(), "{{#if".to_owned())]);
    assert!(Templates::with_site(&broken).unwrap_err().to_string().contains("`header.hbs` does not parse"));
}

/// `{{#if name}}` is the one form that strict mode lets pass.
#[test]
fn conditions_of_templates_name_fields() {
    let source = fs::read_to_string("src/job/render.rs").unwrap();
    for name in Templates::names().filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "hbs")) {
        let text = fs::read_to_string(Path::new("templates").join(&name)).unwrap();
        for condition in text.split("{{#if ").skip(1).chain(text.split("{{#unless ").skip(1)) {
            let field = condition.split("}}").next().unwrap().trim();
            let known = source.contains(&format!("pub {field}:")) || ["@first", "@last"].contains(&field);
            // Fields of a role plan are the partisaner's own.
            let of_roles = fs::read_dir("src/job/partisaner")
                .unwrap()
                .any(|entry| fs::read_to_string(entry.unwrap().path()).unwrap().contains(&format!("pub {field}:")));
            assert!(known || of_roles, "{name} asks for `{field}`, which is no field");
        }
    }
}

const HOSTILE: [&str; 16] = [
    "",
    " ",
    "plain",
    "it's",
    "\"double\"",
    "$(touch /tmp/owned) `id` ${HOME}",
    "line\nbreak\r\n\ttab",
    "back\\slash \\n",
    "comma,colon:semi;",
    "ünïcödé 漢字 🧬",
    "{{template}} ~{placeholder}",
    "# not a comment",
    "-n --option",
    "*.txt [a-z] ?",
    "!history & | > < ( )",
    "control \u{1b}[31m \u{7f} \u{85}",
];

/// bash gives back exactly what was quoted, on one line.
#[test]
fn shell_words_come_back_unchanged() {
    for value in HOSTILE {
        let word = quote::sh(value);
        assert!(!word.contains('\n'), "{word:?}");
        let output = Command::new("bash").args(["-c", &format!("printf '%s' {word}")]).env("LC_ALL", "C.UTF-8").output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), value, "{word}");
    }
}

/// A header value stays on its line and cannot end its quotes.
#[test]
fn header_values_stay_on_their_line() {
    for value in HOSTILE {
        let header = quote::sbatch(value);
        assert!(!header.chars().any(char::is_control), "{header:?}");
    }
    assert_eq!(quote::sbatch("a\nb\"c\\d"), r#""a b\"c\\d""#);
}

#[test]
fn output_paths_are_not_expanded() {
    assert_eq!(quote::sbatch_output("/runs/50%a", "slurm-%a.out"), "/runs/50%%a/slurm-%a.out");
    assert_eq!(quote::sbatch_output(r"/runs/a\b%c", "slurm-%a.out"), r"/runs/a\\b%c/slurm-0.out");
}

/// What one process asks for becomes whole units, never less than was asked.
#[rstest]
#[case(Some(0.1), Some(1), Some(1), (1, 1, 1))]
#[case(Some(1.5), Some(1_000_000_000), Some(61), (2, 954, 2))]
#[case(Some(4.0), Some(1 << 30), Some(3600), (4, 1024, 60))]
#[case(None, None, None, (1, 2048, 60))]
fn amounts_are_rounded_up(#[case] cpu: Option<f64>, #[case] memory: Option<u64>, #[case] seconds: Option<u64>, #[case] want: (u32, u64, u64)) {
    let mut instance = instances_of(Path::new("tests/cases/job/plain/instance.json")).remove(0);
    instance.requirements.cpu = cpu;
    instance.requirements.memory_bytes = memory;
    instance.requirements.time = seconds.map(std::time::Duration::from_secs);
    let spec = job::lower(&instance, &Site::settle(&[], |_| None).unwrap(), &AttemptPaths::default()).unwrap();
    let component = &spec.components[0];
    assert_eq!((component.cpus_per_task, component.mem_mib, component.time_minutes), want);
}

/// bash may wait for ever where there was one: see `templates/lib/state.sh`.
#[test]
fn library_has_no_process_substitution() {
    for (name, text) in Templates::embedded().library() {
        let code = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let found: Vec<&str> = code.filter(|line| line.contains("<(") || line.contains(">(")).collect();
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}
