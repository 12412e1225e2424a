//! Types, expressions, texts and `meta` values in print, each on one line.

use std::fmt::{self, Display, Formatter};

use crate::syntax::ast::{Expr, ExprKind, MetaEntry, MetaValue, Name, Placeholder, Text, TextPart, TypeExpr, TypeExprKind};

/// `a.b.c`
pub(super) fn names(names: &[Name]) -> String {
    let texts: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
    texts.join(".")
}

/// Literals quoted, placeholders in `~{}`.
pub(super) fn text(text: &Text) -> String {
    let parts: Vec<String> = text.parts.iter().map(part).collect();
    if parts.is_empty() { "\"\"".to_owned() } else { parts.join(" ") }
}

fn part(part: &TextPart) -> String {
    match part {
        TextPart::Literal(text) => format!("{text:?}"),
        TextPart::Placeholder(placeholder) => format!("~{{{}}}", options(placeholder)),
    }
}

fn options(placeholder: &Placeholder) -> String {
    let options =
        [("sep", &placeholder.sep), ("default", &placeholder.default), ("true", &placeholder.when_true), ("false", &placeholder.when_false)];
    let mut written = String::new();
    for (name, value) in options {
        if let Some(value) = value {
            written += &format!("{name}={value} ");
        }
    }
    written + &placeholder.expr.to_string()
}

/// Every item behind a blank.
fn list<T: Display>(f: &mut Formatter<'_>, items: impl IntoIterator<Item = T>) -> fmt::Result {
    items.into_iter().try_for_each(|item| write!(f, " {item}"))
}

fn members(members: &[(Name, Expr)]) -> impl Iterator<Item = String> {
    members.iter().map(|(name, value)| format!("{:?}: {value}", name.text))
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Boolean(value) => write!(f, "{value}"),
            ExprKind::Int(value) => write!(f, "{value}"),
            ExprKind::Float(value) => write!(f, "{value:?}"),
            ExprKind::None => write!(f, "(none)"),
            ExprKind::String(value) => write!(f, "{}", text(value)),
            ExprKind::Name(name) => write!(f, "{name}"),
            ExprKind::Member(target, name) => write!(f, "(. {target} {})", name.text),
            ExprKind::Index(sides) => write!(f, "(index {} {})", sides.0, sides.1),
            ExprKind::Pair(sides) => write!(f, "(pair {} {})", sides.0, sides.1),
            ExprKind::Unary(operator, operand) => write!(f, "({} {operand})", operator.symbol()),
            ExprKind::Binary(operator, sides) => write!(f, "({} {} {})", operator.symbol(), sides.0, sides.1),
            ExprKind::If(parts) => write!(f, "(if {} {} {})", parts.0, parts.1, parts.2),
            ExprKind::Array(items) => parenthesised(f, "array", items),
            ExprKind::Map(entries) => parenthesised(f, "map", entries.iter().map(|(key, value)| format!("{key}: {value}"))),
            ExprKind::Object(entries) => parenthesised(f, "object", members(entries)),
            ExprKind::Struct(name, entries) => parenthesised(f, &format!("struct {}", name.text), members(entries)),
            ExprKind::Hints(scope, entries) => parenthesised(f, &format!("scoped {}", scope.text), members(entries)),
            ExprKind::Apply { function, arguments } => parenthesised(f, &format!("apply {}", function.text), arguments),
        }
    }
}

fn parenthesised<T: Display>(f: &mut Formatter<'_>, head: &str, items: impl IntoIterator<Item = T>) -> fmt::Result {
    write!(f, "({head}")?;
    list(f, items)?;
    write!(f, ")")
}

impl Display for TypeExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TypeExprKind::Boolean => write!(f, "Boolean"),
            TypeExprKind::Int => write!(f, "Int"),
            TypeExprKind::Float => write!(f, "Float"),
            TypeExprKind::String => write!(f, "String"),
            TypeExprKind::File => write!(f, "File"),
            TypeExprKind::Directory => write!(f, "Directory"),
            TypeExprKind::Object => write!(f, "Object"),
            TypeExprKind::Named(name) => write!(f, "{name}"),
            TypeExprKind::Optional(inner) => write!(f, "{inner}?"),
            TypeExprKind::Array { item, non_empty } => {
                write!(f, "Array")?;
                item.iter().try_for_each(|item| write!(f, "[{item}]"))?;
                write!(f, "{}", if *non_empty { "+" } else { "" })
            }
            TypeExprKind::Map(sides) => two(f, "Map", sides.as_deref()),
            TypeExprKind::Pair(sides) => two(f, "Pair", sides.as_deref()),
        }
    }
}

fn two(f: &mut Formatter<'_>, name: &str, sides: Option<&(TypeExpr, TypeExpr)>) -> fmt::Result {
    write!(f, "{name}")?;
    sides.iter().try_for_each(|(left, right)| write!(f, "[{left}, {right}]"))
}

impl Display for MetaValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => write!(f, "null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::String(value) => write!(f, "{value:?}"),
            Self::Array(items) => parenthesised(f, "array", items),
            Self::Object(entries) => parenthesised(f, "object", entries.iter().map(meta_entry)),
        }
    }
}

fn meta_entry(entry: &MetaEntry) -> String {
    format!("{}: {}", entry.name.text, entry.value)
}
