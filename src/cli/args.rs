//! What can be typed. Raw: nothing is decided here.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::load::{ImportSettings, NetworkUse, Originals};

/// Run WDL workflows on Slurm: every task a readable sbatch script, every distributed framework one task.
#[derive(Debug, Parser)]
#[command(name = "sluice", version, after_help = EXIT_CODES, max_term_width = 110)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 the run failed; 2 usage; 3 the WDL or its inputs are wrong; 4 the site file is wrong or the site refuses; \
5 Slurm unreachable; 6 still running; 7 cancelled; 8 internal error; 9 the machine refuses (folder, disk, image, lock).";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a workflow or a task and print its outputs as JSON.
    Run(RunArgs),
    /// Write the real scripts of a run without submitting anything.
    Compile(CompileArgs),
    /// Say what is wrong with a document and all that it imports.
    Check(CheckArgs),
    /// Print a template of the inputs.
    Inputs(InputsArgs),
    /// Draw the plan as DOT, Mermaid or SVG.
    Graph(GraphArgs),
    /// Show the tasks of a run.
    Status(StatusArgs),
    /// Show what a call printed.
    Logs(LogsArgs),
    /// Cancel a run: its jobs are ended and seen to be gone.
    Cancel(CancelArgs),
    /// Go on with a run whose head ended.
    Resume(ResumeArgs),
    /// Show the site file that would be used, every key with its meaning.
    Site(SiteArgs),
    /// Print completions for a shell.
    Completions(CompletionsArgs),
    /// Print the manual page.
    Man,
}

/// What to run.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// The WDL document: a path or a URL.
    pub(super) file: PathBuf,
    /// Inputs as JSON; `-` reads standard input.
    #[arg(short, long, value_name = "FILE")]
    pub(super) inputs: Option<PathBuf>,
    /// Inputs one by one: `n=1` or `workflow.n=1`; what is not text is JSON.
    #[arg(value_name = "KEY=VALUE")]
    pub(super) values: Vec<String>,
    /// Run this task alone.
    #[arg(long, value_name = "NAME", conflicts_with = "workflow")]
    pub(super) task: Option<String>,
    /// Run this workflow.
    #[arg(long, value_name = "NAME")]
    pub(super) workflow: Option<String>,
    #[command(flatten)]
    pub(super) imports: Imports,
}

/// How documents of the network are read.
#[derive(Debug, Args)]
pub(super) struct Imports {
    /// Read imported URLs from the cache alone.
    #[arg(long, env = "SLUICE_OFFLINE", value_parser = clap::builder::FalseyValueParser::new(), help_heading = "Imports")]
    pub(super) offline: bool,
    /// Neither read nor keep copies of imported URLs.
    #[arg(long, conflicts_with = "offline", help_heading = "Imports")]
    pub(super) no_import_cache: bool,
    /// How long to wait for each imported URL.
    #[arg(
        long,
        value_name = "SECONDS",
        env = "SLUICE_IMPORT_TIMEOUT",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..),
        help_heading = "Imports"
    )]
    pub(super) import_timeout: u64,
}

impl Imports {
    /// The documents that the user names, on disk and in the network.
    pub(super) fn library(&self) -> Originals {
        let mut settings = ImportSettings { timeout: Duration::from_secs(self.import_timeout), ..ImportSettings::default() };
        if self.offline {
            settings.network = NetworkUse::Offline;
        }
        if self.no_import_cache {
            settings.cache = None;
        }
        Originals::new(settings)
    }
}

/// Where to run.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The site file: a path, or a name that stands in `~/.config/sluice/` or `/etc/sluice/`.
    #[arg(long, value_name = "FILE|NAME", env = "SLUICE_SITE")]
    pub(super) site: Option<String>,
    /// Slurm where `sbatch` is on PATH, else this machine.
    #[arg(long, value_enum)]
    pub(super) backend: Option<BackendName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum BackendName {
    Local,
    Slurm,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) target: Target,
    #[command(flatten)]
    pub(super) place: Place,
    /// The run's folder; it must be empty or not there.
    #[arg(long, value_name = "RUN")]
    pub(super) dir: Option<PathBuf>,
    /// Progress on standard error as JSON lines.
    #[arg(long)]
    pub(super) json: bool,
    /// After a failure let the other calls go on.
    #[arg(long)]
    pub(super) keep_going: bool,
}

