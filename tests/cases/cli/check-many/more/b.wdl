version 1.0
import "../tasks/t.wdl" as tasks
workflow b { call tasks.t { input: n = "y" } }
