//! Operators: what they take and give.

use super::{
    body::{Body, Place},
    coercion::{Fit, common, fit},
    defined::Side,
    messages,
};
use crate::{
    source::Span,
    syntax::ast::{BinaryOperator, Expr, UnaryOperator, Version},
    value::Type,
};

impl<'a> Body<'_, 'a, '_> {
    pub(super) fn unary(&mut self, operator: UnaryOperator, operand: &'a Expr, place: Place) -> Type {
        match operator {
            UnaryOperator::Not => {
                self.decides(operand, place);
                Type::Boolean
            }
            UnaryOperator::Negate | UnaryOperator::Plus => {
                let ty = self.infer(operand, place);
                let operator = if operator == UnaryOperator::Negate { "-" } else { "+" };
                self.number(&ty, operand.span, operator)
            }
        }
    }

    pub(super) fn binary(&mut self, operator: BinaryOperator, operands: &'a (Expr, Expr), place: Place) -> Type {
        let (left_expr, right_expr) = operands;
        match operator {
            BinaryOperator::Or | BinaryOperator::And => {
                self.decides(left_expr, place);
                // The right side is read only if the left one has not decided.
                let side = if operator == BinaryOperator::And { Side::Then } else { Side::Else };
                self.if_defined(left_expr, side, |body| body.decides(right_expr, place));
                return Type::Boolean;
            }
            BinaryOperator::Power => self.context.needs(Version::V1_2, left_expr.span.to(right_expr.span), "the operator `**`"),
            _ => {}
        }
        let (left, right) = (self.infer(left_expr, place), self.infer(right_expr, place));
        let sides = [(&left, left_expr.span), (&right, right_expr.span)];
        match operator {
            BinaryOperator::Add => self.plus(sides, place),
            BinaryOperator::Subtract | BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder | BinaryOperator::Power => {
                let left = self.number(&left, left_expr.span, operator.symbol());
                let right = self.number(&right, right_expr.span, operator.symbol());
                arithmetic(&left, &right)
            }
            BinaryOperator::Equal | BinaryOperator::NotEqual => {
                let comparable = common(&left, &right).is_some() || fit(&left, &right) < Fit::Not || fit(&right, &left) < Fit::Not;
                self.comparison(operator, comparable && !is_call(&left) && !is_call(&right), sides)
            }
            BinaryOperator::Less | BinaryOperator::LessEqual | BinaryOperator::Greater | BinaryOperator::GreaterEqual => {
                if [&left, &right].iter().all(|ty| matches!(ty.required(), Type::Enum(_))) {
                    self.context.report.push(messages::choices_without_order(left_expr.span.to(right_expr.span), operator.symbol()));
                    return Type::Boolean;
                }
                let comparable = sides.iter().all(|(ty, _)| is_primitive(ty) && **ty != Type::None) && common(&left, &right).is_some();
                if comparable {
                    self.both_needed(sides);
                }
                self.comparison(operator, comparable, sides)
            }
            BinaryOperator::Or | BinaryOperator::And => Type::Boolean,
        }
    }

    fn comparison(&mut self, operator: BinaryOperator, comparable: bool, [(left, left_span), (right, right_span)]: [(&Type, Span); 2]) -> Type {
        if !comparable {
            self.context.report.push(messages::not_comparable(left_span.to(right_span), operator.symbol(), left, right));
        }
        Type::Boolean
    }

    /// Neither side may be none.
    fn both_needed(&mut self, sides: [(&Type, Span); 2]) {
        for (ty, span) in sides {
            if matches!(ty, Type::Optional(_)) {
                self.unwrapped(ty, span);
            }
        }
    }

    /// `+`: a sum of numbers, or text joined to text.
    fn plus(&mut self, sides: [(&Type, Span); 2], place: Place) -> Type {
        let [(left, left_span), (right, right_span)] = sides;
        let text = |ty: &Type| matches!(ty.required(), Type::String | Type::File | Type::Directory | Type::Enum(_));
        if text(left) || text(right) {
            let is_never = [left, right].contains(&&Type::None) && !place.in_placeholder && self.context.version > Version::Draft2;
            if is_primitive(left) && is_primitive(right) && !is_never {
                if [left, right].iter().any(|ty| matches!(ty.required(), Type::Boolean)) && self.context.version > Version::Draft2 {
                    let (left, right) = (messages::type_text(left), messages::type_text(right));
                    self.context.report.violation(messages::boolean_joined(left_span.to(right_span), &left, &right));
                }
                if !place.in_placeholder {
                    self.both_needed(sides);
                }
                // What may be none inside a placeholder has a text there, and no other check asks.
                return Type::String;
            }
            let diagnostic = messages::not_addable(left_span.to(right_span), left, right);
            if self.context.version == Version::Draft2 && !is_call(left) && !is_call(right) {
                // Old workflows write `"--lanes " + lanes` where `lanes` is an array that is never given.
                self.context.report.violation(diagnostic);
                return Type::String;
            }
            self.context.report.push(diagnostic);
            return Type::Any;
        }
        let is_sum = |ty: &Type| matches!(ty.required(), Type::Int | Type::Float | Type::Any | Type::None);
        if !is_sum(left) || !is_sum(right) {
            self.context.report.push(messages::not_addable(left_span.to(right_span), left, right));
            return Type::Any;
        }
        let left = self.number(left, left_span, "+");
        let right = self.number(right, right_span, "+");
        arithmetic(&left, &right)
    }

    /// The number that an operand is.
    fn number(&mut self, ty: &Type, span: Span, operator: &str) -> Type {
        match ty {
            Type::Int | Type::Float | Type::Any => ty.clone(),
            Type::Optional(inner) if matches!(**inner, Type::Int | Type::Float) => {
                self.unwrapped(ty, span);
                (**inner).clone()
            }
            // draft-2 reads numbers out of strings.
            _ if self.context.version == Version::Draft2 && matches!(ty.required(), Type::String) => Type::Any,
            _ => {
                self.context.report.push(messages::not_a_number(span, operator, ty));
                Type::Any
            }
        }
    }
}

fn arithmetic(left: &Type, right: &Type) -> Type {
    match (left, right) {
        (Type::Int, Type::Int) => Type::Int,
        (Type::Float, Type::Int | Type::Float) | (Type::Int, Type::Float) => Type::Float,
        _ => Type::Any,
    }
}

fn is_call(ty: &Type) -> bool {
    matches!(ty, Type::Call(_))
}

fn is_primitive(ty: &Type) -> bool {
    matches!(
        ty.required(),
        Type::Boolean | Type::Int | Type::Float | Type::String | Type::File | Type::Directory | Type::Enum(_) | Type::None | Type::Any
    )
}
