//! Text with a name, and spans into it.
//!
//! A [`Source`] owns the text of one WDL document as the parser sees it: UTF-8, without a byte-order mark, every CRLF read as LF.
//! A [`Span`] names bytes of one source. Lines and columns are made only when something is shown to a person ([`Source::position`]).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Which source of a [`Sources`] a span points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceId(pub u32);

/// Bytes `start..end` of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The source the bytes are in.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of bytes `start..end` of `source`.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let narrow = |offset: usize| u32::try_from(offset).expect("a source is refused above 4 GiB, so every offset fits u32");
        Self { source, start: narrow(start), end: narrow(end) }
    }

    /// The smallest span that covers both; both must be of the same source.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The byte range, for slicing the source's text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The text of one document and where it came from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path or URL as it is shown to the user.
    pub name: String,
    /// The text the spans point into.
    pub text: Arc<str>,
}

impl Source {
    /// A source from raw text: drops a byte-order mark, reads CRLF as LF (so that no `\r` ever reaches bash).
    pub fn new(name: impl Into<String>, raw: &str) -> Self {
        let text = raw.strip_prefix('\u{feff}').unwrap_or(raw);
        let text = if text.contains("\r\n") { text.replace("\r\n", "\n").into() } else { text.into() };
        Self { name: name.into(), text }
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// Every source of one set of documents, by id.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a source and gives its id.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.0.push(source);
        SourceId(u32::try_from(self.0.len() - 1).expect("fewer than 4 billion documents"))
    }

    /// The source of an id that this table gave.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// The text a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.range()).unwrap_or_default()
    }

    /// Sources in the order they were added, with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        (0u32..).map(SourceId).zip(self.0.iter())
    }
}
