//! Attributes of `runtime`, `requirements` and `hints`, evaluated, and what their values may be read as.
//!
//! Keys are case-insensitive; numbers and booleans may be strings. An unknown value and `None` read as nothing: the default holds.

use std::collections::HashMap;

use super::{Evaluator, messages, units};
use crate::{
    diagnostic::Diagnostic,
    source::Span,
    syntax::ast::{Expr, ExprKind, Task},
    value::{Coercion, Object, Value, primitive_text},
};

/// An evaluated attribute, or a member of one.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'a> {
    /// Its key as written.
    pub(super) name: String,
    /// Where its value stands.
    pub(super) span: Span,
    pub(super) value: Value,
    expr: Option<&'a Expr>,
    /// Whether it is a hint, which may have another form than the requirement of its name.
    is_hint: bool,
}

/// Every attribute of a task, those that win first.
#[derive(Debug)]
pub(super) struct Attributes<'a>(Vec<Attribute<'a>>);

/// Evaluates the attributes of a task. A caller's `runtime.memory` (WDL 1.1, "Specifying / Overriding Runtime Attributes") beats the
/// task's own; `requirements` beat `runtime`, which beats `hints`.
pub(super) fn attributes<'a>(evaluator: &Evaluator<'_>, task: &'a Task, given: &Object) -> Result<Attributes<'a>, Diagnostic> {
    let mut all = Vec::new();
    for (name, value) in given {
        if let Some((section, key)) = name.split_once('.')
            && matches!(section, "runtime" | "requirements" | "hints")
        {
            all.push(Attribute { name: key.to_owned(), span: task.name.span, value: value.clone(), expr: None, is_hint: section == "hints" });
        }
    }
    for (section, is_hint) in [(&task.requirements, false), (&task.runtime, false), (&task.hints, true)] {
        let Some(section) = section else { continue };
        // Of two with one name the last holds, as in other engines.
        for attribute in section.attributes.iter().rev() {
            let value = evaluator.expression(&attribute.value)?;
            let expr = Some(&attribute.value);
            all.push(Attribute { name: attribute.name.text.clone(), span: attribute.value.span, value, expr, is_hint });
        }
    }
    Ok(Attributes(all))
}

impl<'a> Attributes<'a> {
    /// The attribute of the first of some names that is given and known.
    pub(super) fn get(&self, names: &[&str]) -> Option<&Attribute<'a>> {
        names.iter().find_map(|name| self.0.iter().find(|attribute| attribute.is(name)))
    }

    /// The same, hints left out.
    pub(super) fn required(&self, names: &[&str]) -> Option<&Attribute<'a>> {
        names.iter().find_map(|name| self.0.iter().find(|attribute| attribute.is(name) && !attribute.is_hint))
    }

    /// Every attribute of a name, in `runtime` and in `hints` say.
    pub(super) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Attribute<'a>> {
        self.0.iter().filter(move |attribute| attribute.is(name))
    }
}

