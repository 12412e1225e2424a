//! Functions on strings and on arrays of strings.

use regex::Regex;

use super::Arguments;
use crate::{diagnostic::Diagnostic, eval::paths, value::Value};

pub(super) fn sub(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let pattern = pattern(arguments, 1)?;
    let replacement = replacement(&arguments.text(2)?, pattern.captures_len());
    Ok(Value::string(pattern.replace_all(&arguments.text(0)?, replacement.as_str())))
}

pub(super) fn find(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let input = arguments.text(0)?;
    Ok(pattern(arguments, 1)?.find(&input).map_or(Value::None, |found| Value::string(found.as_str())))
}

pub(super) fn matches(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::Boolean(pattern(arguments, 1)?.is_match(&arguments.text(0)?)))
}

pub(super) fn split(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let input = arguments.text(0)?;
    Ok(Value::array(pattern(arguments, 1)?.split(&input).map(Value::string).collect()))
}

/// A POSIX extended regular expression; what the two dialects share is enough for it, but for a few spellings.
///
/// Where several alternatives fit at one place the first one is taken and not the longest, as in every other engine: documents put the longer
/// one first (`.bam.bai|.bam`). What POSIX leaves undefined is Perl's: `\\d`, `\\b`, `*?`. Collating elements (`[[.a.]]`, `[[=a=]]`) are refused.
fn pattern(arguments: &Arguments<'_>, index: usize) -> Result<Regex, Diagnostic> {
    let text = arguments.text(index)?;
    if text.contains("[[.") || text.contains("[[=") {
        let found = format!("`{}`: {text:?} has a collating element, which is not supported", arguments.name);
        return Err(Diagnostic::error(arguments.spans[index], found).hint("write the characters themselves, as in `[abc]`"));
    }
    Regex::new(&posix_brackets(&text)).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Diagnostic::error(arguments.spans[index], format!("`{}`: {text:?} is no regular expression: {reason}", arguments.name))
            .hint("patterns are POSIX extended regular expressions; in a WDL string a backslash is written `\\\\`")
    })
}

/// In a POSIX bracket expression `[` and `&&`, `--`, `~~` stand for themselves; in the `regex` crate they begin sets and set operators.
fn posix_brackets(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len());
    let mut rest = pattern.chars().peekable();
    while let Some(letter) = rest.next() {
        translated.push(letter);
        match letter {
            '\\' => translated.extend(rest.next()),
            '[' => bracket(&mut rest, &mut translated),
            _ => {}
        }
    }
    translated
}

/// Copies a bracket expression up to its `]`, escaping what only the `regex` crate gives a meaning to.
fn bracket(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, translated: &mut String) {
    translated.extend(rest.next_if_eq(&'^'));
    // A `]` that comes first stands for itself.
    if rest.next_if_eq(&']').is_some() {
        translated.push_str("\\]");
    }
    while let Some(letter) = rest.next() {
        match letter {
            ']' => {
                translated.push(']');
                return;
            }
            '[' if rest.peek() == Some(&':') => {
                // `[:alpha:]`: the same in both.
                translated.push('[');
                for letter in rest.by_ref() {
                    translated.push(letter);
                    if letter == ']' {
                        break;
                    }
                }
            }
            '[' => translated.push_str("\\["),
            '&' => translated.push_str("\\&"),
            '~' => translated.push_str("\\~"),
            '\\' => {
                // Authors write `[\\w.]` and mean the class, as every engine has it.
                translated.push('\\');
                translated.extend(rest.next());
            }
            _ => translated.push(letter),
        }
    }
}

/// `\1` in a replacement is a group, and so is `$1` (engines on the JVM read it so, and documents rely on it) where the pattern has that
/// group; everything else stands for itself. The `regex` crate writes `${1}` and would read every `$`.
fn replacement(text: &str, groups: usize) -> String {
    let group = |letter: Option<&char>| letter.and_then(|digit| digit.to_digit(10)).filter(|group| (*group as usize) < groups);
    let mut translated = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '$' | '\\' if group(letters.peek()).is_some() => {
                translated.push_str(&format!("${{{}}}", letters.next().expect("peeked")));
            }
            '$' => translated.push_str("$$"),
            '\\' if letters.peek() == Some(&'\\') => {
                letters.next();
                translated.push('\\');
            }
            '\\' if letters.peek() == Some(&'$') => {}
            _ => translated.push(letter),
        }
    }
    translated
}

pub(super) fn basename(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let path = arguments.text(0)?;
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if arguments.values.len() < 2 {
        return Ok(Value::string(name));
    }
    let suffix = arguments.text(1)?;
    Ok(Value::string(name.strip_suffix(suffix.as_str()).unwrap_or(name)))
}

pub(super) fn join_paths(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let parts = if arguments.values.len() == 2 {
        let mut parts = vec![arguments.text(0)?];
        match &arguments.values[1] {
            Value::Array(_) => parts.extend(arguments.texts(1)?),
            _ => parts.push(arguments.text(1)?),
        }
        parts
    } else {
        arguments.texts(0)?
    };
    if let Some(absolute) = parts.iter().skip(1).find(|part| paths::is_absolute(part)) {
        return Err(arguments.fail(format!("only the first path may be absolute, found {absolute:?}")));
    }
    // A String: it becomes a File or a Directory, as is declared.
    Ok(Value::string(parts.into_iter().reduce(|base, part| paths::join(&base, &part)).unwrap_or_default()))
}

pub(super) fn prefix(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let prefix = arguments.text(0)?;
    each(arguments, 1, |item| format!("{prefix}{item}"))
}

pub(super) fn suffix(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    let suffix = arguments.text(0)?;
    each(arguments, 1, |item| format!("{item}{suffix}"))
}

pub(super) fn quote(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    each(arguments, 0, |item| format!("\"{item}\""))
}

pub(super) fn squote(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    each(arguments, 0, |item| format!("'{item}'"))
}

fn each(arguments: &Arguments<'_>, index: usize, change: impl Fn(String) -> String) -> Result<Value, Diagnostic> {
    Ok(Value::array(arguments.texts(index)?.into_iter().map(|item| Value::string(change(item))).collect()))
}

pub(super) fn sep(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    Ok(Value::string(arguments.texts(1)?.join(&arguments.text(0)?)))
}
