//! What holds whatever happens in whichever order.

use std::sync::Arc;

use pretty_assertions::assert_eq;
use sluice::{
    engine::{Engine, Event, Outcome},
    plan::plan,
    value::{Object, Value},
};

use super::simulation::{Numbers, Run, Source};
use crate::support::folders::{checked_text, main_callee};

/// Nested scatters, conditionals, waiting without data, files, pipelines over scatters, empty shards.
const WORKFLOW: &str = r#"version 1.0
task add { input { Int a  Int b = 1  String? note } command <<<>>> output { Int sum = a + b  Pair[Int, String] told = (a, "~{a}, \"~{b}\"") } }
task none { command <<<>>> }
workflow w {
  input { File list  Array[Int] sizes  Int limit = 2  File seven }
  Array[String] lines = read_lines(list)
  scatter (size in sizes) {
    call add as outer { input: a = size }
    scatter (index in range(size)) {
      call add as inner { input: a = outer.sum, b = index }
      Int twice = inner.sum * 2
      if (twice > limit) {
        call add as large { input: a = twice, b = read_int(seven) }
      }
    }
    call none as after_inner { input: }
  }
  scatter (line in lines) {
    Int number = line
    call add as numbers { input: a = number, note = line }
  }
  if (length(sizes) > 100) { call add as never { input: a = 1 } }
  call add as last { input: a = length(flatten(inner.sum)), b = length(numbers.sum) }
  output {
    Array[Array[Int]] sums = inner.sum
    Array[Array[Int?]] larges = large.sum
    Array[Pair[Int, String]] told = outer.told
    Int all = last.sum
    Int? nothing = never.sum
    Array[Int] read = number
  }
}
"#;

fn source() -> Source {
    let checked = checked_text(&WORKFLOW.replace("as after_inner { input: }", "as after_inner after inner"));
    let graph = Arc::new(plan(&checked, main_callee(&checked)).expect("it can be planned"));
    let sizes = [3, 0, 2].into_iter().map(Value::Int).collect();
    let inputs = [("w.list", Value::file("/data/three")), ("sizes", Value::array(sizes)), ("seven", Value::file("/data/seven"))];
    let inputs: Object = inputs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Source { checked, graph, inputs }
}

fn whole_run(source: &Source, seed: u64, failing_nodes: usize) -> Run {
    let mut run = Run::new(source.clone());
    run.failing_nodes = failing_nodes;
    run.go_to_the_end(&mut Numbers::new(seed));
    run
}

/// All that an engine shows of itself.
fn shown(engine: &Engine) -> String {
    let rows: Vec<_> = engine.calls().collect();
    format!("{:?}\n{rows:#?}\n{:#?}\n{:?}\n{:?}\n{:?}", engine.status(), engine.open_batches(), engine.failures(), engine.outcome(), engine.outputs())
}

#[test]
fn outputs_are_what_the_workflow_says() {
    let run = whole_run(&source(), 1, 0);
    assert_eq!(run.finished, Some(Outcome::Succeeded));
    assert_eq!(
        run.outputs().unwrap(),
        concat!(
            "w.sums = [[4,5,6],[],[3,4]]\n",
            "w.larges = [[15,17,19],[],[13,15]]\n",
            "w.told = [{\"left\":3,\"right\":\"3, \\\"1\\\"\"},{\"left\":0,\"right\":\"0, \\\"1\\\"\"},{\"left\":2,\"right\":\"2, \\\"1\\\"\"}]\n",
            "w.all = 8\n",
            "w.nothing = null\n",
            "w.read = [1,2,3]\n",
        )
    );
}

#[test]
fn any_interleaving_gives_the_same_outputs() {
    let source = source();
    let expected = whole_run(&source, 0, 0).outputs();
    for seed in 1..200 {
        let run = whole_run(&source, seed, 3);
        assert_eq!(run.finished, Some(Outcome::Succeeded), "seed {seed}");
        assert_eq!(run.outputs(), expected, "seed {seed}");
    }
}

