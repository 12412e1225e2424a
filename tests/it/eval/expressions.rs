//! Operators, literals, placeholders.

use super::*;

#[test]
fn operators_bind_as_the_specification_says() {
    for (expr, expected) in [
        ("1 + 2 * 3", json!(7)),
        ("(1 + 2) * 3", json!(9)),
        ("10 - 3 - 2", json!(5)),
        ("2 * 3 % 4", json!(2)),
        ("7 / 2", json!(3)),
        ("-7 / 2", json!(-3)),
        ("-7 % 3", json!(-1)),
        ("7 / 2.0", json!(3.5)),
        ("1 + 0.5", json!(1.5)),
        ("1 < 2 && 2 < 3", json!(true)),
        ("1 == 2 || 2 == 2", json!(true)),
        ("true || false && false", json!(true)),
        ("!true || true", json!(true)),
        ("!(true || true)", json!(false)),
        ("1 + 1 == 2", json!(true)),
        ("1 == 1.0", json!(true)),
        ("\"a\" < \"b\"", json!(true)),
        ("\"a\" + 1", json!("a1")),
        ("1 + \"a\"", json!("1a")),
        ("1 + 2 + \"a\"", json!("3a")),
        ("\"a\" + 1 + 2", json!("a12")),
        ("\"a\" + if true then \"b\" else \"c\"", json!("ab")),
        ("if 1 > 2 then \"x\" else if true then \"y\" else \"z\"", json!("y")),
        ("[1, 2, 3][1]", json!(2)),
        ("{\"k\": 5}[\"k\"]", json!(5)),
        ("(1, \"x\").right", json!("x")),
        ("object {a: object {b: 3}}.a.b", json!(3)),
        ("[1, 2] == [1, 2]", json!(true)),
        ("[1, 2] == [1, 2.5]", json!(false)),
        ("(1, [2]) == (1, [2])", json!(true)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("9223372036854775807", json!(i64::MAX)),
        ("[1, 2.5]", json!([1.0, 2.5])),
        ("[\"a\", 1]", json!(["a", "1"])),
    ] {
        assert_eq!(value("1.0", expr), expected, "{expr}");
    }
    assert_eq!(value("1.2", "2 ** 10"), json!(1024));
    assert_eq!(value("1.2", "2 ** 3 ** 2"), json!(64), "WDL 1.2: operators of one level group from the left");
    assert_eq!(value("1.2", "2 ** 0.5 > 1.41"), json!(true));
}

#[test]
fn what_has_no_value_says_why() {
    for (expr, part) in [
        ("1 / 0", "division by zero"),
        ("1 % 0", "division by zero"),
        ("1.0 / 0", "division by zero"),
        ("9223372036854775807 + 1", "out of range"),
        ("-9223372036854775808 - 1", "out of range"),
        ("-9223372036854775808 / -1", "out of range"),
        ("4611686018427387904 * 2", "out of range"),
        ("1.0e308 * 10", "not a finite Float"),
        ("1 + true", "`+` does not work on Int 1 and Boolean true"),
        ("[1] + [2]", "`+` does not work on an Array of 1"),
        ("!1", "`!` needs a Boolean"),
        ("[1, 2][2]", "indices 0 to 1"),
        ("[1][-1]", "out of range"),
        ("{\"a\": 1}[\"b\"]", "no key String \"b\""),
        ("{\"a\": 1, \"a\": 2}", "comes twice"),
        ("nothing", "`nothing` has no value here"),
        ("(1, 2).middle", "no member `middle`"),
        ("if 1 then 2 else 3", "expected a Boolean after `if`, found Int 1"),
        ("lenght([1])", "there is no function `lenght`"),
        ("length()", "takes 1 arguments, found 0"),
        ("true && 1", "`&&` does not work"),
    ] {
        let error = failure("1.0", expr);
        assert!(error.contains(part), "{expr}: {error}");
    }
}

#[test]
fn the_right_side_is_left_out_where_the_left_decides() {
    assert_eq!(value("1.0", "false && 1 / 0 == 1"), json!(false));
    assert_eq!(value("1.0", "true || 1 / 0 == 1"), json!(true));
    assert_eq!(value("1.0", "if true then 1 else 1 / 0"), json!(1));
}

fn names() -> Object {
    let pair = |name: &str, value: Value| (name.to_owned(), value);
    Object::from_iter([
        pair("none", Value::None),
        pair("yes", Value::Boolean(true)),
        pair("no", Value::Boolean(false)),
        pair("xs", Value::array(vec![Value::string("a b"), Value::string("c'd"), Value::string("$(e)\n\"{{~{")])),
        pair("empty", Value::array(vec![])),
        pair("file", Value::file("/data/a file.txt")),
        pair("float", Value::Float(3.5)),
        pair("later", Value::Unknown("Call.out".into())),
    ])
}

#[track_caller]
fn text(version: &str, expr: &str) -> Result<String, String> {
    match evaluate(version, expr, &names(), &NoFiles)? {
        Value::String(text) => Ok(text.as_ref().to_owned()),
        other => Err(format!("not a string: {other:?}")),
    }
}

#[test]
fn placeholders_by_version() {
    for (version, expr, expected) in [
        ("1.0", r#""~{1 + 1} ${true} ~{"in ~{"deep"}"}""#, "2 true in deep"),
        ("1.0", r#""~{none}|~{default="d" none}|~{default="d" "v"}""#, "|d|v"),
        ("1.0", r#""~{true="on" false='off' yes}~{true="on" false='off' no}""#, "onoff"),
        ("1.0", r#""~{sep=", " xs}""#, "a b, c'd, $(e)\n\"{{~{"),
        ("1.0", r#""~{sep=',' empty}""#, ""),
        ("1.0", r#""~{"-L " + none}|~{"-L " + file}""#, "|-L /data/a file.txt"),
        ("1.0", r#""~{float}""#, "3.500000"),
        ("1.1", r#""~{3.141 * 1E-10}""#, "0.000000"),
        ("draft-2", r#""${float}""#, "3.5"),
        ("draft-2", r#""${xs}""#, "a b c'd $(e)\n\"{{~{"),
        ("draft-2", r#""~{yes}""#, "~{yes}"),
        ("draft-2", r#""${sep=" " prefix("I=", xs)}""#, "I=a b I=c'd I=$(e)\n\"{{~{"),
        ("draft-2", r#""${true="--x" false="" none}""#, ""),
        ("draft-2", r#""${sep="," none}""#, ""),
        ("1.0", r#""a $ b $x ~ {}""#, "a $ b $x ~ {}"),
    ] {
        assert_eq!(text(version, expr).as_deref(), Ok(expected), "{version} {expr}");
    }
    assert!(text("1.0", r#""~{xs}""#).unwrap_err().contains("needs a separator"));
    assert!(text("1.0", r#""~{(1, 2)}""#).unwrap_err().contains("a Pair"));
    assert!(text("1.0", r#""a" + none"#).unwrap_err().contains("`+` does not work on String \"a\" and None"));
    assert_eq!(evaluate("draft-2", r#""a" + none"#, &names(), &NoFiles), Ok(Value::None));
}

/// WDL 1.2, "Expression Placeholder Coercion": only what fails for a `None` is empty.
#[test]
fn a_placeholder_that_fails_for_none_is_empty_since_1_2() {
    assert_eq!(text("1.2", r#""<~{select_first([none])}>""#).as_deref(), Ok("<>"));
    assert_eq!(text("1.2", r#""<~{none + 1 - 2}>""#).as_deref(), Ok("<>"));
    assert!(text("1.2", r#""<~{1 / 0}>""#).unwrap_err().contains("division by zero"));
    assert!(text("1.2", r#""<~{select_first([])}>""#).unwrap_err().contains("an empty array"));
    assert!(text("1.1", r#""<~{select_first([none])}>""#).unwrap_err().contains("1 times None"));
}

#[test]
fn unknown_values_pass_through_everything() {
    let unknown = Ok(Value::Unknown("Call.out".into()));
    for expr in [
        "later",
        "later + 1",
        "\"a\" + later",
        "-later",
        "[1][later]",
        "later.x",
        "if later then 1 else 2",
        "later && true",
        "length(later)",
        "\"x~{later}\"",
        "1 == later",
        "sub(later, \"a\", \"b\")",
    ] {
        assert_eq!(evaluate("1.0", expr, &names(), &NoFiles), unknown, "{expr}");
    }
    for expr in ["[1, later] == [1, 2]", "(later, 1) != (2, 1)", "contains([later], 1)", "select_all([later, none])", "flatten([later, [1]])"] {
        assert_eq!(evaluate("1.2", expr, &names(), &NoFiles), unknown, "{expr}");
    }
    let both = evaluate("1.0", "[1, later]", &names(), &NoFiles).unwrap();
    assert_eq!(to_json(&both), json!([1, "<<unknown: Call.out>>"]));
    let read = evaluate("1.0", "read_int(\"n.txt\") + 1", &names(), &NoFiles);
    assert_eq!(read, Ok(Value::Unknown("read_int(n.txt)".into())));
    assert_eq!(evaluate("1.0", "size(none)", &names(), &NoFiles), Ok(Value::Float(0.0)));
}

#[test]
fn draft_2_literals_of_mixed_values_are_objects() {
    let value = evaluate("draft-2", r#"{"a": 1, "b": "x"}"#, &Object::new(), &NoFiles).unwrap();
    assert!(matches!(value, Value::Object(_)), "{value:?}");
    let value = evaluate("draft-2", r#"{"a": 1, "b": 2.5}"#, &Object::new(), &NoFiles).unwrap();
    assert!(matches!(value, Value::Map(_)), "{value:?}");
}

#[test]
fn structs_and_enums() {
    let text = "version 1.3\nstruct S {\n  Int n\n  String? s\n}\nenum E { Red, Green }\ntask t {\n  command <<<\n    ~{E.Red}\n  >>>\n  output {\n    S a = S { n: 1 }\n    Int n = a.n\n    E e = E.Green\n    Boolean same = E.Green == e\n    String v = value(E.Red)\n  }\n}\n";
    let case = Case::new(text, &json!({}));
    assert_eq!(case.outputs(&MemoryFiles::default()).unwrap(), json!({"a": {"n": 1, "s": null}, "n": 1, "e": "Green", "same": true, "v": "Red"}));
    assert_eq!(case.prepare(&NoFiles).command.trim(), "Red");
}

#[test]
fn an_enum_from_json_has_its_value() {
    let text =
        "version 1.3\nenum Level { Low = 1, High = 10 }\ntask t {\n  input {\n    Level level\n  }\n  command <<<~{level} ~{value(level)}>>>\n}\n";
    assert_eq!(Case::new(text, &json!({"level": "High"})).prepare(&NoFiles).command, "High 10");
}

#[test]
fn a_member_of_a_call_is_read_through_its_object() {
    let call = Value::object(Object::from_iter([("out".to_owned(), Value::Int(5))]));
    let names = Object::from_iter([("align".to_owned(), call)]);
    assert_eq!(evaluate("1.0", "align.out + 1", &names, &NoFiles), Ok(Value::Int(6)));
    assert!(evaluate("1.0", "align.bam", &names, &NoFiles).unwrap_err().contains("no member `bam`"));
}

/// WDL 1.3, "Enum Usage".
#[test]
fn choices_of_two_enums_differ_and_have_no_order() {
    let text = |expr: &str| {
        format!("version 1.3\nenum A {{ X, Y }}\nenum B {{ X }}\ntask t {{\n  command <<< >>>\n  output {{\n    Boolean b = {expr}\n  }}\n}}\n")
    };
    for (expr, expected) in [("A.X == A.X", true), ("A.X == A.Y", false), ("A.X == B.X", false), ("A.X != B.X", true)] {
        assert_eq!(Case::new(&text(expr), &json!({})).outputs(&NoFiles).unwrap()["b"], json!(expected), "{expr}");
    }
}
