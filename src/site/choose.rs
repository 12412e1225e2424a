//! Which partition takes a job, and why none does.

use std::fmt;

use serde::Serialize;

use super::{Partition, Rule, Site};

/// What a job or one of its components needs, for the choice of a partition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// The task's name.
    pub task_name: String,
    /// The cluster kind; empty for an ordinary task.
    pub cluster: String,
    /// `servertype`; empty: not asked.
    pub server_type: String,
    /// Nodes.
    pub nodes: u32,
    /// Cores on the fullest node.
    pub cpus_per_node: u32,
    /// MiB on the fullest node.
    pub memory_mib_per_node: u64,
    /// Time limit, minutes.
    pub time_minutes: u64,
    /// GPUs on the fullest node.
    pub gpus_per_node: u32,
    /// Their type, as the site names it; empty: any.
    pub gpu_type: String,
    /// Features that the nodes must have.
    pub features: Vec<String>,
}

/// Where a job goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Partitions that take it, in order; empty: Slurm's default.
    pub partitions: Vec<String>,
    /// `--account`; empty: not sent.
    pub account: String,
    /// `--qos`; empty: not sent.
    pub qos: String,
    /// `--constraint` of the rule; empty: none.
    pub constraint: String,
    /// Further options of the rule.
    pub extra: Vec<String>,
}

/// Why no partition takes a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The name of the rule that decided; `None`: no rule matched.
    pub rule: Option<String>,
    /// Partition → what was asked and what it has.
    pub reasons: Vec<(String, Vec<Shortage>)>,
}

/// One thing that a partition does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shortage {
    /// What was asked for: `9000 GiB a node`.
    pub asked: String,
    /// What there is: `8000 MiB a node`.
    pub had: String,
}

impl Site {
    /// Where a job goes.
    pub fn choose(&self, ask: &Ask) -> Result<Choice, Refusal> {
        let rule = self.rules.iter().find(|rule| rule.matches(ask));
        let candidates = self.candidates(rule);
        let (fitting, reasons): (Vec<_>, Vec<_>) =
            candidates.iter().map(|partition| (*partition, shortages(partition, ask))).partition(|(_, shortages)| shortages.is_empty());
        let fitting: Vec<&Partition> = fitting.into_iter().map(|(partition, _)| partition).collect();
        if fitting.is_empty() && !self.partitions.is_empty() {
            let reasons = reasons.into_iter().map(|(partition, shortages)| (partition.name.clone(), shortages)).collect();
            return Err(Refusal { rule: rule.map(|rule| rule.name.clone()), reasons });
        }
        Ok(self.settle_choice(rule, &fitting))
    }

    /// The partitions that may be considered: those of the rule; without a rule the default ones first, then the others.
    fn candidates(&self, rule: Option<&Rule>) -> Vec<&Partition> {
        match rule {
            Some(rule) if !rule.partitions.is_empty() => rule.partitions.iter().filter_map(|name| self.partition(name)).collect(),
            Some(_) | None => {
                let (first, rest): (Vec<_>, Vec<_>) = self.partitions.iter().partition(|partition| partition.default);
                first.into_iter().chain(rest).collect()
            }
        }
    }

    /// A rule's partitions are all named to Slurm, which takes the one that starts first; else the first that fits.
    fn settle_choice(&self, rule: Option<&Rule>, fitting: &[&Partition]) -> Choice {
        let named = rule.is_some_and(|rule| !rule.partitions.is_empty());
        let taken = if named { fitting } else { &fitting[..fitting.len().min(1)] };
        let first = taken.first();
        let pick = |by_rule: Option<&String>, by_partition: Option<&String>, by_site: &String| {
            [by_rule, by_partition, Some(by_site)].into_iter().flatten().find(|value| !value.is_empty()).cloned().unwrap_or_default()
        };
        Choice {
            partitions: taken.iter().map(|partition| partition.name.clone()).collect(),
            account: pick(rule.map(|rule| &rule.account), first.map(|partition| &partition.account), &self.slurm.account),
            qos: pick(rule.map(|rule| &rule.qos), first.map(|partition| &partition.qos), &self.slurm.qos),
            constraint: rule.map(|rule| rule.constraint.clone()).unwrap_or_default(),
            extra: self.slurm.extra.iter().chain(rule.iter().flat_map(|rule| &rule.extra)).cloned().collect(),
        }
    }
}

