//! `insula completions`

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::args::Cli;
use crate::failure::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  insula completions bash > ~/.local/share/bash-completion/completions/insula")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Exit {
        clap_complete::generate(self.shell, &mut Cli::command(), "insula", &mut std::io::stdout());
        Exit::Done
    }
}
