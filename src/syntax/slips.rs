//! Common mistakes, known by what was expected and what stands there; each adds a hint.

use super::{ast::Version, errors::Misfit, grammar::Rule, reserved::reserved_since};
use crate::diagnostic::{Diagnostic, is_unseen};

/// Adds to an error what its author most likely has to do; the first slip that fits.
pub(super) fn explain(misfit: &Misfit<'_>, error: Diagnostic) -> Diagnostic {
    let slips: [fn(&Misfit<'_>) -> Option<Slip>; 12] = [
        input_section_in_draft2,
        late_version,
        unclosed_command,
        command_ended_early,
        task_ended_early,
        shell_variable,
        missing_brace,
        wrong_sign,
        python_word,
        reserved_name,
        foreign_character,
        missing_comma,
    ];
    let Some(slip) = slips.iter().find_map(|slip| slip(misfit)) else { return error };
    let error = error.hint(slip.hint);
    match slip.opened {
        Some((start, end)) => error.also(misfit.span(start, end), "opened here"),
        None => error,
    }
}

/// What to do, and where what went wrong begins.
struct Slip {
    hint: String,
    opened: Option<(usize, usize)>,
}

impl Slip {
    #[expect(clippy::unnecessary_wraps, reason = "every slip answers with an option")]
    fn hint(hint: impl Into<String>) -> Option<Self> {
        Some(Self { hint: hint.into(), opened: None })
    }
}

const USE_HEREDOC: &str =
    "`command { … }` ends at the first `}` that is no placeholder's: write `command <<< … >>>`, or `\\}` for a brace of the shell";

fn input_section_in_draft2(misfit: &Misfit<'_>) -> Option<Slip> {
    if misfit.version != Version::Draft2 || misfit.found() != "input" || !misfit.expects(Rule::declaration) {
        return None;
    }
    Slip::hint("without a version line this is draft-2, which has no `input` section: begin the document with `version 1.0`")
}

fn late_version(misfit: &Misfit<'_>) -> Option<Slip> {
    if misfit.found() != "version" || !misfit.expects(Rule::EOI) {
        return None;
    }
    Slip::hint("the version stands before everything else but comments")
}

/// The end of the file inside a command.
fn unclosed_command(misfit: &Misfit<'_>) -> Option<Slip> {
    let (fence, hint) = if misfit.expects(Rule::command_end) {
        ("command", "the command is never closed: add its `}`")
    } else if misfit.expects(Rule::heredoc_end) {
        ("<<<", "the text is never closed: add its `>>>`")
    } else {
        return None;
    };
    let opened = misfit.text[..misfit.at].rfind(fence).map(|start| (start, start + fence.len()));
    Some(Slip { hint: hint.to_owned(), opened })
}

/// Shell text right behind the `}` that closed a `command {`: the author meant that brace for the shell.
fn command_ended_early(misfit: &Misfit<'_>) -> Option<Slip> {
    if !misfit.expects(Rule::close_brace) {
        return None;
    }
    let before = misfit.text[..misfit.at].trim_end();
    let inside = before.strip_suffix('}')?;
    let start = inside.rfind("command")?;
    let body = inside[start + "command".len()..].trim_start().strip_prefix('{')?;
    // Another brace in between means that the command ended there, and all is well with it.
    if !ends_first(body) {
        return None;
    }
    Some(Slip { hint: USE_HEREDOC.to_owned(), opened: Some((start, start + "command".len())) })
}

/// A section of a task outside of any: a brace inside the command closed it, and the command's own closed the task.
fn task_ended_early(misfit: &Misfit<'_>) -> Option<Slip> {
    let is_section = matches!(misfit.found(), "command" | "output" | "runtime" | "meta" | "parameter_meta");
    if !is_section || !misfit.expects(Rule::EOI) {
        return None;
    }
    let start = misfit.text[..misfit.at].rfind("command")?;
    let is_tilde = misfit.version == Version::Draft2 && misfit.text[start..misfit.at].contains("~{");
    let hint = if is_tilde { "`~{` is plain text in draft-2, so its `}` ends the command: write `${…}`" } else { USE_HEREDOC };
    Some(Slip { hint: hint.to_owned(), opened: Some((start, start + "command".len())) })
}

/// Whether no brace of `body` closes the command: each `}` is escaped or a placeholder's.
fn ends_first(body: &str) -> bool {
    let mut open = 0_usize;
    let mut previous = ' ';
    for c in body.chars() {
        match c {
            '{' if open > 0 || previous == '$' || previous == '~' => open += 1,
            '}' if open > 0 => open -= 1,
            '}' if previous != '\\' => return false,
            _ => {}
        }
        previous = c;
    }
    open == 0
}

/// `${VAR:-x}` or `${#array[@]}` where `${` opens a placeholder.
fn shell_variable(misfit: &Misfit<'_>) -> Option<Slip> {
    let before = &misfit.text[..misfit.at];
    let start = before.rfind("${").max(before.rfind("~{"))?;
    let inside = &before[start + 2..];
    // `${#` begins a comment, so the error comes lines later.
    if !before[start..].starts_with('$') || (inside.contains(['}', '\n', '"']) && !inside.starts_with('#')) {
        return None;
    }
    let hint = match misfit.version {
        Version::Draft2 => "`${` opens a placeholder of WDL; a variable of the shell is written `$name`",
        Version::V1_0 | Version::V1_1 | Version::V1_2 | Version::V1_3 => {
            "`${` opens a placeholder of WDL here; between `<<<` and `>>>` only `~{` does, and `${` is the shell's"
        }
    };
    Some(Slip { hint: hint.to_owned(), opened: Some((start, start + 2)) })
}

/// The end of the file, or the next task, where a brace is open.
fn missing_brace(misfit: &Misfit<'_>) -> Option<Slip> {
    let is_over = matches!(misfit.found(), "" | "task" | "workflow" | "struct" | "import");
    if !is_over || !misfit.expects(Rule::close_brace) {
        return None;
    }
    let opened = last_definition(&misfit.text[..misfit.at]);
    Some(Slip { hint: "a `}` is missing before this".to_owned(), opened })
}

/// The last line that begins a task, workflow or struct, up to its brace.
fn last_definition(text: &str) -> Option<(usize, usize)> {
    let mut found = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if ["task ", "workflow ", "struct "].iter().any(|word| line.starts_with(word)) {
            found = Some((start, start + line.trim_end().len()));
        }
        start += line.len();
    }
    found
}

