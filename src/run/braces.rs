//! Brace expansion as bash does it, on text that no shell may see: `{a,b}.txt` is `a.txt` and `b.txt`, `{1..3}` is `1`, `2` and `3`.

/// More words than a glob can mean; what would give more stays as it is.
const MOST: usize = 10_000;

/// The words that a pattern stands for, in order.
pub(super) fn expand(pattern: &str) -> Vec<String> {
    let mut from = 0;
    while let Some((open, close)) = next_braces(pattern, from) {
        let inside = &pattern[open + 1..close];
        if let Some(parts) = alternatives(inside).or_else(|| range(inside)) {
            let ends = expand(&pattern[close + 1..]);
            if parts.len().saturating_mul(ends.len()) > MOST {
                return vec![pattern.to_owned()];
            }
            let whole = |part: &String| ends.iter().map(|end| format!("{}{part}{end}", &pattern[..open])).collect::<Vec<_>>();
            return parts.iter().flat_map(whole).collect();
        }
        from = open + 1;
    }
    vec![pattern.to_owned()]
}

/// The next `{` from a place on that a `}` closes, and that `}`.
fn next_braces(pattern: &str, from: usize) -> Option<(usize, usize)> {
    let is_plain = |at: usize| !is_escaped(pattern, at);
    let opens = pattern.match_indices('{').map(|(at, _)| at).filter(|&at| at >= from && is_plain(at) && !pattern[..at].ends_with('$'));
    opens.into_iter().find_map(|open| {
        let mut depth = 0usize;
        let close =
            pattern[open..].match_indices(['{', '}']).map(|(at, brace)| (open + at, brace)).filter(|&(at, _)| is_plain(at)).find(|(_, brace)| {
                depth = if *brace == "{" { depth + 1 } else { depth - 1 };
                depth == 0
            });
        close.map(|(close, _)| (open, close))
    })
}

fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// `a,{b,c}`: what stands between the commas, itself expanded; nothing where there is no comma.
fn alternatives(inside: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, mark) in inside.match_indices(['{', '}', ',']).filter(|&(at, _)| !is_escaped(inside, at)) {
        match mark {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if parts.is_empty() {
        return None;
    }
    parts.push(&inside[start..]);
    Some(parts.into_iter().flat_map(expand).collect())
}

/// `1..3`, `08..12`, `a..e`, either way round.
fn range(inside: &str) -> Option<Vec<String>> {
    let (first, last) = inside.split_once("..")?;
    if let (Ok(from), Ok(to)) = (first.parse::<i64>(), last.parse::<i64>()) {
        if from.abs_diff(to) >= MOST as u64 {
            return None;
        }
        let is_padded = |text: &str| text.trim_start_matches('-').len() > 1 && text.trim_start_matches('-').starts_with('0');
        let width = if is_padded(first) || is_padded(last) { first.len().max(last.len()) } else { 0 };
        let numbers: Vec<i64> = if from <= to { (from..=to).collect() } else { (to..=from).rev().collect() };
        return Some(numbers.into_iter().map(|number| format!("{number:0width$}")).collect());
    }
    let letter = |text: &str| text.bytes().next().filter(|letter| text.len() == 1 && letter.is_ascii_alphabetic());
    let (from, to) = (letter(first)?, letter(last)?);
    let letters: Vec<u8> = if from <= to { (from..=to).collect() } else { (to..=from).rev().collect() };
    Some(letters.into_iter().map(|letter| char::from(letter).to_string()).collect())
}
