//! Following an operation until it ends: by server-sent events, and by asking where those break off.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::Value;

use super::answers::Operation;
use super::{Api, read};
use crate::failure::{Exit, Failure};

/// How long a server that went away while we watched is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

impl Api {
    /// Waits until an operation has ended, and tells of every change on the way.
    pub(crate) async fn follow(
        &self,
        id: &str,
        mut changed: impl FnMut(&Operation),
    ) -> Result<(Operation, Value), Failure> {
        let path = format!("/operations/{id}");
        let mut silent = Instant::now();
        loop {
            match self.get(&path, &[]).await {
                Ok(reply) => {
                    silent = Instant::now();
                    let operation: Operation = reply.read()?;
                    changed(&operation);
                    if operation.ended() {
                        return Ok((operation, reply.body));
                    }
                }
                Err(failure) if failure.exit == Exit::Unreachable && silent.elapsed() < PATIENCE => {}
                Err(failure) => return Err(failure),
            }
            // Whatever ends the stream, the next round asks how things are.
            let _ = self.stream(&path, &mut changed).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn stream(&self, path: &str, changed: &mut impl FnMut(&Operation)) -> Result<(), Failure> {
        let request =
            self.opened(Method::GET, &format!("{path}/events"), |r| r.header("Accept", "text/event-stream"));
        let response = request.send().await.map_err(|e| self.unreachable(&e))?;
        if !response.status().is_success() {
            return Err(super::send::refusal(response).await);
        }
        let mut bytes = response.bytes_stream();
        let mut events = Events::default();
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(|e| self.unreachable(&e))?;
            for data in events.feed(&chunk) {
                let Ok(value) = serde_json::from_str::<Value>(&data) else { continue };
                let operation: Operation = read(&value)?;
                changed(&operation);
                if operation.ended() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Puts events together from the pieces in which they arrive.
#[derive(Default)]
struct Events {
    rest: Vec<u8>,
    data: String,
}

impl Events {
    /// The data of every event that is complete now.
    fn feed(&mut self, chunk: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(chunk);
        let mut complete = Vec::new();
        while let Some(end) = self.rest.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() {
                if !self.data.is_empty() {
                    complete.push(std::mem::take(&mut self.data));
                }
            } else if let Some(data) = line.strip_prefix("data:") {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
            }
        }
        complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_put_together_from_any_pieces() {
        let text = ": hello\nevent: progress\ndata: {\"a\":1}\n\nevent: progress\r\ndata: {\"b\":\r\ndata: 2}\r\n\r\ndata: cut";
        for size in 1..text.len() {
            let mut events = Events::default();
            let found: Vec<String> = text.as_bytes().chunks(size).flat_map(|c| events.feed(c)).collect();
            assert_eq!(found, ["{\"a\":1}", "{\"b\":\n2}"], "in pieces of {size}");
        }
    }
}
