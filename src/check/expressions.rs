//! The type of every expression. `Any` wherever the dialect leaves it open: no valid document may be refused.

use std::{collections::HashMap, sync::Arc};

use super::{
    body::{Body, Place, Site},
    coercion::{Fit, becomes_string, common, fit},
    defined::Side,
    messages,
};
use crate::{
    diagnostic::{Diagnostic, nearest_name},
    source::Span,
    syntax::ast::{BinaryOperator, Expr, ExprKind, Name, TextPart, Version},
    value::{StructType, Type},
};

impl<'a> Body<'_, 'a, '_> {
    /// The type of an expression, with diagnostics for everything wrong in it.
    pub(super) fn infer(&mut self, expr: &'a Expr, place: Place) -> Type {
        match &expr.kind {
            ExprKind::Boolean(_) => Type::Boolean,
            ExprKind::Int(_) => Type::Int,
            ExprKind::Float(_) => Type::Float,
            ExprKind::None => {
                self.context.needs(Version::V1_1, expr.span, "`None`");
                Type::None
            }
            ExprKind::String(text) => {
                self.text(text, place);
                Type::String
            }
            ExprKind::Array(items) => self.array(items, place),
            ExprKind::Map(entries) => self.map(entries, place),
            ExprKind::Object(members) | ExprKind::Hints(_, members) => {
                self.members(members, place);
                Type::Object
            }
            ExprKind::Struct(name, members) => self.structure(name, members, place),
            ExprKind::Pair(pair) => Type::pair(self.infer(&pair.0, place), self.infer(&pair.1, place)),
            ExprKind::Name(name) => {
                let ty = self.name(name, expr.span, place);
                self.defined(expr, ty, place)
            }
            ExprKind::Member(base, name) => {
                let ty = self.member(base, name, place);
                self.defined(expr, ty, place)
            }
            ExprKind::Index(parts) => self.index(&parts.0, &parts.1, place),
            ExprKind::Apply { function, arguments } => self.apply(function, arguments, place),
            ExprKind::Unary(operator, operand) => self.unary(*operator, operand, place),
            ExprKind::Binary(operator, operands) => self.binary(*operator, operands, place),
            ExprKind::If(parts) => self.if_then_else(parts, place),
        }
    }

    fn if_then_else(&mut self, parts: &'a (Expr, Expr, Expr), place: Place) -> Type {
        self.decides(&parts.0, place);
        let yes = self.if_defined(&parts.0, Side::Then, |body| body.infer(&parts.1, place));
        let no = self.if_defined(&parts.0, Side::Else, |body| body.infer(&parts.2, place));
        let differ = || messages::branches_differ(parts.1.span, &yes, parts.2.span, &no);
        let ty = common(&yes, &no);
        if self.is_strictly_typed(place) {
            match &ty {
                None => self.context.report.violation(differ()),
                // Its value stays what the branch gives, which an operator may not take for the text that the other branch is. A placeholder prints both.
                Some(ty) if !place.in_placeholder && joins_text_and_other(ty, [&yes, &no]) => self.context.report.unlisted(differ()),
                Some(Type::Any) if !is_open(&yes) && !is_open(&no) => self.context.report.unlisted(differ()),
                Some(_) => {}
            }
        }
        ty.unwrap_or(Type::Any)
    }

