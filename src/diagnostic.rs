//! What is wrong with a document or its inputs, said to its author: a message, labelled spans, hints.
//!
//! A [`Diagnostic`] is plain data, made where the span is known; [`Diagnostic::render`] turns it into text once, at the edge.

use std::{borrow::Cow, cmp::Reverse};

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use serde::{Deserialize, Serialize};

use crate::source::{Source, Sources, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is run.
    Error,
    /// Worth a look; the run goes on.
    Warning,
    /// Worth knowing; nothing is wrong.
    Note,
}

/// A span with a few words under its caret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What to underline.
    pub span: Span,
    /// Words beside the caret; may be empty.
    pub text: String,
}

/// One thing that is wrong, for the author of the WDL or of its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// One sentence without a full stop: what was expected and what was found.
    pub message: String,
    /// The place; absent where no text is to blame (a missing input, say).
    pub primary: Option<Label>,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// What to do next, each on its own `hint:` line.
    pub hints: Vec<String>,
    /// For errors of a running workflow: the calls that lead there, outermost first.
    pub call_path: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        let primary = Some(Label { span, text: String::new() });
        Self { severity: Severity::Error, message: message.into(), primary, secondary: Vec::new(), hints: Vec::new(), call_path: None }
    }

    /// An error that no text is to blame for.
    pub fn error_without_span(message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, message: message.into(), primary: None, secondary: Vec::new(), hints: Vec::new(), call_path: None }
    }

    /// A warning at a place.
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    /// A note at a place.
    pub fn note(span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(span, message) }
    }

    /// Words beside the primary caret.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(primary) = &mut self.primary {
            primary.text = text.into();
        }
        self
    }

    /// Another place that explains it.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// What to do next.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }

    /// The calls that lead to an error of a running workflow.
    #[must_use]
    pub fn within(mut self, call_path: impl Into<String>) -> Self {
        self.call_path.get_or_insert(call_path.into());
        self
    }

    /// Whether it stops the run.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The text a person reads: message, place with caret, call path, hints. Plain: without colour codes.
    pub fn render(&self, sources: &Sources) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let message = shown(&self.message);
        let mut group = Group::with_title(level.primary_title(message.as_ref()));
        for element in self.places(sources) {
            group = group.element(element);
        }
        let mut text = Renderer::plain().render(&[group]);
        if let Some(call_path) = &self.call_path {
            text.push_str(&format!("\n  in call: {call_path}"));
        }
        for hint in &self.hints {
            text.push_str(&format!("\n\nhint: {}", shown(hint)));
        }
        text
    }

    /// One snippet a source, the primary's first; one a label where they lie far apart.
    fn places<'a>(&'a self, sources: &'a Sources) -> Vec<Element<'a>> {
        let primary = self.primary.iter().map(|label| (AnnotationKind::Primary, label));
        let labels: Vec<_> = primary.chain(self.secondary.iter().map(|label| (AnnotationKind::Context, label))).collect();
        let mut order: Vec<_> = Vec::new();
        for (_, label) in &labels {
            if !order.contains(&label.span.source) {
                order.push(label.span.source);
            }
        }
        let mut elements = Vec::new();
        for id in order {
            let here: Vec<_> = labels.iter().filter(|(_, label)| label.span.source == id).copied().collect();
            let source = sources.get(id);
            match snippet(source, &here) {
                Some(snippet) => elements.push(snippet.into()),
                None => elements.extend(here.into_iter().map(|label| far_from_others(source, label))),
            }
        }
        elements
    }
}

/// A text with its unseen characters by their numbers: `1<U+200D>.2` is not `1.2`, and would look like it.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let number = |c: char| if is_unseen(c) { format!("<U+{:04X}>", u32::from(c)) } else { c.to_string() };
    Cow::Owned(text.chars().map(number).collect())
}

/// Control characters, blanks without width, marks of direction and of byte order.
pub fn is_unseen(c: char) -> bool {
    let is_blank_or_mark = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    is_blank_or_mark || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Bytes of source that are shown at most: drawing takes time for each, and more is no help.
const MOST_SHOWN: usize = 16 << 10;

/// The lines that labels of one source touch, with their carets; none where that is too much to show.
fn snippet<'a>(source: &'a Source, labels: &[(AnnotationKind, &'a Label)]) -> Option<Snippet<'a, Annotation<'a>>> {
    let start = labels.iter().map(|(_, label)| label.span.range().start).min()?;
    let end = labels.iter().map(|(_, label)| label.span.range().end).max()?;
    let shown = source.lines(start..end);
    let first_line = source.position(u32::try_from(shown.start).ok()?).line;
    let annotations = labels.iter().map(|(kind, label)| {
        let span = label.span.range();
        kind.span(span.start - shown.start..span.end - shown.start).label(label.text.as_str())
    });
    let is_little = shown.len() <= MOST_SHOWN;
    is_little.then(|| Snippet::source(&source.text[shown.clone()]).line_start(first_line).path(source.name.as_str()).annotations(annotations))
}

/// A label by itself: its lines, or only where it is.
fn far_from_others<'a>(source: &'a Source, label: (AnnotationKind, &'a Label)) -> Element<'a> {
    let span = label.1.span;
    if let Some(snippet) = snippet(source, &[label]) {
        return snippet.into();
    }
    let position = source.position(span.start);
    Origin::path(source.name.as_str()).line(position.line).char_column(position.column).into()
}

/// The name among `known` that a reader most likely meant by `typed`, if one is near enough; of several as near, in whatever order they come, the last
/// by the alphabet, which of versions is the newest.
pub fn nearest_name<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (typed.chars().count() / 3).max(1);
    let by_distance = known.into_iter().map(|name| (edit_distance(&typed.to_lowercase(), &name.to_lowercase()), name));
    by_distance.filter(|(distance, _)| *distance <= limit).min_by_key(|found| (found.0, Reverse(found.1))).map(|(_, name)| name)
}

/// Levenshtein distance in characters; names are short, so two rows suffice.
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, left_char) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, right_char) in right.iter().enumerate() {
            let substituted = previous[column] + usize::from(left_char != *right_char);
            current.push(substituted.min(previous[column + 1] + 1).min(current[column] + 1));
        }
        previous = current;
    }
    previous[right.len()]
}