fn wrong_sign(misfit: &Misfit<'_>) -> Option<Slip> {
    match misfit.found() {
        "=" if misfit.expects(Rule::colon) => Slip::hint("here a value follows `:`, not `=`"),
        ":" if misfit.expects(Rule::equals) => Slip::hint("here a value follows `=`, not `:`"),
        "&" => Slip::hint("the operator is `&&`"),
        "|" => Slip::hint("the operator is `||`"),
        _ => None,
    }
}

fn python_word(misfit: &Misfit<'_>) -> Option<Slip> {
    match misfit.found() {
        "True" => Slip::hint("the Boolean is written `true`"),
        "False" => Slip::hint("the Boolean is written `false`"),
        "and" => Slip::hint("the operator is `&&`"),
        "or" => Slip::hint("the operator is `||`"),
        _ => None,
    }
}

fn reserved_name(misfit: &Misfit<'_>) -> Option<Slip> {
    const ALWAYS: [&str; 26] = [
        "Array",
        "Boolean",
        "File",
        "Float",
        "Int",
        "Map",
        "Object",
        "Pair",
        "String",
        "as",
        "call",
        "command",
        "else",
        "false",
        "if",
        "import",
        "in",
        "input",
        "meta",
        "output",
        "parameter_meta",
        "runtime",
        "scatter",
        "task",
        "then",
        "true",
    ];
    let found = misfit.found();
    let is_reserved = ALWAYS.contains(&found) || found == "workflow" || reserved_since(found, misfit.version).is_some();
    if !is_reserved || !misfit.expects(Rule::name) || misfit.expects(Rule::number) {
        return None;
    }
    Slip::hint(format!("`{found}` is a word of WDL's own: choose another name"))
}

fn foreign_character(misfit: &Misfit<'_>) -> Option<Slip> {
    match misfit.found() {
        "“" | "”" | "‘" | "’" => Slip::hint("strings stand between straight quotes, `\"` or `'`"),
        "\u{a0}" => Slip::hint("this blank is a no-break space (U+00A0): type an ordinary one"),
        ";" => Slip::hint("nothing ends with `;` in WDL: leave it out"),
        found if found.starts_with(is_unseen) => Slip::hint("the character is there though nobody sees it: take it out"),
        _ => None,
    }
}

fn missing_comma(misfit: &Misfit<'_>) -> Option<Slip> {
    let starts_item = misfit.found().starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '\'' | '{' | '[' | '('));
    if !starts_item || !misfit.expects(Rule::comma) {
        return None;
    }
    Slip::hint("a `,` is missing before this")
}
