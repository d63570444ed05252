//! The commands, one file per noun.

pub(crate) mod audit;
pub(crate) mod cell;
pub(crate) mod completions;
pub(crate) mod dashboard;
pub(crate) mod dataset;
pub(crate) mod embed;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod mail;
pub(crate) mod migrate;
pub(crate) mod node;
pub(crate) mod openapi;
pub(crate) mod operation;
pub(crate) mod operator;
mod reference;
mod status;
pub(crate) mod table;
pub(crate) mod template;
pub(crate) mod tenant;
mod token;
pub(crate) mod up;
pub(crate) mod verify;

use insula_model::World;

use crate::args::{Cli, Command, Global};
use crate::client::{Api, Profile};
use crate::config::{Effective, Flag, show};
use crate::failure::{Exit, Failure};
use crate::terminal::Out;
use crate::world;

/// What every command is given.
pub(crate) struct Context {
    pub(crate) out: Out,
    pub(crate) world: World,
    global: Global,
}

impl Context {
    /// The same, said in another way.
    pub(crate) fn said(&self, out: Out) -> Self {
        Self { out, world: self.world.clone(), global: self.global.clone() }
    }

    /// The configuration, with a command's own flags.
    pub(crate) fn configuration(&self, flags: Vec<Flag>) -> Result<Effective, Failure> {
        let mut all = self.global.flags();
        all.extend(flags);
        Ok(Effective::load(self.global.config.as_deref(), &all)?)
    }

    /// The operators' API.
    pub(crate) fn api(&self) -> Result<Api, Failure> {
        let profile = Profile::find(&self.configuration(Vec::new())?)?;
        Api::new(&profile.url, profile.token, self.world.clone())
    }
}

/// Does what the command line says.
pub(crate) async fn run(cli: Cli, out: Out) -> Result<Exit, Failure> {
    let cx = Context { out, world: world::system(), global: cli.global };
    match cli.command {
        Command::Up(args) => Box::pin(args.run(&cx)).await,
        Command::Serve(args) => Box::pin(args.run(&cx)).await,
        Command::Worker(args) => Box::pin(args.run(&cx)).await,
        Command::Migrate(args) => Box::pin(args.run(&cx)).await,
        Command::Tenant(command) => Box::pin(command.run(&cx)).await,
        Command::Operation(command) => command.run(&cx).await,
        Command::Cell(command) => command.run(&cx).await,
        Command::Key(command) => command.run(&cx).await,
        Command::Dashboard(command) => Box::pin(command.run(&cx)).await,
        Command::Dataset(command) => Box::pin(command.run(&cx)).await,
        Command::Embed(command) => Box::pin(command.run(&cx)).await,
        Command::Table(command) => Box::pin(command.run(&cx)).await,
        Command::Template(command) => Box::pin(command.run(&cx)).await,
        Command::Operator(command) => Box::pin(command.run(&cx)).await,
        Command::Mail(command) => command.run(&cx).await,
        Command::Import(command) => Box::pin(command.run(&cx)).await,
        Command::Audit(command) => command.run(&cx).await,
        Command::Verify(command) => Box::pin(command.run(&cx)).await,
        Command::Status => status::run(&cx).await,
        Command::Openapi(args) => args.run(),
        Command::Completions(args) => Ok(args.run()),
        Command::Config(_) => {
            show::show(&out, &cx.configuration(Vec::new())?);
            Ok(Exit::Done)
        }
        Command::DocsCli => {
            println!("{}", reference::page().trim_end());
            Ok(Exit::Done)
        }
        Command::DocsConfig => {
            println!("{}", show::reference().trim_end());
            Ok(Exit::Done)
        }
    }
}

/// What somebody typed, as one segment of a path.
pub(crate) fn segment(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
        path
    })
}
