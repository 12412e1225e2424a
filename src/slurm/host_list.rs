//! Slurm's lists of nodes: `n[1-3,07],gpu2`. Pure. Entry point: [`expand`].

/// Names of a list, in its order; leading zeros are kept. A text that is no list is one name: it is only shown to people.
pub fn expand(list: &str) -> Vec<String> {
    split_outside_brackets(list).into_iter().filter(|name| !name.is_empty()).flat_map(expand_one).collect()
}

fn split_outside_brackets(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_u32);
    for (at, c) in list.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts
}

/// One name with any number of brackets: `r[1-2]n[01-03]`.
fn expand_one(name: &str) -> Vec<String> {
    let brackets = name.split_once('[').and_then(|(before, rest)| {
        let (ranges, after) = rest.split_once(']')?;
        Some((before, ranges, after))
    });
    let Some((before, ranges, after)) = brackets else {
        return vec![name.to_owned()];
    };
    let tails = expand_one(after);
    let numbers = ranges.split(',').flat_map(expand_range);
    numbers.flat_map(|number| tails.iter().map(move |tail| format!("{before}{number}{tail}"))).collect()
}

/// More nodes than any machine has: a longer range is garbage.
const MOST_NODES: u64 = 100_000;

fn expand_range(range: &str) -> Vec<String> {
    let ends = range.split_once('-').and_then(|(first, last)| Some((first.len(), first.parse::<u64>().ok()?, last.parse::<u64>().ok()?)));
    match ends {
        Some((width, first, last)) if first <= last && last - first < MOST_NODES => {
            (first..=last).map(|number| format!("{number:0width$}")).collect()
        }
        Some(_) | None => vec![range.to_owned()],
    }
}
