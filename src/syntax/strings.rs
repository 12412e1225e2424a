//! Strings, their escapes, and placeholders.

use pest::iterators::Pair;

use super::{
    ast::{ExprKind, Placeholder, Text, TextPart, Version},
    builder::{Builder, next, parts, unexpected},
    command::{Piece, dedent, join},
    expressions::{Node, Tallest},
    grammar::Rule,
};
use crate::diagnostic::Diagnostic;

impl Builder {
    /// A quoted string.
    pub(super) fn string(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        let pieces = self.pieces(pair)?;
        let height = tallest_placeholder(&pieces);
        Node::over(height, ExprKind::String(Text { parts: join(pieces), span }), span)
    }

    /// `<<< … >>>`: lines joined where they end in a backslash, then dedented (WDL 1.2, "Multi-line Strings").
    pub(super) fn multiline_string(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        if self.version < Version::V1_2 {
            let message = format!("a multi-line string needs version {}; this document is version {}", Version::V1_2.name(), self.version.name());
            return Err(Diagnostic::error(span, message).hint(format!("begin the document with `version {}`", Version::V1_2.name())));
        }
        let pieces = self.pieces(pair)?;
        let height = tallest_placeholder(&pieces);
        Node::over(height, ExprKind::String(Text { parts: dedent(pieces), span }), span)
    }

    /// The text of a string that may hold no placeholder; `what` says what it is.
    pub(super) fn plain_string(&mut self, pair: Pair<'_, Rule>, what: &str) -> Result<String, Diagnostic> {
        let is_multiline = matches!(pair.as_rule(), Rule::meta_multiline | Rule::multiline_string);
        let span = self.span(&pair);
        let pieces = self.pieces(pair)?;
        let parts = if is_multiline { dedent(pieces) } else { join(pieces) };
        let error = || Diagnostic::error(span, format!("expected plain text for {what}, found a placeholder"));
        Text { parts, span }.literal().ok_or_else(error)
    }

    /// The parts of a string or command, before anything is joined.
    pub(super) fn pieces(&mut self, pair: Pair<'_, Rule>) -> Result<Vec<Piece>, Diagnostic> {
        parts(pair).filter_map(|part| self.piece(part).transpose()).collect()
    }

    fn piece(&mut self, part: Pair<'_, Rule>) -> Result<Option<Piece>, Diagnostic> {
        Ok(Some(match part.as_rule() {
            Rule::double_text
            | Rule::single_text
            | Rule::multiline_text
            | Rule::meta_double_text
            | Rule::meta_single_text
            | Rule::meta_multiline_text
            | Rule::brace_text
            | Rule::heredoc_text => Piece::Text(part.as_str().to_owned()),
            Rule::other_opener | Rule::tilde_text => {
                self.warn_of_tilde(&part);
                Piece::Text(part.as_str().to_owned())
            }
            Rule::escape => Piece::Resolved(self.escape(&part)?),
            Rule::brace_escape | Rule::heredoc_escape => Piece::Resolved(part.as_str()[1..].to_owned()),
            // The line goes on as if neither the newline nor the indentation after it were there.
            Rule::continuation => return Ok(None),
            Rule::placeholder | Rule::heredoc_placeholder => self.placeholder(part)?,
            rule => unexpected(rule, "a string or command"),
        }))
    }

    /// In draft-2 `~{` is text; who writes it usually means a placeholder. Said once a document.
    fn warn_of_tilde(&mut self, part: &Pair<'_, Rule>) {
        if self.version != Version::Draft2 || part.as_str() != "~{" || self.warned_of_tilde {
            return;
        }
        self.warned_of_tilde = true;
        let warning = Diagnostic::warning(self.span(part), "`~{` is plain text in draft-2");
        self.warnings.push(warning.hint("write `${…}`, or begin the document with `version 1.0`"));
    }

