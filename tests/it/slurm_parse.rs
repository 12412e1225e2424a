//! Slurm's words, as real Slurm wrote them: `tests/slurm-output/README.md` says how the files came about.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use pretty_assertions::assert_eq;
use sluice::{
    job::{JobId, JobState},
    site::SlurmVersion,
    slurm::{
        Accounting, Elements, ListedId, Refusal, classify_refusal, expand_host_list, parse_configuration, parse_job_id, parse_mpi_types, parse_sacct,
        parse_scontrol_jobs, parse_squeue,
    },
};

/// Checks the text of one captured file.
type Check = fn(&str);

/// Tool, case, what must be read from it. A file that is not listed fails the test.
const CAPTURED: &[(&str, &str, Check)] = &[
    ("squeue", "empty", |text| assert_eq!(parse_squeue(text), Some(Vec::new()))),
    ("squeue", "mixed", squeue_mixed),
    ("squeue", "cut-list", squeue_cut_list),
    ("squeue", "cancelled", squeue_cancelled),
    ("squeue", "requeued", |text| assert_queue(text, &[("low.0123abcd.b10", JobState::Pending, "BeginTime")])),
    ("squeue", "ends", squeue_ends),
    ("squeue", "out-of-memory", |text| assert_queue(text, &[("oom.0123abcd.b1", JobState::OutOfMemory, "OutOfMemory")])),
    ("squeue", "controller-down", unreachable),
    ("squeue", "controller-stalled", |text| assert!(text.contains("Socket timed out on send/recv operation"))),
    ("sacct", "mixed", sacct_mixed),
    ("sacct", "ends", sacct_ends),
    ("sacct", "since", |text| assert_accounting(text, &[("ok.0123abcd.b1", JobState::Completed, Some((0, 0)))])),
    ("sacct", "out-of-memory", |text| assert_accounting(text, &[("oom.0123abcd.b1", JobState::OutOfMemory, Some((0, 125)))])),
    ("sacct", "unknown", |text| assert_eq!(parse_sacct(text), Some(Vec::new()))),
    ("sacct", "database-down", |text| assert!(text.contains("Problem talking to the database"), "{text}")),
    ("sacct", "controller-down", |text| assert_accounting(text, &[("ok.0123abcd.b1", JobState::Completed, Some((0, 0)))])),
    ("sacct", "accounting-off", |text| assert!(text.contains("accounting storage is disabled"), "{text}")),
    ("scontrol", "config", |text| assert_configuration(text, Accounting::On)),
    ("scontrol", "config-without-accounting", |text| assert_configuration(text, Accounting::Off)),
    ("scontrol", "failed-launch", |text| assert_eq!(job_details(text), [(Elements::All, (0, 53), 0)])),
    ("scontrol", "array-element", |text| assert_eq!(job_details(text), [(Elements::These(vec![1]), (0, 0), 0)])),
    ("scontrol", "odd-name", |text| assert_eq!(job_details(text), [(Elements::All, (0, 0), 0)])),
    ("scontrol", "het", |text| assert_eq!(job_details(text), [(Elements::All, (0, 0), 0), (Elements::All, (0, 0), 0)])),
    ("scontrol", "requeued", |text| assert_eq!(job_details(text), [(Elements::All, (0, 0), 1)])),
    ("scontrol", "unknown", |text| assert!(text.contains("Invalid job id specified"), "{text}")),
    ("scontrol", "controller-down", unreachable),
    ("sbatch", "version", |text| assert_eq!(SlurmVersion::parse(text), Some(SlurmVersion { year: 22, month: 5, patch: 8 }))),
    ("sbatch", "parsable", |text| assert_eq!(parse_job_id(text), Some(JobId(text.trim().to_owned())))),
    ("sbatch", "bad-partition", |text| assert_eq!(classify_refusal(text), Refusal::Permanent)),
    ("sbatch", "too-much-memory", |text| assert_eq!(classify_refusal(text), Refusal::Permanent)),
    ("sbatch", "bad-gres", |text| assert_eq!(classify_refusal(text), Refusal::Permanent)),
    // Without AccountingStorageEnforce any account is taken.
    ("sbatch", "bad-account", |text| assert!(text.starts_with("Submitted batch job "), "{text}")),
    ("sbatch", "bad-time", |text| assert_eq!(classify_refusal(text), Refusal::Permanent)),
    ("sbatch", "array-too-large", |text| assert_eq!(classify_refusal(text), Refusal::Permanent)),
    ("sbatch", "het-array", |text| assert_eq!(classify_refusal(text), Refusal::Permanent)),
    ("sbatch", "no-script", |text| assert_eq!(classify_refusal(text), Refusal::Permanent)),
    ("sbatch", "controller-down", unreachable),
    ("sbatch", "controller-stalled", |text| assert_eq!(classify_refusal(text), Refusal::Ambiguous, "{text}")),
    ("srun", "mpi-list", |text| assert_eq!(parse_mpi_types(text), ["pmix", "none", "cray_shasta", "pmi2", "pmix_v4"])),
    ("scancel", "unknown", |text| assert_eq!(text, "")),
    ("scancel", "controller-down", unreachable),
];

