//! Which expressions consult files, and so must not run inside the pure engine.

use crate::{
    stdlib,
    syntax::{ast::Expr, visit},
};

/// Whether an expression reads or writes files. Making a `File` of a literal does not.
pub fn needs_files(expr: &Expr) -> bool {
    let mut found = false;
    visit::functions(expr, &mut |function| found |= stdlib::touches_files(&function.text));
    found
}
