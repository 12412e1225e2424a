//! From a task instance to a batch script: [`lower`] decides everything, [`batch`] joins equal jobs, [`render`] prints.
//!
//! Pure: values in, values out. Nothing here reads a file, a clock or the environment, and nothing runs a program. Policy lives in [`lower`]
//! and in the site file, never in a template; the author's command goes to its own file, never into a script.

mod error;
mod marker;
mod observe;
pub mod partisaner;
mod spec;
mod verdict;

pub use self::{
    error::{LowerError, RenderError},
    marker::{Marker, MarkerError, RoleEnd, Stage},
    observe::{JobId, JobState, Observation},
    spec::{
        AttemptPaths, Batch, BatchPaths, Bind, Component, Container, ElementSetup, JobSpec, NodeSetup, Policy, Process, Program, Script,
        ScriptFile,
    },
    verdict::{Evidence, Verdict, judge},
};