#[derive(Debug, Args)]
pub(super) struct CompileArgs {
    #[command(flatten)]
    pub(super) target: Target,
    #[command(flatten)]
    pub(super) place: Place,
    /// Where the scripts are written; it must be empty or not there.
    #[arg(long, value_name = "FOLDER")]
    pub(super) dir: Option<PathBuf>,
    /// The list of scripts, and what is known of the outputs, as JSON on standard output.
    #[arg(long)]
    pub(super) json: bool,
    /// Ask Slurm of each script whether it would take it (`sbatch --test-only`).
    #[arg(long)]
    pub(super) test_only: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// WDL documents: paths or URLs.
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) imports: Imports,
    /// Refuse what the specification does not allow, though sluice would take it.
    #[arg(long)]
    pub(super) strict: bool,
    /// A site file whose own kinds of clusters are known.
    #[arg(long, value_name = "FILE|NAME", env = "SLUICE_SITE")]
    pub(super) site: Option<String>,
    /// Diagnostics as JSON on standard output.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct InputsArgs {
    #[command(flatten)]
    pub(super) target: Target,
    /// Only inputs that must be given.
    #[arg(long)]
    pub(super) required: bool,
}

#[derive(Debug, Args)]
pub(super) struct GraphArgs {
    /// The WDL document: a path or a URL.
    pub(super) file: PathBuf,
    /// What is printed; by default what the name of the output file says, else DOT.
    #[arg(long, value_enum)]
    pub(super) format: Option<GraphFormat>,
    /// Where it is written; standard output by default.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Levels of sub-workflows that are drawn with all they do; below it a sub-workflow is one box.
    #[arg(long, value_name = "LEVELS", default_value_t = 0)]
    pub(super) depth: usize,
    /// Draw this task.
    #[arg(long, value_name = "NAME", conflicts_with = "workflow")]
    pub(super) task: Option<String>,
    /// Draw this workflow.
    #[arg(long, value_name = "NAME")]
    pub(super) workflow: Option<String>,
    #[command(flatten)]
    pub(super) imports: Imports,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// For Graphviz: `dot -Tpdf`.
    Dot,
    /// For Markdown pages.
    Mermaid,
    /// A drawing.
    Svg,
}

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// The run's folder.
    pub(super) run: PathBuf,
    /// As JSON on standard output.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct LogsArgs {
    /// The run's folder.
    pub(super) run: PathBuf,
    /// The call (`workflow.call[3]`, or its last part); all that failed where none is named.
    pub(super) call: Option<String>,
    /// Standard error instead of standard output.
    #[arg(long, conflicts_with = "role")]
    pub(super) stderr: bool,
    /// A process of a distributed task (`worker.1`), or all processes of a role (`worker`), each line with the process's name before it.
    #[arg(long, value_name = "ROLE[.RANK]", requires = "call")]
    pub(super) role: Option<String>,
    /// Go on printing what is added, until the attempt ends.
    #[arg(short, long, requires = "call")]
    pub(super) follow: bool,
}

#[derive(Debug, Args)]
pub(super) struct CancelArgs {
    /// The run's folder.
    pub(super) run: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// The run's folder.
    pub(super) run: PathBuf,
    /// Progress on standard error as JSON lines.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct SiteArgs {
    #[command(subcommand)]
    pub(super) command: SiteCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SiteCommand {
    /// Print the commented default site file.
    Show,
    /// Say what is wrong with a site file.
    Check {
        /// The site file.
        file: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell.
    pub(super) shell: clap_complete::Shell,
}
