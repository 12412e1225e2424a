//! What sbatch's refusals mean. Pure: a table of texts. Must not decide what is done about them. Entry point: [`classify`].
//!
//! The texts are the error table of libslurm 22.05.8 (`slurm_strerror`); names of limits come from the Reason codes of
//! <https://slurm.schedmd.com/resource_limits.html>. sbatch prints them as `sbatch: error: Batch job submission failed: TEXT`, a limit's name on a line before.

/// What a refusal asks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Something is out of order for now; the same job may be submitted again later.
    Transient,
    /// Too many jobs are queued; the same job fits once some have ended.
    Limit,
    /// It will be refused every time.
    Permanent,
    /// The job may have been accepted: look for it by name before anything else.
    Ambiguous,
}

/// First match wins, so a name of a limit comes before the sentence that follows it. The third column says where the row is from: `table` (libslurm 22.05.8), `measured` (seen on 22.05.8),
/// `manual` (the page on resource limits).
const TABLE: &[(&str, Refusal, &str)] = &[
    // The request went out and no answer came.
    ("Socket timed out on send/recv operation", Refusal::Ambiguous, "measured"),
    ("Zero Bytes were transmitted or received", Refusal::Ambiguous, "table"),
    ("Unable to contact slurm controller (send failure)", Refusal::Ambiguous, "table"),
    ("Unable to contact slurm controller (receive failure)", Refusal::Ambiguous, "table"),
    ("Unable to contact slurm controller (shutdown failure)", Refusal::Ambiguous, "table"),
    ("Header lengths are longer than data received", Refusal::Ambiguous, "table"),
    // Limits on how many jobs may be queued.
    ("AssocMaxSubmitJobLimit", Refusal::Limit, "manual"),
    ("AssocGrpSubmitJobsLimit", Refusal::Limit, "manual"),
    ("QOSMaxSubmitJobPerUserLimit", Refusal::Limit, "manual"),
    ("QOSMaxSubmitJobPerAccountLimit", Refusal::Limit, "manual"),
    ("QOSGrpSubmitJobsLimit", Refusal::Limit, "manual"),
    ("MaxSubmitJobsPerAccount", Refusal::Limit, "manual"),
    // MaxJobCount is reached: the controller answers EAGAIN, and sbatch has retried for minutes by itself.
    ("Resource temporarily unavailable", Refusal::Limit, "table"),
    ("Slurm temporarily unable to accept job", Refusal::Limit, "table"),
    // Limits on one job's size (DenyOnLimit, EnforcePartLimits): the job never fits.
    ("PerJobLimit", Refusal::Permanent, "manual"),
    ("PerUserLimit", Refusal::Permanent, "manual"),
    ("AssocGrp", Refusal::Permanent, "manual"),
    ("QOSGrp", Refusal::Permanent, "manual"),
    // Without a name before it: most often the number of submitted jobs.
    ("Job violates accounting/QOS policy", Refusal::Limit, "table"),
    // Out of order for now.
    ("Unable to create job record, try again", Refusal::Transient, "table"),
    ("I/O error writing script/environment to file", Refusal::Transient, "table"),
    ("Slurm backup controller in standby mode", Refusal::Transient, "table"),
    ("Controller is in standby mode", Refusal::Transient, "table"),
    ("Requested operation is presently disabled", Refusal::Transient, "table"),
    ("Required partition not available (inactive or drain)", Refusal::Transient, "table"),
    ("Required node not available (down, drained or reserved)", Refusal::Transient, "table"),
    ("Requested partition configuration not available now", Refusal::Transient, "table"),
    ("Requested reservation not usable now", Refusal::Transient, "table"),
    ("Error generating job credential", Refusal::Transient, "table"),
    ("Protocol authentication error", Refusal::Transient, "table"),
    ("Invalid authentication credential", Refusal::Transient, "table"),
    ("Failed to connect to authentication agent", Refusal::Transient, "table"),
    ("Munge encode failed", Refusal::Transient, "measured"),
    ("Slurm internal error, contact system administrator", Refusal::Transient, "table"),
    ("Cannot allocate memory", Refusal::Transient, "table"),
];

/// What sbatch's words ask of us. Words that are not in the table are a refusal for good, with the text for the person: retrying what we do not understand would go on for ever.
pub fn classify(said: &str) -> Refusal {
    TABLE.iter().find(|(text, ..)| said.contains(text)).map_or(Refusal::Permanent, |(_, refusal, _)| *refusal)
}
