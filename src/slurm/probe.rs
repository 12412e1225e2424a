//! What this Slurm can do: asked once, then remembered. Entry point: [`Slurm::capabilities`].

use std::time::Duration;

use super::{Accounting, CommandError, Configuration, Slurm, parse_configuration, parse_mpi_types, scontrol};
use crate::site::SlurmVersion;

/// What this Slurm is and can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Of the programs here; the controller may be a release or two newer.
    pub version: SlurmVersion,
    /// Of the controller.
    pub configuration: Configuration,
    /// What `srun --mpi=` takes; empty where srun could not tell.
    pub mpi_types: Vec<String>,
}

impl Slurm {
    /// Version, configuration and MPI types. Fails while the controller is down, and may be asked again.
    pub async fn capabilities(&self) -> Result<Capabilities, CommandError> {
        Ok(Capabilities {
            version: self.version().await?,
            configuration: self.configuration().await?.clone(),
            mpi_types: self.mpi_types().await?.to_vec(),
        })
    }

    /// The version of the programs here; answers with the controller down, too.
    pub async fn version(&self) -> Result<SlurmVersion, CommandError> {
        let ask = || async {
            let ended = self.programs.run("sbatch", &["--version".to_owned()]).await?.successful()?;
            SlurmVersion::parse(&ended.stdout).ok_or_else(|| ended.unreadable("`slurm` and a version"))
        };
        self.version.get_or_try_init(ask).await.copied()
    }

    /// The controller's configuration.
    pub async fn configuration(&self) -> Result<&Configuration, CommandError> {
        let ask = || async {
            let arguments = ["show", "config"].map(ToOwned::to_owned);
            let ended = self.programs.run("scontrol", &arguments).await?.successful()?;
            parse_configuration(&ended.stdout).ok_or_else(|| ended.unreadable(scontrol::EXPECTED))
        };
        self.configuration.get_or_try_init(ask).await
    }

    /// How long Slurm can tell of a job that has ended: `MinJobAge` where it keeps no accounting, `None` (no bound that matters) where it does.
    pub async fn remembers_ended_jobs(&self) -> Option<Duration> {
        let configuration = self.configuration().await.ok()?;
        if configuration.accounting == Accounting::Off { configuration.min_job_age } else { None }
    }

    /// What `srun --mpi=` takes. Releases differ in where they print the list, and in its exit code.
    pub async fn mpi_types(&self) -> Result<&[String], CommandError> {
        let ask = || async {
            let ended = self.programs.run("srun", &["--mpi=list".to_owned()]).await?;
            Ok(parse_mpi_types(&format!("{}\n{}", ended.stdout, ended.said)))
        };
        self.mpi_types.get_or_try_init(ask).await.map(Vec::as_slice)
    }
}
