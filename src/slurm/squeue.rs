//! squeue's table. Pure: text in, rows out. Entry points: [`arguments`], [`parse`].

use super::listed_id::ListedId;

/// The columns asked for. The name comes last, because another user's may hold any character; the others cannot hold a `|`.
const FORMAT: &str = "%i|%T|%r|%S|%N|%j";

/// The header those columns have. It is asked for and looked for: an empty answer and an answer that never came are the same text without it.
const HEADER: &str = "JOBID|STATE|REASON|START_TIME|NODELIST|NAME";

/// What is expected of an answer, for messages.
pub(super) const EXPECTED: &str = "a table that begins with `JOBID|STATE|REASON|START_TIME|NODELIST|NAME`";

/// One job, component, or group of array elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueRow {
    /// Whom it speaks for.
    pub id: ListedId,
    /// State in Slurm's word.
    pub state: String,
    /// Why it waits, or why it ended (`RaisedSignal:53(…)`, `TimeLimit`).
    pub reason: String,
    /// Nodes, as a Slurm list; empty before it starts.
    pub nodes: String,
    /// The job's name.
    pub name: String,
}

/// All jobs of one user, ended ones too: without `-t all` a job that has ended is not shown. One list for all, because a list of ids fails as a whole in some releases when one is unknown.
pub(super) fn arguments(user_id: u32) -> Vec<String> {
    ["-t", "all", "-u", &user_id.to_string(), "-o", FORMAT].map(ToOwned::to_owned).to_vec()
}

/// Reads the table; `None` without its header. Rows that are none of ours by form are skipped; lines before the header are a site's own words.
pub fn parse(stdout: &str) -> Option<Vec<QueueRow>> {
    let mut lines = stdout.lines();
    lines.find(|line| line.trim() == HEADER)?;
    Some(lines.filter_map(parse_row).collect())
}

fn parse_row(line: &str) -> Option<QueueRow> {
    let mut fields = line.splitn(6, '|').map(str::trim);
    let id = ListedId::parse(fields.next()?)?;
    let mut next = || fields.next().map(ToOwned::to_owned);
    let (state, reason) = (next()?, next()?);
    let _start = next()?;
    Some(QueueRow { id, state, reason, nodes: next()?, name: next()? })
}
