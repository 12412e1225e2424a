//! Calls of standard functions: which signature is meant, and what it gives.

use std::{collections::HashMap, sync::Arc};

use super::{
    body::{Body, Place, Site},
    coercion::{Fit, common, fit},
    messages,
};
use crate::{
    diagnostic::nearest_name,
    stdlib::{self, Function, Pattern, Signature},
    syntax::ast::{Expr, Name, Version},
    value::Type,
};

impl<'a> Body<'_, 'a, '_> {
    /// The type of `function(arguments)`.
    pub(super) fn apply(&mut self, function: &Name, arguments: &'a [Expr], place: Place) -> Type {
        let types: Vec<Type> = arguments.iter().map(|argument| self.infer(argument, place)).collect();
        let version = self.context.version;
        let Some(known) = stdlib::find(&function.text) else {
            let names = stdlib::functions().iter().filter(|known| known.since <= version).map(|known| known.name);
            self.context.report.push(messages::unknown_function(function, nearest_name(&function.text, names)));
            return Type::Any;
        };
        if known.since > version {
            self.context.needs(known.since, function.span, &format!("the function `{}`", known.name));
            return Type::Any;
        }
        if matches!(known.name, "stdout" | "stderr") && place.site != Site::TaskOutput {
            self.context.report.push(messages::only_in_outputs(function));
        }
        if known.name == "write_json" && version >= Version::V1_1 {
            self.json_of(&types, arguments);
        }
        let available = known.signatures.iter().filter(|signature| signature.since <= version);
        let best = available.filter_map(|signature| apply_signature(known, signature, &types)).min_by_key(|(fit, _)| *fit);
        match best {
            Some((Fit::Loose, result)) if version > Version::Draft2 => {
                self.say_loose(known, &types, arguments);
                result
            }
            Some((_, result)) if known.name == "value" => enum_value(&types).unwrap_or(result),
            Some((_, result)) => result,
            None => {
                self.no_signature(function, known, &types);
                Type::Any
            }
        }
    }

    /// WDL 1.1, `write_json`: what JSON has no form for is refused.
    fn json_of(&mut self, types: &[Type], arguments: &[Expr]) {
        if let ([ty], [argument]) = (types, arguments)
            && !matches!(ty, Type::Call(_))
            && let Some(part) = ty.find_part(is_without_json)
        {
            self.context.report.push(messages::no_json(argument.span, ty, part));
        }
    }

    /// Says which argument is taken only by an exception.
    fn say_loose(&mut self, known: &Function, types: &[Type], arguments: &[Expr]) {
        let version = self.context.version;
        let available = known.signatures.iter().filter(|signature| signature.since <= version);
        let Some(signature) = available.min_by_key(|signature| apply_signature(known, signature, types).map_or(Fit::Not, |(fit, _)| fit)) else {
            return;
        };
        let mut bound = HashMap::new();
        for ((pattern, ty), argument) in signature.parameters.iter().zip(types).zip(arguments) {
            if matches(pattern, ty, &mut bound) == Fit::Loose {
                self.context.report.violation(messages::loose_argument(argument.span, known.name, ty, signature.written));
            }
        }
    }

    fn no_signature(&mut self, function: &Name, known: &Function, types: &[Type]) {
        let version = self.context.version;
        let later = known.signatures.iter().find(|signature| signature.since > version && apply_signature(known, signature, types).is_some());
        if let Some(later) = later {
            self.context.needs(later.since, function.span, &format!("`{}`", later.written));
            return;
        }
        let written: Vec<&str> = known.signatures.iter().filter(|signature| signature.since <= version).map(|signature| signature.written).collect();
        self.context.report.push(messages::wrong_arguments(function, types, &written));
    }
}

/// Whether JSON has no form for values of a type, whatever is in them: a Pair, or a Map whose keys are no names.
fn is_without_json(ty: &Type) -> bool {
    match ty {
        Type::Pair(_) => true,
        Type::Map(parts) => !matches!(parts.0, Type::String | Type::File | Type::Directory | Type::Any),
        _ => false,
    }
}

