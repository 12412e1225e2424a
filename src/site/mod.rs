//! What a site has and wants: its file, settled, and the choice of a partition.
//!
//! Pure: the text of site files and the variables they name come in as values. Entry points: [`Site::settle`], [`Site::choose`].

mod choose;
mod clusters;
mod image_reference;
mod keys;
mod settle;
mod slurm_version;
mod tables;
mod validate;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::{
    choose::{Ask, Choice, Refusal},
    clusters::{ClusterKind, ClusterRole, RoleDuty, RolePlace, RoleStart},
    image_reference::{ImageReference, ImageReferenceError},
    keys::keys,
    settle::{DEFAULT_SITE, Layer, SiteError},
    slurm_version::SlurmVersion,
    tables::{
        ContainerOptions, Defaults, DistributedOptions, GpuOptions, GpuRequest, GpuType, Launcher, Limits, NodeOptions, Partition, Rule, Runtime,
        SlurmOptions,
    },
};

/// A site with every layer of its file applied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Site {
    /// For messages.
    pub name: String,
    /// Folder of templates that replace ours, file by file; empty: none.
    pub templates: String,
    /// Options sent with every job.
    pub slurm: SlurmOptions,
    /// What may be asked of the controller.
    pub limits: Limits,
    /// What a task gets that asks for nothing.
    pub defaults: Defaults,
    /// How roles start and end.
    pub distributed: DistributedOptions,
    /// Kinds of clusters of the site's own, by the name that tasks give them.
    pub clusters: BTreeMap<String, ClusterKind>,
    /// `srun --mpi` by flavour: `mpich`, `openmpi`, `intelmpi`, `mpi`.
    pub mpi: BTreeMap<String, String>,
    /// How images run.
    pub container: ContainerOptions,
    /// What every command finds on its node.
    pub node: NodeOptions,
    /// How GPUs are asked for.
    pub gpu: GpuOptions,
    /// Prefixes of image names: first part of a reference → what stands in its place; key `default` for bare names.
    pub registries: BTreeMap<String, String>,
    /// Achelous volumes: `vol1@alamo` → folder.
    pub volumes: BTreeMap<String, String>,
    /// `slaveconstraints`: `key` or `key=value` → a feature, or `nodes:` and a node list.
    pub constraints: BTreeMap<String, String>,
    /// Partitions; empty: nothing is refused and no `-p` is sent.
    #[serde(rename = "partition")]
    pub partitions: Vec<Partition>,
    /// Where tasks go, in order; the first match decides.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

impl Site {
    /// The partition table's entry of that name.
    pub fn partition(&self, name: &str) -> Option<&Partition> {
        self.partitions.iter().find(|partition| partition.name == name)
    }

    /// What a container program is given for an image reference that is in no store; one that means nothing stays as it is, for the container
    /// program to refuse.
    pub fn image_uri(&self, reference: &str) -> String {
        match ImageReference::parse(reference, &self.registries) {
            Ok(ImageReference::Local(path)) => path.display().to_string(),
            Ok(ImageReference::Remote(source)) => source,
            Err(_) => reference.to_owned(),
        }
    }

    /// A path on the shared file system: Achelous's `volume@cluster:path` by the table of volumes, all else as it is. The error is the
    /// volume that the table lacks.
    pub fn host_path(&self, path: &str) -> Result<String, String> {
        let is_name = |part: &str| !part.is_empty() && part.chars().all(|char| char.is_alphanumeric() || "_-.".contains(char));
        let parts = path.split_once(':').and_then(|(volume, inner)| Some((volume, volume.split_once('@')?, inner)));
        match parts {
            Some((volume, (name, cluster), inner)) if is_name(name) && is_name(cluster) => {
                let folder = self.volumes.get(volume).ok_or_else(|| volume.to_owned())?;
                Ok(format!("{}/{}", folder.trim_end_matches('/'), inner.trim_start_matches('/')))
            }
            Some(_) | None => Ok(path.to_owned()),
        }
    }
}
