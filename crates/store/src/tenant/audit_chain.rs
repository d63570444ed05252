//! Checking the audit log's chain of hashes: all of it, or what grew since a head was kept apart.
//!
//! What must always hold: rows that come in while the chain is read are no alarm. Tested in `testkit/tests/it/audit.rs`
//! and `anchors.rs`.

use insula_model::{Mode, Result, TenantId};
use sha2::{Digest, Sha256};

use super::audit::{Audit, AuditEntry, AuditHead, AuditVerdict, entry};

/// How many rows are read at once.
const CHUNK: i64 = 5_000;

/// A number and the hash of its row.
type Link = (i64, Vec<u8>);

/// Where following a chain from an anchor has led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// Every row on the way is what it was when it was written.
    Whole {
        /// The last number.
        seq: i64,
        /// Its hash.
        hash: Vec<u8>,
        /// Whether that is the end of the log.
        end: bool,
    },
    /// Something is not as it was.
    Broken {
        /// The first number at which.
        seq: i64,
        /// What is wrong there.
        what: String,
    },
}

impl<M: Mode> Audit<'_, '_, M> {
    /// Recomputes the whole chain in this process and compares it with the rows, the head, and the anchors that
    /// the control plane kept.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn verify(&mut self, anchors: &[Link]) -> Result<AuditVerdict> {
        let anchored = anchors.last().map_or(0, |(seq, _)| *seq);
        let (mut seq, mut hash) = (0i64, genesis(self.0.tenant()));
        let bad = |at: i64, seq: i64, hash: &[u8], what: &str| AuditVerdict {
            ok: false,
            rows: seq,
            head: AuditHead { seq, hash: hex(hash) },
            anchored,
            first_bad: Some(at),
            what: Some(what.to_owned()),
        };
        // Before the rows: those that others write meanwhile lie behind it.
        let (end, end_hash) = self.head().await?;
        loop {
            let rows = self.chunk(seq, i64::MAX, CHUNK).await?;
            if rows.is_empty() {
                break;
            }
            for (entry, kept) in rows {
                if entry.seq != seq + 1 {
                    return Ok(bad(seq + 1, seq, &hash, "a row is missing"));
                }
                hash = link(&hash, &entry);
                if kept != hash {
                    return Ok(bad(entry.seq, seq, &hash, "the row was altered"));
                }
                seq = entry.seq;
                if anchors.iter().any(|(at, anchor)| *at == seq && *anchor != hash) {
                    return Ok(bad(seq, seq, &hash, "the chain was written anew: an anchored head differs"));
                }
                if seq == end && hash != end_hash {
                    return Ok(bad(seq, seq, &hash, "the head was altered"));
                }
            }
        }
        // Rows behind the first head must lie before a later one.
        if seq < end || (seq > end && self.head().await?.0 < seq) || (seq == 0 && end_hash != hash) {
            return Ok(bad(seq + 1, seq, &hash, "the end of the log was cut off or the head altered"));
        }
        if anchored > seq {
            let what = format!("rows up to {anchored} were anchored and are gone");
            return Ok(bad(seq + 1, seq, &hash, &what));
        }
        Ok(AuditVerdict {
            ok: true,
            rows: seq,
            head: AuditHead { seq, hash: hex(&hash) },
            anchored,
            first_bad: None,
            what: None,
        })
    }

    /// Follows the chain from an anchor, or from its beginning, over at most `most` rows towards its head.
    ///
    /// # Errors
    /// `database.down`.
    pub async fn follow(&mut self, anchor: Option<&Link>, most: i64) -> Result<Followed> {
        let broken = |seq: i64, what: &str| Ok(Followed::Broken { seq, what: what.to_owned() });
        let (end, end_hash) = self.head().await?;
        let (mut seq, mut hash) = match anchor {
            Some((seq, hash)) => (*seq, hash.clone()),
            None => (0, genesis(self.0.tenant())),
        };
        if end < seq {
            return broken(end + 1, &format!("rows up to {seq} were anchored and are gone"));
        }
        if seq > 0 {
            let row = self.0.row("SELECT hash FROM audit WHERE seq = $1", &[&seq]).await?;
            match row.map(|row| row.get::<_, Vec<u8>>(0)) {
                Some(kept) if kept == hash => {}
                Some(_) => return broken(seq, "the chain was written anew: an anchored head differs"),
                None => return broken(seq, "a row that was anchored is missing"),
            }
        }
        let reach = end.min(seq.saturating_add(most));
        while seq < reach {
            let rows = self.chunk(seq, reach, CHUNK).await?;
            if rows.is_empty() {
                return broken(seq + 1, "a row is missing");
            }
            for (entry, kept) in rows {
                if entry.seq != seq + 1 {
                    return broken(seq + 1, "a row is missing");
                }
                hash = link(&hash, &entry);
                if kept != hash {
                    return broken(entry.seq, "the row was altered");
                }
                seq = entry.seq;
            }
        }
        if seq == end && hash != end_hash {
            return broken(seq, "the head was altered");
        }
        Ok(Followed::Whole { seq, hash, end: seq == end })
    }

    async fn head(&mut self) -> Result<Link> {
        let head = self.0.row("SELECT seq, hash FROM audit_heads", &[]).await?;
        Ok(head.map_or_else(|| (0, genesis(self.0.tenant())), |row| (row.get(0), row.get(1))))
    }

    async fn chunk(&mut self, after: i64, upto: i64, most: i64) -> Result<Vec<(AuditEntry, Vec<u8>)>> {
        let rows = self
            .0
            .rows(
                "SELECT seq, at, action, actor_kind, actor_id, actor_name, reason, subject, request_id, detail, hash \
                   FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3",
                &[&after, &upto, &most],
            )
            .await?;
        Ok(rows.iter().map(|row| (entry(row), row.get(10))).collect())
    }
}

/// What the first row is linked to.
fn genesis(tenant: TenantId) -> Vec<u8> {
    Sha256::new().chain_update("insula.audit.1").chain_update(tenant.uuid().as_bytes()).finalize().to_vec()
}

/// The hash of a row, from the one before it. The same encoding stands in `audit_append` of the migrations.
fn link(before: &[u8], entry: &AuditEntry) -> Vec<u8> {
    let mut sha = Sha256::new().chain_update(before);
    let (seq, at) = (entry.seq.to_string(), entry.at.as_microsecond().to_string());
    for field in [
        &seq,
        &at,
        &entry.action,
        &entry.actor_kind,
        &entry.actor_id,
        &entry.actor_name,
        &entry.reason,
        &entry.subject,
        &entry.request_id,
        &entry.detail,
    ] {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        sha = sha.chain_update(length.to_be_bytes()).chain_update(field.as_bytes());
    }
    sha.finalize().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
