//! Bytes to a document: each byte is a choice. Its expressions are of the types that are declared, but for a few that are not.

use std::fmt::Write as _;

/// The types that are written.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Int,
    Float,
    Boolean,
    String,
    File,
    Struct,
    Optional(Box<Kind>),
    Array(Box<Kind>),
    Pair(Box<(Kind, Kind)>),
    Map(Box<Kind>),
}

impl Kind {
    fn written(&self) -> String {
        match self {
            Self::Int => "Int".to_owned(),
            Self::Float => "Float".to_owned(),
            Self::Boolean => "Boolean".to_owned(),
            Self::String => "String".to_owned(),
            Self::File => "File".to_owned(),
            Self::Struct => "S".to_owned(),
            Self::Optional(inner) => format!("{}?", inner.written()),
            Self::Array(item) => format!("Array[{}]", item.written()),
            Self::Pair(sides) => format!("Pair[{}, {}]", sides.0.written(), sides.1.written()),
            Self::Map(value) => format!("Map[String, {}]", value.written()),
        }
    }
}

/// A document of which at least the syntax is right.
pub(crate) fn document(choices: &[u8]) -> String {
    let mut generator = Generator { choices: choices.iter(), names: Vec::new() };
    let version = ["1.1", "1.0", "1.2", "1.3", "draft-2"][generator.below(5)];
    let mut text = String::new();
    if version != "draft-2" {
        writeln!(text, "version {version}\nstruct S {{ Int a  String? b  Array[Float] c }}").expect("a String takes every write");
    }
    let (inputs, close) = if version == "draft-2" { ("", "") } else { ("input { ", " }") };
    writeln!(text, "workflow w {{").expect("a String takes every write");
    for index in 0..=generator.below(6) {
        generator.declare(&mut text, &format!("x{index}"));
    }
    generator.blocks(&mut text);
    writeln!(text, "  call t {{ input: i = {} }}\n}}", generator.expr(&Kind::Int, 3)).expect("a String takes every write");
    generator.names = vec![("i".to_owned(), Kind::Int)];
    writeln!(text, "task t {{\n  {inputs}Int i = 1{close}").expect("a String takes every write");
    generator.declare(&mut text, "y");
    let placeholder = generator.placeholder(3);
    writeln!(text, "  command <<< echo {placeholder} >>>\n  output {{").expect("a String takes every write");
    generator.declare(&mut text, "o");
    text.push_str("  }\n}\n");
    // Struct literals are of 1.1; what an object holds is known only when it is there.
    if version == "1.0" { text.replace("S {", "object {").replace("struct object", "struct S") } else { text }
}

/// Whether an error of a run is one that the checker should have found. Not where types are open: in draft-2, and in objects.
pub(crate) fn is_missed(error: &str, text: &str) -> bool {
    text.starts_with("version") && !text.contains("object") && is_type_error(error)
}

fn is_type_error(error: &str) -> bool {
    let first = error.lines().next().unwrap_or_default();
    ["does not work on", "needs a Boolean", "needs a number", "there is no function", "takes", "has no value here", "expected a Boolean after"]
        .iter()
        .any(|words| first.contains(words))
        || [": expected an Array", ": expected a Map", ": expected an Int as", ": expected a Pair", "with an Int or a Map", "no member `"]
            .iter()
            .any(|words| first.contains(words))
}

/// Choices that are left, and the names that can be used.
struct Generator<'a> {
    choices: std::slice::Iter<'a, u8>,
    names: Vec<(String, Kind)>,
}

