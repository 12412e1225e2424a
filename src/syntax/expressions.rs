//! Expressions: operators by precedence, without recursion over a row of them.

use pest::iterators::Pair;

use super::{
    NESTING_LIMIT,
    ast::{BinaryOperator, Expr, ExprKind, Name, UnaryOperator, Version},
    builder::{Builder, next, parts, too_deep, unexpected},
    grammar::Rule,
};
use crate::{diagnostic::Diagnostic, source::Span};

/// An expression with the number of levels of its tree, which no later stage may find above the limit.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) expr: Expr,
    height: usize,
}

impl Node {
    /// An expression over parts of the given height.
    pub(super) fn over(parts_height: usize, kind: ExprKind, span: Span) -> Result<Self, Diagnostic> {
        if parts_height > NESTING_LIMIT {
            return Err(too_deep(span));
        }
        Ok(Self { expr: Expr { kind, span }, height: parts_height + 1 })
    }

    /// An expression without parts.
    pub(super) fn leaf(kind: ExprKind, span: Span) -> Self {
        Self { expr: Expr { kind, span }, height: 1 }
    }
}

/// The height of the tallest node, and their expressions.
#[derive(Debug, Default)]
pub(super) struct Tallest(pub(super) usize);

impl Tallest {
    /// Takes a part's expression, remembers its height.
    pub(super) fn take(&mut self, node: Node) -> Expr {
        self.0 = self.0.max(node.height);
        node.expr
    }
}

/// Operators and operands that wait for their right side: the two stacks of precedence parsing.
#[derive(Debug, Default)]
struct Row {
    operands: Vec<Node>,
    operators: Vec<BinaryOperator>,
}

impl Row {
    /// Joins what binds at least as tightly as `precedence`; every operator of WDL associates to the left, `**` too.
    fn reduce(&mut self, precedence: u8) -> Result<(), Diagnostic> {
        while let Some(operator) = self.operators.pop_if(|operator| precedence_of(*operator) >= precedence) {
            let right = self.operands.pop().expect("an operator stands between two operands");
            let left = self.operands.pop().expect("an operator stands between two operands");
            let span = left.expr.span.to(right.expr.span);
            let mut tallest = Tallest::default();
            let sides = Box::new((tallest.take(left), tallest.take(right)));
            self.operands.push(Node::over(tallest.0, ExprKind::Binary(operator, sides), span)?);
        }
        Ok(())
    }
}

impl Builder {
    /// An expression.
    pub(super) fn expression(&mut self, pair: Pair<'_, Rule>) -> Result<Expr, Diagnostic> {
        Ok(self.node(pair)?.expr)
    }

    /// An expression with its height.
    pub(super) fn node(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        self.deeper(span, |builder| builder.row(pair))
    }

    fn row(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let mut row = Row::default();
        let mut prefixes = Vec::new();
        for part in parts(pair) {
            match part.as_rule() {
                Rule::prefix => prefixes.push(part),
                Rule::infix => {
                    self.apply_prefixes(&mut row, &mut prefixes)?;
                    let operator = binary_operator(part.as_str());
                    row.reduce(precedence_of(operator))?;
                    row.operators.push(operator);
                }
                Rule::member | Rule::index => {
                    let target = row.operands.pop().expect("a postfix follows its operand");
                    row.operands.push(self.postfix(target, part)?);
                }
                Rule::number => row.operands.push(self.signed_number(&part, &mut prefixes)?),
                _ => {
                    let primary = self.primary(part)?;
                    row.operands.push(primary);
                }
            }
        }
        self.apply_prefixes(&mut row, &mut prefixes)?;
        row.reduce(0)?;
        Ok(row.operands.pop().expect("an expression has an operand"))
    }

    /// A number takes a `-` right before it into itself, so that the least Int can be written.
    fn signed_number(&self, pair: &Pair<'_, Rule>, prefixes: &mut Vec<Pair<'_, Rule>>) -> Result<Node, Diagnostic> {
        let span = self.span(pair);
        match prefixes.pop_if(|prefix| prefix.as_str() == "-") {
            Some(minus) => {
                let span = self.span(&minus).to(span);
                Ok(Node::leaf(super::literals::number("-", pair.as_str(), span)?, span))
            }
            None => Ok(Node::leaf(super::literals::number("", pair.as_str(), span)?, span)),
        }
    }

    /// Puts the prefixes of the last operand around it, the nearest first.
    fn apply_prefixes(&self, row: &mut Row, prefixes: &mut Vec<Pair<'_, Rule>>) -> Result<(), Diagnostic> {
        while let Some(prefix) = prefixes.pop() {
            let operand = row.operands.pop().expect("a prefix stands before an operand");
            let operator = match prefix.as_str() {
                "!" => UnaryOperator::Not,
                "-" => UnaryOperator::Negate,
                _ => UnaryOperator::Plus,
            };
            let span = self.span(&prefix).to(operand.expr.span);
            row.operands.push(Node::over(operand.height, ExprKind::Unary(operator, Box::new(operand.expr)), span)?);
        }
        Ok(())
    }

