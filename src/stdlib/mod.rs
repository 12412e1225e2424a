//! The standard library of WDL as the checker sees it: which functions there are, since which version, from what to what. Never evaluates one.
//!
//! Entry: [`find`], [`functions`], [`touches_files`]. The table is in `table.rs`, written as the specification writes signatures.

mod signature;
mod table;

use std::{collections::HashMap, sync::LazyLock};

pub use signature::{Pattern, Signature};

use crate::syntax::ast::Version;

/// A standard function. None has been taken out of the language up to 1.3.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The version that brought it.
    pub since: Version,
    /// What it takes and gives; the first that fits best is meant.
    pub signatures: Vec<Signature>,
}

static FUNCTIONS: LazyLock<Vec<Function>> = LazyLock::new(|| {
    let mut functions: Vec<Function> = Vec::new();
    for (since, written) in table::SIGNATURES {
        let (name, signature) = signature::parse(*since, written).expect("a test reads every row of the table");
        match functions.last_mut() {
            Some(last) if last.name == name => {
                last.since = last.since.min(*since);
                last.signatures.push(signature);
            }
            Some(_) | None => functions.push(Function { name, since: *since, signatures: vec![signature] }),
        }
    }
    functions
});

static BY_NAME: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| FUNCTIONS.iter().enumerate().map(|(index, function)| (function.name, index)).collect());

/// Every standard function of every version, in the order of the specification.
pub fn functions() -> &'static [Function] {
    &FUNCTIONS
}

/// The standard function of a name, of any version.
pub fn find(name: &str) -> Option<&'static Function> {
    BY_NAME.get(name).map(|&index| &FUNCTIONS[index])
}

/// Whether a function reads, writes or looks for files, so that its result is not a function of its arguments alone.
pub fn touches_files(name: &str) -> bool {
    name.starts_with("read_") || name.starts_with("write_") || matches!(name, "glob" | "size" | "stdout" | "stderr")
}