    /// Checks an expression where a type is expected.
    pub(super) fn expect(&mut self, expr: &'a Expr, expected: &Type, place: Place) {
        match (&expr.kind, expected.required()) {
            // Looking into literals gives better places, and a mixed literal may fit where its common type does not.
            (ExprKind::Array(items), Type::Array { item, non_empty }) => {
                if *non_empty && items.is_empty() {
                    self.context.report.push(messages::empty_array(expr.span, expected));
                }
                for value in items {
                    self.expect(value, item, place);
                }
            }
            (ExprKind::Pair(pair), Type::Pair(parts)) => {
                self.expect(&pair.0, &parts.0, place);
                self.expect(&pair.1, &parts.1, place);
            }
            (ExprKind::Map(entries), Type::Map(parts)) => {
                for (key, value) in entries {
                    self.expect(key, &parts.0, place);
                    self.expect(value, &parts.1, place);
                }
            }
            (ExprKind::Object(members), Type::Struct(ty)) => {
                let unknown = self.struct_members(ty, expr.span, members, place);
                // Since 1.2 they are left out; older documents count on it too.
                if self.context.version < Version::V1_2 {
                    for diagnostic in unknown {
                        self.context.report.violation(diagnostic);
                    }
                }
            }
            (ExprKind::String(text), Type::Enum(ty)) if text.literal().is_some_and(|text| !ty.choices.contains(&text)) => {
                self.context.report.push(messages::no_such_choice(expr.span, &text.literal().unwrap_or_default(), ty));
            }
            (ExprKind::If(parts), _) => {
                self.decides(&parts.0, place);
                self.if_defined(&parts.0, Side::Then, |body| body.expect(&parts.1, expected, place));
                self.if_defined(&parts.0, Side::Else, |body| body.expect(&parts.2, expected, place));
            }
            (ExprKind::String(text), Type::Int | Type::Float | Type::Boolean)
                if text.literal().is_some_and(|text| !reads_as(&text, expected.required())) =>
            {
                self.context.report.push(messages::wrong_type(expr.span, &Type::String, expected));
            }
            _ => {
                let found = self.infer(expr, place);
                if self.fits(&found, expected, expr.span) {
                    self.reads(expr, &found, expected);
                }
            }
        }
    }

    /// Checks what decides: a condition, or a side of `!`, `&&` or `||`. No engine reads text as a Boolean there.
    pub(super) fn decides(&mut self, expr: &'a Expr, place: Place) {
        let found = self.infer(expr, place);
        self.fits_to_decide(&found, expr.span);
    }

    /// Says so if a type is none that decides.
    pub(super) fn fits_to_decide(&mut self, found: &Type, span: Span) {
        if fit(found.required(), &Type::Boolean) == Fit::Read {
            self.context.report.push(messages::wrong_type(span, found, &Type::Boolean));
        } else {
            self.fits(found, &Type::Boolean, span);
        }
    }

    /// Text where numbers or Booleans are expected: a literal piece of it may tell that it can never be read as one; and unless a file is
    /// read, which is how text becomes numbers in WDL, it is worth a word.
    fn reads(&mut self, expr: &Expr, found: &Type, expected: &Type) {
        if fit(found, expected) != Fit::Read || self.context.version == Version::Draft2 {
            return;
        }
        if let Some(piece) = foreign_piece(expr, expected.required()) {
            self.context.report.push(messages::unreadable_text(expr.span, &messages::type_text(expected), &piece));
        } else if !matches!(expr.kind, ExprKind::Apply { .. } | ExprKind::String(_)) && matches!(found, Type::String) {
            self.context.report.violation(messages::text_read(expr.span, &messages::type_text(found), &messages::type_text(expected)));
        }
    }

    /// Says so if a type does not fit where another is expected; whether it does.
    pub(super) fn fits(&mut self, found: &Type, expected: &Type, span: Span) -> bool {
        match fit(found, expected) {
            Fit::Coerced if self.context.version >= Version::V1_1 && becomes_string(found, expected) => {
                let (found, expected) = (messages::type_text(found), messages::type_text(expected));
                self.context.report.unlisted(messages::no_string(span, &found, &expected));
                true
            }
            Fit::Same | Fit::Coerced | Fit::Read => true,
            // draft-2 knew no better; the run says if the value does not fit.
            Fit::Loose => {
                if self.context.version > Version::Draft2 {
                    self.context.report.violation(messages::loose_coercion(span, found, expected));
                }
                true
            }
            // draft-2 takes one value for an array of one.
            Fit::Not if self.context.version == Version::Draft2 && is_item_of(found, expected) => true,
            Fit::Not => {
                self.context.report.push(messages::wrong_type(span, found, expected));
                false
            }
        }
    }

    /// Whether literals and branches of differing types are worth a word at a place.
    fn is_strictly_typed(&self, place: Place) -> bool {
        self.context.version > Version::Draft2 && place.site != Site::Attribute
    }

