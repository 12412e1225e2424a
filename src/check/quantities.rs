//! How amounts of memory and times are written in runtime attributes. Only whether they can be read: `eval` reads them.

/// Whether a text is an amount of memory: a number, then nothing, `B`, or K, M, G, T with `B`, `i`, `iB` or nothing behind it.
pub(super) fn is_memory(text: &str) -> bool {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let is_unit = match unit.strip_suffix('b').unwrap_or(&unit) {
        "" => true,
        prefixed => ["k", "m", "g", "t"].contains(&prefixed.strip_suffix('i').unwrap_or(prefixed)),
    };
    is_unit && number.parse::<f64>().is_ok_and(|number| number > 0.0)
}

/// Whether a text is a time: minutes, or one of Slurm's forms (`sbatch --time`): `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`.
pub(super) fn is_time(text: &str) -> bool {
    let text = text.trim();
    if let Ok(minutes) = text.parse::<f64>() {
        return minutes > 0.0;
    }
    let is_count = |part: &str| !part.is_empty() && part.len() <= 9 && part.chars().all(|c| c.is_ascii_digit());
    let (days, clock) = match text.split_once('-') {
        Some((days, clock)) => (Some(days), clock),
        None => (None, text),
    };
    let has_value = text.chars().any(|c| c.is_ascii_digit() && c != '0');
    let clock: Vec<&str> = clock.split(':').collect();
    has_value && days.is_none_or(is_count) && clock.len() <= 3 && clock.into_iter().all(is_count)
}
