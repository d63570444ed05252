//! What memory the binary and its PostgreSQL take: at rest, with 10,000 tenants that were each visited once, and after
//! 1,000 schema tenants were served. The real `insula up`, in a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use insula_model::TenantSettings;
use insula_store::{ControlSpec, Names};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio_postgres::{Client, NoTls};

use crate::figures::{Figure, bytes};
use crate::http::{Http, Reply};
use crate::{Options, Result};

const CONSOLE: &str = "console.localhost";

/// A running `insula up` in a folder that goes with it.
struct Up {
    child: Child,
    dir: PathBuf,
    json: Value,
    http: Http,
}

pub(crate) async fn run(options: &Options) -> Result<Vec<Figure>> {
    let mut up = Up::start().await?;
    let measured = measure(&mut up, options).await;
    up.stop().await?;
    measured
}

async fn measure(up: &mut Up, options: &Options) -> Result<Vec<Figure>> {
    let (idle, schemas) = if options.quick { (1000, 50) } else { (10_000, 1000) };
    tokio::time::sleep(Duration::from_secs(5)).await;
    let rest = up.resident()?;
    let mut figures = vec![Figure::new("the server at rest", bytes(rest)).bar("≤ 150 MB", rest <= 150 << 20)];

    idle_tenants(up, idle).await?;
    for n in 0..idle {
        let page = up.http.ask("GET /", &format!("idle-{n}.localhost"), "", b"").await?;
        if page.status != 200 {
            let log = std::fs::read_to_string(up.dir.join("up.log"))?;
            let last = log.lines().rev().take(5).collect::<Vec<_>>().join("\n");
            return Err(format!("a page of a tenant is {}\n{last}", page.status).into());
        }
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let each = up.resident()?.saturating_sub(rest) / idle;
    figures.push(
        Figure::new(format!("  for each of {idle} tenants, visited once"), bytes(each))
            .bar("≤ 20 KB", each <= 20 << 10),
    );

    serve_schemas(up, schemas).await?;
    let (postgres, backends) = up.postgres()?;
    figures.push(
        Figure::new(
            format!("PostgreSQL after {schemas} schema tenants were served ({backends} backends)"),
            bytes(postgres),
        )
        .bar("≤ 1 GB", postgres <= 1 << 30),
    );
    figures.push(Figure::new("  and the server then", bytes(up.resident()?)));
    Ok(figures)
}

/// Tenants that nobody uses, written where the product would have written them.
async fn idle_tenants(up: &Up, count: u64) -> Result<()> {
    let control: ControlSpec = serde_json::from_slice(&std::fs::read(up.dir.join("control.json"))?)?;
    let (names, count) = (Names::default(), i32::try_from(count)?);
    let client = up.superuser(&control.database).await?;
    let made = client
        .query(
            "WITH t AS (INSERT INTO control.tenants (id, slug, name, status, plan, created_at, status_at) \
                 SELECT gen_random_uuid(), 'idle-' || n, 'Idle ' || n, 'active', 'free', now(), now() \
                   FROM generate_series(0, $1 - 1) n RETURNING id, slug), \
             p AS (INSERT INTO control.placements (tenant_id, cell, tier, database_name, schema_name, role_name) \
                 SELECT id, 'local', 'pooled', $2, 'tenant', 'insula_tenant' FROM t), \
             d AS (INSERT INTO control.domains (host, tenant_id, kind, certificate) \
                 SELECT slug || '.localhost', id, 'subdomain', 'not_needed' FROM t) \
             SELECT id FROM t",
            &[&count, &names.shared],
        )
        .await?;
    let ids: Vec<uuid::Uuid> = made.iter().map(|row| row.get(0)).collect();
    let client = up.superuser(&names.shared).await?;
    client
        .execute("INSERT INTO tenant.tenancy SELECT id, 1, true FROM unnest($1::uuid[]) id", &[&ids])
        .await?;
    let branding = serde_json::to_value(TenantSettings::new("Idle").branding)?;
    client
        .execute(
            "INSERT INTO tenant.settings (tenant_id, name, time_zone, locale, week_start, branding) \
             SELECT id, 'Idle', 'UTC', 'en', 'monday', $2 FROM unnest($1::uuid[]) id",
            &[&ids, &branding],
        )
        .await?;
    Ok(())
}

/// Makes schema tenants and does with each what touches its tables: events in, dashboards out.
async fn serve_schemas(up: &mut Up, count: u64) -> Result<()> {
    for n in 0..count {
        let slug = format!("schema-{n}");
        let owner = json!({ "email": format!("owner@{slug}.test") });
        let body = json!({ "slug": slug, "tier": "schema", "owner": owner, "sample_data": true });
        let asked = up.operate("POST /api/v1/tenants", &body, 202).await?;
        let operation = asked["operation"]["id"].as_str().ok_or("no operation")?.to_owned();
        let begun = Instant::now();
        while up.operate(&format!("GET /api/v1/operations/{operation}"), &Value::Null, 200).await?["status"]
            != "succeeded"
        {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err("a tenant is not made".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let key = json!({ "name": "bench", "scopes": ["events:write", "data:read", "dashboards:read"], "reason": "benchmark" });
        let made = up.operate(&format!("POST /api/v1/tenants/{slug}/api-keys"), &key, 201).await?;
        let key = made["secret"].as_str().ok_or("no key")?.to_owned();
        let event =
            json!({ "id": "1", "dataset": "d", "at": "2026-01-01T00:00:00Z", "measures": { "m": 1 } });
        up.tenant(&slug, &key, "POST /api/v1/events", &json!({ "events": [event] })).await?;
        let list = up.tenant(&slug, &key, "GET /api/v1/dashboards", &Value::Null).await?;
        let id = list["items"][0]["id"].as_str().ok_or("no dashboard")?.to_owned();
        up.tenant(&slug, &key, &format!("GET /api/v1/dashboards/{id}/data"), &Value::Null).await?;
        if n % 100 == 99 {
            let (postgres, backends) = up.postgres()?;
            eprintln!("  {} schema tenants served: {} in {backends} backends", n + 1, bytes(postgres));
        }
    }
    Ok(())
}

impl Up {
    async fn start() -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("insula-bench-up-{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        let program = std::env::current_exe()?.with_file_name("insula");
        let log = std::fs::File::create(dir.join("up.log"))?;
        let child = Command::new(program)
            .args(["up", "--port", "0", "--data"])
            .arg(&dir)
            .env("XDG_CONFIG_HOME", dir.join("config"))
            .stdin(std::process::Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let begun = Instant::now();
        let json: Value = loop {
            if let Ok(bytes) = std::fs::read(dir.join("up.json")) {
                break serde_json::from_slice(&bytes)?;
            }
            if begun.elapsed() > Duration::from_secs(120) {
                return Err(std::fs::read_to_string(dir.join("up.log"))?.into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let port = u16::try_from(json["port"].as_u64().ok_or("no port")?)?;
        let http = Http::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        Ok(Self { child, dir, json, http })
    }

    async fn superuser(&self, database: &str) -> Result<Client> {
        let mut config: tokio_postgres::Config =
            self.json["database_url"].as_str().unwrap_or_default().parse()?;
        let (client, connection) = config.dbname(database).connect(NoTls).await?;
        tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(client)
    }

    async fn operate(&mut self, line: &str, body: &Value, status: u16) -> Result<Value> {
        let token = self.json["operator"]["token"].as_str().unwrap_or_default().to_owned();
        let reply = ask(&mut self.http, line, CONSOLE, &token, body).await?;
        if reply.status == status { Ok(serde_json::from_slice(&reply.body)?) } else { refused(&reply) }
    }

    async fn tenant(&mut self, slug: &str, key: &str, line: &str, body: &Value) -> Result<Value> {
        let reply = ask(&mut self.http, line, &format!("{slug}.localhost"), key, body).await?;
        if reply.status == 200 { Ok(serde_json::from_slice(&reply.body)?) } else { refused(&reply) }
    }

    /// Bytes of the server that are in memory.
    fn resident(&self) -> Result<u64> {
        field(&format!("/proc/{}/status", self.json["pids"]["insula"]), "VmRSS:")
    }

    /// PostgreSQL's bytes in memory, what several of its processes share counted once, and how many backends it has.
    fn postgres(&self) -> Result<(u64, usize)> {
        let postmaster = self.json["pids"]["postgres"].to_string();
        let (mut total, mut backends) = (0, 0);
        for entry in std::fs::read_dir("/proc")? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let Ok(stat) = std::fs::read_to_string(format!("/proc/{name}/stat")) else { continue };
            let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
            if name == postmaster || parent == Some(postmaster.as_str()) {
                // One that ends meanwhile has none.
                total += field(&format!("/proc/{name}/smaps_rollup"), "Pss:").unwrap_or_default();
                backends += 1;
            }
        }
        Ok((total, backends))
    }

    async fn stop(mut self) -> Result<()> {
        if let Some(pid) = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
            rustix::process::kill_process(pid, rustix::process::Signal::INT)?;
        }
        self.child.wait().await?;
        std::fs::remove_dir_all(&self.dir)?;
        Ok(())
    }
}

async fn ask(http: &mut Http, line: &str, host: &str, token: &str, body: &Value) -> Result<Reply> {
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body)? };
    http.ask(line, host, &headers, &body).await
}

fn refused<T>(reply: &Reply) -> Result<T> {
    Err(format!("{}: {}", reply.status, String::from_utf8_lossy(&reply.body)).into())
}

/// A field of one of the kernel's files, in bytes.
fn field(path: &str, name: &str) -> Result<u64> {
    let text = std::fs::read_to_string(path)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("a field that is not there")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}
