//! Signatures as the specification writes them: `Array[Pair[X, Y]] zip(Array[X], Array[Y])`.

use crate::{syntax::ast::Version, value::Type};

/// One way to call a function.
#[derive(Clone, Debug)]
pub struct Signature {
    /// As it is written in the table.
    pub written: &'static str,
    /// The version that brought it.
    pub since: Version,
    /// Types of the arguments.
    pub parameters: Vec<Pattern>,
    /// How many arguments must be given; the rest may be left out.
    pub required: usize,
    /// Type of the result.
    pub result: Pattern,
}

/// A type with variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// A type without variables.
    Type(Type),
    /// `X`, `Y`, `K`, `V`: any type, the same wherever it stands in one signature.
    Variable(char),
    /// `Array[…]`
    Array(Box<Pattern>),
    /// `Map[…, …]`
    Map(Box<(Pattern, Pattern)>),
    /// `Pair[…, …]`
    Pair(Box<(Pattern, Pattern)>),
    /// `…?`
    Optional(Box<Pattern>),
}

/// Reads a row of the table: the function's name and its signature; `None` for a row that is not written right.
pub(super) fn parse(since: Version, written: &'static str) -> Option<(&'static str, Signature)> {
    let (head, parameters) = written.strip_suffix(')')?.split_once('(')?;
    let (result, name) = head.rsplit_once(' ')?;
    let written_parameters = split(parameters);
    let is_required = |parameter: &&&str| !parameter.starts_with('[');
    let required = written_parameters.iter().take_while(is_required).count();
    let bare = |parameter: &&'static str| parameter.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(parameter);
    let parameters = written_parameters.iter().map(bare).map(pattern).collect::<Option<_>>()?;
    Some((name, Signature { written, since, parameters, required, result: pattern(result)? }))
}

/// The parts between commas that stand in no brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (index, character) in text.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(text[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    if !text.is_empty() {
        parts.push(text[start..].trim());
    }
    parts
}

fn pattern(text: &str) -> Option<Pattern> {
    if let Some(inner) = text.strip_suffix('?') {
        let inner = pattern(inner)?;
        return Some(if let Pattern::Type(ty) = inner { Pattern::Type(ty.optional()) } else { Pattern::Optional(Box::new(inner)) });
    }
    if let Some((head, inner)) = text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        let inner: Vec<Pattern> = split(inner).into_iter().map(pattern).collect::<Option<_>>()?;
        return match (head, <[Pattern; 2]>::try_from(inner)) {
            ("Map", Ok([key, value])) => Some(Pattern::Map(Box::new((key, value)))),
            ("Pair", Ok([left, right])) => Some(Pattern::Pair(Box::new((left, right)))),
            ("Array", Err(items)) => Some(Pattern::Array(Box::new(items.into_iter().next()?))),
            _ => None,
        };
    }
    Some(match text {
        "Boolean" => Pattern::Type(Type::Boolean),
        "Int" => Pattern::Type(Type::Int),
        "Float" => Pattern::Type(Type::Float),
        "String" => Pattern::Type(Type::String),
        "File" => Pattern::Type(Type::File),
        "Directory" => Pattern::Type(Type::Directory),
        "Object" => Pattern::Type(Type::Object),
        "Any" => Pattern::Type(Type::Any),
        "X" | "Y" | "K" | "V" => Pattern::Variable(text.chars().next()?),
        _ => return None,
    })
}
