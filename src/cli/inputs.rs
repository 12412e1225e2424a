//! From what the user gave (a JSON file, `key=value` words) to the values of a run.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use indexmap::IndexMap;
use serde::de::IgnoredAny;
use serde_json::{Value as Json, error::Category};

use super::{
    exit::{Exit, Failure},
    listings::{Listings, Origin},
    target::Chosen,
    template, unique_json,
};
use crate::{
    check::available::AvailableInput,
    diagnostic::nearest_name,
    load,
    plan::Graph,
    site::Site,
    syntax::ast::Version,
    value::{self, Coercion, Object, PathKind, Type, Value},
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

/// Reads, merges, checks and converts the inputs; later ones win. The result's keys are full (`workflow.call.input`);
/// what is to be made first comes beside it.
pub(super) fn settle(target: (&Chosen, &Graph), site: &Site, file: Option<&Path>, words: &[String]) -> Result<(Object, Listings), Failure> {
    let (chosen, graph) = target;
    let mut listings = Listings::default();
    let given = file.map_or(Ok(Vec::new()), read_file)?;
    refuse_two_names(chosen, &given)?;
    let given = given.into_iter().map(Ok).chain(words.iter().map(|word| read_word(word)));
    let mut last = IndexMap::new();
    for input in given {
        let input = input?;
        last.insert(full_key(chosen, &input.key), input);
    }
    let available = chosen.available_inputs();
    let known: HashMap<&str, &AvailableInput> = available.iter().map(|input| (input.key.as_str(), input)).collect();
    last.retain(|key, given| !is_template(chosen, known.get(key.as_str()).copied(), given));
    let mut values = Object::new();
    let mut wrong = Vec::new();
    // Inputs that were given, though wrongly, or under a name that is nearly right: to call them missing too would say it twice.
    let mut meant = BTreeSet::new();
    for (key, given) in &last {
        let ty = match known.get(key.as_str()) {
            Some(input) => &input.ty,
            // `task.requirements.memory` and the like: what a value may be is the attribute's to say.
            None if graph.overrides_attribute(graph.bare_key(key)) => &Type::Any,
            None => {
                let near = nearest_name(key, available.iter().map(|input| input.key.as_str()));
                meant.extend(near);
                wrong.push(unknown(chosen, given, near));
                continue;
            }
        };
        match convert((chosen, site), ty, given, &mut listings) {
            Ok(value) => drop(values.insert(key.clone(), value)),
            Err(error) => {
                meant.insert(key.as_str());
                wrong.push(format!("error: input `{key}` ({}): {error}", given.origin));
            }
        }
    }
    let missing = available.iter().filter(|input| input.required && !values.contains_key(&input.key) && !meant.contains(input.key.as_str()));
    wrong.extend(missing.map(|input| format!("error: missing input `{}` ({})", input.key, input.ty)));
    if wrong.is_empty() {
        return Ok((values, listings));
    }
    Err(Failure::new(Exit::Author, wrong.join("\n")).hint(format!("`{}` prints a template of the inputs", chosen.inputs_command())))
}

/// `n` and `workflow.n` in one file are two values for one input.
fn refuse_two_names(chosen: &Chosen, given: &[Given]) -> Result<(), Failure> {
    let mut first = HashMap::new();
    for input in given {
        if let Some(key) = first.insert(full_key(chosen, &input.key), &input.key) {
            let (origin, again) = (&input.origin, &input.key);
            return Err(Failure::new(Exit::Author, format!("error: `{origin}` gives one input twice, as `{key}` and as `{again}`"))
                .hint("keep the value that is meant and delete the other"));
        }
    }
    Ok(())
}

/// Whether a member of an inputs JSON still holds what `sluice inputs` wrote there: then it is not given.
fn is_template(chosen: &Chosen, input: Option<&AvailableInput>, given: &Given) -> bool {
    match (input, &given.content) {
        (Some(input), Content::Json(Json::String(text))) => *text == template::text_of(chosen, input),
        (Some(_) | None, _) => false,
    }
}

/// Refuses File and Directory inputs of WDL 1.0 and later that are not there, or are the other of the two. In draft-2 a path is only a
/// path.
pub(super) fn refuse_absent(chosen: &Chosen, inputs: &Object) -> Result<(), Failure> {
    if chosen.version() == Version::Draft2 {
        return Ok(());
    }
    let mut absent = Vec::new();
    for (key, given) in inputs {
        value::visit_path_kinds(given, &mut |path, kind| {
            let found = Path::new(path);
            let problem = match kind {
                _ if value::is_url(path) || path.starts_with(value::EXTENDED) => return,
                PathKind::File if !found.exists() => format!("there is no file `{path}`"),
                PathKind::Directory if !found.exists() => format!("there is no folder `{path}`"),
                PathKind::File if found.is_dir() => format!("expected a file, found the folder `{path}`"),
                PathKind::Directory if !found.is_dir() => format!("expected a folder, found the file `{path}`"),
                PathKind::File | PathKind::Directory => return,
            };
            absent.push(format!("error: input `{key}`: {problem}"));
        });
    }
    if absent.is_empty() {
        return Ok(());
    }
    let hint = "a relative path in an inputs file is relative to that file's folder, on the command line to the current folder";
    Err(Failure::new(Exit::Author, absent.join("\n")).hint(hint))
}

fn read_file(path: &Path) -> Result<Vec<Given>, Failure> {
    let is_stdin = path == Path::new("-");
    let shown = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let refused = |reason: &str| Failure::new(Exit::Author, format!("error: cannot read the inputs `{shown}`: {reason}"));
    let source = if is_stdin { Path::new("/dev/stdin") } else { path };
    let bytes = load::read_file(source, load::LARGEST_INPUTS, "a file of JSON").map_err(|why| refused(&why.reason))?;
    let not_utf8 = "it is not UTF-8; save it as UTF-8 (`iconv -f LATIN1 -t UTF-8` converts most older files)";
    let text = String::from_utf8(bytes).map_err(|_| refused(not_utf8))?;
    let json = unique_json::read(text.trim_start_matches('\u{feff}'), is_comment).map_err(|error| match error.classify() {
        Category::Data => Failure::new(Exit::Author, format!("error: `{shown}`: {error}")).hint("keep the value that is meant and delete the other"),
        Category::Io | Category::Syntax | Category::Eof => Failure::new(Exit::Author, format!("error: `{shown}` is not JSON: {error}"))
            .hint("inputs are one JSON object: {\"workflow.input\": value, …}"),
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
    match word.split_once('=') {
        Some((key, content)) if !key.trim().is_empty() => Ok(Given {
            key: key.to_owned(),
            content: Content::Word(content.to_owned()),
            base: load::absolute(Path::new(".")),
            origin: "command line".to_owned(),
        }),
        Some(_) | None => Err(Failure::new(Exit::Usage, format!("error: expected an input as KEY=VALUE, found `{word}`"))
            .hint("an input is `name=value` or `workflow.name=value`; options begin with `-`")),
    }
}

/// `n` and `wf.n` are the same input of the workflow `wf`.
fn full_key(chosen: &Chosen, key: &str) -> String {
    let prefix = format!("{}.", chosen.name());
    if key.starts_with(&prefix) { key.to_owned() } else { format!("{prefix}{key}") }
}

fn convert((chosen, site): (&Chosen, &Site), ty: &Type, given: &Given, listings: &mut Listings) -> Result<Value, String> {
    // An input with a default may be given as null: that is "use the default" for a required type, `None` for an optional one.
    let json = match &given.content {
        Content::Json(json) => json.clone(),
        Content::Word(word) => word_to_json(word, ty.required())?,
    };
    // Since 1.2 what is too much for a struct is dropped (its changelog, "extra keys are allowed and ignored").
    let coercion = if chosen.version() >= Version::V1_2 { Coercion::Relaxed } else { Coercion::Standard };
    let value = value::from_json_by(&json, ty, coercion)?;
    let origin = Origin { chosen, site, base: &given.base };
    let mut wrong = None;
    let placed = value::map_paths(&value, &mut |path| match listings.take(path, &origin) {
        Ok(Some(standing)) => standing,
        Ok(None) => chosen.place_path(path, &given.base, site),
        Err(error) => {
            wrong.get_or_insert(error);
            path.to_owned()
        }
    });
    wrong.map_or(Ok(placed), Err)
}

fn unknown(chosen: &Chosen, given: &Given, near: Option<&str>) -> String {
    let mut text = format!("error: `{}` has no input `{}` ({})", chosen.name(), given.key, given.origin);
    if let Some(near) = near {
        text.push_str(&format!("; did you mean `{near}`?"));
        return text;
    }
    let inner = given.key.strip_prefix(&format!("{}.", chosen.name()));
    match inner {
        Some(inner) if inner.contains('.') && chosen.version() >= Version::V1_1 => {
            text.push_str("; inputs of calls can be given where the workflow has `meta { allowNestedInputs: true }` and the call does not set them");
        }
        None if given.key.contains('.') => text.push_str(&format!("; keys begin with `{}.`", chosen.name())),
        Some(_) | None => {}
    }
    text
}

/// A word is text where the input is text; elsewhere it is JSON.
fn word_to_json(word: &str, ty: &Type) -> Result<Json, String> {
    let example = match ty {
        Type::String | Type::File | Type::Directory | Type::Enum(_) => return Ok(Json::String(word.to_owned())),
        Type::Any if serde_json::from_str::<IgnoredAny>(word).is_err() => return Ok(Json::String(word.to_owned())),
        Type::Boolean => "`true` or `false`",
        Type::Int => "a whole number",
        Type::Float => "a number",
        Type::Array { .. } => "a JSON array, as in `[1, 2]` or `[\"a\", \"b\"]`",
        Type::Map(_) | Type::Struct(_) | Type::Object => "a JSON object, as in `{\"key\": 1}`",
        Type::Pair(_) => "a JSON array of two",
        Type::Any | Type::None | Type::Optional(_) | Type::Call(_) => "JSON",
    };
    unique_json::read(word, |_| false).map_err(|error| match error.classify() {
        Category::Data => error.to_string(),
        Category::Io | Category::Syntax | Category::Eof => format!("expected {ty}: {example}, found `{word}`"),
    })
}