#[test]
fn every_captured_output_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slurm-output");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".txt") else { continue };
        let mut parts = stem.trim_end_matches(".stderr").splitn(3, '-');
        let (tool, case) = (parts.next(), parts.nth(1));
        let known = CAPTURED.iter().find(|(known_tool, known_case, _)| (Some(*known_tool), Some(*known_case)) == (tool, case));
        let (.., check) = known.unwrap_or_else(|| panic!("{name}: add a line for it to CAPTURED"));
        check(&fs::read_to_string(&path).expect("it is UTF-8"));
        seen += 1;
    }
    assert!(seen >= CAPTURED.len(), "files are missing: {seen} of {}; run tests/slurm-output/capture", CAPTURED.len());
}

fn unreachable(text: &str) {
    assert!(text.contains("Unable to contact slurm controller (connect failure)"), "{text}");
}

fn assert_queue(text: &str, expected: &[(&str, JobState, &str)]) {
    let rows = parse_squeue(text).expect("it has a header");
    for (name, state, reason) in expected {
        let row = rows.iter().find(|row| row.name == *name).unwrap_or_else(|| panic!("no {name} in\n{text}"));
        assert_eq!((JobState::from_slurm(&row.state), row.reason.as_str()), (state.clone(), *reason), "{name}");
    }
}

/// Exit code and signal.
type Exit = (i32, i32);

fn assert_accounting(text: &str, expected: &[(&str, JobState, Option<Exit>)]) {
    let rows = parse_sacct(text).expect("it has a header");
    for (name, state, exit) in expected {
        let row = rows.iter().find(|row| row.name == *name).unwrap_or_else(|| panic!("no {name} in\n{text}"));
        assert_eq!((JobState::from_slurm(&row.state), row.exit), (state.clone(), *exit), "{name}");
    }
}

/// Elements that a table names, by state.
fn elements_by_state(text: &str, name: &str) -> BTreeMap<String, Vec<Elements>> {
    let mut elements = BTreeMap::<_, Vec<_>>::new();
    for row in parse_squeue(text).expect("it has a header").into_iter().filter(|row| row.name == name) {
        elements.entry(row.state).or_default().push(row.id.elements);
    }
    elements
}

fn squeue_mixed(text: &str) {
    assert_queue(
        text,
        &[
            ("ok.0123abcd.b1", JobState::Completed, "None"),
            ("seven.0123abcd.b2", JobState::Failed, "NonZeroExitCode"),
            // The same reason for a script that died of a signal and for one that never ran.
            ("segv.0123abcd.b3", JobState::Failed, "JobLaunchFailure"),
            ("folder.0123abcd.b4", JobState::Failed, "JobLaunchFailure"),
            ("limit.0123abcd.b9", JobState::Running, "None"),
            ("odd | name, 'ä' ExitCode=9:9 x", JobState::Pending, "JobHeldUser"),
        ],
    );
    let array = elements_by_state(text, "array.0123abcd.b5");
    let waiting: Vec<u32> = [5, 9, 11].into_iter().chain((13..=89).step_by(2)).collect();
    assert_eq!(array["PENDING"], [Elements::These(waiting)]);
    assert_eq!(array["RUNNING"], [Elements::These(vec![1]), Elements::These(vec![3])]);
    assert_eq!(elements_by_state(text, "stepped.0123abcd.b6")["PENDING"], [Elements::These((0..=45).step_by(5).collect())]);
    let rows = parse_squeue(text).expect("it has a header");
    let het: Vec<_> = rows.iter().filter(|row| row.name == "het.0123abcd.b7").map(|row| (row.id.component, row.nodes.is_empty())).collect();
    assert_eq!(het, [(Some(0), false), (Some(1), false)]);
}