    fn postfix(&mut self, target: Node, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = target.expr.span.to(self.span(&pair));
        let rule = pair.as_rule();
        let part = next(&mut parts(pair));
        let mut tallest = Tallest::default();
        let target = tallest.take(target);
        let kind = if rule == Rule::member {
            ExprKind::Member(Box::new(target), self.word(&part))
        } else {
            let index = tallest.take(self.node(part)?);
            ExprKind::Index(Box::new((target, index)))
        };
        Node::over(tallest.0, kind, span)
    }

    fn primary(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::double_quoted | Rule::single_quoted => self.string(pair),
            Rule::multiline_string => self.multiline_string(pair),
            Rule::array_literal => self.array(pair),
            Rule::brace_literal => self.braces(pair),
            Rule::parentheses => self.parentheses(pair),
            Rule::if_expression => self.if_expression(pair),
            Rule::boolean | Rule::task_variable => Ok(Node::leaf(self.word_kind(&self.word(&pair)), span)),
            Rule::named => self.named(pair),
            rule => unexpected(rule, "an expression"),
        }
    }

    fn if_expression(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        let mut parts = parts(pair);
        let mut tallest = Tallest::default();
        let condition = tallest.take(self.node(next(&mut parts))?);
        let then = tallest.take(self.node(next(&mut parts))?);
        let otherwise = tallest.take(self.node(next(&mut parts))?);
        Node::over(tallest.0, ExprKind::If(Box::new((condition, then, otherwise))), span)
    }

    /// A name, a function with its arguments, a struct literal or an object literal.
    fn named(&mut self, pair: Pair<'_, Rule>) -> Result<Node, Diagnostic> {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let name = self.word(&next(&mut inner));
        let Some(rest) = inner.next() else {
            self.warn_of_python(&name);
            return Ok(Node::leaf(self.word_kind(&name), span));
        };
        if rest.as_rule() == Rule::member_list {
            let (members, height) = self.members(rest)?;
            let kind = if name.text == "object" { ExprKind::Object(members) } else { ExprKind::Struct(name, members) };
            return Node::over(height, kind, span);
        }
        let mut tallest = Tallest::default();
        let mut arguments = Vec::new();
        for argument in parts(rest) {
            arguments.push(tallest.take(self.node(argument)?));
        }
        Node::over(tallest.0, ExprKind::Apply { function: name, arguments }, span)
    }

    /// What a lone word stands for. `None` is an ordinary name before 1.1.
    pub(super) fn word_kind(&self, word: &Name) -> ExprKind {
        match word.text.as_str() {
            "true" => ExprKind::Boolean(true),
            "false" => ExprKind::Boolean(false),
            "None" if self.version >= Version::V1_1 => ExprKind::None,
            name => ExprKind::Name(name.to_owned()),
        }
    }

    /// `True` and `False` are legal names that nobody means.
    fn warn_of_python(&mut self, name: &Name) {
        let meant = match name.text.as_str() {
            "True" => "true",
            "False" => "false",
            _ => return,
        };
        let message = format!("`{}` is read as the name of a declaration", name.text);
        self.warnings.push(Diagnostic::warning(name.span, message).hint(format!("the Boolean is written `{meant}`")));
    }
}

/// How tightly an operator binds (WDL 1.2, "Operator Precedence Table").
fn precedence_of(operator: BinaryOperator) -> u8 {
    match operator {
        BinaryOperator::Or => 1,
        BinaryOperator::And => 2,
        BinaryOperator::Equal | BinaryOperator::NotEqual => 3,
        BinaryOperator::Less | BinaryOperator::LessEqual | BinaryOperator::Greater | BinaryOperator::GreaterEqual => 4,
        BinaryOperator::Add | BinaryOperator::Subtract => 5,
        BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => 6,
        BinaryOperator::Power => 7,
    }
}

fn binary_operator(written: &str) -> BinaryOperator {
    match written {
        "||" => BinaryOperator::Or,
        "&&" => BinaryOperator::And,
        "==" => BinaryOperator::Equal,
        "!=" => BinaryOperator::NotEqual,
        "<" => BinaryOperator::Less,
        "<=" => BinaryOperator::LessEqual,
        ">" => BinaryOperator::Greater,
        ">=" => BinaryOperator::GreaterEqual,
        "+" => BinaryOperator::Add,
        "-" => BinaryOperator::Subtract,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Divide,
        "%" => BinaryOperator::Remainder,
        "**" => BinaryOperator::Power,
        other => unreachable!("the grammar has no operator `{other}`"),
    }
}
