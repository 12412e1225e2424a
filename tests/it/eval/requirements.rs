//! Attributes of `runtime`, `requirements`, `hints`, `runneroptions`.

use std::time::Duration;

use sluice::task::{Access, Distributed, Form, OnServerExit, Requirements, ReturnCodes, Role, Volume};

use super::*;

fn task(version: &str, section: &str) -> Case {
    let version = if version == "draft-2" { String::new() } else { format!("version {version}\n") };
    let text = format!("{version}task t {{\n  command {{ true }}\n  {section}\n}}\n");
    // The checker refuses literals that are wrong; the same values come from expressions, which it cannot judge.
    Case::of(parse_only(&text).unwrap_or_else(|error| panic!("{error}\n{text}")), None, &json!({})).expect("the text is right")
}

#[track_caller]
fn runtime(attributes: &str) -> Requirements {
    task("draft-2", &format!("runtime {{ {attributes} }}")).prepare(&NoFiles).requirements
}

/// The message and the hints of an attribute that must be refused.
#[track_caller]
fn refused(attributes: &str) -> String {
    let case = task("draft-2", &format!("runtime {{ {attributes} }}"));
    match prepare(&case.call(), &NoFiles) {
        Ok(instance) => panic!("{attributes} gave {:?} {:?}", instance.requirements, instance.distributed),
        Err(error) => format!("{} | {}", error.message, error.hints.join(" | ")),
    }
}

#[test]
fn memory_in_every_unit() {
    for (written, bytes) in [
        ("1024", 1024),
        ("\"1024\"", 1024),
        ("\"2G\"", 2_000_000_000),
        ("\"2 GB\"", 2_000_000_000),
        ("\"2gb\"", 2_000_000_000),
        ("\"2GiB\"", 2 << 30),
        ("\"2 Gi\"", 2 << 30),
        ("\"1.5 K\"", 1500),
        ("\"0.5 KiB\"", 512),
        ("\"1.0000001 KB\"", 1001),
        ("\"3 MB\"", 3_000_000),
        ("\"3MiB\"", 3 << 20),
        ("\"1T\"", 1_000_000_000_000),
        ("\"1TiB\"", 1 << 40),
        ("\"7 B\"", 7),
    ] {
        assert_eq!(runtime(&format!("memory: {written}")).memory_bytes, Some(bytes), "{written}");
    }
    assert_eq!(runtime("cpu: 1").memory_bytes, None);
    for written in ["\"2 X\"", "\"\"", "\"G\"", "-1", "\"-1 GB\"", "true", "[1]", "\"1 GB extra\"", "\"NaN\"", "\"inf\""] {
        let error = refused(&format!("memory: {written}"));
        assert!(error.starts_with("unreadable memory: `memory` is ") && error.contains("Ki/KiB"), "{written}: {error}");
    }
}

#[test]
fn time_in_every_form() {
    for (written, seconds) in [
        ("time_minutes: 90", 5400),
        ("time: 1", 60),
        ("walltime: \"90\"", 5400),
        ("maxtime: \"01:02:03\"", 3723),
        ("time: \"2-00:00:10\"", 172_810),
        ("time: \"1-12\"", 129_600),
        ("time: \"1-12:30\"", 131_400),
        ("time: \"10:30\"", 630),
        ("time: 0.5", 30),
    ] {
        assert_eq!(runtime(written).time, Some(Duration::from_secs(seconds)), "{written}");
    }
    for written in ["\"1h\"", "0", "-5", "\"1:2:3:4\"", "\"\"", "\"-1\"", "\"1-\"", "\"00:00:00\"", "99999999999999"] {
        let error = refused(&format!("time: {written}"));
        assert!(error.contains("`time` is ") && (error.contains("[D-]HH:MM:SS") || error.contains("from 0 on")), "{written}: {error}");
    }
}

