//! A mail server of somebody else's, which says what it was sent: `web/test/post_office.js`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use insula_platform::Mailing;
use insula_testkit::until;
use serde_json::Value;

/// What it prints.
type Said = Arc<Mutex<Vec<Value>>>;

/// A running mail server. It ends with this value.
pub(crate) struct PostOffice {
    process: Child,
    said: Said,
}

impl PostOffice {
    pub(crate) async fn open() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/test/post_office.js");
        let mut process = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node, which builds the web app too");
        let lines = BufReader::new(process.stdout.take().expect("what it says")).lines();
        let said = Said::default();
        let told = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let value = serde_json::from_str(&line).expect("a line of JSON");
                told.lock().expect("nobody panicked").push(value);
            }
        });
        let office = Self { process, said };
        until("the mail server is open (`npm ci` in web)", async || !office.said().is_empty()).await;
        office
    }

    fn said(&self) -> Vec<Value> {
        self.said.lock().expect("nobody panicked").clone()
    }

    /// How mail gets there. The sender's name is the platform's.
    pub(crate) fn mailing(&self) -> Mailing {
        let port = &self.said()[0]["port"];
        Mailing::Smtp { url: format!("smtp://127.0.0.1:{port}"), from: "Insula <post@mail.test>".to_owned() }
    }

    /// The mail to somebody, once it is here.
    pub(crate) async fn mail_to(&self, to: &str) -> Value {
        let found = || self.said().into_iter().find(|mail| mail["to"]["address"] == to);
        until(&format!("a mail to {to}"), async || found().is_some()).await;
        found().expect("the mail")
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