/// The type of the values of the enum that `value(…)` is given.
fn enum_value(types: &[Type]) -> Option<Type> {
    match types.first()?.required() {
        Type::Enum(ty) => Some(ty.value_type.clone()),
        _ => None,
    }
}

/// How arguments fit a signature of a function, and its result; `None` if they do not.
fn apply_signature(function: &Function, signature: &Signature, types: &[Type]) -> Option<(Fit, Type)> {
    if types.len() < signature.required || types.len() > signature.parameters.len() || !is_meant(function, signature, types) {
        return None;
    }
    let mut bound = HashMap::new();
    let fits = signature.parameters.iter().zip(types).map(|(pattern, ty)| matches(pattern, ty, &mut bound));
    let worst = fits.max().unwrap_or(Fit::Same);
    (worst < Fit::Not).then(|| (worst, substitute(&signature.result, &bound)))
}

/// Whether a signature is what a call can mean. Where there are several the first argument decides, and a number is no text there: `length(1)` is none of
/// a String.
fn is_meant(function: &Function, signature: &Signature, types: &[Type]) -> bool {
    let is_number = |ty: &Type| matches!(ty.required(), Type::Int | Type::Float | Type::Boolean);
    let takes_text = matches!(signature.parameters.first(), Some(Pattern::Type(Type::String)));
    function.signatures.len() == 1 || !takes_text || !types.first().is_some_and(is_number)
}

/// How a type fits a pattern; binds its variables.
fn matches(pattern: &Pattern, ty: &Type, bound: &mut HashMap<char, Type>) -> Fit {
    match (pattern, ty) {
        (Pattern::Type(expected), _) => fit(ty, expected),
        (_, Type::Call(_)) => Fit::Not,
        (Pattern::Variable(name), _) => match bound.get(name) {
            None => {
                bound.insert(*name, ty.clone());
                Fit::Same
            }
            Some(known) => match common(known, ty) {
                None => Fit::Not,
                Some(wider) => {
                    bound.insert(*name, wider);
                    Fit::Coerced
                }
            },
        },
        (_, Type::Any) | (Pattern::Optional(_), Type::None) => Fit::Coerced,
        (Pattern::Optional(inner), Type::Optional(ty)) => matches(inner, ty, bound),
        (Pattern::Optional(inner), _) => matches(inner, ty, bound),
        (_, Type::Optional(ty)) => matches(pattern, ty, bound).max(Fit::Loose),
        (Pattern::Array(pattern), Type::Array { item, .. }) => matches(pattern, item, bound),
        (Pattern::Array(pattern), Type::Map(parts)) => matches(pattern, &Type::Pair(Arc::clone(parts)), bound).max(Fit::Loose),
        (Pattern::Map(patterns), Type::Map(parts)) | (Pattern::Pair(patterns), Type::Pair(parts)) => {
            matches(&patterns.0, &parts.0, bound).max(matches(&patterns.1, &parts.1, bound))
        }
        (Pattern::Map(_), Type::Object | Type::Struct(_)) => Fit::Loose,
        (Pattern::Map(patterns), Type::Array { item, .. }) => match &**item {
            Type::Pair(parts) => matches(&patterns.0, &parts.0, bound).max(matches(&patterns.1, &parts.1, bound)).max(Fit::Loose),
            _ => Fit::Not,
        },
        (Pattern::Array(_) | Pattern::Map(_) | Pattern::Pair(_), _) => Fit::Not,
    }
}

/// The type that a pattern means once its variables are bound; `Any` for those that are not.
fn substitute(pattern: &Pattern, bound: &HashMap<char, Type>) -> Type {
    match pattern {
        Pattern::Type(ty) => ty.clone(),
        Pattern::Variable(name) => bound.get(name).cloned().unwrap_or(Type::Any),
        Pattern::Array(item) => Type::array(substitute(item, bound)),
        Pattern::Map(parts) => Type::map(substitute(&parts.0, bound), substitute(&parts.1, bound)),
        Pattern::Pair(parts) => Type::pair(substitute(&parts.0, bound), substitute(&parts.1, bound)),
        Pattern::Optional(inner) => substitute(inner, bound).optional(),
    }
}