/// Without `SLURM_BITSTR_LEN=0` the list ends anywhere, without a bracket: what it names is true, what it does not name is not known.
fn squeue_cut_list(text: &str) {
    let array = elements_by_state(text, "array.0123abcd.b5");
    let [Elements::AtLeast(indices)] = array["PENDING"].as_slice() else { panic!("{array:?}") };
    assert!(indices.starts_with(&[5, 9, 11]), "{indices:?}");
}

fn squeue_cancelled(text: &str) {
    assert_queue(text, &[("het.0123abcd.b7", JobState::Cancelled, "None"), ("stepped.0123abcd.b6", JobState::Cancelled, "JobHeldUser")]);
}

fn squeue_ends(text: &str) {
    assert_queue(
        text,
        &[
            ("limit.0123abcd.b9", JobState::Timeout, "TimeLimit"),
            ("lowkill.0123abcd.b12", JobState::Preempted, "None"),
            ("node.0123abcd.b14", JobState::NodeFail, "NodeDown"),
        ],
    );
}

/// Right after the start of a job, accounting calls it `allocation`; jobs that wait it does not have yet.
fn sacct_mixed(text: &str) {
    let rows = parse_sacct(text).expect("it has a header");
    let ends: Vec<_> = rows.iter().map(|row| (JobState::from_slurm(&row.state), row.exit)).take(4).collect();
    let failed = |code, signal| (JobState::Failed, Some((code, signal)));
    assert_eq!(ends, [(JobState::Completed, Some((0, 0))), failed(7, 0), failed(0, 11), failed(0, 53)]);
}

fn sacct_ends(text: &str) {
    assert_accounting(
        text,
        &[
            ("limit.0123abcd.b9", JobState::Timeout, Some((0, 0))),
            ("lowkill.0123abcd.b12", JobState::Preempted, Some((0, 0))),
            ("low.0123abcd.b10", JobState::Cancelled, Some((0, 0))),
            ("array.0123abcd.b5", JobState::Cancelled, Some((0, 0))),
            ("het.0123abcd.b7", JobState::Cancelled, Some((0, 0))),
        ],
    );
    let node = parse_sacct(text).expect("it has a header").into_iter().find(|row| row.name == "node.0123abcd.b14").expect("it is there");
    assert_eq!(JobState::from_slurm(&node.state), JobState::NodeFail);
}

fn assert_configuration(text: &str, accounting: Accounting) {
    let configuration = parse_configuration(text).expect("it is one");
    assert_eq!(configuration.cluster_name.as_deref(), Some("sluice-test"));
    assert_eq!(configuration.min_job_age, Some(Duration::from_secs(3600)));
    assert_eq!(configuration.max_array_size, Some(10_001));
    assert_eq!(configuration.max_job_count, Some(50_000));
    assert_eq!(configuration.message_timeout, Some(Duration::from_secs(10)));
    assert_eq!(configuration.kill_wait, Some(Duration::from_secs(2)));
    assert_eq!(configuration.mpi_default.as_deref(), Some("none"));
    assert_eq!(configuration.accounting, accounting);
}

fn job_details(text: &str) -> Vec<(Elements, (i32, i32), u32)> {
    parse_scontrol_jobs(text).into_iter().map(|detail| (detail.id.elements, detail.exit, detail.restarts)).collect()
}

// --- by hand: forms that the captured files do not hold ---

