//! The tree of one WDL document, any version, every node with its span. Contract between the parser and every later stage.
//!
//! The tree is a superset of all versions: `check` says what a document's version does not have.

use crate::source::{SourceId, Span};

/// WDL versions that are understood, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// No version line.
    Draft2,
    /// `version 1.0` (and the old spelling `draft-3`).
    V1_0,
    /// `version 1.1`.
    V1_1,
    /// `version 1.2`.
    V1_2,
    /// `version 1.3`.
    V1_3,
}

impl Version {
    /// As a document writes it (`draft-2`, `1.0`, …).
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft2 => "draft-2",
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }
}

/// An identifier and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The identifier.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// One document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The source it was parsed from.
    pub source: SourceId,
    /// Its version.
    pub version: Version,
    /// The version as written, where there is a version statement.
    pub version_span: Option<Span>,
    /// Imports in order.
    pub imports: Vec<Import>,
    /// Struct definitions in order.
    pub structs: Vec<StructDef>,
    /// Enum definitions in order (1.3).
    pub enums: Vec<EnumDef>,
    /// Tasks in order.
    pub tasks: Vec<Task>,
    /// Workflows in order; more than one is an error that `check` reports.
    pub workflows: Vec<Workflow>,
    /// Diagnostics that are not errors (a version spelled `draft-3`, say).
    pub warnings: Vec<crate::diagnostic::Diagnostic>,
}

/// `import "uri" as name alias A as B`.
#[derive(Clone, Debug)]
pub struct Import {
    /// The URI, without quotes.
    pub uri: String,
    /// The URI's span, with quotes.
    pub uri_span: Span,
    /// The namespace, where one is given.
    pub alias: Option<Name>,
    /// `alias Struct as NewName` pairs.
    pub struct_aliases: Vec<(Name, Name)>,
    /// The whole statement.
    pub span: Span,
}

/// `struct Name { … }`.
#[derive(Clone, Debug)]
pub struct StructDef {
    /// Its name.
    pub name: Name,
    /// Members in order; none has a value.
    pub members: Vec<Declaration>,
    /// `meta` and `parameter_meta` (1.2).
    pub meta: Vec<MetaEntry>,
    /// `parameter_meta`.
    pub parameter_meta: Vec<MetaEntry>,
    /// The whole definition.
    pub span: Span,
}

/// `enum Name[Type] { Choice = value, … }` (1.3).
#[derive(Clone, Debug)]
pub struct EnumDef {
    /// Its name.
    pub name: Name,
    /// The type of its values, where it is written.
    pub value_type: Option<TypeExpr>,
    /// Choices in order, with their values where written.
    pub choices: Vec<(Name, Option<Expr>)>,
    /// The whole definition.
    pub span: Span,
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeExpr {
    /// What is written.
    pub kind: TypeExprKind,
    /// Where.
    pub span: Span,
}

/// Forms of a type as written.
#[derive(Clone, Debug)]
pub enum TypeExprKind {
    /// `Boolean`
    Boolean,
    /// `Int`
    Int,
    /// `Float`
    Float,
    /// `String`
    String,
    /// `File`
    File,
    /// `Directory` (1.2)
    Directory,
    /// `Object`
    Object,
    /// `Array[X]`, with `+` if it may not be empty.
    Array {
        /// Type of the items; `None` for draft-2's bare `Array`.
        item: Option<Box<TypeExpr>>,
        /// Whether `+` follows.
        non_empty: bool,
    },
    /// `Map[K, V]`; `None` for draft-2's bare `Map`.
    Map(Option<Box<(TypeExpr, TypeExpr)>>),
    /// `Pair[L, R]`; `None` for draft-2's bare `Pair`.
    Pair(Option<Box<(TypeExpr, TypeExpr)>>),
    /// `X?`
    Optional(Box<TypeExpr>),
    /// A struct or enum by name.
    Named(String),
}

/// `Type name = value`; also members of structs (without value).
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The declared type.
    pub ty: TypeExpr,
    /// The declared name.
    pub name: Name,
    /// The value or default.
    pub value: Option<Expr>,
    /// `env` before the type (1.2): the span of that word.
    pub env: Option<Span>,
    /// The whole declaration.
    pub span: Span,
}

