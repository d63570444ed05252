//! `insula verify …`: the walls of the running installation, attacked.

use std::sync::{Mutex, PoisonError};

use clap::{Args, Subcommand};
use futures_util::FutureExt;
use insula_model::{OperatorSession, RequestId, Tier};
use insula_platform::verify::{CaseResult, IsolationReport, Progress, Surface, Verdict, VerifyOptions};

use super::Context;
use super::node::{Where, control};
use crate::args::given;
use crate::client::{Api, Profile};
use crate::config::Effective;
use crate::failure::{Exit, Failure};
use crate::node::Node;
use crate::terminal::phase::Phase;
use crate::terminal::table::{number, table};
use crate::terminal::{Out, Style};
use crate::up::signals::Signals;
use crate::verify::Http;

/// How many of the cases that went wrong are shown to people; the document has all of them.
const SHOWN: usize = 40;

#[derive(Debug, Subcommand)]
pub(crate) enum Verify {
    /// Attack the running installation with throw-away tenants, over SQL and HTTP, and say what held
    Isolation(Isolation),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Makes nine tenants (an attacker, a victim and a bystander in every tier), plants canaries in everything that they have,
tries every attack that it knows with what the attacker has, and removes the tenants again: also after Ctrl-C, and what
a killed run left behind the next one removes. Other tenants are not touched.

Examples:
  insula verify isolation
  insula verify isolation --tier pooled,schema --json | jq '.results[] | select(.verdict != \"held\")'

Exit codes:
  0  every case was tried and every wall held
  5  ended early, or not all of the tenants could be removed
  6  a wall did not hold: something of another tenant's was received or changed (leak), or a guard was missing behind
     which another one still stood (breach)
  Any other: it could not be tried, and nothing is proved")]
pub(crate) struct Isolation {
    #[command(flatten)]
    place: Where,
    /// In which tiers: pooled, schema, database [default: all]
    #[arg(long = "tier", value_name = "TIER", value_delimiter = ',', value_parser = super::tenant::tier)]
    tiers: Vec<Tier>,
    /// The database only, without a server that answers HTTP
    #[arg(long)]
    no_http: bool,
    /// Why: 8 characters or more; the logs have it
    #[arg(long, default_value = "insula verify isolation: attacking the walls")]
    reason: String,
}

impl Verify {
    pub(crate) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Isolation(args) => args.run(cx).await,
        }
    }
}

/// Which installation is attacked, and who says so.
struct Target {
    effective: Effective,
    token: String,
    surfaces: Vec<Http>,
}

impl Isolation {
    async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let mut signals = Signals::listen()?;
        let target = self.target(cx).await?;
        let _logging = crate::logging::start(&target.effective.config, &cx.out, "error")?;
        let spec = control(&target.effective)?;
        let mut node = Node::default();
        let report = async {
            let port = target.effective.config.server.port;
            let platform = node.open(&target.effective, spec, port, &cx.world).await?;
            let request = RequestId::from_uuid(cx.world.uuid());
            let op = platform.operator_context(&target.token, request).await?.with_reason(&self.reason)?;
            let shown = Shown::new(cx.out);
            let options = VerifyOptions {
                tiers: if self.tiers.is_empty() { Tier::ALL.to_vec() } else { self.tiers.clone() },
                surfaces: target.surfaces.iter().map(|http| http as &dyn Surface).collect(),
                progress: &|progress| shown.show(&progress),
                stop: signals.next().boxed(),
            };
            let report = platform.verify_isolation(&op, options).await;
            shown.end();
            report
        };
        let report = Box::pin(report).await;
        node.stop().await;
        let report = report?;
        cx.out.result(&report, |style| text(&report, style));
        Ok(exit(&report))
    }

    /// The installation that is meant: its databases by its data directory or the settings, its server by what the
    /// running `insula up` wrote down or `--url`.
    async fn target(&self, cx: &Context) -> Result<Target, Failure> {
        let flag = self.place.flag();
        let first = cx.configuration(given([("data.dir", "--data", flag.clone())]))?;
        let there = self.place.data.as_deref().and_then(Profile::of_data);
        let profile = match there {
            Some(there) if first.config.client.url.is_none() => {
                Profile { token: first.config.client.token.clone().or(there.token), ..there }
            }
            _ => Profile::find(&first)?,
        };
        let token = profile.token.clone().ok_or_else(|| {
            Failure::usage("Whose name is it done in? Give an operator's token as INSULA_TOKEN or --token.")
        })?;
        // Where the installation is known by its server only, its databases are those that this server has.
        let unsaid = flag.is_none() && !first.config.data.dir.join("control.json").exists();
        let data = flag.or_else(|| profile.data.as_ref().filter(|_| unsaid).map(|d| d.display().to_string()));
        let mut flags = given([("data.dir", "--data", data)]);
        let mut surfaces = Vec::new();
        if !self.no_http {
            let api = Api::new(&profile.url, Some(token.clone()), cx.world.clone())?;
            let session: OperatorSession = api.get("/session", &[]).await?.read()?;
            let base = session.installation.base_domain;
            surfaces.push(Http::new(&profile.url, &base, &token)?);
            flags.push(("server.base_domain", "the server at --url", base));
        }
        Ok(Target { effective: cx.configuration(flags)?, token, surfaces })
    }
}

