//! What every part of the tree's making shares: spans, names, the nesting limit.

use pest::iterators::Pair;

use super::{
    NESTING_LIMIT,
    ast::{Name, Version},
    grammar::Rule,
    reserved::reserved_since,
};
use crate::{
    diagnostic::Diagnostic,
    source::{SourceId, Span},
};

/// What a bare `{ … }` literal means at the place that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Braces {
    /// A map, as WDL has it.
    Map,
    /// An object: inside the value of an attribute of `runtime`, `requirements` or `hints`.
    Object,
}

/// Turns pest's pairs into the tree.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) source: SourceId,
    pub(super) version: Version,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) braces: Braces,
    pub(super) warned_of_tilde: bool,
    depth: usize,
}

impl Builder {
    pub(super) fn new(id: SourceId, version: Version) -> Self {
        Self { source: id, version, warnings: Vec::new(), braces: Braces::Map, warned_of_tilde: false, depth: 0 }
    }

    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.source, span.start(), span.end())
    }

    /// Any word: member names, keys.
    pub(super) fn word(&self, pair: &Pair<'_, Rule>) -> Name {
        Name { text: pair.as_str().to_owned(), span: self.span(pair) }
    }

    /// A word that names something new: it may not be reserved.
    pub(super) fn new_name(&self, pair: &Pair<'_, Rule>) -> Result<Name, Diagnostic> {
        let name = self.word(pair);
        match reserved_since(&name.text, self.version) {
            None => Ok(name),
            Some(since) => Err(reserved_word(&name, since)),
        }
    }

    /// Runs `read` one level deeper; past the limit that is an error at `span`.
    pub(super) fn deeper<T>(&mut self, span: Span, read: impl FnOnce(&mut Self) -> Result<T, Diagnostic>) -> Result<T, Diagnostic> {
        if self.depth > NESTING_LIMIT {
            return Err(too_deep(span));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}

fn reserved_word(name: &Name, since: Version) -> Diagnostic {
    let message = format!("expected a name, found `{}`, which WDL reserves since version {}", name.text, since.name());
    Diagnostic::error(name.span, message).label("reserved word").hint("choose another name")
}

/// The document nests deeper than every later stage is made for.
pub(super) fn too_deep(span: Span) -> Diagnostic {
    // The whole of such a span would be pages of text.
    let place = Span { end: (span.start + 1).min(span.end), ..span };
    Diagnostic::error(place, format!("this nests deeper than {NESTING_LIMIT} levels"))
        .label("more levels than are read")
        .hint("take it apart: give its parts names with declarations of their own")
}

/// The parts of a pair that carry meaning: keywords and punctuation are left out.
pub(super) fn parts(pair: Pair<'_, Rule>) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner().filter(|part| !part.as_rule().is_scaffold())
}

/// The next part; the grammar promises it.
pub(super) fn next<'a>(parts: &mut impl Iterator<Item = Pair<'a, Rule>>) -> Pair<'a, Rule> {
    parts.next().expect("the grammar has this part in every match of the rule")
}

/// The grammar lets no such rule stand here.
pub(super) fn unexpected(rule: Rule, within: &str) -> ! {
    unreachable!("the grammar has no {rule:?} in {within}")
}