    fn array(&mut self, items: &'a [Expr], place: Place) -> Type {
        let mut item_type: Option<Type> = None;
        let mut is_mixed = false;
        for item in items {
            let found = self.infer(item, place);
            item_type = Some(match item_type {
                None => found,
                Some(known) => match common(&known, &found) {
                    // A struct and a map: what they have in common only the run knows.
                    Some(Type::Any) if !is_open(&known) && !is_open(&found) => {
                        self.context.report.unlisted(messages::mixed_array(item.span, &found, &known));
                        Type::Any
                    }
                    Some(wider) => wider,
                    None => {
                        if !is_mixed && self.is_strictly_typed(place) {
                            self.context.report.violation(messages::mixed_array(item.span, &found, &known));
                        }
                        is_mixed = true;
                        Type::Any
                    }
                },
            });
        }
        Type::array(item_type.unwrap_or(Type::Any))
    }

    /// A map literal; with values of several types it may become a struct or, in draft-2, is an Object, so its values are open.
    fn map(&mut self, entries: &'a [(Expr, Expr)], place: Place) -> Type {
        let mut types: Option<(Type, Type)> = None;
        for (key, value) in entries {
            let (key, value) = (self.infer(key, place), self.infer(value, place));
            types = Some(match types {
                None => (key, value),
                Some((known_key, known_value)) => {
                    let key = common(&known_key, &key).unwrap_or(Type::Any);
                    let same = known_value.required() == value.required() || matches!(known_value, Type::None) || matches!(value, Type::None);
                    let value = if same { common(&known_value, &value) } else { None };
                    (key, value.unwrap_or(Type::Any))
                }
            });
        }
        let (key, value) = types.unwrap_or((Type::Any, Type::Any));
        if self.context.version == Version::Draft2 && value == Type::Any && matches!(key, Type::String) {
            Type::Object
        } else {
            Type::map(key, value)
        }
    }

    /// Members of an object literal: any names, any types.
    fn members(&mut self, members: &'a [(Name, Expr)], place: Place) {
        let mut first = HashMap::new();
        for (name, value) in members {
            if let Some(span) = first.insert(name.text.as_str(), name.span) {
                self.context.report.push(messages::duplicate(name.span, span, "member", &name.text));
            }
            self.infer(value, place);
        }
    }

    fn structure(&mut self, name: &Name, members: &'a [(Name, Expr)], place: Place) -> Type {
        self.context.needs(Version::V1_1, name.span, "a struct literal");
        let Some(ty) = self.context.namespace.structs.get(&name.text).cloned() else {
            let near = nearest_name(&name.text, self.context.namespace.structs.keys().map(String::as_str));
            self.context.report.push(messages::unknown_type(name.span, &name.text, near));
            self.members(members, place);
            return Type::Any;
        };
        let unknown = self.struct_members(&ty, name.span, members, place);
        for diagnostic in unknown {
            self.context.report.push(diagnostic);
        }
        Type::Struct(ty)
    }

    /// The members of a literal that is to be a struct; `span` is where a missing one is said. Gives what is to be said of those that it does not have.
    fn struct_members(&mut self, ty: &Arc<StructType>, span: Span, members: &'a [(Name, Expr)], place: Place) -> Vec<Diagnostic> {
        let types: HashMap<&str, &Type> = ty.members.iter().map(|(name, ty)| (name.as_str(), ty)).collect();
        let (mut given, mut unknown) = (HashMap::new(), Vec::new());
        for (member, value) in members {
            if let Some(span) = given.insert(member.text.as_str(), member.span) {
                self.context.report.push(messages::duplicate(member.span, span, "member", &member.text));
            }
            if let Some(expected) = types.get(member.text.as_str()) {
                self.expect(value, expected, place);
            } else {
                let near = nearest_name(&member.text, ty.members.iter().map(|(known, _)| known.as_str()));
                unknown.push(messages::unknown_member(member, &Type::Struct(ty.clone()), near));
                self.infer(value, place);
            }
        }
        let is_missing = |(member, ty): &&(String, Type)| !ty.is_optional() && !given.contains_key(member.as_str());
        let missing: Vec<&str> = ty.members.iter().filter(is_missing).map(|(member, _)| member.as_str()).collect();
        if !missing.is_empty() {
            self.context.report.push(messages::missing_members(span, &ty.name, &missing));
        }
        unknown
    }

