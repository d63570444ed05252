//! What a cache holds: a shelf for each tenant, and when which thing has to go. Pure: the time is given.
//!
//! What must always hold: all shelves together hold at most `total` bytes and each at most `each`; for a thing that
//! is put on a shelf, things of the fullest shelf go first, those that were not asked for longest before the others:
//! a tenant that puts more and more displaces its own, and a tenant of whom nothing is kept costs nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use insula_model::TenantId;

/// What a thing is called on its tenant's shelf: the epoch of the placement, and its key.
pub(super) type Name = (i64, String);

/// How much may be kept, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bound {
    /// Of all tenants.
    pub(crate) total: u64,
    /// Of one.
    pub(crate) each: u64,
}

/// What a thing costs beside itself: its places in the maps.
const BESIDE: u64 = 256;

struct Thing<T> {
    value: T,
    bytes: u64,
    /// When it was last asked for, counted in askings.
    turn: u64,
    until: Instant,
}

struct Shelf<T> {
    things: HashMap<Arc<Name>, Thing<T>>,
    /// By when they were asked for.
    order: BTreeMap<u64, Arc<Name>>,
    bytes: u64,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: HashMap::new(), order: BTreeMap::new(), bytes: 0 }
    }
}

/// The shelves.
pub(super) struct Shelves<T> {
    bound: Bound,
    shelves: HashMap<TenantId, Shelf<T>>,
    /// Those who have something here, by how much it is.
    fullest: BTreeSet<(u64, TenantId)>,
    bytes: u64,
    turn: u64,
}

impl<T> Shelves<T> {
    pub(super) fn new(bound: Bound) -> Self {
        Self { bound, shelves: HashMap::new(), fullest: BTreeSet::new(), bytes: 0, turn: 0 }
    }

    /// How many bytes are kept of all tenants.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A thing that is still good.
    pub(super) fn get(&mut self, tenant: TenantId, name: &Name, now: Instant) -> Option<&T> {
        if self.shelves.get(&tenant)?.things.get(name)?.until <= now {
            self.remove(tenant, name);
            return None;
        }
        self.turn += 1;
        let shelf = self.shelves.get_mut(&tenant)?;
        let thing = shelf.things.get_mut(name)?;
        if let Some(name) = shelf.order.remove(&thing.turn) {
            shelf.order.insert(self.turn, name);
        }
        thing.turn = self.turn;
        Some(&thing.value)
    }

    /// Puts a thing on its tenant's shelf, instead of the one of the same name. What is larger than a shelf is not kept.
    pub(super) fn put(&mut self, tenant: TenantId, name: Name, value: T, bytes: u64, until: Instant) {
        self.remove(tenant, &name);
        let bytes = bytes.saturating_add(name.1.len() as u64).saturating_add(BESIDE);
        if bytes > self.bound.each.min(self.bound.total) {
            return;
        }
        while self.shelves.get(&tenant).is_some_and(|shelf| shelf.bytes + bytes > self.bound.each) {
            self.remove_oldest(tenant);
        }
        while self.bytes + bytes > self.bound.total {
            let Some(&(_, fullest)) = self.fullest.last() else { break };
            self.remove_oldest(fullest);
        }
        self.turn += 1;
        let name = Arc::new(name);
        let shelf = self.shelves.entry(tenant).or_default();
        shelf.order.insert(self.turn, Arc::clone(&name));
        shelf.things.insert(name, Thing { value, bytes, turn: self.turn, until });
        self.weigh(tenant, bytes, 0);
    }

    /// Takes a thing away.
    pub(super) fn remove(&mut self, tenant: TenantId, name: &Name) {
        let Some(shelf) = self.shelves.get_mut(&tenant) else { return };
        let Some(thing) = shelf.things.remove(name) else { return };
        shelf.order.remove(&thing.turn);
        self.weigh(tenant, 0, thing.bytes);
    }

    /// Takes away what is no longer good. Says how much that was.
    pub(super) fn tidy(&mut self, now: Instant) -> usize {
        let old: Vec<(TenantId, Arc<Name>)> = self
            .shelves
            .iter()
            .flat_map(|(tenant, shelf)| {
                let old = shelf.things.iter().filter(|(_, thing)| thing.until <= now);
                old.map(|(name, _)| (*tenant, Arc::clone(name)))
            })
            .collect();
        old.iter().for_each(|(tenant, name)| self.remove(*tenant, name));
        old.len()
    }

    fn remove_oldest(&mut self, tenant: TenantId) {
        let oldest = self.shelves.get(&tenant).and_then(|shelf| shelf.order.values().next().cloned());
        if let Some(name) = oldest {
            self.remove(tenant, &name);
        }
    }

