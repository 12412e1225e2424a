//! Expressions, commands and outputs of tasks. Pure: files only through [`files::Files`].

pub mod files;
