//! Tests that need what a machine may not have.

/// Says why a test, or a part of it, does nothing here.
#[expect(clippy::print_stdout, reason = "a test that is skipped must say so, and only its output can")]
pub(crate) fn skipped(reason: &str) {
    println!("skipped: {reason}");
}
