//! Job ids as squeue and sacct print them. Pure. Entry point: [`ListedId::parse`].

/// One id column: `36`, `36_4`, `36_[1,3-4%2]`, `17_[1-45:2]`, `5+1`, and with a step `5+0.batch`, `13_1.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedId {
    /// The job's own number; of an array: the array's; of a heterogeneous job: its leader's.
    pub job: u64,
    /// Which elements of the array the row speaks for.
    pub elements: Elements,
    /// Which component of the heterogeneous job; 0 is the leader.
    pub component: Option<u32>,
    /// The step, where the row is one: `batch`, `extern`, `0`.
    pub step: Option<String>,
}

/// Elements of a job array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elements {
    /// Not an array, or all of it.
    All,
    /// These indices, ascending as printed.
    These(Vec<u32>),
    /// These, and the list was cut: others may be meant too.
    AtLeast(Vec<u32>),
}

/// Above any `MaxArraySize` that Slurm accepts (4,000,001): a longer list is garbage, not an array.
const MOST_ELEMENTS: u32 = 4_000_001;

impl ListedId {
    /// Reads an id column; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        // Not a dot within brackets: a list that was cut ends in `...`.
        let (id, step) = match text.rsplit_once('.') {
            Some((id, step)) if is_step(step) => (id, Some(step.to_owned())),
            Some(_) | None => (text, None),
        };
        let digits = id.find(|c: char| !c.is_ascii_digit()).unwrap_or(id.len());
        let (job, rest) = id.split_at(digits);
        let job = job.parse().ok()?;
        let plain = Self { job, elements: Elements::All, component: None, step };
        match rest.split_at_checked(1) {
            None => rest.is_empty().then_some(plain),
            Some(("+", component)) => Some(Self { component: Some(component.parse().ok()?), ..plain }),
            Some(("_", "*")) => Some(plain),
            Some(("_", elements)) => Some(Self { elements: parse_elements(elements)?, ..plain }),
            Some(_) => None,
        }
    }
}

fn is_step(text: &str) -> bool {
    text.parse::<u32>().is_ok() || matches!(text, "batch" | "extern" | "interactive")
}

fn parse_elements(text: &str) -> Option<Elements> {
    let Some(list) = text.strip_prefix('[') else {
        return Some(Elements::These(vec![text.parse().ok()?]));
    };
    // squeue cuts a list that it finds too long in mid-number: `15_[3,5,1`, `15_[3,5,1...%2]`.
    let whole = list.strip_suffix(']');
    // `%2` is the array's own throttle: how many elements may run at once.
    let list = list.split_once(['%', ']']).map_or(list, |(list, _)| list);
    let is_cut = whole.is_none() || list.ends_with("...");
    let list = if is_cut { list.rsplit_once(',').map_or("", |(whole, _)| whole) } else { list };
    let mut indices = Vec::new();
    for range in list.split(',').filter(|range| !(is_cut && range.is_empty())) {
        indices.extend(parse_range(range)?);
    }
    Some(if is_cut { Elements::AtLeast(indices) } else { Elements::These(indices) })
}

/// `3`, `3-9`, `3-9:2`.
fn parse_range(text: &str) -> Option<impl Iterator<Item = u32> + use<>> {
    let (range, step) = match text.split_once(':') {
        Some((range, step)) => (range, step.parse::<usize>().ok()?),
        None => (text, 1),
    };
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
    (step > 0 && first <= last && last < MOST_ELEMENTS).then(|| (first..=last).step_by(step))
}