    fn index(&mut self, base: &'a Expr, index: &'a Expr, place: Place) -> Type {
        let ty = self.infer(base, place);
        if matches!(ty, Type::Optional(_)) {
            self.unwrapped(&ty, base.span);
        }
        match ty.required() {
            Type::Array { item, .. } => {
                self.expect(index, &Type::Int, place);
                (**item).clone()
            }
            Type::Map(parts) => {
                self.expect(index, &parts.0, place);
                parts.1.clone()
            }
            Type::Any | Type::Object => {
                self.infer(index, place);
                Type::Any
            }
            Type::Struct(members) => self.member_by_key(members, index, place),
            _ => {
                self.infer(index, place);
                self.context.report.push(messages::not_indexable(base.span, &ty));
                Type::Any
            }
        }
    }

    /// `struct["member"]`, which some engines take.
    fn member_by_key(&mut self, ty: &Arc<StructType>, index: &'a Expr, place: Place) -> Type {
        self.expect(index, &Type::String, place);
        let ExprKind::String(text) = &index.kind else { return Type::Any };
        let Some(text) = text.literal() else { return Type::Any };
        if let Some(found) = member_type(ty, &text) {
            self.context.report.violation(messages::member_by_key(index.span, &text));
            return found.clone();
        }
        let near = nearest_name(&text, ty.members.iter().map(|(known, _)| known.as_str()));
        let name = Name { text: text.clone(), span: index.span };
        self.context.report.push(messages::unknown_member(&name, &Type::Struct(Arc::clone(ty)), near));
        Type::Any
    }

    /// An optional value is used as if it were there.
    pub(super) fn unwrapped(&mut self, found: &Type, span: Span) {
        if self.context.version > Version::Draft2 {
            self.context.report.violation(messages::loose_coercion(span, found, found.required()));
        }
    }
}

/// Whether nothing is known of a type.
fn is_open(ty: &Type) -> bool {
    *ty.required() == Type::Any
}

/// Whether the common type of two branches is text and one of them is a number or Boolean.
fn joins_text_and_other(common: &Type, branches: [&Type; 2]) -> bool {
    let is_other = |ty: &Type| matches!(ty.required(), Type::Int | Type::Float | Type::Boolean);
    *common.required() == Type::String && branches.into_iter().any(is_other)
}

/// Whether an array of the one value would fit.
fn is_item_of(found: &Type, expected: &Type) -> bool {
    matches!(expected.required(), Type::Array { item, .. } if fit(found, item) < Fit::Not)
}

/// Whether a text can be read as a number or Boolean.
fn reads_as(text: &str, ty: &Type) -> bool {
    match ty {
        Type::Boolean => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        // `3.0` is an Int too.
        _ => text.trim().parse::<f64>().is_ok(),
    }
}

/// A piece of text, among those that an expression joins, that no number or Boolean can have in it.
fn foreign_piece(expr: &Expr, ty: &Type) -> Option<String> {
    let fits = |letter: char| match ty {
        Type::Boolean => letter.is_ascii_alphabetic() || letter.is_whitespace(),
        _ => letter.is_ascii_digit() || letter.is_whitespace() || "+-.eEinfatyINFATY".contains(letter),
    };
    match &expr.kind {
        ExprKind::String(text) => {
            let pieces = text.parts.iter().filter_map(|part| if let TextPart::Literal(piece) = part { Some(piece) } else { None });
            pieces.into_iter().find(|piece| !piece.chars().all(fits)).cloned()
        }
        ExprKind::Binary(BinaryOperator::Add, operands) => foreign_piece(&operands.0, ty).or_else(|| foreign_piece(&operands.1, ty)),
        _ => None,
    }
}

/// The type of a struct's member.
pub(super) fn member_type<'t>(ty: &'t StructType, name: &str) -> Option<&'t Type> {
    ty.members.iter().find(|(known, _)| known == name).map(|(_, ty)| ty)
}
