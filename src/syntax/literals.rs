//! Literals: numbers, arrays, pairs, and the four kinds of braces.

use pest::iterators::Pair;

use super::{
    ast::{Expr, ExprKind, Name},
    builder::{Braces, Builder, next, parts, unexpected},
    expressions::{Node, Tallest},
    grammar::Rule,
};
use crate::{diagnostic::Diagnostic, source::Span};

impl Builder {
    pub(super) fn array(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        let mut tallest = Tallest::default();
        let mut items = Vec::new();
        for item in parts(pair) {
            items.push(tallest.take(self.node(item)?));
        }
        Node::over(tallest.0, ExprKind::Array(items), span)
    }

    /// `(a)` is `a` with the span of its parentheses; `(a, b)` a pair.
    pub(super) fn parentheses(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        let mut parts = parts(pair);
        let mut first = self.node(next(&mut parts))?;
        let Some(second) = parts.next() else {
            first.expr.span = span;
            return Ok(first);
        };
        let mut tallest = Tallest::default();
        let sides = Box::new((tallest.take(first), tallest.take(self.node(second)?)));
        Node::over(tallest.0, ExprKind::Pair(sides), span)
    }

    /// `{a: b}`: a map, or an object where attributes are read.
    pub(super) fn braces(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        let mut tallest = Tallest::default();
        let mut entries = Vec::new();
        for entry in parts(pair) {
            let mut parts = parts(entry);
            let key = next(&mut parts);
            let key = if key.as_rule() == Rule::bare_key { self.bare_key(&key) } else { self.node(key)? };
            entries.push((tallest.take(key), tallest.take(self.node(next(&mut parts))?)));
        }
        let kind = match self.braces {
            Braces::Map => ExprKind::Map(entries),
            Braces::Object => object_or_map(entries),
        };
        Node::over(tallest.0, kind, span)
    }

    /// A word before `:`: a variable in a map, the key itself in an object.
    fn bare_key(&self, pair: &Pair<'_, Rule>) -> Node {
        let word = self.word(pair);
        let kind = match self.braces {
            Braces::Map => self.word_kind(&word),
            Braces::Object => ExprKind::Name(word.text),
        };
        Node::leaf(kind, word.span)
    }

    /// The members of an object or struct literal, and the height of the tallest.
    pub(super) fn members(&mut self, pair: Pair<'_, Rule>) -> Result<(Vec<(Name, Expr)>, usize), Diagnostic> {
        let mut tallest = Tallest::default();
        let mut members = Vec::new();
        for member in parts(pair) {
            let mut parts = parts(member);
            let key = next(&mut parts);
            let key = if key.as_rule() == Rule::word { self.word(&key) } else { self.quoted_key(key)? };
            members.push((key, tallest.take(self.node(next(&mut parts))?)));
        }
        Ok((members, tallest.0))
    }

    fn quoted_key(&mut self, pair: Pair<'_, Rule>) -> Result<Name, Diagnostic> {
        let span = self.span(&pair);
        let text = self.plain_string(pair, "the name of a member")?;
        Ok(Name { text, span })
    }
}

/// An object; a map where a key is computed (`volumes: {"/data/${name}": path}`), whose bare keys are then strings too.
fn object_or_map(entries: Vec<(Expr, Expr)>) -> ExprKind {
    let names: Option<Vec<Name>> = entries.iter().map(|(key, _)| key_name(key)).collect();
    match names {
        Some(names) => ExprKind::Object(names.into_iter().zip(entries.into_iter().map(|(_, value)| value)).collect()),
        None => ExprKind::Map(entries.into_iter().map(|(key, value)| (bare_as_string(key), value)).collect()),
    }
}

fn key_name(key: &Expr) -> Option<Name> {
    let text = match &key.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::String(text) => text.literal()?,
        ExprKind::Int(number) => number.to_string(),
        _ => return None,
    };
    Some(Name { text, span: key.span })
}

fn bare_as_string(key: Expr) -> Expr {
    let ExprKind::Name(name) = key.kind else { return key };
    let parts = vec![super::ast::TextPart::Literal(name)];
    Expr { kind: ExprKind::String(super::ast::Text { parts, span: key.span }), span: key.span }
}

/// A number as written, with its sign (`""` or `"-"`); `span` is where both stand.
pub(super) fn number(sign: &str, written: &str, span: Span) -> Result<ExprKind, Diagnostic> {
    let is_hex = written.starts_with("0x") || written.starts_with("0X");
    if !is_hex && written.contains(['.', 'e', 'E']) {
        // `1.` and `.5` are WDL; so they are Rust's.
        let value: f64 = written.parse().expect("the grammar lets only numbers through");
        // WDL 1.1, "Primitive Types": a Float is finite.
        if !value.is_finite() {
            return Err(Diagnostic::error(span, format!("expected a Float of 64 bits, found {sign}{written}")).label("does not fit"));
        }
        return Ok(ExprKind::Float(if sign.is_empty() { value } else { -value }));
    }
    let (digits, radix) = match written.strip_prefix('0') {
        Some(rest) if is_hex => (&rest[1..], 16),
        Some(rest) if !rest.is_empty() => (rest, 8),
        _ => (written, 10),
    };
    if radix == 8 && digits.contains(['8', '9']) {
        let error = Diagnostic::error(span, format!("expected the digits 0 to 7 in an octal number, found `{written}`"));
        return Err(error.hint("a number that begins with 0 is octal; leave the 0 out"));
    }
    i64::from_str_radix(&format!("{sign}{digits}"), radix).map(ExprKind::Int).map_err(|_| {
        let message = format!("expected an Int of 64 bits, found {sign}{written}");
        Diagnostic::error(span, message).label("does not fit").hint("write it as a Float if it need not be exact")
    })
}

impl Builder {
    /// The value of a placeholder option: a literal or a name.
    pub(super) fn option_value(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        let sign = if pair.as_str().starts_with('-') { "-" } else { "" };
        let value = next(&mut parts(pair));
        match value.as_rule() {
            Rule::number => Ok(Node::leaf(number(sign, value.as_str(), span)?, span)),
            Rule::double_quoted | Rule::single_quoted => self.string(value),
            Rule::boolean | Rule::name => Ok(Node::leaf(self.word_kind(&self.word(&value)), span)),
            rule => unexpected(rule, "the value of a placeholder option"),
        }
    }
}