/// An `input { … }` section, or draft-2's bare declarations without a value where no section exists.
#[derive(Clone, Debug, Default)]
pub struct InputSection {
    /// Declarations in order.
    pub declarations: Vec<Declaration>,
    /// The section's span; `None` where the document has no `input` section (draft-2).
    pub span: Option<Span>,
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub name: Name,
    /// The `input` section; in draft-2 empty: its inputs are among `declarations`.
    pub input: InputSection,
    /// Declarations outside `input` and `output`, in order.
    pub declarations: Vec<Declaration>,
    /// The command, where there is one.
    pub command: Option<Command>,
    /// Outputs in order.
    pub outputs: Vec<Declaration>,
    /// `runtime { … }`
    pub runtime: Option<AttributeSection>,
    /// `requirements { … }` (1.2)
    pub requirements: Option<AttributeSection>,
    /// `hints { … }` (1.2)
    pub hints: Option<AttributeSection>,
    /// `meta { … }`
    pub meta: Vec<MetaEntry>,
    /// `parameter_meta { … }`
    pub parameter_meta: Vec<MetaEntry>,
    /// The whole task.
    pub span: Span,
}

/// How a command section is fenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandFence {
    /// `command { … }`
    Braces,
    /// `command <<< … >>>`
    Heredoc,
}

/// A command section, dedented, its placeholders parsed.
#[derive(Clone, Debug)]
pub struct Command {
    /// How it is fenced.
    pub fence: CommandFence,
    /// Text and placeholders after common leading whitespace was removed (WDL 1.0, "Stripping leading whitespace").
    pub text: Text,
}

/// A section of `key: expression` lines.
#[derive(Clone, Debug)]
pub struct AttributeSection {
    /// Attributes in order.
    pub attributes: Vec<Attribute>,
    /// The whole section.
    pub span: Span,
}

/// `key: expression` of `runtime`, `requirements` or `hints`. Inside its value every `{}` is an object (see the dialect).
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The key as written, without quotes.
    pub name: Name,
    /// Its value.
    pub value: Expr,
}

/// A value of `meta` or `parameter_meta`.
#[derive(Clone, Debug, PartialEq)]
pub enum MetaValue {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction or exponent.
    Float(f64),
    /// A string; placeholders are not allowed in it.
    String(String),
    /// `[ … ]`
    Array(Vec<MetaValue>),
    /// `{ … }`
    Object(Vec<MetaEntry>),
}

/// `key: value` of `meta` or `parameter_meta`.
#[derive(Clone, Debug, PartialEq)]
pub struct MetaEntry {
    /// The key.
    pub name: Name,
    /// The value.
    pub value: MetaValue,
}

/// A workflow.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// Its name.
    pub name: Name,
    /// The `input` section; in draft-2 empty: its inputs are the declarations without value of `body`.
    pub input: InputSection,
    /// Statements in order of text; their order of execution is by dependency.
    pub body: Vec<Statement>,
    /// The `output` section, where there is one.
    pub output: Option<OutputSection>,
    /// `hints { … }` (1.2)
    pub hints: Option<AttributeSection>,
    /// `meta { … }`
    pub meta: Vec<MetaEntry>,
    /// `parameter_meta { … }`
    pub parameter_meta: Vec<MetaEntry>,
    /// The whole workflow.
    pub span: Span,
}

/// A workflow's `output { … }`.
#[derive(Clone, Debug)]
pub struct OutputSection {
    /// Entries in order.
    pub entries: Vec<WorkflowOutput>,
    /// The whole section.
    pub span: Span,
}

/// One entry of a workflow's `output` section.
#[derive(Clone, Debug)]
pub enum WorkflowOutput {
    /// `Type name = expression`
    Declaration(Declaration),
    /// draft-2's `call.output` (or nested `ns.call.output`).
    Reference(Vec<Name>),
    /// draft-2's `call.*`
    Wildcard(Vec<Name>),
}

/// A statement of a workflow's body.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `Type name = expression`
    Declaration(Declaration),
    /// `call …`
    Call(Call),
    /// `scatter (x in xs) { … }`
    Scatter(Scatter),
    /// `if (…) { … } else if (…) { … } else { … }` (`else`: 1.3)
    Conditional(Conditional),
}

/// `call ns.target as alias after x { input: … }`.
#[derive(Clone, Debug)]
pub struct Call {
    /// `target` or `namespace.target`.
    pub target: Vec<Name>,
    /// `as alias`.
    pub alias: Option<Name>,
    /// `after x`, each.
    pub after: Vec<Name>,
    /// Inputs in order; a value may be absent (`call t { x }`, 1.1).
    pub inputs: Vec<CallInput>,
    /// The first of inputs that stand without `input:` before them (1.2).
    pub bare_inputs: Option<Span>,
    /// The whole call.
    pub span: Span,
}

