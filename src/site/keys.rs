//! The names of all keys of a site file, read off the types, so that documentation can be held against them.

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor, value},
    forward_to_deserialize_any,
};

use super::{
    ClusterKind, ClusterRole, ContainerOptions, Defaults, DistributedOptions, GpuOptions, GpuType, Limits, NodeOptions, Partition, Rule, Site,
    SlurmOptions,
};

/// Every key as `table.key`, tables in the order of [`Site`].
pub fn keys() -> Vec<String> {
    let tables = [
        ("slurm", fields::<SlurmOptions>()),
        ("limits", fields::<Limits>()),
        ("defaults", fields::<Defaults>()),
        ("distributed", fields::<DistributedOptions>()),
        ("clusters.*", fields::<ClusterKind>()),
        ("clusters.*.role", fields::<ClusterRole>()),
        ("container", fields::<ContainerOptions>()),
        ("node", fields::<NodeOptions>()),
        ("gpu", fields::<GpuOptions>()),
        ("gpu.types.*", fields::<GpuType>()),
        ("partition", fields::<Partition>()),
        ("rule", fields::<Rule>()),
    ];
    let own = fields::<Site>().iter().map(|key| (*key).to_owned());
    own.chain(tables.iter().flat_map(|(table, keys)| keys.iter().map(move |key| format!("{table}.{key}")))).collect()
}

/// The field names that a struct's derived `Deserialize` asks for.
fn fields<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut found: &'static [&'static str] = &[];
    // The error is ours: it stops the reading once the names are known.
    let stopped = T::deserialize(Introspection { found: &mut found });
    debug_assert!(stopped.is_err(), "a struct is read by deserialize_struct");
    found
}

/// A deserializer that only notes which fields it is asked for.
struct Introspection<'a> {
    found: &'a mut &'static [&'static str],
}

impl<'de> Deserializer<'de> for Introspection<'_> {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(Error::custom("only structs are looked at"))
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _name: &'static str, fields: &'static [&'static str], _visitor: V) -> Result<V::Value, Self::Error> {
        *self.found = fields;
        Err(Error::custom("the names are known"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}
