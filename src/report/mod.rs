//! What a person and a script see of a run: progress lines, the table of tasks, JSON twins, pictures of a plan. Shell; never influences a run.

pub mod graph;
mod progress;
mod table;

pub use progress::{Progress, ProgressStyle};
pub use table::{TaskTable, duration_text};
