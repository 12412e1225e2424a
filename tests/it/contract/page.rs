//! The page that promises the variables: `src/job/partisaner/environment.md`.

use std::fs;

/// A row of its table of kinds.
pub(crate) struct Row {
    kinds: Vec<String>,
    /// Empty: every role.
    roles: Vec<String>,
    pub(crate) variables: Vec<String>,
}

pub(crate) struct Page {
    /// Variables of every process.
    pub(crate) every: Vec<String>,
    pub(crate) rows: Vec<Row>,
    /// The example of the cluster file, as it stands.
    pub(crate) example: String,
}

impl Page {
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string("src/job/partisaner/environment.md").expect("the page is there");
        let rows_of = |heading: &str| -> Vec<Vec<String>> {
            let (_, section) = text.split_once(&format!("## {heading}\n")).unwrap_or_else(|| panic!("the page has no section `{heading}`"));
            let section = section.split("\n## ").next().expect("a split gives something");
            let cells = |line: &str| line.split('|').map(str::to_owned).collect();
            section.lines().filter(|line| line.starts_with('|')).skip(2).map(cells).collect()
        };
        let every = rows_of("Every process").iter().flat_map(|cells| variables(&cells[1])).collect();
        let row = |cells: &Vec<String>| Row { kinds: words(&cells[1]), roles: words(&cells[2]), variables: variables(&cells[3]) };
        let rows = rows_of("What each kind adds").iter().map(row).collect();
        let (_, example) = text.split_once("```json\n").expect("it shows a cluster file");
        Self { every, rows, example: example.split("\n```").next().expect("a split gives something").to_owned() }
    }

    /// What it promises to a process of a role of a kind.
    pub(crate) fn promised(&self, kind: &str, role: &str) -> Vec<&str> {
        let rows = self
            .rows
            .iter()
            .filter(|row| row.kinds.iter().any(|own| own == kind) && (row.roles.is_empty() || row.roles.iter().any(|own| own == role)));
        self.every.iter().chain(rows.flat_map(|row| &row.variables)).map(String::as_str).collect()
    }
}

/// What stands between backticks.
fn words(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Those words that are names of variables and not values or roles of Dask's.
fn variables(cell: &str) -> Vec<String> {
    let is_variable = |word: &String| word.contains('_') || ["RANK", "MASTER", "TMPDIR", "PYTHONUNBUFFERED"].contains(&word.as_str());
    words(cell).into_iter().filter(is_variable).collect()
}