#[test]
fn a_log_cut_anywhere_is_resumed_to_the_same_outputs_and_submits_nothing_twice() {
    let source = source();
    for seed in 0..4 {
        let whole = whole_run(&source, seed, 4);
        for cut in 0..whole.log.len() {
            let mut run = Run::resumed(source.clone(), &whole.log[..cut]);
            // `Run::submit` holds that no attempt gets two intents.
            run.go_to_the_end(&mut Numbers::new(seed + 1000));
            assert_eq!(run.outputs(), whole.outputs(), "seed {seed}, cut after {cut} events");
        }
    }
}

#[test]
fn replay_gives_the_state_back() {
    let source = source();
    let mut run = Run::new(source.clone());
    run.failing_nodes = 3;
    let mut numbers = Numbers::new(77);
    while run.step(&mut numbers) {
        // What is taken and has no intent is not in the log: it is ready again.
        assert_eq!(shown(&source.replay(&run.log)), shown(&run.engine).replace("Preparing", "Ready"), "after {} events", run.log.len());
    }
}

#[test]
fn cancelling_at_any_point_ends_the_run_and_starts_nothing() {
    let source = source();
    for point in 0..40 {
        let mut run = Run::new(source.clone());
        let mut numbers = Numbers::new(point);
        for _ in 0..point {
            run.step(&mut numbers);
        }
        if run.finished.is_some() {
            continue;
        }
        run.was_cancelled = true;
        run.tell(&Event::CancelRequested { by: "SIGINT".to_owned() });
        assert!(run.engine.take_ready(100).is_empty());
        let status = run.engine.status();
        assert_eq!((status.ready, status.preparing), (0, 0));
        run.end_cancelled();
        assert_eq!(run.finished, Some(Outcome::Cancelled), "cancelled after {point} steps");
        // A late answer changes nothing.
        run.engine.apply(&Event::CancelRequested { by: "again".to_owned() }).unwrap();
        run.tell(&Event::Finished { outcome: Outcome::Cancelled });
        assert!(run.engine.is_over());
    }
}

#[test]
fn a_cancelled_run_is_resumed_to_the_same_outputs() {
    let source = source();
    let expected = whole_run(&source, 0, 0).outputs();
    for point in (0..40).step_by(3) {
        let mut run = Run::new(source.clone());
        let mut numbers = Numbers::new(point);
        for _ in 0..point {
            run.step(&mut numbers);
        }
        run.was_cancelled = true;
        run.tell(&Event::CancelRequested { by: "SIGINT".to_owned() });
        run.end_cancelled();
        if run.finished != Some(Outcome::Cancelled) {
            continue;
        }
        run.tell(&Event::Finished { outcome: Outcome::Cancelled });
        let mut log = run.log.clone();
        log.push(serde_json::to_string(&Event::Resumed { by: "me".to_owned() }).unwrap());
        let mut again = Run::resumed(source.clone(), &log);
        again.go_to_the_end(&mut numbers);
        assert_eq!(again.outputs(), expected, "cancelled after {point} steps");
    }
}

/// An Object does not say what its members are; the log does, so that a File in it is still one after a resume (a container must see it).
#[test]
fn files_in_objects_are_files_after_a_resume() {
    let text = "version 1.1\ntask t { input { Object o } command <<<>>> output { Object back = o  String done = \"yes\" } }\nworkflow w {\n  input { File seven }\n  Object o = object { made: seven, read: read_int(seven), text: \"/data/three\", inner: object { n: 1 } }\n  call t { input: o = o }\n  call t as again { input: o = t.back }\n}\n";
    let checked = checked_text(text);
    let graph = Arc::new(plan(&checked, main_callee(&checked)).expect("it can be planned"));
    let inputs = Object::from_iter([("seven".to_owned(), Value::file("/data/seven"))]);
    let source = Source { checked, graph, inputs };
    let mut run = Run::new(source.clone());
    run.go_to_the_end(&mut Numbers::new(1));
    let engine = source.replay(&run.log);
    for path in ["t", "again"] {
        let inputs = engine.call_inputs(&sluice::task::CallPath(path.to_owned())).expect("the call is known").1.expect("it has inputs");
        let Value::Object(object) = &inputs["o"] else { panic!("{inputs:?}") };
        assert!(matches!(object["made"], Value::File(_)), "{path}: {object:?}");
        assert!(matches!(object["text"], Value::String(_)), "{path}: {object:?}");
        assert!(matches!(object["inner"], Value::Object(_)), "{path}: {object:?}");
    }
}
