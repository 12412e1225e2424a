//! sluice compiles WDL to Slurm: a researcher types one command, every WDL task becomes a readable sbatch script, a task that asks for
//! MPI, TensorFlow or Spark becomes a job with one component a role.
//!
//! # From text to outputs
//!
//! | from | by | to |
//! |---|---|---|
//! | a path | [`load`] reads, parses with [`syntax`], follows imports | `DocumentSet` |
//! | `DocumentSet` | [`check`]: names, types, version gates | `Checked` and every diagnostic |
//! | `Checked` | [`plan`]: one node a call, declaration, scatter, conditional, output | `Graph`, static |
//! | `Graph` and inputs | [`engine`]: events in, actions out | the run; scatters grow as it goes |
//! | a ready call | [`eval`]: inputs, command, requirements | [`task::TaskInstance`] |
//! | `TaskInstance` and [`site`] | [`job`]: lower decides, batch groups, render prints | a script |
//! | a script | [`slurm`] or [`local`] | a job id, observations |
//! | a marker and observations | [`monitor`] with [`job`]'s verdict | [`task::TaskResult`] |
//! | a result | [`eval`]: output expressions | values of later nodes, `outputs.json` |
//!
//! # Levels
//!
//! `cli > monitor > {run, report, slurm, local, image, load} > {engine, job} > plan > {eval, site} > check > {stdlib, task} > {syntax, value} > diagnostic > source`.
//! Imports go down only; a test holds the table.
//!
//! # What is absent on purpose
//!
//! - No file, clock, process, environment variable or random number below `run`: state is a function of source, inputs and `events.jsonl` alone.
//! - `engine` does not know that Slurm exists; it sees [`task::TaskResult`]s with their [`task::Cause`].
//! - No policy in a template: `job::lower` has decided everything that a template prints.
//! - No word of Slurm outside [`slurm`], no pest outside [`syntax`], no handlebars outside [`job`].
//! - No value of WDL in a shell word or an `#SBATCH` line unquoted; a command is a file of its own.

pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod image;
pub mod job;
pub mod load;
pub mod local;
pub mod monitor;
pub mod plan;
pub mod report;
pub mod run;
pub mod site;
pub mod slurm;
pub mod source;
pub mod stdlib;
pub mod syntax;
pub mod task;
pub mod value;
