//! The attacks that are texts of SQL, each in the attacker's own scope.

use insula_model::policy::operator_action::IsolationVerify;
use insula_model::{Result, TenantRecord};
use insula_store::verification::{Attack, Expected, Scene, attacks};
use insula_store::{Loot, OperatorPermit};

use super::report::Findings;
use super::{Cast, Catch};
use crate::Platform;

impl Platform {
    pub(super) async fn attack_by_statements(
        &self,
        permit: &OperatorPermit<'_, IsolationVerify>,
        cast: &Cast,
        all: &[Cast],
        found: &mut Findings<'_>,
    ) -> Result<()> {
        let attacker = &cast.attacker;
        let others: Vec<&TenantRecord> = all
            .iter()
            .flat_map(Cast::players)
            .map(|p| &*p.record)
            .filter(|r| r.id != attacker.record.id)
            .collect();
        let scene = Scene {
            attacker: &attacker.record,
            own: &|table| attacker.digest.get(table).map_or(0, |d| d.0),
            only: &|table| cast.victim.canary.only_id(table),
            victim: &cast.victim.record,
            others: &others,
        };
        for attack in attacks(&scene, &attacker.tables) {
            let loot = self
                .store()
                .attack_for_verification(permit, &attacker.record, &attack.sql, attack.writes)
                .await;
            let catch = match loot {
                Ok(loot) => Catch {
                    corpus: attack.corpus,
                    name: attack.name.clone(),
                    received: loot.text(),
                    wrong: wrong(&attack, &loot),
                },
                // Broken connections and the like: the case was not tried.
                Err(error) => return Err(error.context(format!("in {}", attack.sql))),
            };
            found.judge("statement", cast, &catch);
        }
        Ok(())
    }
}

fn wrong(attack: &Attack, loot: &Loot) -> Option<String> {
    let code = loot.code();
    let rows = u64::try_from(loot.rows.len()).unwrap_or(u64::MAX).max(loot.count);
    let got = || match &loot.refusal {
        Some(refusal) => format!("refused with {} ({})", refusal.code, refusal.words),
        None => format!("{rows} rows"),
    };
    let as_expected = match &attack.expected {
        Expected::Anything => true,
        Expected::Nothing => rows == 0 && code.is_none_or(|c| c == "42501"),
        // Where the right itself is missing there is nothing to count.
        Expected::Rows(n) => (code.is_none() && rows == *n) || (code == Some("42501") && attack.writes),
        Expected::Cell(text) => {
            code.is_none() && loot.rows.last().is_some_and(|row| row.first() == Some(&Some(text.clone())))
        }
        Expected::Refused(codes) => code.is_some_and(|c| codes.contains(&c)),
    };
    (!as_expected).then(|| format!("{:?} was expected, got {}: {}", attack.expected, got(), attack.sql))
}
