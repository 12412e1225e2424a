//! From what the user gave (a JSON file, `key=value` words) to the values of a run.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use serde_json::Value as Json;

use super::{
    exit::{Exit, Failure},
    target::Chosen,
};
use crate::{
    check::available::AvailableInput,
    diagnostic::nearest_name,
    load,
    site::Site,
    value::{self, Object, Type, Value},
};

/// One input as the user gave it.
struct Given {
    key: String,
    /// The JSON, or the words after `=`, which are text where the input is text and JSON elsewhere.
    content: Content,
    /// What a relative path is relative to.
    base: PathBuf,
    /// Where it was given, for messages.
    origin: String,
}

enum Content {
    Json(Json),
    Word(String),
}

/// Reads, merges, checks and converts the inputs; later ones win. The result's keys are full (`workflow.call.input`).
pub(super) fn settle(chosen: &Chosen, site: &Site, file: Option<&Path>, words: &[String]) -> Result<Object, Failure> {
    let mut given = file.map_or(Ok(Vec::new()), read_file)?;
    given.extend(words.iter().map(|word| read_word(word)).collect::<Result<Vec<_>, _>>()?);
    let available = chosen.available_inputs();
    let mut values = Object::new();
    let mut wrong = Vec::new();
    for input in given {
        match convert(chosen, site, &available, &input) {
            Ok((key, value)) => {
                values.insert(key, value);
            }
            Err(message) => wrong.push(message),
        }
    }
    let missing = available.iter().filter(|input| input.required && !values.contains_key(&input.key));
    wrong.extend(missing.map(|input| format!("error: missing input `{}` ({})", input.key, input.ty)));
    if wrong.is_empty() {
        return Ok(values);
    }
    let hint = format!("`sluice inputs {}` prints a template of the inputs", chosen.file);
    Err(Failure::new(Exit::Author, wrong.join("\n")).hint(hint))
}

fn read_file(path: &Path) -> Result<Vec<Given>, Failure> {
    let is_stdin = path == Path::new("-");
    let shown = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let text = if is_stdin {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|error| Failure::new(Exit::Author, format!("error: cannot read the inputs `{shown}`: {error}")))?;
    let json: Json = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        Failure::new(Exit::Author, format!("error: `{shown}` is not JSON: {error}"))
            .hint("inputs are one JSON object: {\"workflow.input\": value, …}")
    })?;
    let Json::Object(members) = json else {
        return Err(Failure::new(Exit::Author, format!("error: `{shown}` holds no JSON object"))
            .hint("inputs are one JSON object: {\"workflow.input\": value, …}"));
    };
    let base = if is_stdin { load::absolute(Path::new(".")) } else { load::absolute(path).parent().map(Path::to_owned).unwrap_or_default() };
    let kept = members.into_iter().filter(|(key, _)| !is_comment(key));
    Ok(kept.map(|(key, json)| Given { key, content: Content::Json(json), base: base.clone(), origin: shown.clone() }).collect())
}

/// Keys whose last part begins with `#` or `_comment` are remarks.
fn is_comment(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    last.starts_with('#') || last.starts_with("_comment")
}

fn read_word(word: &str) -> Result<Given, Failure> {
    let Some((key, content)) = word.split_once('=') else {
        return Err(Failure::new(Exit::Usage, format!("error: `{word}` is not an input: expected KEY=VALUE")));
    };
    Ok(Given {
        key: key.to_owned(),
        content: Content::Word(content.to_owned()),
        base: load::absolute(Path::new(".")),
        origin: "command line".to_owned(),
    })
}

fn convert(chosen: &Chosen, site: &Site, available: &[AvailableInput], given: &Given) -> Result<(String, Value), String> {
    let prefix = format!("{}.", chosen.name());
    let full = if given.key.starts_with(&prefix) { given.key.clone() } else { format!("{prefix}{}", given.key) };
    let Some(input) = available.iter().find(|input| input.key == full) else {
        return Err(unknown(&full, given, available));
    };
    let json = match &given.content {
        Content::Json(json) => json.clone(),
        Content::Word(word) => word_to_json(word, &input.ty).map_err(|error| format!("error: input `{full}` ({}): {error}", given.origin))?,
    };
    // An input with a default may be given as null: that is "use the default" for a required type, `None` for an optional one.
    let value = value::from_json(&json, &input.ty).map_err(|error| format!("error: input `{full}` ({}): {error}", given.origin))?;
    Ok((full, value::map_paths(&value, &mut |path| chosen.place_path(path, &given.base, site))))
}

fn unknown(full: &str, given: &Given, available: &[AvailableInput]) -> String {
    let near = nearest_name(full, available.iter().map(|input| input.key.as_str()));
    let meant = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("error: unknown input `{}` ({}){meant}", given.key, given.origin)
}

/// A word is text where the input is text; elsewhere it is JSON, and if it is no JSON it is taken as text, so that the type error names it.
fn word_to_json(word: &str, ty: &Type) -> Result<Json, String> {
    match ty.required() {
        Type::String | Type::File | Type::Directory | Type::Enum(_) => Ok(Json::String(word.to_owned())),
        Type::Boolean
        | Type::Int
        | Type::Float
        | Type::Array { .. }
        | Type::Map(_)
        | Type::Pair(_)
        | Type::Struct(_)
        | Type::Object
        | Type::None
        | Type::Any
        | Type::Optional(_)
        | Type::Call(_) => serde_json::from_str(word).map_err(|_| format!("expected {ty} as JSON, found `{word}`")),
    }
}