impl Rule {
    /// Whether every condition that is given holds.
    fn matches(&self, ask: &Ask) -> bool {
        (self.task.is_empty() || matches_pattern(&self.task, &ask.task_name))
            && (self.server_type.is_empty() || self.server_type == ask.server_type)
            && (self.cluster.is_empty() || self.cluster == ask.cluster)
            && self.gpu.is_none_or(|gpu| gpu == (ask.gpus_per_node > 0))
            && ask.memory_mib_per_node >= self.memory_mib_from
            && ask.cpus_per_node >= self.cpus_from
            && (self.time_minutes_to == 0 || ask.time_minutes <= self.time_minutes_to)
            && ask.nodes >= self.nodes_from
    }
}

/// Whether a name matches a pattern in which `*` stands for any text.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, rest)) => {
            let Some(tail) = name.strip_prefix(head) else { return false };
            (0..=tail.len()).filter(|at| tail.is_char_boundary(*at)).any(|at| matches_pattern(rest, &tail[at..]))
        }
    }
}

/// Everything that a partition lacks.
fn shortages(partition: &Partition, ask: &Ask) -> Vec<Shortage> {
    let limits = [
        (u64::from(ask.nodes), u64::from(partition.nodes), Unit::Nodes),
        (u64::from(ask.cpus_per_node), u64::from(partition.cpus), Unit::Cores),
        (ask.memory_mib_per_node, partition.memory_mib, Unit::Memory),
        (ask.time_minutes, partition.time_minutes, Unit::Time),
    ];
    let mut found: Vec<Shortage> = limits
        .into_iter()
        .filter(|(asked, had, _)| *had != 0 && asked > had)
        .map(|(asked, had, unit)| Shortage { asked: unit.say(asked), had: unit.say(had) })
        .collect();
    found.extend(gpu_shortage(partition, ask));
    let has_feature = |feature: &&String| !partition.features.is_empty() && !partition.features.contains(feature);
    found.extend(ask.features.iter().filter(has_feature).map(|feature| Shortage {
        asked: format!("feature `{feature}`"),
        had: partition.features.iter().map(|feature| format!("`{feature}`")).collect::<Vec<_>>().join(", "),
    }));
    if !ask.server_type.is_empty() && !partition.server_types.is_empty() && !partition.server_types.contains(&ask.server_type) {
        let had = format!("servertype `{}`", partition.server_types.join("`, `"));
        found.push(Shortage { asked: format!("servertype `{}`", ask.server_type), had });
    }
    found
}

/// GPUs have no "0 means no limit": a partition that names none has none.
fn gpu_shortage(partition: &Partition, ask: &Ask) -> Option<Shortage> {
    if ask.gpus_per_node > partition.gpus {
        return Some(Shortage { asked: Unit::Gpus.say(u64::from(ask.gpus_per_node)), had: Unit::Gpus.say(u64::from(partition.gpus)) });
    }
    let typed = ask.gpus_per_node > 0 && !ask.gpu_type.is_empty() && !partition.gpu_types.is_empty();
    (typed && !partition.gpu_types.contains(&ask.gpu_type))
        .then(|| Shortage { asked: format!("GPU type `{}`", ask.gpu_type), had: format!("`{}`", partition.gpu_types.join("`, `")) })
}

/// Units of what is asked for.
#[derive(Clone, Copy)]
enum Unit {
    Nodes,
    Cores,
    Memory,
    Time,
    Gpus,
}

impl Unit {
    /// An amount in words.
    fn say(self, amount: u64) -> String {
        let plural = |noun: &str| format!("{amount} {noun}{}", if amount == 1 { "" } else { "s" });
        match self {
            Self::Nodes => plural("node"),
            Self::Cores => format!("{} a node", plural("core")),
            // Whole GiB read better; anything else stays exact, since a partition's size rarely is whole.
            Self::Memory if amount >= 10 * 1024 && amount.is_multiple_of(1024) => format!("{} GiB a node", amount / 1024),
            Self::Memory => format!("{amount} MiB a node"),
            Self::Time => format!("{amount} min"),
            Self::Gpus if amount == 0 => "no GPU".to_owned(),
            Self::Gpus => format!("{} a node", plural("GPU")),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some(rule) => write!(f, "no partition takes it by rule `{rule}`")?,
            None => write!(f, "no partition takes it")?,
        }
        // One clause a thing asked for, in the order of the first partition that lacks it.
        let mut clauses: Vec<(&str, Vec<String>)> = Vec::new();
        for (partition, shortages) in &self.reasons {
            for Shortage { asked, had } in shortages {
                let has = format!("{partition} has {had}");
                match clauses.iter_mut().find(|(said, _)| said == asked) {
                    Some((_, partitions)) => partitions.push(has),
                    None => clauses.push((asked, vec![has])),
                }
            }
        }
        for (idx, (asked, partitions)) in clauses.iter().enumerate() {
            write!(f, "{} asked {asked}; {}", if idx == 0 { ":" } else { ";" }, partitions.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
