//! Rows in PostgreSQL's binary form for `COPY`, and sending them: the quickest way in that there is.

use std::io::Cursor;

use futures_util::SinkExt;
use jiff::Timestamp;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::Result;

/// When a buffer is sent.
const FULL: usize = 1 << 20;
/// Microseconds between the Unix epoch and PostgreSQL's.
const EPOCH: i64 = 946_684_800_000_000;

/// Rows as they go over the wire.
pub(crate) struct Rows(Vec<u8>);

impl Rows {
    /// With the header.
    fn new() -> Self {
        let mut bytes = Vec::with_capacity(FULL + 4096);
        bytes.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
        Self(bytes)
    }

    /// Begins a row of so many fields.
    pub(crate) fn row(&mut self, fields: i16) {
        self.0.extend_from_slice(&fields.to_be_bytes());
    }

    fn field(&mut self, bytes: &[u8]) {
        let length = i32::try_from(bytes.len()).unwrap_or_default();
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn uuid(&mut self, value: Uuid) {
        self.field(value.as_bytes());
    }

    pub(crate) fn int4(&mut self, value: i32) {
        self.field(&value.to_be_bytes());
    }

    pub(crate) fn float8(&mut self, value: f64) {
        self.field(&value.to_be_bytes());
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.field(value.as_bytes());
    }

    pub(crate) fn timestamptz(&mut self, value: Timestamp) {
        self.field(&(value.as_microsecond() - EPOCH).to_be_bytes());
    }
}

/// Sends the rows that `next` writes until it says that there are no more.
pub(crate) async fn copy(client: &Client, sql: &str, mut next: impl FnMut(&mut Rows) -> bool) -> Result<u64> {
    let sink = client.copy_in::<_, Cursor<Vec<u8>>>(sql).await?;
    let mut sink = std::pin::pin!(sink);
    let mut rows = Rows::new();
    while next(&mut rows) {
        if rows.0.len() >= FULL {
            let full = std::mem::replace(&mut rows.0, Vec::with_capacity(FULL + 4096));
            sink.send(Cursor::new(full)).await?;
        }
    }
    rows.0.extend_from_slice(&(-1i16).to_be_bytes());
    sink.send(Cursor::new(rows.0)).await?;
    Ok(sink.finish().await?)
}
