//! Finds the `COMMIT` in what a client of PostgreSQL sends: it travels as the name of a statement that was prepared
//! before, so that the messages have to be read.

use std::collections::HashSet;

/// What one client has sent so far.
#[derive(Debug, Default)]
pub(crate) struct CommitWatch {
    pending: Vec<u8>,
    started: bool,
    /// The names of prepared statements that commit.
    commits: HashSet<Vec<u8>>,
}

impl CommitWatch {
    /// Whether a commit is among these bytes, as far as whole messages have arrived.
    pub(crate) fn sees(&mut self, bytes: &[u8]) -> bool {
        self.pending.extend_from_slice(bytes);
        let mut seen = false;
        loop {
            // The first message has no letter before its length.
            let letter = usize::from(self.started);
            let Some(length) = self.pending.get(letter..letter + 4) else { return seen };
            let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
            let whole = letter + length;
            if self.pending.len() < whole {
                return seen;
            }
            let message: Vec<u8> = self.pending.drain(..whole).collect();
            if std::mem::replace(&mut self.started, true) {
                seen |= self.message(message[0], &message[5..]);
            }
        }
    }

    fn message(&mut self, letter: u8, body: &[u8]) -> bool {
        let mut texts = body.split(|byte| *byte == 0);
        let (first, second) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        match letter {
            // Parse: name, text. Preparing it is not doing it.
            b'P' if second.eq_ignore_ascii_case(b"commit") => {
                self.commits.insert(first.to_vec());
                false
            }
            // Bind: portal, name.
            b'B' => self.commits.contains(second),
            b'Q' => first.to_ascii_lowercase().windows(6).any(|word| word == b"commit"),
            _ => false,
        }
    }
}
