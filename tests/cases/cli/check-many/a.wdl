version 1.0
import "tasks/t.wdl" as tasks
workflow a { call tasks.t { input: n = "x" } }
