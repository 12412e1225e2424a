//! Types of WDL.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use super::values::Value;

/// A type, after names of structs and enums are resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// `Boolean`
    Boolean,
    /// `Int`, 64 bits
    Int,
    /// `Float`, 64 bits
    Float,
    /// `String`
    String,
    /// `File`
    File,
    /// `Directory`
    Directory,
    /// `Array[X]`
    Array {
        /// Type of the items.
        item: Arc<Type>,
        /// Whether it is `Array[X]+`.
        non_empty: bool,
    },
    /// `Map[K, V]`
    Map(Arc<(Type, Type)>),
    /// `Pair[L, R]`
    Pair(Arc<(Type, Type)>),
    /// `X?`; never nested: see [`Type::optional`].
    Optional(Arc<Type>),
    /// A struct.
    Struct(Arc<StructType>),
    /// An enum (1.3).
    Enum(Arc<EnumType>),
    /// `Object`: members by name, types unknown.
    Object,
    /// The type of the literal `None`, which fits every optional type.
    None,
    /// What a checker cannot know before the run (a member of an `Object`, items of `[]`, what draft-2 leaves open): fits every type.
    Any,
    /// What a call's name stands for in its workflow: its outputs by name.
    Call(Arc<StructType>),
}

/// A struct's name and members in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StructType {
    /// The name in the document that defines it.
    pub name: String,
    /// Members in the order of the definition.
    pub members: Vec<(String, Type)>,
}

/// An enum's name, the type of its values, its choices. Two that differ in a value only are two: documents may each have one of a name.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumType {
    /// The name in the document that defines it.
    pub name: String,
    /// The type of its values.
    pub value_type: Type,
    /// Names of the choices in order.
    pub choices: Vec<String>,
    /// What each choice stands for, in the same order.
    pub values: Vec<Value>,
}

// Of the values' numbers none is NaN: they are literals.
impl Eq for EnumType {}

impl Hash for EnumType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.name, &self.value_type, &self.choices).hash(state);
    }
}

impl Type {
    /// `Array[item]`
    pub fn array(item: Type) -> Self {
        Self::Array { item: Arc::new(item), non_empty: false }
    }

    /// `Map[key, value]`
    pub fn map(key: Type, value: Type) -> Self {
        Self::Map(Arc::new((key, value)))
    }

    /// `Pair[left, right]`
    pub fn pair(left: Type, right: Type) -> Self {
        Self::Pair(Arc::new((left, right)))
    }

    /// `X?`; an optional stays as it is, since nested conditionals give `X?` and not `X??`.
    #[must_use]
    pub fn optional(self) -> Self {
        match self {
            Self::Optional(_) | Self::None | Self::Any => self,
            Self::Boolean
            | Self::Int
            | Self::Float
            | Self::String
            | Self::File
            | Self::Directory
            | Self::Array { .. }
            | Self::Map(_)
            | Self::Pair(_)
            | Self::Struct(_)
            | Self::Enum(_)
            | Self::Object
            | Self::Call(_) => Self::Optional(Arc::new(self)),
        }
    }

    /// The type without `?`.
    pub fn required(&self) -> &Self {
        if let Self::Optional(inner) = self { inner } else { self }
    }

    /// Whether text becomes paths where it is read as this type; an Object's members stay what they are.
    pub fn makes_paths(&self) -> bool {
        self.has_part(|part| matches!(part, Self::File | Self::Directory))
    }

    /// Whether its values may hold files or folders.
    pub fn holds_paths(&self) -> bool {
        self.has_part(|part| matches!(part, Self::File | Self::Directory | Self::Object | Self::Any))
    }

    fn has_part(&self, is_meant: fn(&Self) -> bool) -> bool {
        self.find_part(is_meant).is_some()
    }

    /// The first of which something holds: itself, or a type within, of items, sides, members.
    pub fn find_part(&self, is_meant: fn(&Self) -> bool) -> Option<&Self> {
        if is_meant(self) {
            return Some(self);
        }
        match self {
            Self::Array { item: inner, .. } | Self::Optional(inner) => inner.find_part(is_meant),
            Self::Map(inner) | Self::Pair(inner) => inner.0.find_part(is_meant).or_else(|| inner.1.find_part(is_meant)),
            Self::Struct(inner) | Self::Call(inner) => inner.members.iter().find_map(|(_, ty)| ty.find_part(is_meant)),
            Self::Boolean
            | Self::Int
            | Self::Float
            | Self::String
            | Self::File
            | Self::Directory
            | Self::Enum(_)
            | Self::Object
            | Self::None
            | Self::Any => None,
        }
    }

    /// Whether `None` is a value of it.
    pub fn is_optional(&self) -> bool {
        matches!(self, Self::Optional(_) | Self::None | Self::Any)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("Boolean"),
            Self::Int => f.write_str("Int"),
            Self::Float => f.write_str("Float"),
            Self::String => f.write_str("String"),
            Self::File => f.write_str("File"),
            Self::Directory => f.write_str("Directory"),
            Self::Array { item, non_empty } => write!(f, "Array[{item}]{}", if *non_empty { "+" } else { "" }),
            Self::Map(inner) => write!(f, "Map[{}, {}]", inner.0, inner.1),
            Self::Pair(inner) => write!(f, "Pair[{}, {}]", inner.0, inner.1),
            Self::Optional(inner) => write!(f, "{inner}?"),
            Self::Struct(inner) => f.write_str(&inner.name),
            Self::Enum(inner) => f.write_str(&inner.name),
            Self::Object => f.write_str("Object"),
            Self::None => f.write_str("None"),
            Self::Any => f.write_str("Any"),
            Self::Call(inner) => write!(f, "call {}", inner.name),
        }
    }
}
