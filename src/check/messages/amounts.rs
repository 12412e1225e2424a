//! What is said of attributes and options that are written out: numbers, memory, times.

use super::{call_hint, type_text};
use crate::{diagnostic::Diagnostic, source::Span, syntax::ast::Name, value::Type};

pub(in crate::check) fn wrong_attribute(name: &Name, span: Span, expected: &str, found: &Type) -> Diagnostic {
    call_hint(Diagnostic::error(span, format!("`{}` wants {expected}, found {}", name.text, type_text(found))), found)
}

pub(in crate::check) fn unreadable_number(span: Span, name: &str, text: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` wants a number, found \"{text}\""))
}

pub(in crate::check) fn unreadable_memory(span: Span, name: &str, text: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` wants an amount of memory, found \"{text}\""))
        .hint("write a number and a unit: B, KB, MB, GB, TB or KiB, MiB, GiB, TiB, as in \"1.5 GiB\"")
}

pub(in crate::check) fn unreadable_time(span: Span, name: &str, text: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` wants a time, found \"{text}\""))
        .hint("write minutes, as in `90`, or days, hours, minutes and seconds, as in \"1-12:30:00\"")
}

pub(in crate::check) fn negative(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` wants a number from 0 on"))
}

pub(in crate::check) fn not_positive(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` wants more than nothing"))
}
