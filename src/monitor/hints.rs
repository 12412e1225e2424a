//! What to do about each cause.

use crate::task::Cause;

/// Hints for a cause, each one line.
pub(super) fn hints(cause: &Cause) -> Vec<String> {
    let hint = match cause {
        Cause::Timeout => "give the task more time: `time_minutes` in its `runtime`",
        Cause::OutOfMemory => "give the task more memory: `memory` in its `runtime`",
        Cause::LaunchFailed => "`batches/` in the run folder holds the script and what Slurm wrote while starting it",
        Cause::StartTimeout => "the logs of the roles say why one did not come up; `starttimeout` in `runneroptions` gives them more time",
        Cause::Unfit => {
            "where something is missing: name an image that has it (`container` in `runtime`), or have `modules` or `path_prepend` in the site file's [node] bring it; a Python of the \
             command's own is found where the command names it by its path"
        }
        Cause::Lost => "ask the site's administrator what became of the job; `sluice resume` tries the call again",
        Cause::Cancelled
        | Cause::Success { .. }
        | Cause::Exit { .. }
        | Cause::Signal { .. }
        | Cause::NodeFail
        | Cause::Preempted
        | Cause::Refused
        | Cause::NoImage
        | Cause::OutputMissing
        | Cause::NotPrepared => return Vec::new(),
    };
    vec![hint.to_owned()]
}
