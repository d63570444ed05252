//! Every setting, once: its name, its variable, what is allowed, what it is for. The reference, `insula config`, the
//! environment and the messages about wrong values come from this table; a test compares it with the structs.

/// How a text (of the environment or a flag) becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    /// With commas between the items.
    List,
}

/// One setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// `section.name`, as in the file.
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    /// Never printed.
    pub(crate) secret: bool,
    /// A sentence about what is allowed.
    pub(crate) allowed: &'static str,
    /// What it is for.
    pub(crate) about: &'static str,
}

impl Setting {
    /// The variable that sets it: `server.port` is `INSULA_SERVER_PORT`.
    pub(crate) fn variable(&self) -> String {
        match self.path {
            "client.url" => "INSULA_URL".to_owned(),
            "client.token" => "INSULA_TOKEN".to_owned(),
            path => format!("INSULA_{}", path.replace('.', "_").to_uppercase()),
        }
    }
}

const fn open(path: &'static str, kind: Kind, allowed: &'static str, about: &'static str) -> Setting {
    Setting { path, kind, secret: false, allowed, about }
}

const fn secret(path: &'static str, allowed: &'static str, about: &'static str) -> Setting {
    Setting { path, kind: Kind::Text, secret: true, allowed, about }
}

const POOL: &str = "A number of connections, 1 to 1000.";
const EMBED_RATE: &str = "1 to 100000.";
const PG_URL: &str = "postgres://user:password@host:port/database, with ?sslmode=require for TLS.";

use Kind::{Integer, List, Text};

/// All of them, in the order of the reference.
#[rustfmt::skip]
pub(crate) const ALL: &[Setting] = &[
    open("data.dir", Text, "A folder; it is made when it is not there.", "Where an installation keeps its files: the private PostgreSQL, secrets, `up.json`."),
    open("server.listen", Text, "An IP address. 0.0.0.0 listens on every network.", "Where HTTP listens."),
    open("server.port", Integer, "0 to 65535; 0 picks a free port.", "The port of HTTP."),
    open("server.base_domain", Text, "A host name without a port, such as localhost or insula.example.", "Tenants live at `{slug}.{base_domain}`, the console at `console.{base_domain}`."),
    open("server.scheme", Text, "http, or https behind a proxy that speaks TLS.", "What addresses begin with."),
    open("server.public_port", Integer, "0 to 65535; 0 for the scheme's own.", "The port in addresses, where it is not the one that is listened on."),
    open("server.watch", Text, "An address with a port, such as 127.0.0.1:9100.", "Another listener with `/healthz`, `/readyz` and `/metrics` only."),
    open("server.trusted_proxies", List, "Networks such as 10.0.0.0/8, with commas between them in the environment.", "Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."),
    secret("database.url", PG_URL, "A server that you run, for `insula up`: roles and databases are made there, and nothing is started."),
    open("database.control_file", Text, "A file as `insula up` writes it: `control.json` in its data directory.", "How `serve`, `worker` and `migrate` reach the control database."),
    secret("database.control_url", PG_URL, "The same by URL: the login of the control plane."),
    secret("database.admin_url", PG_URL, "The same by URL: the login of migrations."),
    open("database.programs", Text, "A folder with `postgres` and `initdb`.", "The programs of the private PostgreSQL, where they are not found by themselves."),
    open("database.port", Integer, "1 to 65535.", "The port of the private PostgreSQL; a free one unless given."),
    open("pools.control", Integer, POOL, "Connections to the control database, for each node."),
    open("pools.pooled", Integer, POOL, "Connections for pooled tenants, for each cell and node."),
    open("pools.lanes", Integer, POOL, "Lanes for schema tenants: each tenant is always on the same one."),
    open("pools.lane", Integer, POOL, "Connections in each lane."),
    open("pools.database", Integer, POOL, "Connections for each tenant with an own database."),
    open("pools.databases", Integer, POOL, "Connections for all tenants with own databases together, for each cell and node; one that is idle makes room."),
    open("pools.admin", Integer, POOL, "Connections for operations."),
    open("questions.cache_mb", Integer, "0 to 65536 megabytes.", "Memory for answers that are kept, on each node."),
    open("questions.tenant_cache_mb", Integer, "0 to 65536 megabytes.", "How much of it may be one tenant's."),
    open("questions.slots", Integer, "1 to 1000.", "Questions that PostgreSQL works on at once, for each node; fewer than connections, which others need too."),
    open("questions.tenant_slots", Integer, "1 to 1000.", "How many of them may be one tenant's; a costly question counts for all of them."),
    open("questions.costly_share", Integer, "1 to 100 percent.", "For how much of the time costly questions of one tenant are under way while others ask; the first second of them is free, and 100 holds nothing back."),
    open("questions.waiting", Integer, "0 to 100000.", "Questions of all tenants that wait, on each node; further ones are refused."),
    open("questions.tenant_waiting", Integer, "0 to 100000.", "How many of them may be one tenant's."),
    open("questions.waiting_seconds", Integer, "1 to 600.", "How long a question waits before it is refused."),
    open("embeds.mint_rate", Integer, EMBED_RATE, "Embed tokens that a workspace may make each second, on each node; further ones are refused."),
    open("embeds.mint_burst", Integer, EMBED_RATE, "How many of them at once, after a pause."),
    open("embeds.refusal_rate", Integer, EMBED_RATE, "How often each second one network address may come to a workspace with an embed token or public link that is refused, on each node."),
    open("embeds.refusal_burst", Integer, EMBED_RATE, "How often at once, after a pause."),
    open("tenants.default_cell", Text, "The name of a cell; see `insula cell list`.", "Where new tenants go unless somebody says otherwise."),
    open("tenants.region", Text, "A name: a to z, 0 to 9 and hyphens.", "The region of the first cell."),
    open("tenants.quarantine_days", Integer, "0 to 65535.", "Days until a softly deleted tenant is removed for good."),
    open("workers.operations", Integer, "1 to 64.", "Operations that this node moves at once."),
    open("workers.jobs", Integer, "1 to 64.", "Jobs that this node does at once."),
    open("workers.lease_seconds", Integer, "2 to 600.", "How long a worker may be silent before another takes over."),
    secret("mail.smtp_url", "smtp://user:password@host:port or smtps://…", "How mail leaves. Without it mails are kept, and shown in the console."),
    open("mail.from", Text, "An e-mail address.", "The sender of mail."),
    open("limits.connections", Integer, "1 to 1000000.", "HTTP connections at most; further ones wait."),
    open("log.format", Text, "text or json.", "How log lines look."),
    open("log.level", Text, "error, warn, info, debug, trace, or a filter such as warn,insula_store=debug.", "How much is logged. For `up` at a terminal it is warn, else info."),
    open("log.otlp_endpoint", Text, "An http address such as http://127.0.0.1:4318.", "Where traces go, in builds with the feature `otel`."),
    open("client.url", Text, "The console's address, such as http://console.localhost:8080.", "What the client commands talk to."),
    secret("client.token", "An operator's token, iop_….", "Who the client commands are."),
];