    fn placeholder(&mut self, pair: Pair<'_, Rule>) -> Result<Piece, Diagnostic> {
        let span = self.span(&pair);
        let mut options = [None, None, None, None];
        let mut tallest = Tallest::default();
        let mut expr = None;
        for part in parts(pair) {
            if part.as_rule() == Rule::expression {
                expr = Some(tallest.take(self.node(part)?));
                continue;
            }
            let mut option = parts(part);
            let name = self.word(&next(&mut option));
            let value = tallest.take(self.option_value(next(&mut option))?);
            let slot = match name.text.as_str() {
                "sep" => 0,
                "default" => 1,
                "true" => 2,
                _ => 3,
            };
            if options[slot].replace(value).is_some() {
                return Err(Diagnostic::error(name.span, format!("expected the option `{}=` once, found it twice", name.text)));
            }
        }
        let [sep, default, when_true, when_false] = options;
        let expr = expr.expect("a placeholder has an expression");
        Ok(Piece::Placeholder(Box::new(Placeholder { sep, default, when_true, when_false, expr, span }), tallest.0))
    }

    /// What an escape stands for (WDL 1.0, "Whitespace, Strings, Identifiers, Constants"; WDL 1.2, "Strings").
    fn escape(&mut self, pair: &Pair<'_, Rule>) -> Result<String, Diagnostic> {
        let written = pair.as_str();
        let mut chars = written[1..].chars();
        let first = chars.next().expect("an escape has a character after its backslash");
        let plain = match first {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'a' => '\u{7}',
            'v' => '\u{b}',
            '\\' | '"' | '\'' | '?' | '~' | '$' | '>' => first,
            'x' | 'u' | 'U' | '0'..='7' if written.len() > 2 || first.is_ascii_digit() => return self.code_escape(pair, first),
            _ => return Ok(self.unknown_escape(pair)),
        };
        Ok(plain.to_string())
    }

    /// A character by its number. What the version's number of digits leaves over is text.
    fn code_escape(&mut self, pair: &Pair<'_, Rule>, first: char) -> Result<String, Diagnostic> {
        let written = pair.as_str();
        let is_old = self.version <= Version::V1_0;
        let (start, radix, digits) = match first {
            'x' if is_old => (2, 16, 1..=8),
            'x' => (2, 16, 2..=2),
            'U' if is_old && written.len() < 10 => (2, 16, 4..=4),
            'U' => (2, 16, 8..=8),
            'u' => (2, 16, 4..=4),
            _ if is_old => (1, 8, 1..=3),
            _ => (1, 8, 3..=3),
        };
        let end = written.len().min(start + digits.end());
        if end - start < *digits.start() {
            let message = format!("expected {} digits in an escape, found `{written}`", digits.start());
            return Err(Diagnostic::error(self.span(pair), message).hint("write `\\\\` for a backslash"));
        }
        let code = u32::from_str_radix(&written[start..end], radix).expect("the grammar lets only such digits through");
        let Some(character) = char::from_u32(code) else {
            return Err(Diagnostic::error(self.span(pair), format!("expected a Unicode character, found `{written}`")));
        };
        Ok(format!("{character}{}", &written[end..]))
    }

    /// Documents of every version are full of `"\."` meant for a regular expression: the backslash stays.
    fn unknown_escape(&mut self, pair: &Pair<'_, Rule>) -> String {
        let written = pair.as_str();
        let hint = format!("write `\\{written}` for a backslash and what follows it");
        let message = format!("unknown escape `{written}` in a string: the backslash stays");
        self.warnings.push(Diagnostic::warning(self.span(pair), message).hint(hint));
        written.to_owned()
    }

    /// The text parts of a command.
    pub(super) fn command_text(&mut self, pair: Pair<'_, Rule>) -> Result<Vec<TextPart>, Diagnostic> {
        Ok(dedent(self.pieces(pair)?))
    }
}

fn tallest_placeholder(pieces: &[Piece]) -> usize {
    let height = |piece: &Piece| match piece {
        Piece::Placeholder(_, height) => *height,
        Piece::Text(_) | Piece::Resolved(_) => 0,
    };
    pieces.iter().map(height).max().unwrap_or_default()
}
