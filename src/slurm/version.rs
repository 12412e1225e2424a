//! Slurm's version and what it brings. Pure: text in, values out. Entry points: [`Version::parse`], [`parse_mpi_types`].

use std::fmt;

/// A release of Slurm: `22.05.8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Year.
    pub year: u16,
    /// Month.
    pub month: u16,
    /// Maintenance release.
    pub patch: u16,
}

impl Version {
    /// Reads what `sbatch --version` prints: `slurm 23.11.4`, `slurm-wlm 22.05.8`, `slurm 24.05.0-0rc1`.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.lines().filter(|line| line.starts_with("slurm")).find_map(|line| line.split_whitespace().nth(1))?;
        let mut numbers = word.split(|c: char| !c.is_ascii_digit()).map(str::parse);
        let mut next = || numbers.next()?.ok();
        let (year, month) = (next()?, next()?);
        Some(Self { year, month, patch: next().unwrap_or(0) })
    }

    const fn is_at_least(self, year: u16, month: u16, patch: u16) -> bool {
        let (own, wanted) = ([self.year, self.month, self.patch], [year, month, patch]);
        own[0] > wanted[0] || (own[0] == wanted[0] && (own[1] > wanted[1] || (own[1] == wanted[1] && own[2] >= wanted[2])))
    }

    /// `srun --overlap`: steps that share cores with others.
    pub const fn has_overlap(self) -> bool {
        self.is_at_least(20, 11, 0)
    }

    /// `srun --exact`: a step gets the cores it asks for and no more. Before it, `--exclusive` meant that.
    pub const fn has_exact(self) -> bool {
        self.is_at_least(20, 11, 3)
    }

    /// `hetjob` and `--het-group`. Before them, `packjob` and `--pack-group`.
    pub const fn has_het_group(self) -> bool {
        self.is_at_least(20, 2, 0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}.{}", self.year, self.month, self.patch)
    }
}

/// Reads `srun --mpi=list`: the types that `srun --mpi=` takes. Old releases begin each line with `srun: `.
pub fn parse_mpi_types(output: &str) -> Vec<String> {
    let mut types = Vec::new();
    for line in output.lines() {
        let line = line.trim().trim_start_matches("srun: ").trim();
        if let Some((_, specific)) = line.split_once("plugin versions available:") {
            types.extend(specific.split(',').map(|name| name.trim().to_owned()));
        } else if !line.is_empty() && !line.contains(char::is_whitespace) {
            types.push(line.to_owned());
        }
    }
    types
}
