//! Which expressions consult files, and so must not run inside the pure engine.

use crate::syntax::{ast::Expr, visit};

/// Standard library functions that read, write or measure files, or name the command's streams.
const FILE_FUNCTIONS: &[&str] = &[
    "read_lines", "read_tsv", "read_map", "read_object", "read_objects", "read_json", "read_int", "read_string", "read_float",
    "read_boolean", "write_lines", "write_tsv", "write_map", "write_object", "write_objects", "write_json", "size", "glob", "stdout",
    "stderr",
];

/// Whether a function consults files.
pub(super) fn consults_files(function: &str) -> bool {
    FILE_FUNCTIONS.contains(&function)
}

/// Whether an expression reads or writes files. Making a `File` of a literal does not.
pub fn needs_files(expr: &Expr) -> bool {
    let mut found = false;
    visit::functions(expr, &mut |function| found |= consults_files(&function.text));
    found
}
