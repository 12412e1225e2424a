//! Text with a name, and spans into it.
//!
//! A [`Source`] owns the text of one WDL document as the parser sees it: UTF-8, without a byte-order mark, every CRLF read as LF.
//! A [`Span`] names bytes of one source. Lines and columns are made only when something is shown to a person ([`Source::position`]).

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

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
    pub fn range(self) -> Range<usize> {
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
    /// First byte of each line, found when a position is first asked for: a text may hold 100,000 errors.
    line_starts: Arc<OnceLock<Vec<usize>>>,
}

impl Source {
    /// A source from raw text: drops a byte-order mark, reads CRLF as LF (so that no `\r` ever reaches bash).
    pub fn new(name: impl Into<String>, raw: &str) -> Self {
        let text = raw.strip_prefix('\u{feff}').unwrap_or(raw);
        let text = if text.contains("\r\n") { text.replace("\r\n", "\n").into() } else { text.into() };
        Self { name: name.into(), text, line_starts: Arc::default() }
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line_start = self.line_start(offset);
        let line = self.line_starts().partition_point(|start| *start <= offset);
        Position { line, column: self.text[line_start..offset].chars().count() + 1 }
    }

    /// The bytes of the whole lines that a range touches, without the last one's newline.
    pub fn lines(&self, range: Range<usize>) -> Range<usize> {
        let start = self.line_start(range.start.min(self.text.len()));
        let next = self.line_starts().partition_point(|start| *start <= range.end);
        let end = self.line_starts().get(next).map_or(self.text.len(), |next| next - 1);
        start..end
    }

    fn line_start(&self, offset: usize) -> usize {
        let starts = self.line_starts();
        starts[starts.partition_point(|start| *start <= offset) - 1]
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let after_newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(after_newlines).collect()
        })
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

    /// Shows a source under another name: a file may be imported by many spellings of its path.
    pub fn rename(&mut self, id: SourceId, name: &str) {
        name.clone_into(&mut self.0[id.0 as usize].name);
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
