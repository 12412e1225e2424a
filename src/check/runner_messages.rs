//! What is said of distributed tasks.

use super::messages::{list, nearest};
use crate::{diagnostic::Diagnostic, source::Span, syntax::ast::Name, task::MOST_PROCESSES};

pub(super) fn options_without_runner(name: &Name) -> Diagnostic {
    Diagnostic::error(name.span, format!("`{}` without a `runner`", name.text)).hint("add `runner: \"partisaner\"`")
}

pub(super) fn unknown_runner(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error(span, format!("the runner \"{text}\" is not known"))
        .hint("a distributed task has `runner: \"partisaner\"`; any other task has no runner")
}

pub(super) fn unknown_option(name: &Name, of: &str, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::error(name.span, format!("{of} has no option `{}`", name.text)), near)
}

pub(super) fn no_cluster(name: &Name, known: &[String]) -> Diagnostic {
    Diagnostic::error(name.span, format!("`{}` does not say which cluster to form", name.text))
        .hint(format!("write `runneroptions: {{ \"cluster\": … }}`, with one of {}", list(known)))
}

pub(super) fn unknown_cluster(span: Span, kind: &str, near: Option<&str>, known: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::warning(span, format!("the kind of cluster \"{kind}\" is not known"));
    nearest(diagnostic, near).hint(format!("known are {}; a site may define more", list(known)))
}

pub(super) fn unknown_form(span: Span, form: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`form` is \"het\", \"packed\" or \"auto\", found \"{form}\""))
}

pub(super) fn unknown_launcher(span: Span, word: &str, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::error(span, format!("`launcher` is \"srun\" or \"torchrun\", found \"{word}\"")), near)
}

pub(super) fn unknown_server_exit(span: Span, word: &str, near: Option<&str>) -> Diagnostic {
    nearest(Diagnostic::error(span, format!("`onserverexit` is \"fail\", \"tolerate\" or \"restart\", found \"{word}\"")), near)
}

pub(super) fn no_processes(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` must be at least 1"))
}

pub(super) fn bad_role_name(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error(span, format!("a role cannot be named \"{text}\"")).hint("use letters, digits and `_`, a letter first")
}

pub(super) fn role_without_name(span: Span) -> Diagnostic {
    Diagnostic::error(span, "a role needs a name").hint("add `\"name\": \"worker\"` or the like; it tells the role's logs and processes apart")
}

pub(super) fn not_boolean(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` wants true or false"))
}

pub(super) fn roles_are_a_list(span: Span) -> Diagnostic {
    Diagnostic::error(span, "`roles` wants a list of roles").hint("write `[{ \"name\": \"worker\", \"procs\": 2 }, …]`, a name in each")
}

pub(super) fn not_whole(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` must be a whole number"))
}

pub(super) fn too_many_processes(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` is at most {MOST_PROCESSES}"))
}

pub(super) fn relative_folder(span: Span, name: &str, path: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` wants an absolute path, found \"{path}\""))
        .hint("it is a folder as the processes see it: inside the container, or under a volume")
}

pub(super) fn option_beside_roles(name: &Name) -> Diagnostic {
    Diagnostic::error(name.span, format!("`{}` beside `roles`, where nothing reads it", name.text))
        .hint("give each role its own `procs`, or leave out `roles`")
}

pub(super) fn only_services(span: Span) -> Diagnostic {
    Diagnostic::error(span, "every role is a service, so the task would never end").hint("leave out `server: true` at the role that decides")
}

pub(super) fn empty_command(span: Span) -> Diagnostic {
    Diagnostic::error(span, "the command of this role is empty").hint("leave it out for the task's own command")
}

/// gRPC of TensorFlow has no authentication. Said once over all documents.
pub(super) fn tensorflow_is_open(span: Span) -> Diagnostic {
    Diagnostic::note(span, "TensorFlow's own protocol has no authentication: whoever reaches the ports of these processes can run code as you")
        .hint("on nodes shared with people you do not trust, ask for whole nodes: a `[[rule]]` of the site file with `cluster = \"tensorflow\"` and `extra = [\"--exclusive\"]`")
}
