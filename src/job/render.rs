//! From a batch to the files of its folder. It prints what lowering has decided, and decides nothing.

use serde::Serialize;

use super::{
    Batch, BatchPaths, Bind, Component, DiskPlace, ElementSetup, JobSpec, MountedDisk, Program, RenderError, Script, ScriptFile, Templates,
    partisaner::RolePlan, quote,
};

/// What a template of a batch script may name. A test holds the templates to these fields.
#[derive(Debug, Serialize)]
pub(super) struct ScriptData<'a> {
    /// The header: one entry a component.
    pub components: Vec<ComponentData<'a>>,
    /// Which call, for the reader.
    pub summary: String,
    /// The batch's number.
    pub batch: u32,
    /// Absolute path of the batch's folder.
    pub batch_folder: &'a str,
    /// Absolute path of the node library.
    pub library_folder: &'a str,
    /// Absolute path of the spool folder.
    pub spool_folder: &'a str,
    /// The site's umask.
    pub umask: &'a str,
    /// Parent of scratch folders; may be empty.
    pub scratch: &'a str,
    /// Seconds between TERM and KILL.
    pub kill_grace_seconds: u64,
    /// File that makes `module` known; may be empty.
    pub module_init: &'a str,
    /// Modules.
    pub modules: &'a [String],
    /// Folders before PATH.
    pub path_prepend: Vec<&'a String>,
    /// `NAME=VALUE` of the site.
    pub site_environment: Vec<String>,
    /// `NAME=VALUE` for the container program.
    pub container_environment: Vec<String>,
    /// Whether the elements differ in their setup, which is then in the file `elements`.
    pub elements_file: bool,
    /// Their setup where it is the same: lines of bash, quoted.
    pub element_lines: Vec<String>,
    /// Working folder of an ordinary task; empty: the attempt's.
    pub workdir: &'a str,
    /// Container program of an ordinary task; empty without a container.
    pub program: &'a str,
    /// Its image; empty without a container.
    pub image: &'a str,
    /// Its options.
    pub container_options: &'a [String],
    /// Roles of a distributed task; null for an ordinary one.
    pub roles: Option<&'a RolePlan>,
}

/// The header of one component, lists joined as sbatch wants them.
#[derive(Debug, Serialize)]
pub(super) struct ComponentData<'a> {
    /// Whether it is not the first.
    pub later: bool,
    /// Its role; may be empty.
    pub role: &'a str,
    /// The batch's tag.
    pub job_name: &'a str,
    /// The label; may be empty.
    pub comment_text: &'a str,
    /// Partitions, joined.
    pub partition: String,
    /// `--account`
    pub account: &'a str,
    /// `--qos`
    pub qos: &'a str,
    /// `--reservation`
    pub reservation: &'a str,
    /// `--nodes`
    pub nodes: u32,
    /// `--ntasks`
    pub ntasks: u32,
    /// `--ntasks-per-node`
    pub ntasks_per_node: u32,
    /// `--cpus-per-task`
    pub cpus_per_task: u32,
    /// `--mem`
    pub mem_mib: u64,
    /// `--time`
    pub time_minutes: u64,
    /// `--tmp`
    pub tmp_mib: u64,
    /// `--gres`
    pub gres: &'a str,
    /// `--gpus-per-task`
    pub gpus_per_task: &'a str,
    /// `--constraint`
    pub constraint: &'a str,
    /// `--nodelist`, joined.
    pub nodelist: String,
    /// `--exclude`, joined.
    pub exclude: String,
    /// `--array`; empty: no array.
    pub array: String,
    /// `--chdir`: the batch's folder.
    pub chdir: &'a str,
    /// `--output`, in the batch's folder, its `%` doubled.
    pub output: String,
    /// `--requeue` or `--no-requeue`.
    pub requeue: bool,
    /// `--export`
    pub export: &'a str,
    /// `--propagate`
    pub propagate: &'a str,
    /// `--signal`
    pub signal: &'a str,
    /// The word between components: `hetjob`.
    pub hetjob: &'a str,
    /// Further options.
    pub extra: &'a [String],
}

/// The script of a batch and all files that go with it.
pub fn render(batch: &Batch, templates: &Templates, paths: &BatchPaths) -> Result<Script, RenderError> {
    let first = &batch.elements[0];
    let setups: Vec<String> = batch.elements.iter().map(|element| setup_lines(&element.element_setup).join("; ")).collect();
    let differ = setups.iter().any(|setup| *setup != setups[0]);
    let mut data = script_data(batch, paths);
    data.elements_file = differ;
    data.element_lines = if differ { Vec::new() } else { setup_lines(&first.element_setup) };
    let (template, extra_files) = match &first.program {
        Program::Command(_) => ("task.sbatch", &[][..]),
        Program::Roles(plan) => ("distributed.sbatch", &plan.files[..]),
    };
    let mut batch_files = vec![
        ScriptFile { path: "script.sbatch".to_owned(), text: templates.fill(template, &data)?, mode: 0o755 },
        ScriptFile { path: "manifest".to_owned(), text: batch.elements.iter().map(manifest_line).collect(), mode: 0o644 },
    ];
    if differ {
        let text = setups.join("\n") + "\n";
        batch_files.push(ScriptFile { path: "elements".to_owned(), text, mode: 0o644 });
    }
    batch_files.extend_from_slice(extra_files);
    let command = |element: &JobSpec| ScriptFile { path: format!("{}/command", element.attempt_folder), text: element.command.clone(), mode: 0o644 };
    let mut attempt_files: Vec<ScriptFile> = batch.elements.iter().map(command).collect();
    attempt_files.extend(batch.elements.iter().flat_map(role_commands));
    let elements = u32::try_from(batch.elements.len()).expect("a batch is cut at the site's u32 limit");
    Ok(Script { batch_files, attempt_files, elements })
}

