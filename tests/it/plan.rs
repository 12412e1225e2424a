//! Documents to graph: case folders. `graph.txt` is the graph, `inputs.txt` what may be given from outside; or `errors.txt`.

use std::path::PathBuf;

use rstest::rstest;
use sluice::plan::{Graph, plan};

use crate::support::{
    cases::{golden, no_golden},
    folders::{checked_text, load, main_callee, unchecked},
    processor::work_of,
};

#[rstest]
fn case(#[files("tests/cases/plan/*/source.wdl")] path: PathBuf) {
    let case = path.parent().unwrap();
    // The checker refuses most of what cannot be planned; the planner must not rely on it.
    let checked = unchecked(load(&path));
    match plan(&checked, main_callee(&checked)) {
        Ok(graph) => {
            golden(&case.join("graph.txt"), &graph.to_string());
            golden(&case.join("inputs.txt"), &inputs(&graph));
            no_golden(&case.join("errors.txt"));
        }
        Err(errors) => {
            let text: String = errors.iter().map(|error| error.render(&checked.documents.sources) + "\n\n").collect();
            golden(&case.join("errors.txt"), &text);
            no_golden(&case.join("graph.txt"));
            no_golden(&case.join("inputs.txt"));
        }
    }
}

fn inputs(graph: &Graph) -> String {
    let line = |input: &sluice::plan::ExternalInput| {
        format!("{}.{}: {}{}\n", graph.name, input.key, input.ty, if input.is_required { " required" } else { "" })
    };
    graph.external_inputs().iter().map(line).collect()
}

#[test]
fn an_unknown_key_names_the_nearest() {
    let checked = checked_text("version 1.0\nworkflow w { input { Int count } }");
    let graph = plan(&checked, main_callee(&checked)).unwrap();
    assert_eq!(graph.external_input("w.count").unwrap().key, "count");
    assert_eq!(graph.external_input("count").unwrap().key, "count");
    assert_eq!(graph.external_input("w.coun").unwrap_err().nearest.as_deref(), Some("w.count"));
    assert_eq!(graph.external_input("w.entirely_else").unwrap_err().nearest, None);
}

/// Ten thousand calls in a chain plan without quadratic trouble.
#[test]
fn a_long_workflow_plans_quickly() {
    let mut text = String::from("version 1.0\ntask t { input { Int? x } command <<<>>> output { Int y = 1 } }\nworkflow w {\n");
    for call in 0..10_000 {
        let previous = if call == 0 { String::new() } else { format!("{{ input: x = c{}.y }}", call - 1) };
        text.push_str(&format!("call t as c{call} {previous}\n"));
    }
    text.push_str("}\n");
    let checked = checked_text(&text);
    let (graph, took) = work_of(|| plan(&checked, main_callee(&checked)).unwrap());
    assert_eq!(graph.sections[0].nodes.len(), 10_000);
    assert!(took.as_secs() < 5, "planning took {took:?}");
}
