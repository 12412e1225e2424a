//! Coercion: a value as a value of another type (WDL 1.0, "Type Coercion"; draft-2 is looser).

use super::{types::Type, values::Value};

/// How willing a coercion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coercion {
    /// draft-2: also from strings to numbers and booleans.
    Loose,
    /// WDL 1.0 and later.
    Standard,
}

/// The value as one of type `ty`; the error is a fragment: what was expected and what was found.
pub fn coerce(value: Value, _ty: &Type, _coercion: Coercion) -> Result<Value, String> {
    Ok(value)
}