/// Commands that roles have of their own.
fn role_commands(element: &JobSpec) -> Vec<ScriptFile> {
    let Program::Roles(plan) = &element.program else { return Vec::new() };
    let own = plan.roles.iter().filter(|role| !role.command.is_empty());
    own.map(|role| ScriptFile { path: format!("{}/{}", element.attempt_folder, role.command_file), text: role.command.clone(), mode: 0o644 })
        .collect()
}

/// Call path, attempt, folder.
fn manifest_line(element: &JobSpec) -> String {
    format!("{}\t{}\t{}\n", element.call_path, element.attempt, element.attempt_folder)
}

/// What sets up one element, as bash.
fn setup_lines(setup: &ElementSetup) -> Vec<String> {
    let variable = |(name, value): &(String, String)| format!("sluice_environment+=({})", quote::sh(&format!("{name}={value}")));
    let bind = |bind: &Bind| {
        let [option, value] = quote::bind(bind).map(|word| quote::sh(&word));
        if bind.required { format!("sluice_binds+=({option} {value})") } else { format!("sluice_bind {} {option} {value}", quote::sh(&bind.host)) }
    };
    let disk = |disk: &MountedDisk| match disk.place {
        DiskPlace::Scratch => format!("sluice_disk scratch {}", quote::sh(&disk.mount)),
        DiskPlace::Shared => format!("sluice_disk shared {}", quote::sh(&disk.mount)),
        DiskPlace::Absent => format!("sluice_no_disk {}", quote::sh(&disk.mount)),
    };
    setup.environment.iter().map(variable).chain(setup.binds.iter().map(bind)).chain(setup.disks.iter().map(disk)).collect()
}

/// Everything that a template may name.
fn script_data<'a>(batch: &'a Batch, paths: &'a BatchPaths) -> ScriptData<'a> {
    let first = &batch.elements[0];
    let node = &first.node_setup;
    let (process, roles) = match &first.program {
        Program::Command(process) => (Some(process), None),
        Program::Roles(plan) => (None, Some(plan)),
    };
    let container = process.and_then(|process| process.container.as_ref());
    ScriptData {
        components: first.components.iter().enumerate().map(|(idx, component)| component_data(batch, paths, (idx, component))).collect(),
        summary: summary(batch),
        batch: paths.number,
        batch_folder: &paths.batch_folder,
        library_folder: &paths.library_folder,
        spool_folder: &paths.spool_folder,
        umask: &node.umask,
        scratch: &node.scratch,
        kill_grace_seconds: node.kill_grace_seconds,
        module_init: &node.module_init,
        modules: &node.modules,
        // Each line puts its folder first, so the last line is the first folder.
        path_prepend: node.path_prepend.iter().rev().collect(),
        site_environment: node.environment.iter().map(|(name, value)| format!("{name}={value}")).collect(),
        container_environment: node.container_environment.iter().map(|(name, value)| format!("{name}={value}")).collect(),
        elements_file: false,
        element_lines: Vec::new(),
        workdir: process.map_or("", |process| &process.workdir),
        program: container.map_or("", |container| &container.program),
        image: container.map_or("", |container| &container.image),
        container_options: container.map_or(&[], |container| &container.options),
        roles,
    }
}

/// Which calls a batch holds, in one line.
fn summary(batch: &Batch) -> String {
    let first = &batch.elements[0];
    match batch.elements.len() {
        1 => format!("Task {}, call {}, attempt {}.", first.task_name, first.call_path, first.attempt),
        count => format!("Task {}, {count} calls, the first {}.", first.task_name, first.call_path),
    }
}

/// One component's header.
fn component_data<'a>(batch: &'a Batch, paths: &'a BatchPaths, (idx, component): (usize, &'a Component)) -> ComponentData<'a> {
    let first = &batch.elements[0];
    let label = first.label.as_deref().unwrap_or_default();
    let is_array = batch.elements.len() > 1;
    let same_label = batch.elements.iter().all(|element| element.label == first.label);
    let running = if batch.max_running > 0 { format!("%{}", batch.max_running) } else { String::new() };
    ComponentData {
        later: idx > 0,
        role: &component.role,
        job_name: &paths.tag,
        comment_text: if same_label { label } else { "" },
        partition: component.partitions.join(","),
        account: &component.account,
        qos: &component.qos,
        reservation: &component.reservation,
        nodes: component.nodes,
        ntasks: component.ntasks,
        ntasks_per_node: component.ntasks_per_node,
        cpus_per_task: component.cpus_per_task,
        mem_mib: component.mem_mib,
        time_minutes: component.time_minutes,
        tmp_mib: component.tmp_mib,
        gres: &component.gres,
        gpus_per_task: &component.gpus_per_task,
        constraint: &component.constraint,
        nodelist: component.nodelist.join(","),
        exclude: component.exclude.join(","),
        array: if is_array { format!("0-{}{running}", batch.elements.len() - 1) } else { String::new() },
        chdir: &paths.batch_folder,
        output: quote::sbatch_output(&paths.batch_folder, if is_array { "slurm-%a.out" } else { "slurm-0.out" }),
        requeue: first.policy.requeue,
        export: &first.policy.export,
        propagate: &first.policy.propagate,
        signal: &first.policy.signal,
        hetjob: &first.policy.hetjob,
        extra: &component.extra,
    }
}
