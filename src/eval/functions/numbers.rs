//! Numeric functions.

use super::Arguments;
use crate::{diagnostic::Diagnostic, eval::operators::as_float, value::Value};

pub(super) fn floor(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    whole(arguments, f64::floor)
}

pub(super) fn ceil(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    whole(arguments, f64::ceil)
}

/// "Round half up": -1.5 is -1. Not `(x + 0.5).floor()`, which turns the number just below 0.5 into 1.
pub(super) fn round(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    whole(arguments, |number| if number - number.floor() >= 0.5 { number.ceil() } else { number.floor() })
}

pub(super) fn min(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    extreme(arguments, i64::min, f64::min)
}

pub(super) fn max(arguments: &Arguments<'_>) -> Result<Value, Diagnostic> {
    extreme(arguments, i64::max, f64::max)
}

fn whole(arguments: &Arguments<'_>, to_whole: fn(f64) -> f64) -> Result<Value, Diagnostic> {
    // 2^63: the first number above every Int.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if let Value::Int(value) = arguments.values[0] {
        return Ok(Value::Int(value));
    }
    let number = as_float(&arguments.values[0]).ok_or_else(|| arguments.wrong(0, "a Float"))?;
    let result = to_whole(number);
    #[expect(clippy::cast_possible_truncation, reason = "whole and within the range of i64")]
    if (-LIMIT..LIMIT).contains(&result) {
        Ok(Value::Int(result as i64))
    } else {
        Err(arguments.fail(format!("{number:?} is out of range: an Int has 64 bits")))
    }
}

fn extreme(arguments: &Arguments<'_>, of_ints: fn(i64, i64) -> i64, of_floats: fn(f64, f64) -> f64) -> Result<Value, Diagnostic> {
    if let (Value::Int(left), Value::Int(right)) = (&arguments.values[0], &arguments.values[1]) {
        return Ok(Value::Int(of_ints(*left, *right)));
    }
    let number = |index: usize| as_float(&arguments.values[index]).ok_or_else(|| arguments.wrong(index, "a number"));
    Ok(Value::Float(of_floats(number(0)?, number(1)?)))
}
