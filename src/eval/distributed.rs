//! `runner: "partisaner"` and its `runneroptions` as a [`Distributed`] (the dialect's table of options): types checked, nothing
//! defaulted that depends on the kind of cluster.

use super::{
    attributes::{Attribute, Attributes},
    messages,
    requirements::cores,
    units,
};
use crate::{
    diagnostic::{Diagnostic, nearest_name},
    task::{
        Distributed, FORMS, Form, MOST_PROCESSES, ON_SERVER_EXIT, OnServerExit, RANK_LAUNCHERS, ROLE_OPTIONS, RUNNER_OPTIONS, RankLauncher, Role,
        is_role_name,
    },
};

/// The distributed side of a task; `None` for an ordinary one.
pub(super) fn distributed(attributes: &Attributes<'_>) -> Result<Option<Distributed>, Diagnostic> {
    let options = attributes.get(&["runneroptions"]);
    let Some(runner) = attributes.get(&["runner"]) else {
        // The same options as a hint, for authors of standard WDL: `hints { partisaner: { cluster: … } }`.
        if let (None, Some(hint)) = (options, attributes.get(&["partisaner"])) {
            return read(hint).map(Some);
        }
        return options.map_or(Ok(None), |options| Err(messages::options_without_runner(options.span)));
    };
    if !runner.text()?.eq_ignore_ascii_case("partisaner") {
        return Err(runner.unreadable("runner", "\"partisaner\""));
    }
    let options = options.ok_or_else(|| messages::no_cluster(runner.span))?;
    read(options).map(Some)
}

fn read(options: &Attribute<'_>) -> Result<Distributed, Diagnostic> {
    let members = Members::of(options, RUNNER_OPTIONS, "option of `runneroptions`")?;
    let count = |name: &str| members.get(name).map(processes).transpose();
    let seconds = |name: &str| members.get(name).map(Attribute::count).transpose().map(|seconds| seconds.map(u64::from));
    let text = |name: &str| members.get(name).map(Attribute::text).transpose();
    Ok(Distributed {
        cluster: text("cluster")?.map(|cluster| cluster.to_ascii_lowercase()).ok_or_else(|| messages::no_cluster(options.span))?,
        procs: count("procs")?,
        nodes: count("nodes")?,
        procs_per_node: count("procspernode")?,
        workdir: text("workdir")?,
        logdir: text("logdir")?,
        log_interval: seconds("loginterval")?,
        abort_on_fail: members.get("abortonfail").map(Attribute::boolean).transpose()?,
        start_timeout: members.get("starttimeout").map(Attribute::positive).transpose()?.map(u64::from),
        on_server_exit: members.get("onserverexit").map(on_server_exit).transpose()?,
        launcher: members.get("launcher").map(launcher).transpose()?,
        form: members.get("form").map(form).transpose()?.unwrap_or_default(),
        roles: members.get("roles").map(roles).transpose()?.unwrap_or_default(),
    })
}

/// A number of processes or nodes.
fn processes(attribute: &Attribute<'_>) -> Result<u32, Diagnostic> {
    let count = attribute.positive()?;
    if count > MOST_PROCESSES { Err(attribute.unreadable("number", &format!("a whole number from 1 to {MOST_PROCESSES}"))) } else { Ok(count) }
}

fn form(word: &Attribute<'_>) -> Result<Form, Diagnostic> {
    meaning(word, FORMS, ("form", "\"auto\", \"het\" or \"packed\""))
}

fn launcher(word: &Attribute<'_>) -> Result<RankLauncher, Diagnostic> {
    meaning(word, RANK_LAUNCHERS, ("launcher", "\"srun\" or \"torchrun\""))
}

fn on_server_exit(word: &Attribute<'_>) -> Result<OnServerExit, Diagnostic> {
    meaning(word, ON_SERVER_EXIT, ("policy", "\"fail\", \"tolerate\" or \"restart\""))
}

/// What a word means, in any case; else an error with what it should be and which words there are.
fn meaning<T: Copy>(word: &Attribute<'_>, words: &[(&str, T)], (what, accepted): (&str, &str)) -> Result<T, Diagnostic> {
    let text = word.text()?;
    let found = words.iter().find(|(known, _)| known.eq_ignore_ascii_case(&text)).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| word.unreadable(what, accepted))
}

fn roles(roles: &Attribute<'_>) -> Result<Vec<Role>, Diagnostic> {
    let mut read: Vec<Role> = Vec::new();
    for attribute in roles.items()? {
        let role = role(&attribute)?;
        if read.iter().any(|other| other.name == role.name) {
            return Err(messages::role_twice(attribute.span, &role.name));
        }
        read.push(role);
    }
    Ok(read)
}

fn role(role: &Attribute<'_>) -> Result<Role, Diagnostic> {
    let members = Members::of(role, ROLE_OPTIONS, "member of a role")?;
    let name = members.get("name").ok_or_else(|| messages::role_without_name(role.span))?;
    if !is_role_name(&name.text()?) {
        return Err(name.unreadable("role name", "letters, digits and `_`, a letter first"));
    }
    let memory = |memory: &Attribute<'_>| memory.bytes("memory", units::MEBIBYTE).map(|bytes| bytes.div_ceil(1 << 20));
    Ok(Role {
        name: name.text()?,
        procs: members.get("procs").map(processes).transpose()?.unwrap_or(1),
        cpu: members.get("cpu").map(cores).transpose()?,
        memory_mib: members.get("memory").map(memory).transpose()?,
        gpu: members.get("gpu").map(Attribute::count).transpose()?,
        server: members.get("server").map(Attribute::boolean).transpose()?.unwrap_or_default(),
        on_server_exit: members.get("onserverexit").map(on_server_exit).transpose()?,
        command: members.get("command").map(Attribute::text).transpose()?,
        container: members.get("container").or_else(|| members.get("docker")).map(Attribute::text).transpose()?,
    })
}

/// Members of an object, their names checked against those that are known.
struct Members<'a>(Vec<Attribute<'a>>);

impl<'a> Members<'a> {
    fn of(object: &Attribute<'a>, known: &[&str], what: &str) -> Result<Self, Diagnostic> {
        let members = object.members()?;
        for member in &members {
            if !known.iter().any(|name| member.name.eq_ignore_ascii_case(name)) {
                let nearest = nearest_name(&member.name, known.iter().copied());
                return Err(messages::unknown_member(member.span, (what, &member.name), nearest, known));
            }
        }
        Ok(Self(members))
    }

    fn get(&self, name: &str) -> Option<&Attribute<'a>> {
        self.0.iter().find(|member| member.name.eq_ignore_ascii_case(name)).and_then(Attribute::known)
    }
}