    /// A shelf has become heavier and lighter.
    fn weigh(&mut self, tenant: TenantId, more: u64, less: u64) {
        let Some(shelf) = self.shelves.get_mut(&tenant) else { return };
        self.fullest.remove(&(shelf.bytes, tenant));
        shelf.bytes = shelf.bytes + more - less;
        self.bytes = self.bytes + more - less;
        if shelf.things.is_empty() {
            self.shelves.remove(&tenant);
        } else {
            self.fullest.insert((shelf.bytes, tenant));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use insula_model::dice::Dice;

    use super::*;

    fn tenant(n: u64) -> TenantId {
        TenantId::from_uuid(uuid::Uuid::from_u128(u128::from(n)))
    }

    fn name(n: u64) -> Name {
        (1, n.to_string())
    }

    #[test]
    fn who_floods_displaces_their_own() {
        let now = Instant::now();
        let later = now + Duration::from_secs(9);
        let mut shelves = Shelves::new(Bound { total: 100_000, each: 90_000 });
        for n in 0..10 {
            shelves.put(tenant(n), name(0), n, 500, later);
        }
        for n in 0..100_000 {
            shelves.put(tenant(99), name(n), n, 300, later);
        }
        for n in 0..10 {
            assert_eq!(shelves.get(tenant(n), &name(0), now), Some(&n), "the thing of tenant {n}");
        }
        assert!(shelves.get(tenant(99), &name(99_999), now).is_some(), "the last one is kept");
        assert!(shelves.get(tenant(99), &name(0), now).is_none());
        assert!(shelves.bytes <= 100_000 && shelves.shelves[&tenant(99)].bytes <= 90_000);
    }

    #[test]
    fn what_was_asked_for_stays_longest() {
        let now = Instant::now();
        let later = now + Duration::from_secs(9);
        let mut shelves = Shelves::new(Bound { total: 4_000, each: 4_000 });
        for n in 0..50 {
            shelves.put(tenant(1), name(n), n, 500, later);
            assert_eq!(shelves.get(tenant(1), &name(0), now), Some(&0));
        }
        shelves.put(tenant(1), name(99), 99, 4_000, later);
        assert!(shelves.get(tenant(1), &name(99), now).is_none(), "larger than a shelf");
    }

    #[test]
    fn what_is_over_goes_and_nothing_is_left_of_its_tenant() {
        let now = Instant::now();
        let mut shelves = Shelves::new(Bound { total: 4_000, each: 4_000 });
        shelves.put(tenant(1), name(1), 1, 10, now + Duration::from_secs(1));
        shelves.put(tenant(2), name(1), 2, 10, now + Duration::from_secs(3));
        let then = now + Duration::from_secs(2);
        assert_eq!(shelves.tidy(then), 1);
        assert_eq!(shelves.get(tenant(1), &name(1), then), None);
        assert_eq!(shelves.get(tenant(2), &name(1), then), Some(&2));
        assert_eq!(shelves.get(tenant(2), &name(1), now + Duration::from_secs(3)), None);
        assert!(shelves.shelves.is_empty() && shelves.fullest.is_empty() && shelves.bytes == 0);
    }

    /// The sums are those of the things, whatever is done in whatever order.
    #[test]
    fn the_books_are_kept() {
        let now = Instant::now();
        let mut shelves = Shelves::new(Bound { total: 20_000, each: 6_000 });
        let mut dice = Dice::new(11);
        for _ in 0..5_000 {
            let (who, what, now) =
                (tenant(dice.below(9)), name(dice.below(30)), now + Duration::from_secs(dice.below(9)));
            match dice.below(4) {
                0 => shelves.remove(who, &what),
                1 => {
                    shelves.get(who, &what, now);
                }
                2 => {
                    shelves.tidy(now);
                }
                _ => shelves.put(who, what, 0, dice.below(3_000), now + Duration::from_secs(dice.below(9))),
            }
            let mut all = 0;
            for (tenant, shelf) in &shelves.shelves {
                assert_eq!(shelf.bytes, shelf.things.values().map(|t| t.bytes).sum::<u64>());
                assert_eq!(shelf.order.len(), shelf.things.len());
                assert!(shelf.bytes <= 6_000 && shelves.fullest.contains(&(shelf.bytes, *tenant)));
                all += shelf.bytes;
            }
            assert_eq!((shelves.bytes, shelves.fullest.len()), (all, shelves.shelves.len()));
            assert!(all <= 20_000);
        }
    }
}
