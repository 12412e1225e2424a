//! What the README's language table has a row for, each with a small document that uses it and nothing else that is new.

/// A row of the table.
pub(super) struct Feature {
    /// As the README says it.
    pub(super) name: &'static str,
    /// A document without its version line; `#=== NAME` begins one that it imports, `@{…}@` stands for inputs: an `input` section where the
    /// version has it.
    pub(super) text: &'static str,
    /// What it gives where it is accepted: JSON of the workflow's output `o`, or, without a workflow, the task's command.
    pub(super) gives: &'static str,
}

const fn feature(name: &'static str, text: &'static str, gives: &'static str) -> Feature {
    Feature { name, text, gives }
}

/// Rows in the order of the table.
pub(super) const FEATURES: &[Feature] = &[
    // Documents and types.
    feature(
        "imports with a namespace",
        "import \"b.wdl\" as b\nworkflow w { call b.t  output { Int o = t.o } }\n#=== b.wdl\ntask t { command {} output { Int o = 1 } }",
        "1",
    ),
    feature("`struct`", "struct S { Int a }\nworkflow w { S s = object { a: 1 }  output { Int o = s.a } }", "1"),
    feature("struct literals `S { a: 1 }`", "struct S { Int a }\nworkflow w { S s = S { a: 1 }  output { Int o = s.a } }", "1"),
    feature(
        "structs imported, with `alias`",
        "import \"b.wdl\" as b alias S as T\nworkflow w { T s = object { a: 1 }  output { Int o = s.a } }\n#=== b.wdl\nstruct S { Int a }",
        "1",
    ),
    feature("`meta` of a struct", "struct S { Int a  meta { of: \"all\" } }\nworkflow w { S s = object { a: 1 }  output { Int o = s.a } }", "1"),
    feature("`Object` and `object { a: 1 }`", "workflow w { Object x = object { a: 1 }  output { Int o = x.a } }", "1"),
    feature(
        "`Pair`, `Map`, optional and non-empty types",
        "workflow w { Pair[Int, Int?] p = (1, 2)  Map[String, Array[Int]+] m = { \"a\": [p.left] }  output { Array[Int] o = m[\"a\"] } }",
        "[1]",
    ),
    feature("types without brackets (`Array`, `Map`)", "workflow w { Array x = [1, 2]  output { Array[Int] o = x } }", "[1,2]"),
    feature("`Directory`", "task t { Directory d = \"/data\"  command { ls ${d} } }", "ls /data"),
    feature("`enum`", "enum E { A, B }\nworkflow w { E x = E.B  output { E o = x } }", "\"B\""),
    feature("enums with values of a type", "enum E[Int] { A = 1, B = 2 }\nworkflow w { output { Int o = value(E.B) } }", "2"),
    // Expressions.
    feature("`None`", "workflow w { Int? x = None  output { Boolean o = defined(x) } }", "false"),
    feature("`if … then … else …`", "workflow w { output { Int o = if true then 1 else 2 } }", "1"),
    feature("the operator `**`", "workflow w { output { Int o = 2 ** 3 } }", "8"),
    feature("`${…}` in strings", "workflow w { output { String o = \"a${1}\" } }", "\"a1\""),
    feature("`~{…}` in strings", "workflow w { output { String o = \"a~{1}\" } }", "\"a1\""),
    feature(
        "placeholder options `sep`, `default`, `true`/`false`",
        "workflow w { @{Int? n}@  output { String o = \"${sep=',' [1, 2]}${default='d' n}${true='y' false='n' false}\" } }",
        "\"1,2dn\"",
    ),
    feature("strings of many lines `<<< … >>>`", "workflow w { output { String o = <<<\n  a\n    b\n  >>> } }", "\"a\\n  b\""),
    feature("text made of values (`\"a\" + 1`)", "workflow w { output { String o = \"a\" + 1 } }", "\"a1\""),
    // Workflows.
    feature("inputs without a section", "workflow w { Int? n  output { Boolean o = defined(n) } }", "false"),
    feature("the `input` section", "workflow w { input { Int n = 1 }  output { Int o = n } }", "1"),
    feature("old outputs `call.out`, `call.*`", "task t { command {} output { Int o = 1 } }\nworkflow w { call t  output { t.o } }", "1"),
    feature(
        "call inputs after `input:`",
        "task t { @{Int n}@ command {} output { Int o = n } }\nworkflow w { call t { input: n = 1 }  output { Int o = t.o } }",
        "1",
    ),
    feature(
        "call inputs without `input:`",
        "task t { @{Int n}@ command {} output { Int o = n } }\nworkflow w { call t { n = 1 }  output { Int o = t.o } }",
        "1",
    ),
    feature(
        "call inputs by name alone `{ input: n }`",
        "task t { @{Int n}@ command {} output { Int o = n } }\nworkflow w { Int n = 1  call t { input: n }  output { Int o = t.o } }",
        "1",
    ),
    feature(
        "inputs of calls given from outside",
        "task t { @{Int n}@ command { echo ${n} } }\nworkflow w { meta { allowNestedInputs: true }  call t  output { Int o = 1 } }",
        "",
    ),
    feature("`call … after …`", "task t { command {} }\nworkflow w { call t  call t as u after t  output { Int o = 1 } }", "1"),
    feature(
        "sub-workflows",
        "import \"b.wdl\" as b\nworkflow w { call b.v  output { Int o = v.p } }\n#=== b.wdl\nworkflow v { output { Int p = 1 } }",
        "1",
    ),
    feature(
        "`scatter` and `if`, in each other",
        "workflow w { scatter (i in [1, 2]) { if (i > 1) { Int x = i } }  output { Array[Int?] o = x } }",
        "[null,2]",
    ),
    feature(
        "`else if`, `else`",
        "workflow w { if (false) { Int x = 1 } else if (true) { Int x = 2 } else { Int x = 3 }  output { Int o = x } }",
        "2",
    ),
    // Tasks.
    feature("`command { … }` and `command <<< … >>>`", "task t { command { echo } }\ntask u { command <<< echo >>> }", "echo"),
    feature(
        "`runtime`, `meta`, `parameter_meta`",
        "task t { @{Int n = 1}@ command { echo ${n} }  runtime { cpu: 1 }  meta { x: \"y\" }  parameter_meta { n: \"a number\" } }",
        "echo 1",
    ),
    feature(
        "`runner` and `runneroptions` (Achelous)",
        "task t { command { mpiexec x }  runtime { runner: \"partisaner\"  runneroptions: { \"cluster\": \"mpich\", \"procs\": 2 } } }",
        "mpiexec x",
    ),
    feature("`requirements`", "task t { command { echo }  requirements { cpu: 1 } }", "echo"),
    feature("`hints`", "task t { command { echo }  hints { max_cpu: 2 } }", "echo"),
    feature("`env` inputs", "task t { @{env String x = \"a b\"}@ command { echo $x } }", "echo $x"),
    feature("the variable `task`", "task t { command { echo ${task.name} ${task.attempt} } }", "echo t 0"),
    feature("`task.previous`", "task t { command { echo ${defined(task.previous.memory)} } }", "echo false"),
    // The standard library.
    feature(
        "functions of draft-2",
        "workflow w { Array[Pair[Int, Int]] z = zip([1], [2])  output { Array[Int] o = flatten([range(2), [floor(1.5), ceil(1.5), round(1.5), length(z)]]) } }",
        "[0,1,1,2,2,1]",
    ),
    feature("`min`, `max`", "workflow w { output { Int o = max(1, min(2, 3)) } }", "2"),
    feature(
        "`sep`, `suffix`, `quote`, `squote`",
        "workflow w { output { String o = sep(\" \", suffix(\"!\", quote(squote([\"a\"])))) } }",
        "\"\\\"'a'\\\"!\"",
    ),
    feature(
        "`keys`, `as_map`, `as_pairs`, `collect_by_key`, `unzip`",
        "workflow w { Map[String, Int] m = as_map(as_pairs({ \"a\": 1 }))  Map[String, Array[Int]] c = collect_by_key([(\"b\", 2)])  output { Array[String] o = flatten([keys(m), keys(c), unzip([(\"c\", 3)]).left]) } }",
        "[\"a\",\"b\",\"c\"]",
    ),
    feature(
        "`find`, `matches`",
        "workflow w { String? f = find(\"abc\", \"b.\")  output { String o = \"${f} ${matches(\"a\", \"b\")}\" } }",
        "\"bc false\"",
    ),
    feature(
        "`contains`, `chunk`",
        "workflow w { Boolean c = contains([1], 1)  output { Array[Array[Int]] o = if c then chunk([1, 2, 3], 2) else [] } }",
        "[[1,2],[3]]",
    ),
    feature(
        "`contains_key`, `values`",
        "workflow w { Map[String, Int] m = { \"a\": 1 }  output { Array[Int] o = if contains_key(m, \"a\") then values(m) else [] } }",
        "[1]",
    ),
    feature("`join_paths`", "workflow w { output { String o = join_paths(\"/a\", \"b\") } }", "\"/a/b\""),
    feature("`length` of maps and strings", "workflow w { output { Int o = length({ \"a\": 1 }) + length(\"abc\") } }", "4"),
    feature("`split`", "workflow w { output { Array[String] o = split(\"a,b\", \",\") } }", "[\"a\",\"b\"]"),
];
