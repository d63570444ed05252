//! Whether something of somebody else's is in what an attacker received, and whether a victim's data is what it was.

use insula_model::Result;
use insula_model::policy::operator_action::IsolationVerify;
use insula_store::verification::Canary;
use insula_store::{OpCtx, OperatorPermit};

use super::report::Findings;
use super::{Cast, IsolationReport, Verdict};
use crate::Platform;

impl Cast {
    /// What is somebody else's in a text that the attacker received: a canary, in letters or in hexadecimal, or a sum
    /// that only another tenant's numbers have.
    #[must_use]
    pub fn foreign(&self, text: &str) -> Option<String> {
        foreign(self, text)
    }
}

fn foreign(cast: &Cast, text: &str) -> Option<String> {
    let own = &cast.attacker.canary;
    let (upper, own_mark) = (text.to_ascii_uppercase(), own.mark.to_ascii_uppercase());
    for (sign, own_mark) in [(Canary::SIGN.to_owned(), own_mark), (hex(Canary::SIGN), hex(&own.mark))] {
        let found = upper.match_indices(&sign).find(|(at, _)| !upper[*at..].starts_with(&own_mark));
        if let Some((at, _)) = found {
            return Some(format!(
                "a canary of somebody else's: {}",
                text.get(at..).map_or("", |t| clip(t, 80))
            ));
        }
    }
    for other in [&cast.victim, &cast.bystander] {
        for number in [other.canary.prime, other.canary.prime - 2] {
            if text.contains(&number.to_string()) {
                return Some(format!("a sum of somebody else's: {number}"));
            }
        }
    }
    None
}

fn clip(text: &str, most: usize) -> &str {
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= most).last().unwrap_or_default();
    text.get(..end).unwrap_or_default()
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02X}")).collect()
}

impl Platform {
    /// The tables of the victim and the bystander that do not add up any more to what they did before the attacks.
    ///
    /// # Errors
    /// `auth.forbidden`; `database.down`.
    pub async fn verification_changes(&self, op: &OpCtx, cast: &Cast) -> Result<Vec<String>> {
        let permit = op.authorize_operator::<IsolationVerify>()?;
        let mut report = IsolationReport::default();
        self.unchanged(&permit, cast, &mut Findings::new(cast.tier, &mut report, &|_| {})).await?;
        Ok(report.bad().map(|case| format!("{}: {:?}", case.name, case.what)).collect())
    }

    /// The second half of the oracle: what the others have adds up to what it did before the attacks.
    pub(super) async fn unchanged(
        &self,
        permit: &OperatorPermit<'_, IsolationVerify>,
        cast: &Cast,
        found: &mut Findings<'_>,
    ) -> Result<()> {
        for player in [&cast.victim, &cast.bystander] {
            let now = self.store().digest_for_verification(permit, &player.record, &player.tables).await?;
            for (table, before) in &player.digest {
                let after = now.get(table);
                let same = after == Some(before);
                let what = (!same).then(|| format!("{before:?} became {after:?}"));
                let verdict = if same { Verdict::Held } else { Verdict::Leak };
                let name = format!("{} of {} is what it was", table, player.record.slug);
                found.add("data", 0, name, verdict, what);
            }
        }
        Ok(())
    }
}
