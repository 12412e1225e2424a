//! Checks of a merged site that no single type can make.

use super::{Rule, Site, clusters};
use crate::diagnostic::nearest_name;

/// Key, value, what was expected.
type Problem = (String, String, String);

/// The first thing that makes no sense.
pub(super) fn check(site: &Site) -> Result<(), Problem> {
    check_numbers(site)?;
    check_words(site)?;
    for (idx, partition) in site.partitions.iter().enumerate() {
        let again = site.partitions[..idx].iter().any(|earlier| earlier.name == partition.name);
        if again || partition.name.is_empty() {
            return Err(problem("partition.name", &partition.name, "expected a name that no other partition has"));
        }
    }
    site.rules.iter().try_for_each(|rule| check_rule(site, rule))?;
    site.clusters.iter().try_for_each(|(name, kind)| clusters::check(name, kind))?;
    site.container.binds.iter().try_for_each(|bind| check_bind(bind))
}

/// Numbers that must not be nothing.
fn check_numbers(site: &Site) -> Result<(), Problem> {
    let counts = [
        ("limits.array_size", u64::from(site.limits.array_size)),
        ("limits.jobs_in_queue", u64::from(site.limits.jobs_in_queue)),
        ("defaults.memory_mib", site.defaults.memory_mib),
        ("defaults.time_minutes", site.defaults.time_minutes),
        ("defaults.driver_memory_mib", site.defaults.driver_memory_mib),
        ("defaults.head_memory_mib", site.defaults.head_memory_mib),
        ("distributed.start_timeout_seconds", site.distributed.start_timeout_seconds),
        ("distributed.service_restarts", u64::from(site.distributed.service_restarts)),
    ];
    let rates = [
        ("limits.submits_per_second", site.limits.submits_per_second),
        ("limits.spool_seconds", site.limits.spool_seconds),
        ("limits.poll_min_seconds", site.limits.poll_min_seconds),
        ("limits.poll_max_seconds", site.limits.poll_max_seconds),
        ("defaults.cpu", site.defaults.cpu),
        ("defaults.driver_cpu", site.defaults.driver_cpu),
    ];
    if let Some((key, _)) = counts.iter().find(|(_, count)| *count == 0) {
        return Err(problem(key, "0", "expected at least 1"));
    }
    match rates.iter().find(|(_, rate)| !rate.is_finite() || *rate <= 0.0) {
        Some((key, rate)) => Err(problem(key, &rate.to_string(), "expected more than 0")),
        None if site.distributed.port_min > site.distributed.port_max => {
            Err(problem("distributed.port_min", &site.distributed.port_min.to_string(), "expected no more than `distributed.port_max`"))
        }
        None => Ok(()),
    }
}

/// Words with a form of their own.
fn check_words(site: &Site) -> Result<(), Problem> {
    let umask = &site.node.umask;
    if umask.is_empty() || umask.len() > 4 || !umask.bytes().all(|digit| (b'0'..=b'7').contains(&digit)) {
        return Err(problem("node.umask", umask, "expected octal digits, as in \"022\""));
    }
    if !site.slurm.version.is_empty() && site.slurm.version().is_none() {
        return Err(problem("slurm.version", &site.slurm.version, "expected Slurm's version, as in \"22.05.8\""));
    }
    let export = &site.slurm.export;
    if export.is_empty() || export.contains(['\n', '"', ' ']) {
        return Err(problem("slurm.export", export, "expected NONE, ALL, or a list of names as `sbatch --export` takes it"));
    }
    let named = |name: &&String| name.starts_with(|first: char| first.is_ascii_digit()) || !name.bytes().all(is_name_byte) || name.is_empty();
    let tables = [("node.environment", &site.node.environment), ("container.environment", &site.container.environment)];
    match tables.iter().find_map(|(key, table)| Some((key, table.keys().find(named)?))) {
        Some((key, name)) => Err(problem(key, name, "expected the name of a variable: letters, digits, `_`")),
        None => Ok(()),
    }
}

/// Letters, digits, `_`.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A rule may only name partitions that the file describes.
fn check_rule(site: &Site, rule: &Rule) -> Result<(), Problem> {
    if rule.name.is_empty() {
        return Err(problem("rule.name", "", "expected a name: refusals quote it"));
    }
    let Some(unknown) = rule.partitions.iter().find(|name| site.partition(name).is_none()) else { return Ok(()) };
    let names = site.partitions.iter().map(|partition| partition.name.as_str());
    let near = nearest_name(unknown, names).map(|name| format!(", the nearest is `{name}`")).unwrap_or_default();
    Err(problem("rule.partitions", unknown, &format!("rule `{}` names a partition that has no `[[partition]]`{near}", rule.name)))
}

/// `host`, `host:container`, `host:container:ro`, all absolute.
fn check_bind(bind: &str) -> Result<(), Problem> {
    let parts: Vec<&str> = bind.split(':').collect();
    let paths = &parts[..parts.len().min(2)];
    let fits = parts.len() <= 3 && paths.iter().all(|path| path.starts_with('/')) && parts.get(2).is_none_or(|mode| ["ro", "rw"].contains(mode));
    if fits { Ok(()) } else { Err(problem("container.binds", bind, "expected `/host`, `/host:/container` or `/host:/container:ro`")) }
}

fn problem(key: &str, value: &str, expected: &str) -> Problem {
    (key.to_owned(), value.to_owned(), expected.to_owned())
}