#[test]
fn job_ids_in_all_forms() {
    let id = |job, elements, component, step: Option<&str>| ListedId { job, elements, component, step: step.map(ToOwned::to_owned) };
    let these = |indices: &[u32]| Elements::These(indices.to_vec());
    let cases = [
        ("36", Some(id(36, Elements::All, None, None))),
        ("36_4", Some(id(36, these(&[4]), None, None))),
        ("36_[1,3-4%2]", Some(id(36, these(&[1, 3, 4]), None, None))),
        ("17_[1-45:20]", Some(id(17, these(&[1, 21, 41]), None, None))),
        ("36_[1-3,...]", Some(id(36, Elements::AtLeast(vec![1, 2, 3]), None, None))),
        ("36_[1-3,5,4...%2]", Some(id(36, Elements::AtLeast(vec![1, 2, 3, 5]), None, None))),
        ("15_[3,5,1", Some(id(15, Elements::AtLeast(vec![3, 5]), None, None))),
        ("15_[3,5,", Some(id(15, Elements::AtLeast(vec![3, 5]), None, None))),
        ("15_[3", Some(id(15, Elements::AtLeast(vec![]), None, None))),
        ("36_*", Some(id(36, Elements::All, None, None))),
        ("5+1", Some(id(5, Elements::All, Some(1), None))),
        ("5+0.batch", Some(id(5, Elements::All, Some(0), Some("batch")))),
        ("13_1.0", Some(id(13, these(&[1]), None, Some("0")))),
        ("7.extern", Some(id(7, Elements::All, None, Some("extern")))),
        ("", None),
        ("x", None),
        ("36_", None),
        ("36_[]", None),
        ("36_[4-1]", None),
        ("36_[1-3:0]", None),
        ("36_[0-99999999]", None),
        ("36.5x", None),
        ("36 7", None),
    ];
    for (text, expected) in cases {
        assert_eq!(ListedId::parse(text), expected, "{text}");
    }
}

#[test]
fn states_are_a_total_table() {
    let cases = [
        ("COMPLETED", JobState::Completed),
        ("CANCELLED by 1000", JobState::Cancelled),
        ("CANCELLED", JobState::Cancelled),
        ("OUT_OF_MEMORY", JobState::OutOfMemory),
        ("REQUEUED", JobState::Pending),
        ("SPECIAL_EXIT", JobState::Pending),
        ("CONFIGURING", JobState::Running),
        ("SUSPENDED", JobState::Running),
        ("COMPLETING", JobState::Completing),
        ("BOOT_FAIL", JobState::BootFail),
        ("DEADLINE", JobState::Deadline),
        ("", JobState::Other(String::new())),
        ("completed", JobState::Other("completed".to_owned())),
        ("UNKNOWN", JobState::Other("UNKNOWN".to_owned())),
        ("COMPLETED+", JobState::Other("COMPLETED+".to_owned())),
    ];
    for (word, expected) in cases {
        assert_eq!(JobState::from_slurm(word), expected, "{word}");
    }
    assert!(!JobState::from_slurm("NEW_IN_2030").is_final());
}

#[test]
fn an_answer_without_its_header_is_none() {
    for text in ["", "\n", "JOBID|STATE\n1|RUNNING\n", "<html>|||", "1|RUNNING|None||n1|x\n"] {
        assert_eq!(parse_squeue(text), None, "{text}");
        assert_eq!(parse_sacct(text), None, "{text}");
        assert_eq!(parse_configuration(text), None, "{text}");
    }
}

#[test]
fn words_of_the_site_before_and_between_rows_are_skipped() {
    let text = "Welcome to the cluster!\nJOBID|STATE|REASON|START_TIME|NODELIST|NAME\ngarbage\n5|RUNNING\n7|RUNNING|None|N/A|n1|a|b\n";
    let rows = parse_squeue(text).expect("it has a header");
    assert_eq!(rows.iter().map(|row| (row.id.job, row.name.as_str())).collect::<Vec<_>>(), [(7, "a|b")]);
}

