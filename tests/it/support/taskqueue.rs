//! The kind of `examples/custom-cluster`, which starts in a second: for tests of what every kind with a server, workers and a driver has.

use std::{fs, path::PathBuf};

use super::head::Place;

/// Stands in a document where its driver puts one task into the queue and prints the answer, 42.
const ASKS: &str = "ASKS_THE_QUEUE";
const QUESTION: &str = r#"PYTHONDONTWRITEBYTECODE=1 python3 -c 'import os, sys
    sys.path.insert(0, os.path.dirname(os.environ["TASKQUEUE_PROGRAM"]))
    from taskqueue import connect
    tasks, results = connect()
    tasks.put((0, "6 * 7"))
    print(results.get()[1])'"#;

/// The document with the driver's program in it.
pub(crate) fn asking(document: &str) -> String {
    assert!(document.contains(ASKS));
    document.replace(ASKS, QUESTION)
}

/// A file of the example.
pub(crate) fn example(name: &str) -> PathBuf {
    PathBuf::from("examples/custom-cluster").join(name)
}

/// Puts the example's files into a place, one text of its site file replaced.
pub(crate) fn bring(place: &Place, from: &str, to: &str) {
    let text = fs::read_to_string(example("site.toml")).expect("the example is there");
    assert!(text.contains(from));
    fs::write(place.path("site.toml"), text.replace(from, to)).expect("it can be written");
    fs::copy(example("taskqueue.sh"), place.path("taskqueue.sh")).expect("the example is there");
}