#[test]
fn the_table_of_attributes() {
    let asked = runtime(
        "DOCKER: \"mpich-abc\" CPU: \"1.5\" disks: \"local-disk 40 HDD\" gpu: 2 gpuType: \"a100\" gpui: 3 gpumemory: 16000 serverType: \"fat\"
         slaveconstraints: {\"rack\": \"r1\", \"os\": \"el8\"} volumes: {\"/in\": \"/host/a b\", \"/ro\": \"/host:ro\"} retry: 2 preemptible: \"3\"
         cputuneratio: 0.5 memtuneratio: 1 returnCodes: [0, 3] usextaosparkscheduler: \"true\" SparkExecutorURI: \"hdfs://s/x.tgz\"",
    );
    let volume = |container: &str, host: &str, access| Volume { container: container.to_owned(), host: host.to_owned(), access };
    assert_eq!(asked.container, ["mpich-abc"]);
    assert_eq!(asked.cpu, Some(1.5));
    assert_eq!(asked.disk_bytes, Some(40 << 30));
    assert_eq!((asked.gpu.count, asked.gpu.kind.as_deref(), asked.gpu.slices, asked.gpu.memory_mb), (2, Some("a100"), 3, Some(16000)));
    assert_eq!(asked.server_type.as_deref(), Some("fat"));
    assert_eq!(asked.constraints, [("rack".to_owned(), "r1".to_owned()), ("os".to_owned(), "el8".to_owned())]);
    assert_eq!(asked.volumes, [volume("/in", "/host/a b", Access::ReadWrite), volume("/ro", "/host", Access::ReadOnly)]);
    assert_eq!((asked.max_retries, asked.preemptible), (2, 3));
    assert_eq!((asked.cpu_growth, asked.memory_growth), (0.5, 1.0));
    assert_eq!(asked.return_codes, ReturnCodes::Only(vec![0, 3]));
    assert!(asked.spark_cluster);
    assert_eq!(asked.spark_executor_uri.as_deref(), Some("hdfs://s/x.tgz"));
}

/// Achelous gives the address of a Mesos to tasks that ask for its scheduler.
#[test]
fn variable_of_achelous_is_there_and_empty() {
    let variables = |attributes: &str| task("draft-2", &format!("runtime {{ {attributes} }}")).prepare(&NoFiles).environment;
    let empty = [("XTAO_MESOS".to_owned(), String::new())];
    assert_eq!(variables("usextaoscheduler: \"true\""), empty);
    assert_eq!(variables("UseXtaoScheduler: true runner: \"partisaner\" runneroptions: { cluster: \"mpich\" }"), empty);
    for none in ["cpu: 1", "usextaoscheduler: false", "usextaoscheduler: \"as you like\""] {
        assert_eq!(variables(none), [], "{none}");
    }
}

#[test]
fn forms_of_disks_gpus_and_codes() {
    for (written, bytes) in [
        ("disks: 2", 2u64 << 30),
        ("disk: \"10 GB\"", 10_000_000_000),
        ("disks: \"/mnt/x 4 GiB\"", 4 << 30),
        ("disks: [\"/mnt/p 2\", \"/mnt/o/ 4 GiB\", \"local-disk 1 SSD\"]", 7 << 30),
        ("disks: \"local-disk 1 SSD, /mnt/o 3 HDD\"", 4 << 30),
    ] {
        assert_eq!(runtime(written).disk_bytes, Some(bytes), "{written}");
    }
    for (written, count) in [
        ("gpu: true", 1),
        ("gpu: false", 0),
        ("gpu: \"true\" gpuCount: 4", 4),
        ("gpu: false gpuCount: 4", 0),
        ("gpuCount: 2", 2),
        ("gpu: \"3\"", 3),
        ("gpu: 0", 0),
    ] {
        assert_eq!(runtime(written).gpu.count, count, "{written}");
    }
    assert_eq!(runtime("returnCodes: \"*\"").return_codes, ReturnCodes::Any);
    assert_eq!(runtime("return_codes: 1").return_codes, ReturnCodes::Only(vec![1]));
    assert_eq!(runtime("cpu: 1").return_codes, ReturnCodes::Only(vec![0]));
    assert!(refused("returnCodes: 300").contains("unreadable exit code"));
    assert!(refused("cpu: 0").contains("a number above 0"));
    assert!(refused("cpu: \"many\"").contains("unreadable number: `cpu` is String \"many\""));
    assert!(refused("disks: \"big\"").contains("unreadable disk size"));
    assert!(refused("gpu: \"some\"").contains("a count, true or false"));
    assert!(refused("volumes: {\"in\": \"/host\"}").contains("absolute container path"));
    assert!(refused("volumes: {\"/in\": \"host\"}").contains("absolute host path"));
    assert!(refused("volumes: \"/host\"").contains("unreadable object"));
    assert!(refused("maxRetries: 1.5").contains("a whole number"));
}

#[test]
fn sections_and_overrides_by_rank() {
    let case =
        task("1.2", "requirements { memory: \"2 GiB\" gpu: true container: [\"a\", \"b\"] }\n  hints { gpu: 3 memory: 1 tag: \"x ~{1 + 1}\" }");
    let instance = case.prepare(&NoFiles);
    assert_eq!(instance.requirements.memory_bytes, Some(2 << 30));
    assert_eq!(instance.requirements.gpu.count, 3);
    assert_eq!(instance.requirements.container, ["a", "b"]);
    assert_eq!(instance.label.as_deref(), Some("x 2"));
    let mut case = case;
    case.inputs.insert("requirements.memory".to_owned(), Value::string("5 B"));
    assert_eq!(case.prepare(&NoFiles).requirements.memory_bytes, Some(5));
}

#[test]
fn growth_multiplies_what_was_asked() {
    let case = task(
        "draft-2",
        "runtime { cpu: 2 memory: 1000 cputuneratio: 0.5 memtuneratio: 1 runner: \"partisaner\" runneroptions: {cluster: \"mpi\", roles: [{name: \"a\", memory: 3}, {name: \"b\", cpu: 1}]} }",
    );
    let mut call = case.call();
    call.growth = Growth { memory: 2, cpu: 1 };
    let instance = prepare(&call, &NoFiles).unwrap();
    assert_eq!((instance.requirements.cpu, instance.requirements.memory_bytes), (Some(3.0), Some(4000)));
    let roles = instance.distributed.unwrap().roles;
    assert_eq!((roles[0].memory_mib, roles[0].cpu, roles[1].cpu, roles[1].memory_mib), (Some(12), None, Some(1.5), None));
}

#[test]
fn unknown_values_leave_the_default() {
    let case = Case::new(
        "task t {\n  Int n\n  command { run ${n} }\n  runtime { cpu: n memory: \"${n} GB\" volumes: {\"/x\": \"/y/${n}\"} runner: \"partisaner\" runneroptions: {cluster: \"mpi\", procs: n} }\n}\n",
        &json!({}),
    );
    let instance = case.prepare(&NoFiles);
    assert_eq!(instance.command, "run <<unknown: n>>");
    assert_eq!(instance.requirements, Requirements::default());
    assert_eq!(instance.distributed.unwrap().procs, None);

    let case = Case::new("task t {\n  String image\n  command { x }\n  runtime { docker: [\"first\", image] disks: [image, 2] }\n}\n", &json!({}));
    let asked = case.prepare(&NoFiles).requirements;
    assert_eq!((asked.container, asked.disk_bytes), (vec!["first".to_owned()], Some(2 << 30)));
}

#[test]
fn an_empty_image_is_none() {
    assert!(runtime("docker: \"\"").container.is_empty());
    assert!(runtime("docker: if false then \"x\" else \" \"").container.is_empty());
}

#[test]
fn options_of_the_runner() {
    let case = task(
        "draft-2",
        "runtime { Runner: \"partisaner\" runnerOptions: {
            \"cluster\": \"TensorFlow\", \"workdir\": \"/w\", \"logdir\": \"/w/logs\", \"loginterval\": 60, \"abortonfail\": \"false\", \"starttimeout\": \"90\", \"onserverexit\": \"Tolerate\",
            \"form\": \"packed\", \"launcher\": \"TorchRun\", \"nodes\": 2, \"procspernode\": \"3\",
            \"roles\": [{\"name\": \"ps\", \"procs\": 1, \"cpu\": 2, \"memory\": 1024, \"server\": true, \"onserverexit\": \"restart\"},
                        {\"name\": \"worker\", \"procs\": \"2\", \"memory\": \"1.5 GiB\", \"gpu\": 1, \"docker\": \"img\", \"command\": \"run me\"},] } }",
    );
    let text = |text: &str| Some(text.to_owned());
    let ps = Role { name: "ps".to_owned(), procs: 1, cpu: Some(2.0), memory_mib: Some(1024), server: true, ..Role::default() };
    let ps = Role { on_server_exit: Some(OnServerExit::Restart), ..ps };
    let worker = Role {
        name: "worker".to_owned(),
        procs: 2,
        memory_mib: Some(1536),
        gpu: Some(1),
        container: text("img"),
        command: text("run me"),
        ..Role::default()
    };
    let expected = Distributed {
        cluster: "tensorflow".to_owned(),
        procs: None,
        nodes: Some(2),
        procs_per_node: Some(3),
        workdir: text("/w"),
        logdir: text("/w/logs"),
        log_interval: Some(60),
        abort_on_fail: Some(false),
        start_timeout: Some(90),
        on_server_exit: Some(OnServerExit::Tolerate),
        launcher: Some(sluice::task::RankLauncher::Torchrun),
        form: Form::Packed,
        roles: vec![ps, worker],
    };
    assert_eq!(case.prepare(&NoFiles).distributed, Some(expected));
}

#[test]
fn options_that_are_wrong_say_what_is_accepted() {
    let options = |options: &str| format!("runner: \"partisaner\" runneroptions: {options}");
    for (attributes, part) in [
        (options("{\"procs\": 2}"), "with a `cluster`, found none"),
        ("runner: \"partisaner\"".to_owned(), "with a `cluster`, found none"),
        ("runneroptions: {\"cluster\": \"mpi\"}".to_owned(), "add `runner: \"partisaner\"`"),
        (
            "runner: \"mesos\" runneroptions: {\"cluster\": \"mpi\"}".to_owned(),
            "unreadable runner: `runner` is String \"mesos\" | accepted: \"partisaner\"",
        ),
        (options("{\"cluster\": \"mpi\", \"proc\": 2}"), "unknown option of `runneroptions`: `proc` | did you mean `procs`?"),
        (options("{\"cluster\": \"mpi\", \"colour\": 2}"), "unknown option of `runneroptions`: `colour` | known are: cluster, procs"),
        (options("{\"cluster\": \"mpi\", \"procs\": 0}"), "`procs` is Int 0 | accepted: a whole number from 1 on"),
        (
            options("{\"cluster\": \"mpi\", \"form\": \"cube\"}"),
            "unreadable form: `form` is String \"cube\" | accepted: \"auto\", \"het\" or \"packed\"",
        ),
        (options("{\"cluster\": \"mpi\", \"abortonfail\": 1}"), "unreadable Boolean"),
        (options("{\"cluster\": \"mpi\", \"onserverexit\": \"ignore\"}"), "accepted: \"fail\", \"tolerate\" or \"restart\""),
        (options("{\"cluster\": \"mpi\", \"roles\": {\"name\": \"a\"}}"), "unreadable list: `roles`"),
        (options("{\"cluster\": \"mpi\", \"roles\": [{\"procs\": 1}]}"), "a role with a `name`, found none"),
        (options("{\"cluster\": \"mpi\", \"roles\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}"), "the role `a` comes twice"),
        (options("{\"cluster\": \"mpi\", \"roles\": [{\"name\": \"a\", \"procs\": 0}]}"), "`procs` is Int 0"),
        (
            options("{\"cluster\": \"mpi\", \"roles\": [{\"name\": \"a\", \"memry\": 1}]}"),
            "unknown member of a role: `memry` | did you mean `memory`?",
        ),
        (options("{\"cluster\": \"mpi\", \"roles\": [{\"name\": \"a b;rm\"}]}"), "unreadable role name"),
        (options("{\"cluster\": \"mpi\", \"roles\": [{\"name\": \"a\", \"memory\": \"x\"}]}"), "unreadable memory"),
    ] {
        let error = refused(&attributes);
        assert!(error.contains(part), "{attributes}: {error}");
    }
}

/// Authors of standard WDL may ask in `hints`; `runtime` beats them, as for every other attribute.
#[test]
fn options_of_the_runner_as_a_hint() {
    let asked = |version: &str, sections: &str| task(version, sections).prepare(&NoFiles).distributed;
    let expected = |procs: u32| Some(Distributed { cluster: "spark".to_owned(), procs: Some(procs), ..Distributed::default() });
    for version in ["1.2", "1.3"] {
        assert_eq!(asked(version, "hints { partisaner: { cluster: \"spark\", procs: 3 } }"), expected(3));
        assert_eq!(asked(version, "hints { Partisaner: hints { cluster: \"spark\", procs: \"3\" } }"), expected(3));
    }
    for version in ["1.0", "1.1", "1.2", "1.3"] {
        let options = "runtime { runner: \"partisaner\" runneroptions: object { cluster: \"spark\", procs: 2 } }";
        assert_eq!(asked(version, options), expected(2), "{version}");
    }
    let role = Role { name: "ps".to_owned(), procs: 1, ..Role::default() };
    let roles = asked("1.1", "runtime { runner: \"partisaner\" runneroptions: object { cluster: \"spark\", roles: [object { name: \"ps\" }] } }");
    assert_eq!(roles.unwrap().roles, [role]);
    let case = task("1.2", "hints { partisaner: hints {\n cluster: \"spark\",\n procs: 0 } }");
    let error = case.try_prepare(&NoFiles).unwrap_err();
    assert!(error.contains("`procs` is Int 0") && error.contains("source.wdl:6:"), "{error}");
}

/// Options of each kind, so that each option and each member of a role is there once at least.
const HINTED: [&str; 10] = [
    "cluster: \"mpich\", procs: 8, nodes: 2, workdir: \"/w\"",
    "cluster: \"openmpi\", procs: 8, procspernode: 4, starttimeout: 60",
    "cluster: \"intelmpi\", form: \"packed\", roles: [OBJECT { name: \"head\", procs: 1, cpu: 2.5, memory: 4096 }, OBJECT { name: \"tail\", procs: 3 }]",
    "cluster: \"mpi\", form: \"het\", roles: [OBJECT { name: \"a\", command: \"run me\" }, OBJECT { name: \"b\", docker: \"img\" }]",
    "cluster: \"tensorflow\", logdir: \"/l\", loginterval: 60, abortonfail: false, roles: [OBJECT { name: \"ps\", server: true, onserverexit: \"restart\" }, OBJECT { name: \"worker\", procs: 2, gpu: 1 }]",
    "cluster: \"pytorch\", procs: 4, procspernode: 2, launcher: \"torchrun\"",
    "cluster: \"spark\", onserverexit: \"fail\", roles: [OBJECT { name: \"driver\", memory: \"2 GiB\" }, OBJECT { name: \"worker\", procs: 3, container: \"img\" }]",
    "cluster: \"ray\", procs: 2, onserverexit: \"tolerate\"",
    "cluster: \"dask\", procs: 2, form: \"auto\"",
    "cluster: \"taskqueue\", procs: 2, starttimeout: 30, loginterval: 1",
];

/// As a hint of 1.2 and 1.3, in each way to write an object, and in `runtime` of any version: the same task is asked for.
#[test]
fn options_of_every_kind_mean_the_same_as_a_hint() {
    let asked = |version: &str, sections: &str| {
        let case = task(version, sections);
        case.try_prepare(&NoFiles).unwrap_or_else(|error| panic!("{version} {sections}: {error}")).distributed.expect("it is distributed")
    };
    for options in HINTED {
        let with = |object: &str| format!("{{ {} }}", options.replace("OBJECT", object));
        let expected = asked("draft-2", &format!("runtime {{ runner: \"partisaner\" runneroptions: {} }}", with("")));
        assert!(options.contains(&format!("cluster: \"{}\"", expected.cluster)));
        for version in ["1.0", "1.1", "1.2", "1.3"] {
            let sections = format!("runtime {{ runner: \"partisaner\" runneroptions: object {} }}", with("object"));
            assert_eq!(asked(version, &sections), expected, "{version}");
        }
        for (version, object) in [("1.2", ""), ("1.2", "object"), ("1.2", "hints"), ("1.3", ""), ("1.3", "object"), ("1.3", "hints")] {
            // The literal `hints` is of the section alone, not of lists in it.
            let inner = if object == "hints" { "object" } else { object };
            let sections = format!("requirements {{ cpu: 1 }}\n  hints {{ partisaner: {object} {} }}", with(inner));
            assert_eq!(asked(version, &sections), expected, "{version}");
        }
    }
    let text = HINTED.concat();
    for name in sluice::task::RUNNER_OPTIONS.iter().chain(sluice::task::ROLE_OPTIONS) {
        assert!(text.contains(&format!("{name}:")), "no case has `{name}`");
    }
    for kind in sluice::task::CLUSTERS {
        assert!(text.contains(&format!("\"{kind}\"")), "no case of `{kind}`");
    }
}

#[test]
fn an_error_in_a_role_is_shown_where_it_stands() {
    let case = task(
        "draft-2",
        "runtime { runner: \"partisaner\"\n    runneroptions: {\n      \"cluster\": \"mpi\",\n      \"roles\": [{\"name\": \"a\",\n        \"procs\": 0}]\n    } }",
    );
    let error = case.try_prepare(&NoFiles).unwrap_err();
    assert!(error.contains("source.wdl:7:"), "{error}");
}

#[test]
fn of_an_attribute_that_is_given_twice_the_last_holds() {
    let text = "version 1.0\ntask t {\n  command <<< >>>\n  runtime {\n    cpu: 1\n    cpu: 2\n  }\n}\n";
    assert_eq!(Case::new(text, &json!({})).prepare(&NoFiles).requirements.cpu, Some(2.0));
}

/// The upgrade guide of WDL 1.3: `task.attempt` counts from 0, `task.previous` has what the attempt before asked for.
#[test]
fn a_retry_may_ask_for_more_than_the_attempt_before() {
    let text = "version 1.3\ntask t {\n  command <<<~{task.attempt} ~{task.memory} ~{task.previous.memory}>>>\n  requirements {\n    memory: if task.attempt == 0 then 1000 else select_first([task.previous.memory]) * 2\n  }\n}\n";
    let case = Case::new(text, &json!({}));
    for (attempt, command) in [(1, "0 1000 "), (2, "1 2000 1000"), (4, "3 8000 4000")] {
        let call = TaskCall { attempt, ..case.call() };
        assert_eq!(prepare(&call, &NoFiles).unwrap().command, command);
    }
}

/// The hint `disks` tells kinds of disks, not sizes.
#[test]
fn disks_as_a_hint_ask_for_nothing() {
    let hinted = |hint: &str, section: &str| task("1.2", &format!("{section}\n  hints {{ disks: {hint} }}")).prepare(&NoFiles).requirements;
    assert_eq!(hinted("\"SSD\"", "").disk_bytes, None);
    assert_eq!(hinted("{\"/mnt/x\": \"SSD\"}", "requirements { disks: \"/mnt/x 2 GiB\" }").disk_bytes, Some(2 << 30));
}

#[test]
fn disks_stand_at_their_mount_points() {
    let disks = |written: &str| runtime(written).disks.into_iter().map(|disk| (disk.mount, disk.bytes >> 30)).collect::<Vec<_>>();
    let at = |mount: &str, size: u64| (Some(mount.to_owned()), size);
    assert_eq!(disks("disks: [\"1\", \"/mnt/a 2 GiB\", \"/mnt/b/ 3 SSD\"]"), [(None, 1), at("/mnt/a", 2), at("/mnt/b", 3)]);
    assert_eq!(disks("disks: \"local-disk 1 SSD, /mnt/a 2 HDD\""), [(None, 1), at("/mnt/a", 2)]);
    assert!(refused("disks: [\"/mnt/a 1\", \"/mnt/a/ 2\"]").contains("found two at `/mnt/a`"));
    assert!(refused("disks: [1, \"2 GiB\"]").contains("at most one disk without a mount point"));
    assert!(refused("disks: \"mnt/a 1 GiB\"").contains("unreadable disk size"));
}
