//! Types and values of WDL, and the ways from one to the other: coercion and JSON. Pure. Contract: [`Type`], [`Value`].

mod coerce;
mod json;
mod paths;
mod types;
mod values;

pub use coerce::{Coercion, coerce, describe, primitive_text};
pub use json::{EXTENDED, from_json, from_json_by, to_json};
pub use paths::{PathKind, is_url, map_paths, visit_path_kinds, visit_paths, without_absent};
pub use types::{EnumType, StructType, Type};
pub use values::{EnumChoice, Object, StructValue, Value};
