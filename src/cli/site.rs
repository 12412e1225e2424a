//! `sluice site`

use std::process::Command;

use super::{
    args::{SiteArgs, SiteCommand},
    exit::{Exit, Failure},
    print, say, settings,
};
use crate::site::Site;

/// Shows or checks a site file.
pub(super) fn site(args: &SiteArgs) -> Result<Exit, Failure> {
    match &args.command {
        SiteCommand::Show => print(crate::site::DEFAULT_SITE)?,
        SiteCommand::Check { file } => {
            let path = settings::find(file)?;
            let site = settings::settle_site(Some(&path))?;
            check_libraries(&site)?;
            let names: Vec<&str> = site.partitions.iter().map(|partition| partition.name.as_str()).collect();
            say(&format!(
                "{}: fine; partitions: {}",
                path.display(),
                if names.is_empty() { "none (Slurm's default is used)".to_owned() } else { names.join(", ") }
            ));
        }
    }
    Ok(Exit::Done)
}

/// The shell functions of the site's own kinds of clusters: they are there, and bash can read them.
fn check_libraries(site: &Site) -> Result<(), Failure> {
    settings::cluster_libraries(site)?;
    for (name, kind) in site.clusters.iter().filter(|(_, kind)| !kind.library.is_empty()) {
        // Where there is no bash there is nothing to ask; jobs have one.
        let Ok(output) = Command::new("bash").arg("-n").arg(&kind.library).output() else { return Ok(()) };
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::new(Exit::Site, format!("error: `clusters.{name}.library`: bash cannot read it: {}", said.trim()))
                .hint("the file holds functions of bash: `templates/lib/custom.sh` of sluice's source lists them"));
        }
    }
    Ok(())
}
