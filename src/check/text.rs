//! Placeholders of strings and commands.

use super::{
    body::{Body, Place},
    coercion::{Fit, fit},
    messages,
};
use crate::{
    diagnostic::Diagnostic,
    syntax::ast::{Placeholder, Text, TextPart, Version},
    value::Type,
};

impl<'a> Body<'_, 'a, '_> {
    /// Checks every placeholder of a text.
    pub(super) fn text(&mut self, text: &'a Text, place: Place) {
        for part in &text.parts {
            if let TextPart::Placeholder(placeholder) = part {
                self.placeholder(placeholder, place);
            }
        }
    }

    fn placeholder(&mut self, placeholder: &'a Placeholder, place: Place) {
        let place = Place { in_placeholder: true, ..place };
        for option in [&placeholder.sep, &placeholder.default, &placeholder.when_true, &placeholder.when_false].into_iter().flatten() {
            self.expect(option, &Type::String, place);
        }
        let span = placeholder.expr.span;
        let ty = self.infer(&placeholder.expr, place);
        if let (Some(only), None) | (None, Some(only)) = (&placeholder.when_true, &placeholder.when_false) {
            let (given, missing) = if placeholder.when_true.is_some() { ("true", "false") } else { ("false", "true") };
            self.context.report.violation(messages::half_of_true_false(only.span, given, missing));
        }
        if placeholder.when_true.is_some() || placeholder.when_false.is_some() {
            self.fits_to_decide(ty.required(), span);
        } else if placeholder.sep.is_some() {
            match ty.required() {
                Type::Any | Type::None => {}
                Type::Array { item, .. } if fits_text(item) => {}
                _ => self.unprintable(&ty, messages::not_an_array(span, &ty)),
            }
        } else if !fits_text(&ty) {
            self.unprintable(&ty, messages::no_text(span, &ty));
        }
    }

    /// A value that the specification has no text for. Older engines print something, so only newer versions make it an error.
    fn unprintable(&mut self, ty: &Type, diagnostic: Diagnostic) {
        if self.context.version >= Version::V1_1 || matches!(ty, Type::Call(_)) {
            self.context.report.push(diagnostic);
        } else {
            self.context.report.violation(diagnostic);
        }
    }
}

/// Whether a value of the type has a text of its own.
fn fits_text(ty: &Type) -> bool {
    matches!(ty, Type::None) || fit(ty.required(), &Type::String) <= Fit::Coerced
}
