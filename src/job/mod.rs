//! From a task instance to a batch script: [`lower()`] decides everything, [`batch()`] joins equal jobs, [`render()`] prints.
//!
//! Pure: values in, values out. Nothing here reads a file, a clock or the environment, and nothing runs a program. Policy lives in [`lower()`]
//! and in the site file, never in a template; the author's command goes to its own file, never into a script.

mod batch;
mod binds;
mod error;
mod lower;
mod marker;
mod observe;
pub mod partisaner;
pub mod quote;
mod render;
mod resources;
mod spec;
mod templates;
mod verdict;

pub use self::{
    batch::batch,
    error::{LowerError, RenderError},
    lower::{images, lower},
    marker::{FailedStart, Marker, MarkerError, RoleEnd, Stage},
    observe::{JobId, JobState, Observation},
    render::render,
    spec::{
        AttemptPaths, Batch, BatchPaths, Bind, Component, Container, DiskPlace, ElementSetup, JobSpec, MountedDisk, NodeSetup, Policy, Process,
        Program, Script, ScriptFile,
    },
    templates::Templates,
    verdict::{Evidence, Verdict, judge},
};
