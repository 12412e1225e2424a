//! From the text of site files to one settled [`Site`].

use thiserror::Error;
use toml::{Table, Value};

use super::{Site, validate};
use crate::diagnostic::nearest_name;

/// The embedded file: it documents every key and gives each its default.
pub const DEFAULT_SITE: &str = include_str!("../../site-configs/default.toml");

/// One site file: later layers win, key by key; lists are replaced whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its path, for messages.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// What is wrong with a site file. Messages fit "failed to read the site file: …".
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SiteError {
    /// It is not TOML, or a value has the wrong type.
    #[error("{file}:{line}: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// From 1.
        line: usize,
        /// What the TOML reader says.
        message: String,
    },
    /// A key that no table has.
    #[error("{file}:{line}: unknown key `{key}`{}", nearest.as_ref().map(|name| format!(", the nearest is `{name}`")).unwrap_or_default())]
    UnknownKey {
        /// The file.
        file: String,
        /// From 1.
        line: usize,
        /// As typed.
        key: String,
        /// The nearest key of the same table.
        nearest: Option<String>,
    },
    /// `${NAME}` of a variable that is not set.
    #[error("{file}: `{key}` names the variable `{variable}`, which is not set")]
    UnsetVariable {
        /// The file.
        file: String,
        /// Which key.
        key: String,
        /// The variable.
        variable: String,
    },
    /// A value that makes no sense.
    #[error("{file}: `{key}` = `{value}`: {problem}")]
    BadValue {
        /// The last file that could have set it.
        file: String,
        /// Which key.
        key: String,
        /// The value.
        value: String,
        /// What was expected.
        problem: String,
    },
}

impl Site {
    /// Applies layers over the embedded defaults. `variable` gives the variables of the environment that values name as `${NAME}`.
    pub fn settle(layers: &[Layer], variable: impl Fn(&str) -> Option<String>) -> Result<Self, SiteError> {
        let default = Layer { file: "default.toml".to_owned(), text: DEFAULT_SITE.to_owned() };
        let mut merged = Table::new();
        for layer in std::iter::once(&default).chain(layers) {
            // Read once for its errors, which know their line here and no more after merging.
            toml::from_str::<Self>(&layer.text).map_err(|error| describe(layer, &error))?;
            let mut table: Table = toml::from_str(&layer.text).map_err(|error| describe(layer, &error))?;
            find_libraries(&mut table, &layer.file);
            expand_table(&mut table, "", &|key, text| expand(layer, key, text, &variable))?;
            merge(&mut merged, table);
        }
        let last = layers.last().unwrap_or(&default);
        let site: Self = merged.try_into().map_err(|error: toml::de::Error| describe(last, &error))?;
        validate::check(&site).map_err(|(key, value, problem)| SiteError::BadValue { file: last.file.clone(), key, value, problem })?;
        Ok(site)
    }
}

/// Files of shell functions are named relative to the site file that names them.
fn find_libraries(table: &mut Table, file: &str) {
    let Some(Value::Table(clusters)) = table.get_mut("clusters") else { return };
    let folder = file.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    for cluster in clusters.iter_mut().filter_map(|(_, cluster)| cluster.as_table_mut()) {
        if let Some(Value::String(library)) = cluster.get_mut("library")
            && !library.is_empty()
            && !library.starts_with(['/', '$'])
        {
            library.insert_str(0, &folder);
        }
    }
}

/// Lays a table over another: tables key by key, all else whole.
fn merge(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

/// Expands every string below a table.
fn expand_table(table: &mut Table, path: &str, expand: &dyn Fn(&str, &str) -> Result<String, SiteError>) -> Result<(), SiteError> {
    for (key, value) in table.iter_mut() {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        expand_value(value, &path, expand)?;
    }
    Ok(())
}

/// Expands every string of a value.
fn expand_value(value: &mut Value, path: &str, expand: &dyn Fn(&str, &str) -> Result<String, SiteError>) -> Result<(), SiteError> {
    match value {
        Value::String(text) => *text = expand(path, text)?,
        Value::Array(items) => {
            for item in items {
                expand_value(item, path, expand)?;
            }
        }
        Value::Table(table) => expand_table(table, path, expand)?,
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
    Ok(())
}

/// `${NAME}` and `${NAME:-text}` by the environment of the head; `$${` is a plain `${`; any other `$` is text.
fn expand(layer: &Layer, key: &str, text: &str, variable: &impl Fn(&str) -> Option<String>) -> Result<String, SiteError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            out.push_str(&rest[..at - 1]);
            out.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        out.push_str(&rest[..at]);
        let Some((inner, after)) = rest[at + 2..].split_once('}') else {
            rest = &rest[at..];
            break;
        };
        let (name, fallback) = inner.split_once(":-").map_or((inner, None), |(name, fallback)| (name, Some(fallback.to_owned())));
        let value = variable(name).filter(|value| !value.is_empty()).or(fallback);
        let unset = || SiteError::UnsetVariable { file: layer.file.clone(), key: key.to_owned(), variable: name.to_owned() };
        out.push_str(&value.ok_or_else(unset)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Our words for what the TOML reader found.
fn describe(layer: &Layer, error: &toml::de::Error) -> SiteError {
    let before = error.span().map_or("", |span| &layer.text[..span.start.min(layer.text.len())]);
    let line = before.matches('\n').count() + 1;
    let file = layer.file.clone();
    let message = error.message();
    let Some(listed) = message.strip_prefix("unknown field `") else {
        return SiteError::Syntax { file, line, message: message.lines().next().unwrap_or_default().to_owned() };
    };
    // "unknown field `x`, expected one of `a`, `b`": serde's wording, held by a test.
    let mut names = listed.split('`').step_by(2);
    let key = names.next().unwrap_or_default().to_owned();
    let known: Vec<&str> = listed.split('`').skip(2).step_by(2).collect();
    let nearest = nearest_name(&key, known).map(str::to_owned);
    SiteError::UnknownKey { file, line, key, nearest }
}