/// The setting of a path.
pub(crate) fn of(path: &str) -> Option<&'static Setting> {
    ALL.iter().find(|s| s.path == path)
}

/// The known path that looks most like this one.
pub(crate) fn near(path: &str) -> Option<&'static str> {
    let distance = |a: &str, b: &str| {
        let b: Vec<char> = b.chars().collect();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.chars().enumerate() {
            let mut diagonal = row[0];
            row[0] = i + 1;
            for (j, y) in b.iter().enumerate() {
                let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
                diagonal = std::mem::replace(&mut row[j + 1], next);
            }
        }
        row[b.len()]
    };
    let name = |path: &'static str| path.rsplit('.').next().unwrap_or(path);
    ALL.iter()
        .map(|s| (distance(path, s.path).min(1 + distance(path, name(s.path))), s.path))
        .min_by_key(|(d, _)| *d)
        .filter(|(d, _)| *d <= 1 + path.len() / 4)
        .map(|(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_table_is_what_the_structs_have() {
        let defaults = serde_json::to_value(Config::default()).unwrap();
        let mut fields: Vec<String> = defaults
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(section, fields)| {
                fields.as_object().unwrap().keys().map(move |name| format!("{section}.{name}"))
            })
            .collect();
        let mut table: Vec<String> = ALL.iter().map(|s| s.path.to_owned()).collect();
        fields.sort();
        table.sort();
        assert_eq!(fields, table);
        assert!(ALL.iter().all(|s| s.allowed.ends_with(['.', '…']) && s.about.ends_with('.')));
    }

    #[test]
    fn a_mistyped_name_finds_its_neighbour() {
        assert_eq!(near("server.prot"), Some("server.port"));
        assert_eq!(near("base_domain"), Some("server.base_domain"));
        assert_eq!(near("colour"), None);
    }
}