/// How far it has come, on standard error.
struct Shown {
    out: Out,
    now: Mutex<Option<(&'static str, Phase, String)>>,
}

impl Shown {
    fn new(out: Out) -> Self {
        Self { out, now: Mutex::new(None) }
    }

    fn show(&self, progress: &Progress) {
        let (name, what) = match progress {
            Progress::Swept(0) => return,
            Progress::Swept(n) => ("left by a former run", format!("{n} tenants removed")),
            Progress::Making(done, all) => ("throw-away tenants", format!("{done} of {all}")),
            Progress::Planting => ("canaries", "planted in everything they have".to_owned()),
            Progress::Attacking(cases, 0) => ("attacks", format!("{} cases", number(*cases as u64))),
            Progress::Attacking(cases, bad) => {
                ("attacks", format!("{} cases, {bad} where a wall did not hold", number(*cases as u64)))
            }
            Progress::Removing => ("clean up", "throw-away tenants removed".to_owned()),
        };
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let same = now.as_ref().is_some_and(|(current, ..)| *current == name);
        if !same {
            if let Some(ended) = now.take() {
                done(&ended);
            }
            *now = Some((name, Phase::begin(self.out, name), String::new()));
        }
        if let Some((_, phase, last)) = now.as_mut() {
            phase.doing(what.as_str());
            *last = what;
        }
    }

    fn end(&self) {
        if let Some(ended) = self.now.lock().unwrap_or_else(PoisonError::into_inner).take() {
            done(&ended);
        }
    }
}

fn done((_, phase, how): &(&'static str, Phase, String)) {
    phase.done(&format!("{how}, {}", phase.took()));
}

fn exit(report: &IsolationReport) -> Exit {
    if report.leaks + report.breaches > 0 {
        Exit::Leak
    } else if report.ok && report.left_behind.is_empty() {
        Exit::Done
    } else {
        Exit::Partial
    }
}

fn text(report: &IsolationReport, style: Style) -> String {
    let mut rows = Vec::new();
    for tier in &report.tiers {
        for surface in &tier.surfaces {
            let bad = |n: usize| if n == 0 { style.dim("0") } else { style.red(&n.to_string()) };
            rows.push(vec![
                tier.tier.as_str().to_owned(),
                surface.surface.clone(),
                number(surface.cases as u64),
                bad(surface.leaks),
                bad(surface.breaches),
                format!("{:.1} s", surface.seconds),
            ]);
        }
    }
    let head = ["tier", "surface", "cases", "leaks", "breaches", "took"];
    let mut lines = vec![table(style, &head, &[2, 3, 4, 5], rows), String::new()];
    lines.extend(report.bad().take(SHOWN).map(|case| bad(case, style)));
    let more = report.bad().count().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(format!("… and {more} more: see --json"));
    }
    if !report.left_behind.is_empty() {
        let left = report.left_behind.join(", ");
        lines.push(format!("{} could not be removed; the next run tries again: {left}", style.yellow("!")));
    }
    if let Some(why) = &report.failed {
        lines.push(format!("{} not all cases could be tried: {why}", style.yellow("!")));
    }
    let figures = format!(
        "{} cases, {} leaks, {} breaches in {:.1} s",
        number(report.cases as u64),
        report.leaks,
        report.breaches,
        report.seconds
    );
    lines.push(if report.stopped {
        format!("{} ended early: {figures}", style.yellow("!"))
    } else if report.ok {
        format!("{} every wall held: {figures}", style.green("✓"))
    } else {
        format!("{} {}: {figures}", style.red("✗"), style.bold("a wall did not hold"))
    });
    lines.join("\n")
}

fn bad(case: &CaseResult, style: Style) -> String {
    let verdict = match case.verdict {
        Verdict::Leak => style.red("leak"),
        _ => style.yellow("breach"),
    };
    let what = case.what.as_deref().unwrap_or_default();
    format!("{verdict} {} {}: {}\n    {what}", case.tier.as_str(), case.surface, case.name)
}