impl Generator<'_> {
    /// A number below `end`; 0, which is the simplest everywhere, once there is nothing to choose by.
    fn below(&mut self, end: usize) -> usize {
        self.choices.next().map_or(0, |byte| usize::from(*byte) % end)
    }

    fn declare(&mut self, text: &mut String, name: &str) {
        let kind = self.kind(2);
        // What an empty literal is an array of is known only from a declaration.
        let value = match kind {
            Kind::Array(_) if self.below(4) == 3 => "[]".to_owned(),
            _ => self.expr(&kind, 4),
        };
        writeln!(text, "  {} {name} = {value}", kind.written()).expect("a String takes every write");
        self.names.push((name.to_owned(), kind));
    }

    /// A scatter and a conditional, whose names are arrays and optional outside.
    fn blocks(&mut self, text: &mut String) {
        let before = self.names.len();
        let item = self.kind(1);
        let collection = self.expr(&Kind::Array(Box::new(item.clone())), 3);
        writeln!(text, "  scatter (v in {collection}) {{").expect("a String takes every write");
        self.names.push(("v".to_owned(), item));
        self.declare(text, "s");
        writeln!(text, "  if ({}) {{", self.expr(&Kind::Boolean, 3)).expect("a String takes every write");
        self.declare(text, "c");
        writeln!(text, "  }}\n  }}").expect("a String takes every write");
        let inside = self.names.split_off(before + 1);
        self.names.truncate(before);
        for (name, kind) in inside {
            let kind = match (name.as_str(), kind) {
                ("c", Kind::Optional(inner)) => Kind::Optional(inner),
                ("c", inner) => Kind::Optional(Box::new(inner)),
                (_, kind) => kind,
            };
            self.names.push((name, Kind::Array(Box::new(kind))));
        }
        self.declare(text, "z");
    }

    fn kind(&mut self, depth: usize) -> Kind {
        let simple = [Kind::Int, Kind::String, Kind::Boolean, Kind::Float, Kind::File, Kind::Struct];
        let count = if depth == 0 { simple.len() } else { simple.len() + 4 };
        match self.below(count) {
            6 => Kind::Array(Box::new(self.kind(depth - 1))),
            7 => match self.kind(depth - 1) {
                Kind::Optional(inner) => Kind::Optional(inner),
                inner => Kind::Optional(Box::new(inner)),
            },
            8 => Kind::Pair(Box::new((self.kind(depth - 1), self.kind(depth - 1)))),
            9 => Kind::Map(Box::new(self.kind(depth - 1))),
            index => simple[index].clone(),
        }
    }

    /// An expression of a type; one in 32 is of another.
    fn expr(&mut self, kind: &Kind, depth: usize) -> String {
        if self.below(32) == 31 {
            let other = self.kind(1);
            return self.expr(&other, depth.saturating_sub(1));
        }
        if depth == 0 {
            return self.simple(kind);
        }
        let form = self.below(8);
        let depth = depth - 1;
        match form {
            0 => self.simple(kind),
            1 => self.known(kind),
            2 => format!("(if {} then {} else {})", self.expr(&Kind::Boolean, depth), self.expr(kind, depth), self.expr(kind, depth)),
            3 => format!("select_first([{}, {}])", self.optional(kind, depth), self.expr(kind, depth)),
            4 => format!("{}[{}]", self.in_parentheses(&Kind::Array(Box::new(kind.clone())), depth), self.below(3)),
            5 if self.below(2) == 0 => format!("({}, {}).left", self.expr(kind, depth), self.expr(&Kind::Int, depth)),
            // One value: what a literal of several types holds at a key is known only in the run.
            5 => format!("{{\"k\": {}}}[{}]", self.expr(kind, depth), self.string(depth)),
            6 => format!("({})", self.expr(kind, depth)),
            _ => self.applied(kind, depth),
        }
    }

    fn in_parentheses(&mut self, kind: &Kind, depth: usize) -> String {
        format!("({})", self.expr(kind, depth))
    }

    fn optional(&mut self, kind: &Kind, depth: usize) -> String {
        match kind {
            Kind::Optional(_) => self.expr(kind, depth),
            _ => self.expr(&Kind::Optional(Box::new(kind.clone())), depth),
        }
    }

    /// A name of that type.
    fn known(&mut self, kind: &Kind) -> String {
        let skipped = self.below(4);
        let name = self.names.iter().filter(|(_, known)| known == kind).map(|(name, _)| name.clone()).cycle().nth(skipped);
        // An endless row of nothing is over at once.
        name.unwrap_or_else(|| self.simple(kind))
    }

    fn simple(&mut self, kind: &Kind) -> String {
        match kind {
            Kind::Int => ["0", "1", "-2", "9223372036854775807", "0x1f", "07"][self.below(6)].to_owned(),
            Kind::Float => ["0.5", "1e3", "-2.0", "1e308", "3"][self.below(5)].to_owned(),
            Kind::Boolean => ["true", "false"][self.below(2)].to_owned(),
            Kind::String => ["\"a\"", "\"\"", "'it\\'s \\u00e9'", "\"k\"", "\"1\"", "\"~{1 + 1}\""][self.below(6)].to_owned(),
            Kind::File => ["\"/data/f.txt\"", "\"f\"", "\"\"", "\"../x\""][self.below(4)].to_owned(),
            Kind::Struct => "S { a: 1, c: [0.5] }".to_owned(),
            Kind::Optional(inner) => self.simple(inner),
            Kind::Array(item) => format!("[{}]", self.simple(item)),
            Kind::Pair(sides) => format!("({}, {})", self.simple(&sides.0), self.simple(&sides.1)),
            Kind::Map(value) => format!("{{\"k\": {}}}", self.simple(value)),
        }
    }

    /// An operator or a function that gives such a value.
    fn applied(&mut self, kind: &Kind, depth: usize) -> String {
        match kind {
            Kind::Int => self.int(depth),
            Kind::Float => match self.below(3) {
                0 => format!("size({})", self.optional(&Kind::File, depth)),
                1 => format!("({} / {})", self.expr(&Kind::Float, depth), self.expr(&Kind::Int, depth)),
                _ => format!("read_float({})", self.expr(&Kind::File, depth)),
            },
            Kind::Boolean => self.boolean(depth),
            Kind::String => self.string(depth),
            Kind::File => format!("write_lines({})", self.expr(&Kind::Array(Box::new(Kind::String)), depth)),
            Kind::Struct => format!("S {{ a: {}, c: {} }}", self.expr(&Kind::Int, depth), self.expr(&Kind::Array(Box::new(Kind::Float)), depth)),
            Kind::Optional(inner) => match self.below(2) {
                0 => "None".to_owned(),
                _ => self.expr(inner, depth),
            },
            Kind::Array(item) => self.array(item, depth),
            Kind::Pair(sides) => format!("({}, {})", self.expr(&sides.0, depth), self.expr(&sides.1, depth)),
            Kind::Map(value) => match self.below(2) {
                0 => format!("{{{}: {}}}", self.string(depth), self.expr(value, depth)),
                _ => format!("as_map([({}, {})])", self.string(depth), self.expr(value, depth)),
            },
        }
    }

    fn int(&mut self, depth: usize) -> String {
        let item = self.kind(1);
        match self.below(8) {
            operator @ 0..5 => {
                format!("({} {} {})", self.expr(&Kind::Int, depth), ["+", "-", "*", "/", "%"][operator], self.expr(&Kind::Int, depth))
            }
            5 => format!("length({})", self.expr(&Kind::Array(Box::new(item)), depth)),
            6 => format!("floor({})", self.expr(&Kind::Float, depth)),
            _ => format!("min({}, {} ** 3)", self.expr(&Kind::Int, depth), self.expr(&Kind::Int, depth)),
        }
    }

    fn boolean(&mut self, depth: usize) -> String {
        let kind = self.kind(1);
        match self.below(6) {
            0 => format!("({} && {})", self.expr(&Kind::Boolean, depth), self.expr(&Kind::Boolean, depth)),
            1 => format!("!{}", self.in_parentheses(&Kind::Boolean, depth)),
            2 => format!("({} == {})", self.expr(&kind, depth), self.expr(&kind, depth)),
            3 => format!("({} < {})", self.expr(&kind, depth), self.expr(&kind, depth)),
            4 => format!("defined({})", self.optional(&kind, depth)),
            _ => format!("contains({}, {})", self.expr(&Kind::Array(Box::new(kind.clone())), depth), self.expr(&kind, depth)),
        }
    }

    fn string(&mut self, depth: usize) -> String {
        let kind = self.kind(0);
        let Some(depth) = depth.checked_sub(1) else { return self.simple(&Kind::String) };
        match self.below(6) {
            0 => format!("\"p{}\"", self.placeholder(depth)),
            1 => format!("({} + {})", self.expr(&Kind::String, depth), self.expr(&kind, depth)),
            2 => format!("basename({}, {})", self.expr(&Kind::File, depth), self.string(depth)),
            3 => format!("sub({}, \"a+\", {})", self.expr(&Kind::String, depth), self.string(depth)),
            4 => format!("sep(\",\", {})", self.expr(&Kind::Array(Box::new(kind)), depth)),
            _ => format!("({}).b", self.expr(&Kind::Struct, depth)),
        }
    }

    fn array(&mut self, item: &Kind, depth: usize) -> String {
        let rows = Kind::Array(Box::new(Kind::Array(Box::new(item.clone()))));
        match (item, self.below(5)) {
            (Kind::Int, 0..3) => format!("range({})", self.below(4)),
            (Kind::String, 0) => format!("prefix({}, {})", self.string(depth), self.expr(&Kind::Array(Box::new(Kind::Int)), depth)),
            (Kind::String, 1) => format!("keys({})", self.expr(&Kind::Map(Box::new(Kind::Int)), depth)),
            (Kind::Pair(sides), 0..2) => {
                let arrays = [&sides.0, &sides.1].map(|side| self.expr(&Kind::Array(Box::new(side.clone())), depth));
                format!("cross({})", arrays.join(", "))
            }
            (Kind::Array(_), 0) => format!("transpose({})", self.expr(&Kind::Array(Box::new(item.clone())), depth)),
            (_, 1) => format!("flatten({})", self.expr(&rows, depth)),
            (_, 2) => format!("select_all([{}])", self.optional(item, depth)),
            _ => format!("[{}, {}]", self.expr(item, depth), self.expr(item, depth)),
        }
    }

    /// `~{…}`, with an option at times.
    fn placeholder(&mut self, depth: usize) -> String {
        let kind = self.kind(1);
        match self.below(4) {
            0 => format!("~{{sep=',' {}}}", self.expr(&Kind::Array(Box::new(Kind::String)), depth)),
            1 => format!("~{{true='y' false='n' {}}}", self.expr(&Kind::Boolean, depth)),
            2 => format!("~{{default='d' {}}}", self.optional(&kind, depth)),
            _ => format!("~{{\"-o \" + {}}}", self.optional(&kind, depth)),
        }
    }
}
