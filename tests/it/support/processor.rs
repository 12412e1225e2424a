//! Time on a processor: what else runs on the machine does not count.

use std::{fs, time::Duration};

/// Work of one thread that has begun.
pub(crate) struct Work {
    nanoseconds_before: u64,
}

impl Work {
    pub(crate) fn begin() -> Self {
        Self { nanoseconds_before: nanoseconds_of_this_thread() }
    }

    /// What this thread has worked since.
    pub(crate) fn took(&self) -> Duration {
        Duration::from_nanos(nanoseconds_of_this_thread() - self.nanoseconds_before)
    }
}

/// What a piece of work takes, which must not leave this thread.
pub(crate) fn work_of<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Work::begin();
    let result = work();
    (result, begun.took())
}

/// As Linux counts them.
fn nanoseconds_of_this_thread() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts the work of threads");
    text.split_whitespace().next().and_then(|number| number.parse().ok()).expect("the first number is the time on a processor")
}
