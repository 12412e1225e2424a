//! Values of WDL. Cheap to clone: everything that can be large is shared.

use std::sync::Arc;

use indexmap::IndexMap;

use super::types::{EnumType, StructType};

/// Members by name, in order.
pub type Object = IndexMap<String, Value>;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `None`
    None,
    /// `true`, `false`
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A string.
    String(Arc<str>),
    /// A path or URL of a file.
    File(Arc<str>),
    /// A path of a folder.
    Directory(Arc<str>),
    /// Items in order.
    Array(Arc<Vec<Value>>),
    /// Pairs of key and value in order of insertion; keys are unique.
    Map(Arc<Vec<(Value, Value)>>),
    /// Left and right.
    Pair(Arc<(Value, Value)>),
    /// A struct's members, in the order of its definition.
    Struct(Arc<StructValue>),
    /// An `Object`'s members; also a call's outputs.
    Object(Arc<Object>),
    /// A choice of an enum (1.3).
    Enum(Arc<EnumChoice>),
    /// Only in `compile`: a value that the run would know, and its name (`Call.out`). Every operation on it gives it again;
    /// in text it reads `<<unknown: Call.out>>`.
    Unknown(Arc<str>),
}

/// A value of a struct type.
#[derive(Clone, Debug, PartialEq)]
pub struct StructValue {
    /// Its type.
    pub ty: Arc<StructType>,
    /// Its members, in the order of the type.
    pub members: Object,
}

/// A value of an enum type.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumChoice {
    /// Its type.
    pub ty: Arc<EnumType>,
    /// Which of its choices.
    pub index: usize,
}

impl EnumChoice {
    /// The choice of a name.
    pub fn named(ty: &Arc<EnumType>, name: &str) -> Option<Self> {
        let index = ty.choices.iter().position(|choice| choice == name)?;
        Some(Self { ty: Arc::clone(ty), index })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.ty.choices[self.index]
    }

    /// What it stands for.
    pub fn value(&self) -> &Value {
        &self.ty.values[self.index]
    }
}

impl Value {
    /// A string.
    pub fn string(text: impl AsRef<str>) -> Self {
        Self::String(text.as_ref().into())
    }

    /// A file.
    pub fn file(path: impl AsRef<str>) -> Self {
        Self::File(path.as_ref().into())
    }

    /// An array.
    pub fn array(items: Vec<Value>) -> Self {
        Self::Array(Arc::new(items))
    }

    /// The name of the first unknown value in this one, if any part of it is unknown.
    pub fn unknown(&self) -> Option<Arc<str>> {
        match self {
            Self::Unknown(name) => Some(Arc::clone(name)),
            Self::Array(items) => items.iter().find_map(Self::unknown),
            Self::Map(entries) => entries.iter().find_map(|(key, value)| key.unknown().or_else(|| value.unknown())),
            Self::Pair(pair) => pair.0.unknown().or_else(|| pair.1.unknown()),
            Self::Struct(inner) => inner.members.values().find_map(Self::unknown),
            Self::Object(members) => members.values().find_map(Self::unknown),
            Self::None | Self::Boolean(_) | Self::Int(_) | Self::Float(_) | Self::String(_) | Self::File(_) | Self::Directory(_) | Self::Enum(_) => {
                None
            }
        }
    }

    /// An object, or a call's outputs.
    pub fn object(members: Object) -> Self {
        Self::Object(Arc::new(members))
    }
}