impl<'a> Attribute<'a> {
    /// Whether it has this name and a known value.
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) && self.is_known()
    }

    fn is_known(&self) -> bool {
        !matches!(self.value, Value::None | Value::Unknown(_))
    }

    /// Says what was found and what is accepted.
    pub(super) fn unreadable(&self, what: &str, accepted: &str) -> Diagnostic {
        messages::unreadable(self.span, (what, &self.name), &self.value, accepted)
    }

    /// Any primitive value as text.
    pub(super) fn text(&self) -> Result<String, Diagnostic> {
        primitive_text(&self.value, Coercion::Loose).ok_or_else(|| self.unreadable("text", "a String"))
    }

    /// `true`, `false`, or either as a string.
    pub(super) fn boolean(&self) -> Result<bool, Diagnostic> {
        match (&self.value, primitive_text(&self.value, Coercion::Loose)) {
            (Value::Boolean(value), _) => Ok(*value),
            (_, Some(text)) if text.trim().eq_ignore_ascii_case("true") => Ok(true),
            (_, Some(text)) if text.trim().eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(self.unreadable("Boolean", "true, false, \"true\", \"false\"")),
        }
    }

    /// A number, not negative.
    pub(super) fn number(&self) -> Result<f64, Diagnostic> {
        let number = match &self.value {
            Value::Int(_) | Value::Float(_) | Value::String(_) => primitive_text(&self.value, Coercion::Loose),
            _ => None,
        };
        let number = number.and_then(|text| text.trim().parse::<f64>().ok()).filter(|number| number.is_finite() && *number >= 0.0);
        number.ok_or_else(|| self.unreadable("number", "a number from 0 on, or one as a string"))
    }

    /// A whole number, not negative.
    pub(super) fn count(&self) -> Result<u32, Diagnostic> {
        let number = self.number()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within u32")]
        if number.fract() == 0.0 && number <= f64::from(u32::MAX) {
            Ok(number as u32)
        } else {
            Err(self.unreadable("number", "a whole number from 0 on"))
        }
    }

    /// A whole number from 1 on.
    pub(super) fn positive(&self) -> Result<u32, Diagnostic> {
        match self.count()? {
            0 => Err(self.unreadable("number", "a whole number from 1 on")),
            count => Ok(count),
        }
    }

    /// A size in bytes; a number without a unit counts in `bare` bytes.
    pub(super) fn bytes(&self, what: &str, bare: f64) -> Result<u64, Diagnostic> {
        let accepted = format!("a number, or a string with a unit ({})", units::UNITS);
        let bytes = match &self.value {
            Value::Int(_) | Value::Float(_) | Value::String(_) => {
                primitive_text(&self.value, Coercion::Loose).and_then(|text| units::bytes(&text, bare))
            }
            _ => None,
        };
        bytes.ok_or_else(|| self.unreadable(what, &accepted))
    }

    /// Texts of an array, or of one value.
    pub(super) fn texts(&self) -> Result<Vec<String>, Diagnostic> {
        match &self.value {
            Value::Array(_) => self.items()?.iter().map(Self::text).collect(),
            _ => Ok(vec![self.text()?]),
        }
    }

    /// The items of an array that are known, each where it stands.
    pub(super) fn items(&self) -> Result<Vec<Attribute<'a>>, Diagnostic> {
        let Value::Array(items) = &self.value else {
            return Err(self.unreadable("list", "an Array"));
        };
        let exprs = match self.expr.map(|expr| &expr.kind) {
            Some(ExprKind::Array(exprs)) => exprs.as_slice(),
            _ => &[],
        };
        let item = |(index, value): (usize, &Value)| {
            let expr = exprs.get(index);
            let span = expr.map_or(self.span, |expr| expr.span);
            Attribute { name: format!("{}[{index}]", self.name), span, value: value.clone(), expr, is_hint: self.is_hint }
        };
        Ok(items.iter().enumerate().map(item).filter(Self::is_known).collect())
    }

    /// The members of an object, a struct or a map, each where it stands; unknown ones too.
    pub(super) fn members(&self) -> Result<Vec<Attribute<'a>>, Diagnostic> {
        let members: Vec<(String, Value)> = match &self.value {
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            Value::Struct(inner) => inner.members.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            Value::Map(entries) => {
                let named = |(key, value): &(Value, Value)| Some((primitive_text(key, Coercion::Loose)?, value.clone()));
                entries.iter().map(named).collect::<Option<_>>().ok_or_else(|| self.unreadable("object", "keys that are strings"))?
            }
            _ => return Err(self.unreadable("object", "an object: {key: value, …}")),
        };
        let exprs = match self.expr.map(|expr| &expr.kind) {
            Some(ExprKind::Object(exprs) | ExprKind::Struct(_, exprs) | ExprKind::Hints(_, exprs)) => exprs.as_slice(),
            _ => &[],
        };
        let exprs: HashMap<&str, &Expr> = exprs.iter().map(|(key, expr)| (key.text.as_str(), expr)).collect();
        let place = |(name, value): (String, Value)| {
            let expr = exprs.get(name.as_str()).copied();
            let span = expr.map_or(self.span, |expr| expr.span);
            Attribute { name, span, value, expr, is_hint: self.is_hint }
        };
        Ok(members.into_iter().map(place).collect())
    }

    /// Whether the value is known; a member may be `None` or unknown.
    pub(super) fn known(&self) -> Option<&Self> {
        self.is_known().then_some(self)
    }
}
