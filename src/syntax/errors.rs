//! What does not parse, said to its author: what was expected in words, what was found, the place.

use std::collections::BTreeSet;

use pest::error::{Error, ErrorVariant, InputLocation};

use super::{ast::Version, builder::too_deep, grammar::Rule, slips};
use crate::{
    diagnostic::{Diagnostic, is_unseen},
    source::{SourceId, Span},
};

/// One place where the text does not fit the grammar.
#[derive(Debug)]
pub(super) struct Misfit<'a> {
    pub(super) source: SourceId,
    pub(super) version: Version,
    pub(super) text: &'a str,
    /// Where the text stops to fit.
    pub(super) at: usize,
    /// What would fit there.
    pub(super) expected: &'a [Rule],
}

impl<'a> Misfit<'a> {
    /// Whether a rule would fit.
    pub(super) fn expects(&self, rule: Rule) -> bool {
        self.expected.contains(&rule)
    }

    /// The word or the one character that stands there; empty at the end of the file.
    pub(super) fn found(&self) -> &'a str {
        let rest = &self.text[self.at..];
        let word_end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let char_end = rest.chars().next().map_or(0, char::len_utf8);
        &rest[..word_end.max(char_end)]
    }

    /// The span of some bytes of the text.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }
}

/// Words pest's error.
pub(super) fn syntax_error(id: SourceId, text: &str, version: Version, error: &Error<Rule>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
        // Pest's one error of its own: it refuses to recurse into the end of the stack.
        ErrorVariant::CustomError { .. } => return too_deep(Span::new(id, at, at + 1)),
    };
    let misfit = Misfit { source: id, version, text, at, expected };
    if let Some(loops) = while_loop(&misfit) {
        return loops;
    }
    let found = misfit.found();
    let message = match alternatives(&expected_words(expected)) {
        Some(expected) => format!("expected {expected}, found {}", found_in_words(found)),
        None => format!("did not expect {}", found_in_words(found)),
    };
    let end = if found == "\n" { at } else { at + found.len() };
    slips::explain(&misfit, Diagnostic::error(misfit.span(at, end), message))
}

/// `while (…) { … }`, which the text of draft-2 has and which reads like a declaration up to its `(`.
fn while_loop(misfit: &Misfit<'_>) -> Option<Diagnostic> {
    let before = misfit.text[..misfit.at].trim_end().strip_suffix("while")?;
    if misfit.found() != "(" || before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let span = misfit.span(before.len(), before.len() + "while".len());
    let diagnostic = Diagnostic::error(span, "expected `scatter` or `if`, found a `while` loop, which is not supported");
    Some(diagnostic.hint(
        "draft-2 describes it, no engine ever ran it and version 1.0 has dropped it; loop inside a task's command, or `scatter` over `range(…)`",
    ))
}

fn found_in_words(found: &str) -> String {
    match found {
        "" => "the end of the file".to_owned(),
        "\n" => "the end of the line".to_owned(),
        _ => match found.chars().next().filter(|c| is_unseen(*c)) {
            Some(unseen) => format!("the character U+{:04X}", u32::from(unseen)),
            None => format!("`{found}`"),
        },
    }
}

/// Symbols, each once, rows of sections and of statements under one name.
fn expected_words(expected: &[Rule]) -> Vec<&'static str> {
    let mut symbols: BTreeSet<&'static str> = expected.iter().filter_map(|rule| rule.symbol()).collect();
    let sections = ["`command`", "`hints`", "`input`", "`meta`", "`output`", "`parameter_meta`", "`requirements`", "`runtime`"];
    let statements = ["`call`", "`scatter`", "`if`", "a declaration", "a statement"];
    let documents = ["`enum`", "`import`", "`struct`", "`task`", "`workflow`"];
    group(&mut symbols, &sections, "a section");
    group(&mut symbols, &statements, "a statement");
    group(&mut symbols, &documents, "a definition such as `task`");
    if symbols.contains("an expression") {
        let beginnings = ["`(`", "`[`", "`{`", "`if`", "`<<<`", "a name", "a string", "an operator"];
        symbols.retain(|symbol| !beginnings.contains(symbol));
    }
    // An operator fits behind every expression: it is the least likely thing that was forgotten.
    let has_operator = symbols.remove("an operator");
    if has_operator {
        symbols.retain(|symbol| !["`(`", "`[`", "`{`", "`.`"].contains(symbol));
    }
    symbols.into_iter().chain(has_operator.then_some("an operator")).collect()
}

fn group(symbols: &mut BTreeSet<&'static str>, members: &[&'static str], name: &'static str) {
    if members.iter().filter(|member| symbols.contains(*member)).count() >= 3 {
        symbols.retain(|symbol| !members.contains(symbol));
        symbols.insert(name);
    }
}

/// `a`, `a or b`, `a, b or c`.
fn alternatives(words: &[&str]) -> Option<String> {
    let (last, others) = words.split_last()?;
    Some(if others.is_empty() { (*last).to_owned() } else { format!("{} or {last}", others.join(", ")) })
}
