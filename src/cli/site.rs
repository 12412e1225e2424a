//! `sluice site`

use super::{
    args::{SiteArgs, SiteCommand},
    exit::{Exit, Failure},
    print, say, settings,
};

/// Shows or checks a site file.
pub(super) fn site(args: &SiteArgs) -> Result<Exit, Failure> {
    match &args.command {
        SiteCommand::Show => print(crate::site::DEFAULT_SITE)?,
        SiteCommand::Check { file } => {
            let path = settings::find(file)?;
            let site = settings::settle_site(Some(&path))?;
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
