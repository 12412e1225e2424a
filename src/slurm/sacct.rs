//! sacct's table. Pure: text in, rows out. Entry points: [`arguments_for_ids`], [`arguments_since`], [`parse`].

use super::listed_id::ListedId;

const FORMAT: &str = "--format=JobID,State,ExitCode,Start,End,NodeList,JobName";

const HEADER: &str = "JobID|State|ExitCode|Start|End|NodeList|JobName";

/// What is expected of an answer, for messages.
pub(super) const EXPECTED: &str = "a table that begins with `JobID|State|ExitCode|Start|End|NodeList|JobName`";

/// One job, array element, component or step of the accounting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountingRow {
    /// Whom it speaks for.
    pub id: ListedId,
    /// State in Slurm's words; may be `CANCELLED by 0`.
    pub state: String,
    /// Exit code and signal; `0:53` says that the output file could not be opened.
    pub exit: Option<(i32, i32)>,
    /// Nodes, as a Slurm list; empty if it never started.
    pub nodes: String,
    /// The job's name.
    pub name: String,
}

/// Asks for jobs by id. Only so does sacct show jobs that never started.
pub(super) fn arguments_for_ids(ids: &[String]) -> Vec<String> {
    vec!["-X".into(), "-P".into(), "-j".into(), ids.join(","), FORMAT.into()]
}

/// Asks for all jobs of one user with a name that have been there since a time (`YYYY-MM-DDTHH:MM:SS`, local). Jobs that never started are missing from the answer.
pub(super) fn arguments_since(user_id: u32, name: &str, since: &str) -> Vec<String> {
    let user_id = user_id.to_string();
    ["-X", "-P", "-u", &user_id, "--name", name, "-S", since, "-E", "now", FORMAT].map(ToOwned::to_owned).to_vec()
}

/// Reads the table; `None` without its header. Of a job that was requeued only the last row is sent (no `-D`).
pub fn parse(stdout: &str) -> Option<Vec<AccountingRow>> {
    let mut lines = stdout.lines();
    lines.find(|line| line.trim() == HEADER)?;
    Some(lines.filter_map(parse_row).collect())
}

fn parse_row(line: &str) -> Option<AccountingRow> {
    let mut fields = line.splitn(7, '|').map(str::trim);
    let id = ListedId::parse(fields.next()?)?;
    let state = fields.next()?.to_owned();
    let exit = parse_exit(fields.next()?);
    let (_start, _end) = (fields.next()?, fields.next()?);
    let nodes = Some(fields.next()?).filter(|nodes| *nodes != "None assigned").unwrap_or_default().to_owned();
    Some(AccountingRow { id, state, exit, nodes, name: fields.next()?.to_owned() })
}

fn parse_exit(text: &str) -> Option<(i32, i32)> {
    let (code, signal) = text.split_once(':')?;
    Some((code.parse().ok()?, signal.parse().ok()?))
}
