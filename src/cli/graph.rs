//! `sluice graph`: the plan as a picture.

use std::{ffi::OsStr, fs, path::Path};

use super::{
    args::{GraphArgs, GraphFormat},
    exit::{Exit, Failure},
    print,
    target::{self, Wish},
};
use crate::{plan, report::graph};

/// Plans what is named and prints it, on standard output or to a file.
pub(super) fn graph(args: &GraphArgs) -> Result<Exit, Failure> {
    let wish = Wish { task: args.task.as_deref(), workflow: args.workflow.as_deref() };
    let chosen = target::choose(&args.file, &args.imports.library(), wish, Vec::new())?;
    let plan = plan::plan(&chosen.checked, chosen.callee);
    let plan = plan.map_err(|diagnostics| target::author_failure(&diagnostics, &chosen.checked.documents.sources))?;
    let format = match args.format.unwrap_or_else(|| format_of(args.output.as_deref())) {
        GraphFormat::Dot => graph::Format::Dot,
        GraphFormat::Mermaid => graph::Format::Mermaid,
        GraphFormat::Svg => graph::Format::Svg,
    };
    let text = graph::print(&graph::picture(&plan, &chosen.checked, args.depth), format);
    match &args.output {
        Some(path) => fs::write(path, text).map_err(|error| {
            Failure::new(Exit::Machine, format!("error: failed to write `{}`: {error}", path.display()))
                .hint("`-o` names a file in a folder that is there and that you may write to")
        })?,
        None => print(&text)?,
    }
    Ok(Exit::Done)
}

/// By the file's name; DOT where it says nothing.
fn format_of(output: Option<&Path>) -> GraphFormat {
    match output.and_then(Path::extension).and_then(OsStr::to_str) {
        Some("svg") => GraphFormat::Svg,
        Some("mmd" | "mermaid" | "md") => GraphFormat::Mermaid,
        Some(_) | None => GraphFormat::Dot,
    }
}
