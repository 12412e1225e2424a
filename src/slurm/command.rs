//! Starts one of Slurm's programs, waits for it within a time limit, and hands back what it wrote.
//! The only file of the crate that starts them. It must not know what any output means. Entry point: [`Programs::run`].

use std::{
    ffi::OsString,
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::process::Command;

/// How a Slurm program failed us. Each message is a fragment that fits "failed to …" and quotes what the program said.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The program could not be started: not installed, not on `PATH`, no memory.
    #[error("start `{command}`")]
    NotStarted {
        /// The command line.
        command: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It did not end in time and was killed, or someone else killed it. What it asked for may have happened.
    #[error("get an answer from `{command}`: {reason}")]
    NoAnswer {
        /// The command line.
        command: String,
        /// What ended it.
        reason: String,
    },
    /// The controller cannot be reached; nothing was done. Waiting helps.
    #[error("reach the Slurm controller: `{command}` said `{said}`")]
    Unreachable {
        /// The command line.
        command: String,
        /// What it wrote to stderr.
        said: String,
    },
    /// It ended with a code other than 0.
    #[error("run `{command}`: it ended with exit code {exit} and said `{said}`")]
    Failed {
        /// The command line.
        command: String,
        /// Its exit code.
        exit: i32,
        /// What it wrote to stderr.
        said: String,
    },
    /// It ended with 0 but its output is not what was asked for.
    #[error("read the answer of `{command}`: expected {expected}, found `{found}`")]
    Unreadable {
        /// The command line.
        command: String,
        /// What the output should have held.
        expected: &'static str,
        /// Its beginning.
        found: String,
    },
}

impl CommandError {
    /// Whether the controller is down or does not answer: waiting and asking again is all that can be done.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::NoAnswer { .. })
    }

    /// What the program wrote to stderr, where it ran and failed.
    pub fn said(&self) -> Option<&str> {
        match self {
            Self::Unreachable { said, .. } | Self::Failed { said, .. } => Some(said),
            Self::NotStarted { .. } | Self::NoAnswer { .. } | Self::Unreadable { .. } => None,
        }
    }
}

/// A program that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// The command line, for messages.
    pub(super) command: String,
    /// What it wrote to stdout.
    pub(super) stdout: String,
    /// What it wrote to stderr, trimmed.
    pub(super) said: String,
    status: ExitStatus,
}

impl Ended {
    /// Its stdout if it ended with 0, else an error that quotes it.
    pub(super) fn successful(self) -> Result<Self, CommandError> {
        let Self { command, said, .. } = &self;
        let (command, said) = (command.clone(), said.clone());
        match self.status.code() {
            Some(0) => Ok(self),
            Some(_) if is_unreachable(&said) => Err(CommandError::Unreachable { command, said }),
            Some(exit) => Err(CommandError::Failed { command, exit, said }),
            None => Err(CommandError::NoAnswer { command, reason: format!("it was ended by {}", self.status) }),
        }
    }

    /// The error for an answer that cannot be read.
    pub(super) fn unreadable(&self, expected: &'static str) -> CommandError {
        let found = self.stdout.chars().take(200).collect();
        CommandError::Unreadable { command: self.command.clone(), expected, found }
    }
}

/// Texts that mean "no controller answered, nothing was done". The first is Slurm's own (measured: sbatch, squeue, scontrol, sinfo, scancel); the second comes from a configless client
/// whose controller is down or that has no `slurm.conf`.
fn is_unreachable(said: &str) -> bool {
    ["Unable to contact slurm controller (connect failure)", "Could not establish a configuration source"].iter().any(|text| said.contains(text))
}

/// Slurm's programs as this site has them.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    /// Folder they are in; `None`: found on `PATH`.
    pub(super) folder: Option<PathBuf>,
    /// The scrubbed environment.
    pub(super) environment: Vec<(OsString, OsString)>,
    /// How long one may take. With the controller down they take 9 to 18 s to say so.
    pub(super) time_limit: Duration,
}

impl Programs {
    /// Runs a program to its end.
    pub(super) async fn run(&self, program: &'static str, arguments: &[String]) -> Result<Ended, CommandError> {
        let command_line = command_line(program, arguments);
        let mut command = Command::new(self.folder.as_ref().map_or_else(|| program.into(), |folder| folder.join(program)));
        command
            .args(arguments)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Its own process group: a Ctrl-C at the terminal must not end an sbatch half-way.
            .process_group(0)
            .kill_on_drop(true);
        let output = match tokio::time::timeout(self.time_limit, command.output()).await {
            Err(_) => {
                return Err(CommandError::NoAnswer { command: command_line, reason: format!("none came within {} s", self.time_limit.as_secs()) });
            }
            Ok(Err(source)) => return Err(CommandError::NotStarted { command: command_line, source }),
            Ok(Ok(output)) => output,
        };
        Ok(Ended {
            command: command_line,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            said: shortened(&String::from_utf8_lossy(&output.stderr)),
            status: output.status,
        })
    }
}

/// The command line as a person would read it: long lists of ids are cut.
fn command_line(program: &str, arguments: &[String]) -> String {
    let mut line = program.to_owned();
    for argument in arguments {
        line.push(' ');
        if argument.chars().count() > 200 {
            line.extend(argument.chars().take(200));
            line.push('…');
        } else {
            line.push_str(argument);
        }
    }
    line
}

/// The last 20 lines: submit plugins may print pages, and what failed comes last.
fn shortened(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
