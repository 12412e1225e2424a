//! Sizes and times as text (WDL 1.1, "Units of Storage"; Slurm's `--time`).

use std::time::Duration;

/// The units that are accepted, for messages.
pub(super) const UNITS: &str = "B, K/KB to T/TB in thousands, Ki/KiB to Ti/TiB in 1024s";

/// One MiB in bytes.
pub(super) const MEBIBYTE: f64 = 1_048_576.0;
/// One GiB in bytes.
pub(super) const GIBIBYTE: f64 = 1_073_741_824.0;

/// Bytes in a unit, in any case of letters.
pub(super) fn unit_factor(unit: &str) -> Option<f64> {
    let (letter, base) = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => return Some(1.0),
        "k" | "kb" => (1, 1000.0),
        "m" | "mb" => (2, 1000.0),
        "g" | "gb" => (3, 1000.0),
        "t" | "tb" => (4, 1000.0),
        "ki" | "kib" => (1, 1024.0),
        "mi" | "mib" => (2, 1024.0),
        "gi" | "gib" => (3, 1024.0),
        "ti" | "tib" => (4, 1024.0),
        _ => return None,
    };
    Some(f64::powi(base, letter))
}

/// Bytes of `2G`, `1.5 GiB`, `1024`; a number without a unit counts in `bare` bytes. Rounded up.
pub(super) fn bytes(text: &str, bare: f64) -> Option<u64> {
    let text = text.trim();
    let split = text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = (text[..split].trim_end(), &text[split..]);
    let factor = if unit.is_empty() { bare } else { unit_factor(unit)? };
    whole_bytes(number.parse::<f64>().ok()? * factor)
}

/// A size as whole bytes, rounded up; nothing for what is no size.
pub(super) fn whole_bytes(bytes: f64) -> Option<u64> {
    // 2^63: far above any memory, and exact.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..2^63 and whole")]
    (0.0..LIMIT).contains(&bytes).then(|| bytes.ceil() as u64)
}

/// The forms of a time limit that are accepted, for messages.
pub(super) const TIMES: &str = "minutes as a number, or Slurm's [D-]HH:MM:SS";

/// The duration of `90`, `1-12`, `00:30:00`, `2-00:00:00`: minutes, or a form of Slurm's `--time`.
pub(super) fn time(text: &str) -> Option<Duration> {
    let text = text.trim();
    if let Ok(minutes) = text.parse::<f64>() {
        return minutes_long(minutes);
    }
    let (days, clock) = match text.split_once('-') {
        Some((days, clock)) => (days.parse::<u64>().ok()?, clock),
        None => (0, text),
    };
    let parts: Vec<u64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let after_days = text.contains('-');
    let (hours, minutes, seconds) = match (parts.as_slice(), after_days) {
        ([hours], true) => (*hours, 0, 0),
        ([hours, minutes], true) => (*hours, *minutes, 0),
        ([minutes, seconds], false) => (0, *minutes, *seconds),
        ([hours, minutes, seconds], _) => (*hours, *minutes, *seconds),
        _ => return None,
    };
    let hours = days.checked_mul(24)?.checked_add(hours)?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    Some(Duration::from_secs(minutes.checked_mul(60)?.checked_add(seconds)?)).filter(|time| !time.is_zero())
}

/// Minutes as a duration; nothing for what is no time limit.
pub(super) fn minutes_long(minutes: f64) -> Option<Duration> {
    // A century: a limit above is a mistake, and `Duration` would panic far beyond.
    const LONGEST: f64 = 100.0 * 366.0 * 24.0 * 60.0;
    (minutes > 0.0 && minutes <= LONGEST).then(|| Duration::from_secs_f64(minutes * 60.0))
}
