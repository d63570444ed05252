//! `insula up`: everything in one process in the foreground, from an empty folder to a page that says what to do next.
//!
//! What must always hold: `up.json` is there while everything serves and at no other time; whatever ends this process in
//! order (Ctrl-C, SIGTERM, a failure on the way) ends everything that it started; a start after any other end finds the
//! same passwords and finishes what was under way. Tested with the real binary in `tests/it/up.rs`.

mod advice;
mod database;
mod demo;
mod first;
mod found;
pub(crate) mod home;
mod local;
mod page;
pub(crate) mod signals;
mod up_json;
pub(crate) mod words;

use insula_model::problem;
use insula_store::{Names, installed};

use self::advice::advised;
use self::database::Database;
use self::home::{Home, Secrets};
use self::signals::Signals;
use crate::commands::Context;
use crate::commands::migrate;
use crate::config::{Effective, LogFormat};
use crate::failure::{Exit, Failure};
use crate::node::{self, Node};
use crate::terminal::Out;
use crate::terminal::phase::Phase;

/// What was asked for on the command line about the first start.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) demo: bool,
    pub(crate) operator_email: Option<String>,
    pub(crate) operator_password: Option<String>,
    pub(crate) tenant: Option<String>,
    /// Gives an installation whose directory is lost new passwords.
    pub(crate) take_over: bool,
}

/// What has been started, so that it can be stopped wherever we are.
struct Parts {
    home: Home,
    database: Option<Database>,
    node: Node,
}

/// Runs until somebody says that it is enough.
pub(crate) async fn run(cx: &Context, effective: &Effective, wishes: Wishes) -> Result<Exit, Failure> {
    let structured = effective.config.log.format == LogFormat::Json;
    let cx = &cx.said(Out { structured, ..cx.out });
    let level = if cx.out.live && !structured { "warn" } else { "info" };
    let _logging = crate::logging::start(&effective.config, &cx.out, level)?;
    let mut signals = Signals::listen()?;
    let home = Home::open(&effective.config.data.dir).map_err(|e| advised(e.into(), effective))?;
    let mut parts = Parts { home, database: None, node: Node::default() };

    let ended = tokio::select! {
        ended = live(cx, effective, wishes, &mut parts) => ended,
        () = signals.next() => Ok(()),
    };
    tokio::select! {
        () = stop(cx, &mut parts) => {}
        () = signals.next() => {
            // What is left is told to stop by being dropped, and not waited for.
            cx.out.note("  Stopped at once.");
            drop(parts);
            return Ok(Exit::Failed);
        }
    }
    ended.map(|()| Exit::Done).map_err(|failure| advised(failure, effective))
}

/// Starts everything and stays. Dropping this stops nothing: [`stop`] does.
async fn live(cx: &Context, effective: &Effective, wishes: Wishes, parts: &mut Parts) -> Result<(), Failure> {
    let out = cx.out;
    let hard_end = parts.home.forget_up();
    let bound = node::bind(effective).await?;
    let port = bound.addr().port();
    let Parts { home, database, node } = parts;
    let database = database.insert(Database::open(out, effective, home, &cx.world).await?);

    let phase = Phase::begin(out, "databases");
    phase.doing("roles, control database, first cell");
    let mut secrets = home.secrets()?;
    let (server, names) = (database.server()?, Names::default());
    if secrets.roles.is_none() && !wishes.take_over && installed(&server, &names, &node.tasks).await? {
        return Err(Failure::new(
            Exit::Failed,
            problem::DATA_DIR.code,
            "That server has an Insula already",
            format!(
                "The database {} is there, and {} knows nothing of it. Start with the --data directory that it was made \
                 with; for another node on it use `insula serve` with a copy of its control.json.",
                names.control,
                home.dir.display()
            ),
        )
        .hint("If that directory is lost: --take-over gives it new passwords, and shuts out who has the old ones."));
    }
    let roles = secrets.roles(&cx.world);
    home.keep(&secrets)?;
    let tenants = &effective.config.tenants;
    let spec = insula_store::install(
        &server,
        &names,
        &roles,
        &tenants.default_cell,
        &tenants.region,
        &cx.world,
        &node.tasks,
    )
    .await?;
    home.write("control.json", &spec)?;
    let platform = node.open(effective, spec, port, &cx.world).await?;
    phase.done(&format!("ready in {}", phase.took()));
    migrate::before_serving(cx, platform.store()).await?;

    let operator = first::operator(cx, &platform, &wishes, home, &mut secrets).await?;
    let unfinished = found::unfinished(cx, &platform, &operator).await?;
    node.serve(bound, &platform).await?;
    node.work(&effective.config, &platform);
    let api = local::api(cx, effective, port, &operator)?;
    found::report(cx, &api, hard_end, &unfinished).await;
    if wishes.demo {
        demo::prepare(cx, &api, home, &mut secrets).await?;
    } else {
        first::tenant(cx, &api, &wishes, home, &mut secrets).await?;
    }

    let up = up_json::collect(effective, &api, &platform, &secrets, database, port).await?;
    // First the profile: whoever waits for `up.json` finds everything else in place.
    up_json::leave_profile(&up, &home.dir);
    home.write("up.json", &up)?;
    page::print(cx, &up, home);
    database.keep(effective, &home.dir, &cx.world).await;
    Ok(())
}

async fn stop(cx: &Context, parts: &mut Parts) {
    if parts.database.is_none() {
        // Nothing was started; why not is all that is to be said.
        parts.home.forget_up();
        return;
    }
    let phase = Phase::begin(cx.out, "stopping");
    phase.doing("requests and workers");
    parts.home.forget_up();
    let orderly = parts.node.stop().await;
    if let Some(mut database) = parts.database.take() {
        phase.doing("private database");
        if let Err(error) = database.stop().await {
            phase.failed(error.detail());
            return;
        }
    }
    let how = if orderly { "" } else { " (some work was cut off and goes on at the next start)" };
    phase.done(&format!("everything, in {}{how}", phase.took()));
}

/// Where passwords go once they are known.
fn remember(home: &Home, secrets: &Secrets) -> Result<(), Failure> {
    Ok(home.keep(secrets)?)
}
