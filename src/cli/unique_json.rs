//! JSON whose objects hold each name once. JSON itself leaves open what a repeated name means ([RFC 8259], section 4), and readers take the
//! last one in silence: of two values for an input, one would be lost.
//!
//! [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259#section-4

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

/// Reads a text. `is_remark` tells names of the outermost object that may be repeated, since nothing reads them.
pub(super) fn read(text: &str, is_remark: fn(&str) -> bool) -> serde_json::Result<Json> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let json = Node { is_remark }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(json)
}

/// A value on its way in.
#[derive(Clone, Copy)]
struct Node {
    is_remark: fn(&str) -> bool,
}

/// Below the outermost object every name is data.
const INNER: Node = Node { is_remark: |_| false };

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(INNER)? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) && !(self.is_remark)(&name) {
                return Err(A::Error::custom(format!("the name {} stands twice in one object", Json::from(name))));
            }
            let value = members.next_value_seed(INNER)?;
            object.insert(name, value);
        }
        Ok(Json::Object(object))
    }
}
