//! What a process has found, and what it should have.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};

use super::kinds::{EXECUTOR_URI, Kind};

/// A process of a role, as it has reported.
pub(crate) struct Process {
    pub(crate) role: String,
    pub(crate) rank: u32,
    pub(crate) environment: BTreeMap<String, String>,
    /// The cluster file when the process began.
    pub(crate) cluster: Value,
    /// The node's own name.
    pub(crate) node: String,
}

impl Process {
    pub(crate) fn read(role: &str, rank: u32, folder: &Path) -> Self {
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let pairs = text("env");
        let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            role: role.to_owned(),
            rank,
            environment: pairs.split('\0').filter_map(pair).collect(),
            cluster: serde_json::from_str(&text("cluster")).expect("the cluster file is JSON"),
            node: text("node").trim().to_owned(),
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.role, self.rank)
    }

    pub(crate) fn get(&self, variable: &str) -> &str {
        self.environment.get(variable).unwrap_or_else(|| panic!("{} has no {variable}: {:?}", self.name(), self.environment))
    }

    /// Its own entry in the cluster file.
    pub(crate) fn address(&self) -> &str {
        entry(&self.cluster, &self.role, self.rank)
    }

    pub(crate) fn host(&self) -> &str {
        host(self.address())
    }

    /// All hosts of its cluster file, each once.
    fn hosts(&self) -> String {
        let entries = self.cluster.as_object().expect("it is an object").values().flat_map(|list| list.as_array().expect("a list a role"));
        let mut hosts: Vec<&str> = Vec::new();
        for name in entries.map(|entry| host(entry.as_str().expect("an entry is text"))) {
            if !hosts.contains(&name) {
                hosts.push(name);
            }
        }
        hosts.join(",")
    }

    /// Ranks in the roles before its own.
    fn before(&self, kind: &Kind) -> u32 {
        kind.roles.iter().take_while(|(name, _)| *name != self.role).map(|(_, procs)| procs).sum()
    }

    /// Fails unless a variable that the page promises has the value that it must have; `work` is the attempt's `work/`.
    #[track_caller]
    pub(crate) fn assert_variable(&self, variable: &str, kind: &Kind, work: &Path) {
        let found = self.get(variable);
        let procs = kind.roles.iter().find(|(name, _)| *name == self.role).map_or(0, |(_, procs)| *procs);
        let attempt = work.parent().expect("it is in the attempt's folder");
        let expected = match variable {
            "SLUICE_ROLE" => self.role.clone(),
            "SLUICE_RANK" => self.rank.to_string(),
            "SLUICE_SIZE" => procs.to_string(),
            "SLUICE_HOSTS" => return self.assert_hosts(found),
            "SLUICE_CLUSTER_FILE" => attempt.join("roles/state/cluster.json").display().to_string(),
            "SLUICE_ADDRESS" => self.address().to_owned(),
            "SLUICE_CPUS" => if kind.is_torchrun() { "2" } else { "1" }.to_owned(),
            "SLUICE_CALL" => "wf.call".to_owned(),
            "SLUICE_WORK" => work.display().to_string(),
            "SLUICE_ATTEMPT" | "PYTHONUNBUFFERED" | "OMP_NUM_THREADS" => "1".to_owned(),
            "SLUICE_WORLD_RANK" | "PMI_RANK" | "PMIX_RANK" | "RANK" => (self.before(kind) + self.rank).to_string(),
            "SLUICE_WORLD_SIZE" | "PMI_SIZE" | "WORLD_SIZE" => kind.total().to_string(),
            "LOCAL_WORLD_SIZE" | "LOCAL_RANK" | "NODE_RANK" => return self.assert_in_group(variable, procs),
            "TF_CONFIG" => return self.assert_tf_config(),
            "CUDA_VISIBLE_DEVICES" => "-1".to_owned(),
            "MASTER_PORT" => port(entry(&self.cluster, kind.roles[0].0, 0)).to_owned(),
            "MASTER_ADDR" | "SPARK_LOCAL_IP" => "127.0.0.1".to_owned(),
            "SPARK_MASTER_URI" | "MASTER" => "spark://192.0.2.1:7077".to_owned(),
            "SPARK_EXECUTOR_URI" => EXECUTOR_URI.to_owned(),
            "SPARK_LOCAL_DIRS" => self.get("TMPDIR").to_owned(),
            "RAY_ADDRESS" => format!("127.0.0.1:{}", port(entry(&self.cluster, "head", 0))),
            "RAY_AUTH_MODE" => "token".to_owned(),
            "RAY_USAGE_STATS_ENABLED" => "0".to_owned(),
            "DASK_SCHEDULER_ADDRESS" => "tls://192.0.2.1:8786".to_owned(),
            "DASK_SCHEDULER_FILE" => attempt.join("roles/state/dask.json").display().to_string(),
            // In a folder of this process's own, which is gone by now.
            "TMPDIR" => return assert!(found.contains(&format!(".{}.", self.name())) && !Path::new(found).exists(), "{variable}: {found}"),
            "PMIX_NAMESPACE" => return assert!(!found.is_empty(), "{variable} is empty"),
            "SPARK_CONF_DIR" | "RAY_AUTH_TOKEN_PATH" | "DASK_DISTRIBUTED__COMM__TLS__CA_FILE" => return self.assert_is_own_file(found),
            name if name.starts_with("DASK_DISTRIBUTED__COMM__TLS__CLIENT__") => return self.assert_is_own_file(found),
            other => panic!("the page promises `{other}`, of which this test knows nothing"),
        };
        assert_eq!(found, expected, "{variable} of {}", self.name());
    }

    /// A rank of no flavour has all variables of what started it.
    #[track_caller]
    pub(crate) fn assert_launcher_variables(&self, kind: &Kind, work: &Path) {
        let given = if self.environment.contains_key("PMI_RANK") { ["PMI_RANK", "PMI_SIZE"] } else { ["PMIX_RANK", "PMIX_NAMESPACE"] };
        for variable in given {
            self.assert_variable(variable, kind, work);
        }
    }

    fn assert_hosts(&self, found: &str) {
        assert_eq!(found, self.hosts(), "{}", self.name());
        assert!(found.split(',').any(|host| host == self.host()), "{}: {found}", self.name());
    }

    /// What the table of the site's own kind says, with the addresses in it.
    #[track_caller]
    pub(crate) fn assert_site_variables(&self) {
        assert_eq!(self.get("QUEUE_ADDRESS"), entry(&self.cluster, "server", 0));
        assert_eq!(self.get("QUEUE_WORKERS"), format!("{},{}", entry(&self.cluster, "worker", 0), entry(&self.cluster, "worker", 1)));
    }

    fn assert_is_own_file(&self, found: &str) {
        assert!(Path::new(found).starts_with(self.get("TMPDIR")), "{found}");
    }

    /// Numbers in a group: the ranks of one role on one node. Which there are, the cluster file tells.
    fn assert_in_group(&self, variable: &str, procs: u32) {
        let here: Vec<u32> = (0..procs).filter(|rank| host(entry(&self.cluster, &self.role, *rank)) == self.host()).collect();
        let local = here.iter().position(|rank| *rank == self.rank).expect("it is one of them");
        match variable {
            "LOCAL_RANK" => assert_eq!(self.get(variable), local.to_string()),
            "LOCAL_WORLD_SIZE" => assert_eq!(self.get(variable), here.len().to_string()),
            // Roles are one group each here: all of a role's processes fit one node.
            _ => assert_eq!(self.get(variable), if self.role == "first" { "0" } else { "1" }),
        }
    }

    fn assert_tf_config(&self) {
        let mut cluster = self.cluster.clone();
        cluster.as_object_mut().expect("it is an object").remove("evaluator");
        let config: Value = serde_json::from_str(self.get("TF_CONFIG")).expect("TF_CONFIG is JSON");
        assert_eq!(config, json!({"cluster": cluster, "task": {"type": self.role, "index": self.rank}}));
    }
}

#[track_caller]
fn entry<'a>(cluster: &'a Value, role: &str, rank: u32) -> &'a str {
    cluster[role][rank as usize].as_str().unwrap_or_else(|| panic!("no {role}.{rank} in {cluster}"))
}

fn host(address: &str) -> &str {
    address.split(':').next().expect("a split gives something")
}

fn port(address: &str) -> &str {
    address.split_once(':').unwrap_or_else(|| panic!("{address} has no port")).1
}
