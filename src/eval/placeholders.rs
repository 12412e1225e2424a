//! Texts: strings and commands, their placeholders filled in (WDL 1.0, "Expression Placeholders").

use std::sync::Arc;

use super::{Evaluator, expression::Place, messages};
use crate::{
    diagnostic::Diagnostic,
    syntax::{
        ast::{Expr, Placeholder, Text, TextPart, Version},
        visit::{Descend, visit},
    },
    value::{Coercion, Value, primitive_text, to_json},
};

impl Evaluator<'_> {
    /// A string's value. Outside a placeholder one unknown part makes the whole unknown, so that nothing is computed from it.
    pub(super) fn string(&self, text: &Text, place: Place) -> Result<Value, Diagnostic> {
        let mut string = String::new();
        for part in &text.parts {
            match part {
                TextPart::Literal(literal) => string.push_str(literal),
                TextPart::Placeholder(placeholder) => match (self.placeholder(placeholder)?, place) {
                    (Filled::Text(text), _) => string.push_str(&text),
                    (Filled::Unknown(name), Place::Plain) => return Ok(Value::Unknown(name)),
                    (Filled::Unknown(name), Place::Placeholder) => string.push_str(&unknown(&name)),
                },
            }
        }
        Ok(Value::string(string))
    }

    pub(super) fn interpolate(&self, text: &Text) -> Result<String, Diagnostic> {
        let mut string = String::new();
        for part in &text.parts {
            match part {
                TextPart::Literal(literal) => string.push_str(literal),
                TextPart::Placeholder(placeholder) => match self.placeholder(placeholder)? {
                    Filled::Text(text) => string.push_str(&text),
                    Filled::Unknown(name) => string.push_str(&unknown(&name)),
                },
            }
        }
        Ok(string)
    }

    fn placeholder(&self, placeholder: &Placeholder) -> Result<Filled, Diagnostic> {
        let value = match self.evaluate(&placeholder.expr, Place::Placeholder) {
            // WDL 1.2, "Expression Placeholder Coercion": what fails for a `None` within is empty, like `None` itself.
            Err(_) if self.version() >= Version::V1_2 && self.holds_none(&placeholder.expr) => Value::None,
            value => value?,
        };
        let option = |expr: &Option<Expr>| expr.as_ref().map(|expr| self.option(expr)).transpose();
        match &value {
            Value::Unknown(name) => Ok(Filled::Unknown(Arc::clone(name))),
            Value::None => Ok(Filled::Text(option(&placeholder.default)?.unwrap_or_default())),
            Value::Boolean(truth) if placeholder.when_true.is_some() || placeholder.when_false.is_some() => {
                let chosen = if *truth { &placeholder.when_true } else { &placeholder.when_false };
                Ok(Filled::Text(option(chosen)?.unwrap_or_default()))
            }
            _ if placeholder.when_true.is_some() || placeholder.when_false.is_some() => {
                Err(messages::not_a_condition(placeholder.expr.span, "for `true=` and `false=`", &value))
            }
            Value::Array(items) => self.joined(items, option(&placeholder.sep)?, placeholder).map(Filled::Text),
            _ => self.shown(&value, placeholder).map(Filled::Text),
        }
    }

    /// Whether any part of an expression is `None`.
    fn holds_none(&self, expr: &Expr) -> bool {
        let mut found = false;
        visit(expr, &mut |part| {
            found = found || matches!(self.evaluate(part, Place::Placeholder), Ok(Value::None));
            if found { Descend::No } else { Descend::Yes }
        });
        found
    }

    /// The text of an option: a string, in old documents also a number.
    fn option(&self, expr: &Expr) -> Result<String, Diagnostic> {
        let value = self.evaluate(expr, Place::Placeholder)?;
        primitive_text(&value, self.coercion()).ok_or_else(|| messages::option_not_text(expr.span, &value))
    }

    /// An array's items with `sep` between; draft-2 also has arrays without `sep`, in command lines one argument each.
    fn joined(&self, items: &[Value], sep: Option<String>, placeholder: &Placeholder) -> Result<String, Diagnostic> {
        let sep = match (sep, self.version()) {
            (Some(sep), _) => sep,
            (None, Version::Draft2) => " ".to_owned(),
            (None, Version::V1_0 | Version::V1_1 | Version::V1_2 | Version::V1_3) => return Err(messages::array_without_sep(placeholder)),
        };
        let texts = items.iter().map(|item| match item {
            Value::None => Ok(String::new()),
            _ => self.shown(item, placeholder),
        });
        Ok(texts.collect::<Result<Vec<_>, _>>()?.join(&sep))
    }

    fn shown(&self, value: &Value, placeholder: &Placeholder) -> Result<String, Diagnostic> {
        match (primitive_text(value, self.coercion()), self.coercion()) {
            (Some(text), _) => Ok(text),
            (None, Coercion::Loose) => Ok(to_json(value).to_string()),
            (None, Coercion::Standard | Coercion::Relaxed) => Err(messages::compound_in_text(placeholder, value)),
        }
    }
}

/// What a placeholder becomes.
enum Filled {
    Text(String),
    Unknown(Arc<str>),
}

fn unknown(name: &str) -> String {
    format!("<<unknown: {name}>>")
}
