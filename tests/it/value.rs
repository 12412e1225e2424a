//! Coercion and JSON.

use std::sync::Arc;

use serde_json::json;
use sluice::value::{Coercion, EnumType, Object, StructType, Type, Value, coerce, from_json, is_url, map_paths, to_json};

fn point() -> Type {
    let members = vec![("x".to_owned(), Type::Int), ("label".to_owned(), Type::String.optional())];
    Type::Struct(Arc::new(StructType { name: "Point".to_owned(), members }))
}

#[test]
fn json_by_type() {
    let pair = Type::pair(Type::Int, Type::String);
    for (json, ty, expected) in [
        (json!(1), Type::Float, json!(1.0)),
        (json!(3.0), Type::Int, json!(3)),
        (json!("5"), Type::Int, json!(5)),
        (json!(null), Type::Int.optional(), json!(null)),
        (json!({"left": 1, "right": "a"}), pair.clone(), json!({"left": 1, "right": "a"})),
        (json!([1, "a"]), pair.clone(), json!({"left": 1, "right": "a"})),
        (json!([[1, "a"], {"Left": 2, "Right": "b"}]), Type::array(pair), json!([{"left": 1, "right": "a"}, {"left": 2, "right": "b"}])),
        (json!({"a": 1}), Type::map(Type::String, Type::Float), json!({"a": 1.0})),
        (json!({"1": "x"}), Type::map(Type::Int, Type::String), json!({"1": "x"})),
        (json!([["k", 1]]), Type::map(Type::String, Type::Int), json!({"k": 1})),
        (json!({"x": 1}), point(), json!({"x": 1, "label": null})),
        (json!({"a": [1, {"b": null}]}), Type::Object, json!({"a": [1, {"b": null}]})),
        (json!("/a"), Type::File, json!("/a")),
        (json!({"type": "File", "location": "/a"}), Type::File, json!("/a")),
        (json!({"location": "/a/b", "basename": "b"}), Type::File, json!("/a/b")),
        (json!([{"location": "/a"}]), Type::array(Type::Directory.optional()), json!(["/a"])),
    ] {
        let value = from_json(&json, &ty).unwrap_or_else(|error| panic!("{json} as {ty}: {error}"));
        assert_eq!(to_json(&value), expected, "{json} as {ty}");
    }
}

#[test]
fn json_that_does_not_fit_says_where() {
    for (json, ty, part) in [
        (json!("x"), Type::Int, "expected Int, found String \"x\""),
        (json!(1.5), Type::Int, "expected Int, found Float 1.5"),
        (json!(null), Type::Int, "expected Int, found None"),
        (json!(true), Type::Int, "expected Int, found Boolean true"),
        (json!([1, "x"]), Type::array(Type::Int), "item 1: expected Int"),
        (json!([]), Type::Array { item: Arc::new(Type::Int), non_empty: true }, "found an empty array"),
        (json!({"x": "y"}), point(), "member `x`: expected Int"),
        (json!({"label": "y"}), point(), "with a member `x`, found none"),
        (json!({"x": 1, "z": 1}), point(), "Point has no member `z`"),
        (json!({"location": "/a", "checksum": "1"}), Type::Directory, "found `checksum`"),
        (json!({"location": "/a", "listing": []}), Type::File, "expected a File"),
        (json!({"location": "/a", "type": "File"}), Type::Directory, "expected a Directory"),
        (json!({"basename": "a"}), Type::File, "`location` or `listing`"),
        (json!([1]), Type::pair(Type::Int, Type::Int), "as an array of two"),
        (json!({"a": "b"}), Type::map(Type::String, Type::Int), "`a`: expected Int"),
        (json!(18_446_744_073_709_551_615_u64), Type::Int, "does not fit 64 bits"),
        (json!("x"), Type::array(Type::String), "expected Array[String], found String"),
    ] {
        let error = from_json(&json, &ty).unwrap_err();
        assert!(error.contains(part), "{json} as {ty}: {error}");
    }
}

#[test]
fn coercions_between_compound_types() {
    let object = Value::object(Object::from_iter([("x".to_owned(), Value::string("3"))]));
    let point_value = coerce(object.clone(), &point(), Coercion::Standard).unwrap();
    assert_eq!(to_json(&point_value), json!({"x": 3, "label": null}));
    let map = coerce(object, &Type::map(Type::String, Type::Int), Coercion::Standard).unwrap();
    let pairs = coerce(map.clone(), &Type::array(Type::pair(Type::String, Type::Int)), Coercion::Standard).unwrap();
    assert_eq!(coerce(pairs, &Type::map(Type::String, Type::Int), Coercion::Standard), Ok(map));
    let one = Value::string("a");
    assert_eq!(coerce(one.clone(), &Type::array(Type::File), Coercion::Loose), Ok(Value::array(vec![Value::file("a")])));
    assert!(coerce(one, &Type::array(Type::File), Coercion::Standard).is_err());
    let colour = Type::Enum(Arc::new(EnumType {
        name: "Colour".to_owned(),
        value_type: Type::String,
        choices: vec!["Red".to_owned()],
        values: vec![Value::string("Red")],
    }));
    assert_eq!(to_json(&coerce(Value::string("Red"), &colour, Coercion::Standard).unwrap()), json!("Red"));
    assert!(coerce(Value::string("Blue"), &colour, Coercion::Standard).unwrap_err().contains("one of Red"));
    let unknown = Value::Unknown("C.o".into());
    assert_eq!(coerce(unknown.clone(), &point(), Coercion::Standard), Ok(unknown));
}

#[test]
fn paths_are_replaced_wherever_they_are() {
    let value = Value::array(vec![
        Value::Pair(Arc::new((Value::file("a"), Value::string("b")))),
        Value::object(Object::from_iter([("k".to_owned(), Value::Directory("c".into()))])),
    ]);
    let mapped = map_paths(&value, &mut |path| format!("/r/{path}"));
    assert_eq!(to_json(&mapped), json!([{"left": "/r/a", "right": "b"}, {"k": "/r/c"}]));
}

#[test]
fn urls() {
    for (path, expected) in
        [("hdfs://h/a", true), ("https://x", true), ("s3+x://a", true), ("/a://b", false), ("a", false), ("://a", false), ("C:\\a", false)]
    {
        assert_eq!(is_url(path), expected, "{path}");
    }
}

#[test]
fn an_array_that_fits_is_shared_and_not_copied() {
    let items = Arc::new(vec![Value::Int(1), Value::None]);
    let coerced = coerce(Value::Array(Arc::clone(&items)), &Type::array(Type::Int.optional()), Coercion::Standard).unwrap();
    let Value::Array(shared) = coerced else { panic!("no array") };
    assert!(Arc::ptr_eq(&items, &shared));
    assert!(coerce(Value::Array(items), &Type::array(Type::Int), Coercion::Standard).is_err());
}
