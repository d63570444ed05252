//! A proxy between the platform and PostgreSQL that counts how often the platform waits for an answer, and can cut
//! the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use insula_store::parse_url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::commit_watch::CommitWatch;

#[derive(Debug, Default)]
struct State {
    /// How often the direction changed from "server speaks" to "client speaks".
    turns: AtomicU64,
    /// How many of these the server has begun to answer, or will not.
    answered: AtomicU64,
    /// How many connections were made.
    made: AtomicU64,
    /// How many are open, and how many were at once at most.
    open: AtomicUsize,
    most_open: AtomicUsize,
    cut: AtomicU8,
    /// Whether new connections wait.
    held: watch::Sender<bool>,
}

/// What the proxy does with what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Carries everything.
    Nothing,
    /// Lets the client speak, and ends the connection instead of carrying the answer.
    Answers,
    /// Ends every connection, and accepts no new one.
    Everything,
    /// Ends the connection of the next commit before the server hears of it; then carries everything.
    NextCommit,
    /// Ends the connection of the next commit when the server has done it and before the client hears of it; then
    /// carries everything.
    NextCommitsAnswer,
}

impl State {
    /// Whether this is what is to be cut, once.
    fn take(&self, cut: Cut) -> bool {
        let change =
            self.cut.compare_exchange(cut as u8, Cut::Nothing as u8, Ordering::SeqCst, Ordering::SeqCst);
        change.is_ok()
    }
}

/// A proxy on loopback. It ends with the test's runtime.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    state: Arc<State>,
}

impl Proxy {
    /// One in front of the server of a URL.
    pub async fn start(url: &str) -> Self {
        let (address, _, _) = parse_url(url).expect("a URL");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(State::default());
        let proxy = Self { port, state: state.clone() };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (state, address) = (state.clone(), address.clone());
                tokio::spawn(async move {
                    if state.cut.load(Ordering::SeqCst) == Cut::Everything as u8 {
                        return;
                    }
                    state.made.fetch_add(1, Ordering::SeqCst);
                    let _ = state.held.subscribe().wait_for(|held| !held).await;
                    if let Ok(server) = TcpStream::connect((address.host.as_str(), address.port)).await {
                        let open = state.open.fetch_add(1, Ordering::SeqCst) + 1;
                        state.most_open.fetch_max(open, Ordering::SeqCst);
                        carry(client, server, &state).await;
                        state.open.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        proxy
    }

    /// How many round trips there were so far, over all connections: bursts of the client that came after an answer.
    #[must_use]
    pub fn round_trips(&self) -> u64 {
        self.state.turns.load(Ordering::SeqCst)
    }

    /// Lets what was sent without waiting for an answer leave, and waits until everything is answered.
    pub async fn settled(&self) {
        tokio::time::sleep(Duration::from_millis(10)).await;
        crate::until("everything that was sent is answered", async || {
            self.state.answered.load(Ordering::SeqCst) == self.round_trips()
        })
        .await;
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.state.made.load(Ordering::SeqCst)
    }

    /// How many connections to the server are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.state.open.load(Ordering::SeqCst)
    }

    /// How many were open at once, at most.
    #[must_use]
    pub fn most_open(&self) -> usize {
        self.state.most_open.load(Ordering::SeqCst)
    }

    /// Whether connections that are made from now on wait before they reach the server.
    pub fn hold(&self, held: bool) {
        self.state.held.send_replace(held);
    }

    /// What is cut now.
    #[must_use]
    pub fn cuts(&self, what: Cut) -> bool {
        self.state.cut.load(Ordering::SeqCst) == what as u8
    }

    /// From now on.
    pub fn cut(&self, what: Cut) {
        self.state.cut.store(what as u8, Ordering::SeqCst);
    }
}

/// Whether the server was the last to speak. At the end of a connection nobody waits for an answer any more.
struct Spoke<'s>(bool, &'s State);

impl Drop for Spoke<'_> {
    fn drop(&mut self) {
        if !self.0 {
            self.1.answered.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, state: &State) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut spoke = Spoke(true, state);
    let (mut watch, mut deaf) = (CommitWatch::default(), false);
    let is = |cut: Cut| state.cut.load(Ordering::SeqCst) == cut as u8;
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(n @ 1..) = read else { return };
                if is(Cut::Everything) {
                    return;
                }
                if watch.sees(&up[..n]) {
                    if state.take(Cut::NextCommit) {
                        return;
                    }
                    deaf |= state.take(Cut::NextCommitsAnswer);
                }
                if std::mem::take(&mut spoke.0) {
                    state.turns.fetch_add(1, Ordering::SeqCst);
                }
                if server.write_all(&up[..n]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut down) => {
                let Ok(n @ 1..) = read else { return };
                if is(Cut::Everything) || is(Cut::Answers) {
                    return;
                }
                if deaf {
                    // Until the server says that it has done it; nothing of it is carried.
                    if down[..n].windows(7).any(|word| word == b"COMMIT\0") {
                        return;
                    }
                    continue;
                }
                if !std::mem::replace(&mut spoke.0, true) {
                    state.answered.fetch_add(1, Ordering::SeqCst);
                }
                if client.write_all(&down[..n]).await.is_err() {
                    return;
                }
            }
        }
    }
}
