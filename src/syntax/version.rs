//! Which version a document is written in: its first token that is not a comment.

use super::ast::Version;
use crate::{
    diagnostic::{Diagnostic, nearest_name},
    source::{SourceId, Span},
};

/// A document's version, and what is odd about its spelling.
#[derive(Debug)]
pub(super) struct Detected {
    pub(super) version: Version,
    pub(super) warning: Option<Diagnostic>,
}

const KNOWN: [Version; 5] = [Version::Draft2, Version::V1_0, Version::V1_1, Version::V1_2, Version::V1_3];

const KNOWN_NAMES: &str = "known are draft-2 (no version line), 1.0, 1.1, 1.2 and 1.3";

/// Reads the version statement; no statement is draft-2. An unknown version is an error that names the known ones.
pub(super) fn detect(id: SourceId, text: &str) -> Result<Detected, Diagnostic> {
    let start = skip_blank(text, 0);
    let Some(rest) = text[start..].strip_prefix("version").filter(|rest| !rest.starts_with(is_word_char)) else {
        return Ok(Detected { version: Version::Draft2, warning: None });
    };
    let written_start = skip_blank(text, text.len() - rest.len());
    let written = text[written_start..].split(|c: char| c.is_whitespace() || c == '#').next().unwrap_or_default();
    let span = Span::new(id, written_start, written_start + written.len());
    if let Some(version) = KNOWN.into_iter().find(|version| version.name() == written) {
        return Ok(Detected { version, warning: None });
    }
    if written.is_empty() {
        let keyword = Span::new(id, start, start + "version".len());
        return Err(Diagnostic::error(keyword, format!("expected a version after `version`: {KNOWN_NAMES}")).label("which?"));
    }
    let Some(version) = read_as(written) else { return Err(unknown(span, written)) };
    let message = format!("version `{written}` is read as {}", version.name());
    let warning = Diagnostic::warning(span, message).hint(format!("write `version {}`", version.name()));
    Ok(Detected { version, warning: Some(warning) })
}

/// `draft-3` is how 1.0 was called before it was done; `1.1.x` are editions of the text of 1.1, not versions of the language.
fn read_as(written: &str) -> Option<Version> {
    if written == "draft-3" {
        return Some(Version::V1_0);
    }
    let (minor, patch) = written.rsplit_once('.')?;
    let is_patch = !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit());
    KNOWN.into_iter().find(|version| is_patch && version.name() == minor)
}

fn unknown(span: Span, written: &str) -> Diagnostic {
    let error = Diagnostic::error(span, format!("unknown WDL version `{written}`: {KNOWN_NAMES}")).label("unknown version");
    // Newest first: `1.4` is as near to every minor version.
    match nearest_name(written, KNOWN.map(Version::name).into_iter().rev()) {
        Some(name) => error.hint(format!("did you mean `version {name}`?")),
        None => error.hint("write the version that the document keeps to, for example `version 1.1`"),
    }
}

/// The first offset from `offset` on that is neither whitespace nor in a comment.
fn skip_blank(text: &str, offset: usize) -> usize {
    let mut rest = &text[offset..];
    loop {
        rest = rest.trim_start();
        let Some(comment) = rest.strip_prefix('#') else { return text.len() - rest.len() };
        rest = comment.find('\n').map_or("", |newline| &comment[newline..]);
    }
}

fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
