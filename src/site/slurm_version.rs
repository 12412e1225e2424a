//! Slurm's version and what it brings. Entry point: [`SlurmVersion::parse`].

use std::fmt;

/// A release of Slurm: `22.05.8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SlurmVersion {
    /// Year.
    pub year: u16,
    /// Month.
    pub month: u16,
    /// Maintenance release.
    pub patch: u16,
}

impl SlurmVersion {
    /// Reads what `sbatch --version` prints: `slurm 23.11.4`, `slurm-wlm 22.05.8`, `slurm 24.05.0-0rc1`.
    pub fn parse(text: &str) -> Option<Self> {
        text.lines().filter(|line| line.starts_with("slurm")).find_map(|line| Self::of_number(line.split_whitespace().nth(1)?))
    }

    /// Reads a bare number: `22.05.8`, `19.05`.
    pub fn of_number(word: &str) -> Option<Self> {
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

    /// `PMIx` tells the ranks of a heterogeneous job rightly on which nodes they are. Before it, ranks were put on the sorted list of all nodes in
    /// the order of the components: unless the components' nodes ascend, ranks take each other for neighbours, and die or hang in `MPI_Init`
    /// (Slurm's changelog of 23.02.2; measured on 22.05.8).
    pub const fn places_het_ranks(self) -> bool {
        self.is_at_least(23, 2, 2)
    }

    /// `hetjob` and `--het-group`. Before them, `packjob` and `--pack-group`.
    pub const fn has_het_group(self) -> bool {
        self.is_at_least(20, 2, 0)
    }
}

impl fmt::Display for SlurmVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}.{}", self.year, self.month, self.patch)
    }
}
