//! The templates and the node library: embedded, and replaceable file by file by the site. The only place that names handlebars.

use std::collections::BTreeMap;

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use serde::Serialize;

use super::{RenderError, partisaner::library_file, quote};

/// Files below `templates/`, by name.
const EMBEDDED: [(&str, &str); 4] = [
    ("distributed.sbatch.hbs", include_str!("../../templates/distributed.sbatch.hbs")),
    ("header.hbs", include_str!("../../templates/header.hbs")),
    ("setup.hbs", include_str!("../../templates/setup.hbs")),
    ("task.sbatch.hbs", include_str!("../../templates/task.sbatch.hbs")),
];

/// Files below `templates/lib/`, by name: what a run copies to its own `lib/`.
const LIBRARY: [(&str, &str); 26] = [
    ("attempt.sh", include_str!("../../templates/lib/attempt.sh")),
    ("custom.sh", include_str!("../../templates/lib/custom.sh")),
    ("daemon.sh", include_str!("../../templates/lib/daemon.sh")),
    ("dask.sh", include_str!("../../templates/lib/dask.sh")),
    ("dask-certificates.sh", include_str!("../../templates/lib/dask-certificates.sh")),
    ("dask-daemon.sh", include_str!("../../templates/lib/dask-daemon.sh")),
    ("dask_scheduler_tells.py", include_str!("../../templates/lib/dask_scheduler_tells.py")),
    ("fit.sh", include_str!("../../templates/lib/fit.sh")),
    ("forming.sh", include_str!("../../templates/lib/forming.sh")),
    ("launch.sh", include_str!("../../templates/lib/launch.sh")),
    ("mpi.sh", include_str!("../../templates/lib/mpi.sh")),
    ("ports.sh", include_str!("../../templates/lib/ports.sh")),
    ("probe.sh", include_str!("../../templates/lib/probe.sh")),
    ("pytorch.sh", include_str!("../../templates/lib/pytorch.sh")),
    ("ray.sh", include_str!("../../templates/lib/ray.sh")),
    ("ray-daemon.sh", include_str!("../../templates/lib/ray-daemon.sh")),
    ("ray_head_tells.py", include_str!("../../templates/lib/ray_head_tells.py")),
    ("role.sh", include_str!("../../templates/lib/role.sh")),
    ("roles.sh", include_str!("../../templates/lib/roles.sh")),
    ("served.sh", include_str!("../../templates/lib/served.sh")),
    ("spark.sh", include_str!("../../templates/lib/spark.sh")),
    ("spark-daemon.sh", include_str!("../../templates/lib/spark-daemon.sh")),
    ("state.sh", include_str!("../../templates/lib/state.sh")),
    ("tensorflow.sh", include_str!("../../templates/lib/tensorflow.sh")),
    ("torchrun.sh", include_str!("../../templates/lib/torchrun.sh")),
    ("watch.sh", include_str!("../../templates/lib/watch.sh")),
];

/// Templates ready to be filled in.
#[derive(Debug)]
pub struct Templates {
    registry: Handlebars<'static>,
    library: BTreeMap<String, String>,
}

impl Templates {
    /// Ours.
    pub fn embedded() -> Self {
        Self::with_site(&BTreeMap::new()).expect("a test parses every embedded template")
    }

    /// Ours, but for those that the site replaces: name (`task.sbatch.hbs`, `lib/attempt.sh`) → text.
    pub fn with_site(site: &BTreeMap<String, String>) -> Result<Self, RenderError> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        // The default escapes for HTML: `a && b` would become `a &amp;&amp; b`.
        registry.register_escape_fn(handlebars::no_escape);
        register(&mut registry, "sh", quote::sh);
        register(&mut registry, "sbatch", quote::sbatch);
        register(&mut registry, "comment", quote::comment);
        for (name, text) in EMBEDDED {
            let text = site.get(name).map_or(text, String::as_str);
            let stem = name.trim_end_matches(".hbs");
            let failed = |error: handlebars::TemplateError| RenderError::Template { name: name.to_owned(), message: error.to_string() };
            registry.register_template_string(stem, text).map_err(failed)?;
        }
        let own = |(name, text): &(&str, &str)| {
            let text = site.get(&format!("lib/{name}")).map_or(*text, String::as_str);
            ((*name).to_owned(), text.to_owned())
        };
        Ok(Self { registry, library: LIBRARY.iter().map(own).collect() })
    }

    /// With the files of the site's own kinds of clusters: name of the kind → shell functions.
    #[must_use]
    pub fn with_clusters(mut self, texts: BTreeMap<String, String>) -> Self {
        self.library.extend(texts.into_iter().map(|(name, text)| (library_file(&name), text)));
        self
    }

    /// Names of the templates that a site may replace.
    pub fn names() -> impl Iterator<Item = String> {
        let library = LIBRARY.iter().map(|(name, _)| format!("lib/{name}"));
        EMBEDDED.iter().map(|(name, _)| (*name).to_owned()).chain(library)
    }

    /// The node library: file name → text, for the run's `lib/`.
    pub fn library(&self) -> &BTreeMap<String, String> {
        &self.library
    }

    /// Fills in a template.
    pub(super) fn fill<T: Serialize>(&self, name: &str, data: &T) -> Result<String, RenderError> {
        let failed = |error: handlebars::RenderError| RenderError::Render { name: format!("{name}.hbs"), message: error.to_string() };
        self.registry.render(name, data).map_err(failed)
    }
}

/// A helper of one string.
fn register(registry: &mut Handlebars<'static>, name: &'static str, quote: fn(&str) -> String) {
    let helper = move |helper: &Helper<'_>, _: &Handlebars<'_>, _: &Context, _: &mut RenderContext<'_, '_>, out: &mut dyn Output| -> HelperResult {
        // Strict mode does not reach arguments of helpers, so a missing one is refused here.
        let value = helper.param(0).filter(|param| !param.is_value_missing());
        let text = value.and_then(|param| param.value().as_str()).ok_or(RenderErrorReason::ParamNotFoundForIndex(name, 0))?;
        out.write(&quote(text))?;
        Ok(())
    };
    registry.register_helper(name, Box::new(helper));
}