#[test]
fn the_job_id_among_what_sbatch_prints() {
    let cases = [
        ("123\n", Some("123")),
        ("123;cluster\n", Some("123")),
        ("sbatch: you have 30 days left\nJob accepted 7\n123;c2\n", Some("123")),
        ("123\nlua: job_submit: done\n", Some("123")),
        ("Submitted batch job 5\n", None),
        ("\n", None),
        (";c\n", None),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_job_id(text), expected.map(|id| JobId(id.to_owned())), "{text}");
    }
}

#[test]
fn refusals_by_name() {
    let failed = "sbatch: error: Batch job submission failed: ";
    let policy = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";
    let cases = [
        (format!("{failed}Socket timed out on send/recv operation"), Refusal::Ambiguous),
        (format!("{failed}Unable to contact slurm controller (receive failure)"), Refusal::Ambiguous),
        (format!("{failed}Zero Bytes were transmitted or received"), Refusal::Ambiguous),
        (format!("{failed}{policy}"), Refusal::Limit),
        (format!("sbatch: error: QOSMaxSubmitJobPerUserLimit\n{failed}{policy}"), Refusal::Limit),
        (format!("sbatch: error: AssocMaxWallDurationPerJobLimit\n{failed}{policy}"), Refusal::Permanent),
        (format!("sbatch: error: QOSMaxCpuPerUserLimit\n{failed}{policy}"), Refusal::Permanent),
        (format!("{failed}Resource temporarily unavailable"), Refusal::Limit),
        (format!("{failed}Required partition not available (inactive or drain)"), Refusal::Transient),
        (format!("{failed}I/O error writing script/environment to file"), Refusal::Transient),
        (format!("{failed}Invalid account or account/partition combination specified"), Refusal::Permanent),
        ("lua: your group has no quota left".to_owned(), Refusal::Permanent),
        (String::new(), Refusal::Permanent),
    ];
    for (said, expected) in cases {
        assert_eq!(classify_refusal(&said), expected, "{said}");
    }
}

#[test]
fn versions_and_what_they_bring() {
    let version = |text| SlurmVersion::parse(text).expect("it is one");
    assert_eq!(version("slurm 24.05.0-0rc1\n"), SlurmVersion { year: 24, month: 5, patch: 0 });
    assert_eq!(version("slurm-wlm 20.11.3").to_string(), "20.11.3");
    assert_eq!(SlurmVersion::parse("sbatch: command not found"), None);
    let brings = |text| (version(text).has_het_group(), version(text).has_overlap(), version(text).has_exact());
    assert_eq!(brings("slurm 19.05.5"), (false, false, false));
    assert_eq!(brings("slurm 20.02.0"), (true, false, false));
    assert_eq!(brings("slurm 20.11.0"), (true, true, false));
    assert_eq!(brings("slurm 20.11.3"), (true, true, true));
    assert_eq!(brings("slurm 25.05.1"), (true, true, true));
    let places = ["slurm 22.05.8", "slurm 23.02.1", "slurm 23.02.2", "slurm 24.05.0"].map(|text| version(text).places_het_ranks());
    assert_eq!(places, [false, false, true, true]);
}

#[test]
fn old_releases_list_mpi_types_with_their_name_before_each() {
    assert_eq!(parse_mpi_types("srun: MPI types are...\nsrun: none\nsrun: pmi2\n"), ["none", "pmi2"]);
}

#[test]
fn node_lists() {
    let cases = [
        ("", vec![]),
        ("n1", vec!["n1"]),
        ("n[1-3]", vec!["n1", "n2", "n3"]),
        ("n[08-10,12],gpu2", vec!["n08", "n09", "n10", "n12", "gpu2"]),
        ("r[1-2]n[1-2]", vec!["r1n1", "r1n2", "r2n1", "r2n2"]),
        ("r[1-2]n3x", vec!["r1n3x", "r2n3x"]),
        ("(null)", vec!["(null)"]),
        ("n[1-", vec!["n[1-"]),
        ("n[3-1]", vec!["n3-1"]),
    ];
    for (list, expected) in cases {
        assert_eq!(expand_host_list(list), expected, "{list}");
    }
}