impl Call {
    /// The name the call has in its workflow: its alias, else the last part of its target.
    pub fn name(&self) -> &Name {
        self.alias.as_ref().unwrap_or_else(|| self.target.last().expect("the grammar wants at least one name after `call`"))
    }
}

/// `name = value` of a call.
#[derive(Clone, Debug)]
pub struct CallInput {
    /// The callee's input.
    pub name: Name,
    /// The value; `None` means the workflow's own value of that name.
    pub value: Option<Expr>,
}

/// `scatter (variable in collection) { body }`.
#[derive(Clone, Debug)]
pub struct Scatter {
    /// The variable.
    pub variable: Name,
    /// What it runs over.
    pub collection: Expr,
    /// The body.
    pub body: Vec<Statement>,
    /// The whole statement.
    pub span: Span,
}

/// `if (condition) { body } …`.
#[derive(Clone, Debug)]
pub struct Conditional {
    /// Branches in order; before 1.3 exactly one. Only the last may be without a condition (`else`).
    pub branches: Vec<Branch>,
    /// The whole statement.
    pub span: Span,
}

/// One branch of a conditional.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Its condition; `None` for `else`.
    pub condition: Option<Expr>,
    /// The body.
    pub body: Vec<Statement>,
    /// From `if` or `else` to the closing brace.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// Forms of an expression.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `true`, `false`
    Boolean(bool),
    /// A whole number; a `-` before a literal is folded in, so that the least Int can be written.
    Int(i64),
    /// A number with a fraction or exponent.
    Float(f64),
    /// `None` (1.1)
    None,
    /// A string with its placeholders.
    String(Text),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `{a: b}` outside `runtime`-like sections: keys are expressions. Inside them only where a key is computed
    /// (`{"/data/${name}": path}`); its bare keys are strings then.
    Map(Vec<(Expr, Expr)>),
    /// `object {a: b}`, and every `{a: b}` in a `runtime`-like section: keys are names.
    Object(Vec<(Name, Expr)>),
    /// `Name {a: b}`
    Struct(Name, Vec<(Name, Expr)>),
    /// `hints { … }`, `input { … }`, `output { … }` in a hints section (1.2). Keys may be dotted.
    Hints(Name, Vec<(Name, Expr)>),
    /// `(a, b)`
    Pair(Box<(Expr, Expr)>),
    /// A name.
    Name(String),
    /// `a.b`; `left`/`right` of a pair and outputs of a call too.
    Member(Box<Expr>, Name),
    /// `a[b]`
    Index(Box<(Expr, Expr)>),
    /// `f(a, b)`
    Apply {
        /// The function's name.
        function: Name,
        /// Arguments in order.
        arguments: Vec<Expr>,
    },
    /// `!a`, `-a`, `+a`
    Unary(UnaryOperator, Box<Expr>),
    /// `a + b`
    Binary(BinaryOperator, Box<(Expr, Expr)>),
    /// `if a then b else c`
    If(Box<(Expr, Expr, Expr)>),
}

/// Operators of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Negate,
    /// `+` (draft-2, 1.0)
    Plus,
}

/// Operators of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `**` (1.2)
    Power,
}

/// Text with placeholders: a string or a command.
#[derive(Clone, Debug)]
pub struct Text {
    /// Parts in order; escapes are resolved in strings, left as they are in commands (but for `\}` and `\>>>`).
    pub parts: Vec<TextPart>,
    /// The whole, with its quotes or fences.
    pub span: Span,
}

impl Text {
    /// The text, where it has no placeholder.
    pub fn literal(&self) -> Option<String> {
        let part = |part: &TextPart| match part {
            TextPart::Literal(text) => Some(text.as_str().to_owned()),
            TextPart::Placeholder(_) => None,
        };
        self.parts.iter().map(part).collect()
    }
}

/// A part of a text.
#[derive(Clone, Debug)]
pub enum TextPart {
    /// Plain text.
    Literal(String),
    /// `~{…}` or `${…}`
    Placeholder(Box<Placeholder>),
}

/// `~{options expression}`.
#[derive(Clone, Debug)]
pub struct Placeholder {
    /// `sep=`, where given.
    pub sep: Option<Expr>,
    /// `default=`, where given.
    pub default: Option<Expr>,
    /// `true=` and `false=`, where given; each with its text.
    pub when_true: Option<Expr>,
    /// `false=`.
    pub when_false: Option<Expr>,
    /// What is put in.
    pub expr: Expr,
    /// From `~{` to `}`.
    pub span: Span,
}
