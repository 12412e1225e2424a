//! `meta` and `parameter_meta`: data without expressions.

use pest::iterators::Pair;

use super::{
    ast::{ExprKind, MetaEntry, MetaValue},
    builder::{Builder, next, parts, unexpected},
    grammar::Rule,
    literals::number,
};
use crate::diagnostic::Diagnostic;

impl Builder {
    /// The entries of a section.
    pub(super) fn meta_section(&mut self, pair: Pair<'_, Rule>) -> Result<Vec<MetaEntry>, Diagnostic> {
        self.meta_entries(next(&mut parts(pair)))
    }

    fn meta_entries(&mut self, pair: Pair<'_, Rule>) -> Result<Vec<MetaEntry>, Diagnostic> {
        let mut entries = Vec::new();
        for entry in parts(pair) {
            let mut parts = parts(entry);
            let name = self.word(&next(&mut parts));
            entries.push(MetaEntry { name, value: self.meta_value(next(&mut parts))? });
        }
        Ok(entries)
    }

    fn meta_value(&mut self, pair: Pair<'_, Rule>) -> Result<MetaValue, Diagnostic> {
        let span = self.span(&pair);
        self.deeper(span, |builder| {
            Ok(match pair.as_rule() {
                Rule::meta_null => MetaValue::Null,
                Rule::boolean => MetaValue::Boolean(pair.as_str() == "true"),
                Rule::meta_number => builder.meta_number(&pair)?,
                Rule::meta_string | Rule::meta_multiline => MetaValue::String(builder.plain_string(pair, "a value of `meta`")?),
                Rule::meta_array => MetaValue::Array(parts(pair).map(|item| builder.meta_value(item)).collect::<Result<_, _>>()?),
                Rule::meta_object => MetaValue::Object(builder.meta_entries(pair)?),
                rule => unexpected(rule, "`meta`"),
            })
        })
    }

    fn meta_number(&self, pair: &Pair<'_, Rule>) -> Result<MetaValue, Diagnostic> {
        let written = pair.as_str();
        let (sign, digits) = match written.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", written.trim_start_matches('+')),
        };
        match number(sign, digits, self.span(pair))? {
            ExprKind::Int(value) => Ok(MetaValue::Int(value)),
            ExprKind::Float(value) => Ok(MetaValue::Float(value)),
            other => unreachable!("a number is read as {other:?}"),
        }
    }
}
