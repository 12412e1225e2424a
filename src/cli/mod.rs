//! The command line: one file a subcommand. Raw arguments are settled once; every failure has an exit code and, where one is known, a hint.

mod args;
mod cancel;
mod check;
mod clock;
mod compile;
mod exit;
mod finish;
mod follow;
mod graph;
mod inputs;
mod listings;
mod log_files;
mod logs;
mod preflight;
mod resume;
mod run;
mod settings;
mod site;
mod slurm_facts;
mod status;
mod target;
mod template;
mod unique_json;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Command};
use exit::{Exit, Failure};

/// Stack of the thread that parses, checks and evaluates: documents may nest to 1,000, far below what this holds.
const STACK_BYTES: usize = 64 << 20;

/// Parses the command line, does what it says, prints the failure if there is one.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let is_help = !error.use_stderr();
            // A closed pipe while printing help is nobody's failure.
            let _ = error.print();
            return if is_help { Exit::Done.into() } else { Exit::Usage.into() };
        }
    };
    start_tracing();
    let worker = std::thread::Builder::new().name("sluice".to_owned()).stack_size(STACK_BYTES).spawn(move || dispatch(cli.command));
    let outcome = match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Failure::new(Exit::Internal, "error: this is a bug in sluice; the message above says where")
            .hint("please report it with the command and the document")),
        Err(error) => Err(no_thread(&error)),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            say(&failure.to_string());
            failure.exit.into()
        }
    }
}

/// The machine has no thread for us.
fn no_thread(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Machine, format!("error: failed to start a thread: {error}"))
}

fn dispatch(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Compile(args) => compile::compile(&args),
        Command::Check(args) => check::check(&args),
        Command::Inputs(args) => template::inputs(&args),
        Command::Graph(args) => graph::graph(&args),
        Command::Status(args) => status::status(&args),
        Command::Logs(args) => logs::logs(&args),
        Command::Cancel(args) => cancel::cancel(&args),
        Command::Resume(args) => resume::resume(&args),
        Command::Site(args) => site::site(&args),
        Command::Completions(args) => {
            let mut text = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "sluice", &mut text);
            print(&String::from_utf8_lossy(&text)).map(|()| Exit::Done)
        }
        Command::Man => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut text).expect("memory takes what is written to it");
            print(&String::from_utf8_lossy(&text)).map(|()| Exit::Done)
        }
    }
}

fn start_tracing() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SLUICE_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}

/// A line on standard error; a closed one ends nothing.
fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Text on standard output. A reader that went away (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Machine, format!("error: failed to write to standard output: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
