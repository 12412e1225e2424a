//! Types and values of WDL, and the ways from one to the other: coercion and JSON. Pure. Contract: [`Type`], [`Value`].

mod types;
mod values;

pub use types::{EnumType, StructType, Type};
pub use values::{EnumChoice, Object, StructValue, Value};
