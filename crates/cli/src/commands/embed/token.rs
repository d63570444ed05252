//! `insula embed token`.

use clap::Args;
use insula_model::embed::{DEFAULT_TTL, MAX_TTL, MIN_TTL};
use insula_model::{EmbedTokenCreated, EmbedTokenInput, Filter, Scope};

use super::Whose;
use super::filter::filter;
use crate::client::read;
use crate::commands::Context;
use crate::dashboards;
use crate::failure::{Exit, Failure};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  insula embed token acme --dashboard Overview --viewer user-42 --filter carrier=AA
  insula embed token acme --html > try.html
  INSULA_KEY=isk_… insula embed token https://acme.example --dashboard dsh_… --ttl 10m --json | jq -r .token

Prints the token alone, so that it can be used in a script; when it ends and what to frame goes to standard error. The
filters are locked: the viewer cannot see past them. A page that shows dashboards for longer asks its own server for tokens.")]
pub(crate) struct Token {
    #[command(flatten)]
    whose: Whose,
    /// The dashboard, by name or id; the one that opens first if absent
    #[arg(long, value_name = "DASHBOARD")]
    dashboard: Option<String>,
    /// One widget of it alone, by id
    #[arg(long, value_name = "WIDGET")]
    widget: Option<String>,
    /// Who will look, as your product calls them
    #[arg(long, value_name = "VIEWER")]
    viewer: Option<String>,
    /// What always holds: carrier=AA,B6, carrier!=AA, name~=part, name^=begin, delay>=15, or JSON; several times
    #[arg(long = "filter", value_name = "FILTER", value_parser = filter)]
    filters: Vec<Filter>,
    /// Only pages of this origin may frame it; several times. All of the workspace's list if absent
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    /// How long it lasts: 90s, 5m; 1 to 10 minutes
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = ttl)]
    ttl: i64,
    /// Print what to paste into a page instead: the element with the token in it
    #[arg(long)]
    html: bool,
}

/// `90`, `90s`, `5m` as seconds.
fn ttl(text: &str) -> Result<i64, String> {
    let (number, unit) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    let seconds = number.parse::<i64>().ok().and_then(|n| n.checked_mul(unit));
    seconds.filter(|s| (MIN_TTL..=MAX_TTL).contains(s)).ok_or_else(|| "a token lasts 60s to 10m".to_owned())
}

impl Token {
    pub(super) async fn run(self, cx: &Context) -> Result<Exit, Failure> {
        let access = self.whose.open(cx, &[Scope::EmbedsMint, Scope::DashboardsRead]).await?;
        let input = EmbedTokenInput {
            dashboard: dashboards::id_of(&access.api, self.dashboard.as_deref()).await?,
            widget: self.widget,
            viewer: self.viewer,
            filters: self.filters,
            origins: (!self.origins.is_empty()).then_some(self.origins),
            ttl_seconds: Some(self.ttl).filter(|ttl| *ttl != DEFAULT_TTL),
        };
        let made: EmbedTokenCreated = read(&access.api.post("/embed-tokens", &input).await?)?;
        if !cx.out.json {
            cx.out.note(format!("{} ends at {}; it opens {}", made.id, made.expires_at, made.url));
        }
        cx.out.result(&made, |_| if self.html { element(&made) } else { made.token.clone() });
        Ok(Exit::Done)
    }
}

/// What shows it in a page, until it ends. Addresses and tokens have no character that HTML would take for its own.
fn element(made: &EmbedTokenCreated) -> String {
    let origin = made.url.split("/embed/dashboards/").next().unwrap_or_default();
    format!(
        "<script type=\"module\" src=\"{origin}/embed/insula.js\"></script>\n\
         <!-- Ends at {}. For longer than that, `token-url` names an endpoint of yours that answers {{\"token\": …}}. -->\n\
         <insula-dashboard src=\"{}\" token=\"{}\"></insula-dashboard>",
        made.expires_at, made.url, made.token
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        assert_eq!((ttl("90"), ttl("90s"), ttl("10m")), (Ok(90), Ok(90), Ok(600)));
        for text in ["", "m", "59s", "11m", "1h", "-5m", "999999999999999999m"] {
            assert!(ttl(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_element_frames_what_the_token_opens() {
        let made = EmbedTokenCreated {
            id: insula_model::EmbedTokenId::from_uuid(uuid::Uuid::nil()),
            token: "a.b-c_d".to_owned(),
            expires_at: jiff::Timestamp::UNIX_EPOCH,
            url: "http://localhost:8080/t/acme/embed/dashboards/dsh_1/widgets/w1".to_owned(),
        };
        let text = element(&made);
        assert!(text.contains("src=\"http://localhost:8080/t/acme/embed/insula.js\""), "{text}");
        assert!(text.contains("<insula-dashboard src=\"http://localhost:8080/t/acme/embed/dashboards/dsh_1/widgets/w1\" token=\"a.b-c_d\">"), "{text}");
    }
}
