//! Commands: their fence, and the stripping of common leading whitespace that multi-line strings share.
//!
//! WDL 1.2, "Command Section": blanks after the opening fence up to and with a newline go, and so do blanks before the closing
//! one up to and with a newline; then the whitespace that every line that is not blank begins with. A tab counts as one, like a space.

use pest::iterators::Pair;

use super::{
    ast::{Command, CommandFence, Placeholder, Text, TextPart},
    builder::{Builder, next, parts},
    grammar::Rule,
};
use crate::diagnostic::Diagnostic;

/// A part of a text while it is read.
#[derive(Debug)]
pub(super) enum Piece {
    /// As written: its newlines and blanks are layout.
    Text(String),
    /// An escape's meaning: never layout.
    Resolved(String),
    /// Never layout, whatever it will stand for; with the height of its expressions.
    Placeholder(Box<Placeholder>, usize),
}

impl Builder {
    /// `command { … }` or `command <<< … >>>`.
    pub(super) fn command(&mut self, pair: Pair<'_, Rule>) -> Result<Command, Diagnostic> {
        let fenced = next(&mut parts(pair));
        let fence = if fenced.as_rule() == Rule::heredoc_command { CommandFence::Heredoc } else { CommandFence::Braces };
        let span = self.span(&fenced);
        let parts = self.command_text(fenced)?;
        Ok(Command { fence, text: Text { parts, span } })
    }
}

/// Joins pieces to parts, text beside text.
pub(super) fn join(pieces: Vec<Piece>) -> Vec<TextPart> {
    let mut parts: Vec<TextPart> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Placeholder(placeholder, _) => parts.push(TextPart::Placeholder(placeholder)),
            Piece::Text(text) | Piece::Resolved(text) => match parts.last_mut() {
                _ if text.is_empty() => {}
                Some(TextPart::Literal(before)) => before.push_str(&text),
                Some(TextPart::Placeholder(_)) | None => parts.push(TextPart::Literal(text)),
            },
        }
    }
    parts
}

/// Strips the first and last line where they are blank, then the common leading whitespace.
pub(super) fn dedent(mut pieces: Vec<Piece>) -> Vec<TextPart> {
    if let Some(Piece::Text(first)) = pieces.first_mut() {
        let rest = first.trim_start_matches(is_blank);
        *first = rest.strip_prefix('\n').unwrap_or(rest).to_owned();
    }
    if let Some(Piece::Text(last)) = pieces.last_mut() {
        let rest = last.trim_end_matches(is_blank);
        *last = rest.strip_suffix('\n').unwrap_or(rest).to_owned();
    }
    // Blank lines at either end may have had the only text of a piece; what is left of them decides nothing.
    let common = common_indent(&pieces);
    if common > 0 {
        strip_indent(&mut pieces, common);
    }
    join(pieces)
}

/// The least indentation of a line that is not blank.
fn common_indent(pieces: &[Piece]) -> usize {
    let mut least = usize::MAX;
    // Blanks of the line so far; `None` once something else stood on it.
    let mut indent = Some(0);
    for piece in pieces {
        let Piece::Text(text) = piece else {
            least = indent.take().map_or(least, |indent| least.min(indent));
            continue;
        };
        for (line_idx, line) in text.split('\n').enumerate() {
            if line_idx > 0 {
                indent = Some(0);
            }
            let Some(before) = indent else { continue };
            let rest = line.trim_start_matches(is_blank);
            let here = before + (line.len() - rest.len());
            indent = if rest.is_empty() { Some(here) } else { None };
            if !rest.is_empty() {
                least = least.min(here);
            }
        }
    }
    if least == usize::MAX { 0 } else { least }
}

/// Takes up to `common` blanks from the beginning of every line.
fn strip_indent(pieces: &mut [Piece], common: usize) {
    // Blanks that may still go from the line at hand.
    let mut left = common;
    for piece in pieces {
        let Piece::Text(text) = piece else {
            left = 0;
            continue;
        };
        let mut stripped = String::with_capacity(text.len());
        for (line_idx, line) in text.split('\n').enumerate() {
            if line_idx > 0 {
                stripped.push('\n');
                left = common;
            }
            let blanks = line.len() - line.trim_start_matches(is_blank).len();
            let taken = blanks.min(left);
            left -= taken;
            stripped.push_str(&line[taken..]);
            if blanks < line.len() {
                left = 0;
            }
        }
        *text = stripped;
    }
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}
