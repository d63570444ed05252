//! Who is next: fair queueing by start time. Pure: no clock, no waiting.
//!
//! Each tenant has a lane, first come first served. Every start moves the lane's account forward by what the work is
//! taken to cost, and its end by what it did cost beyond that; of the lanes that may start something, the one whose
//! account is furthest behind does. An idle lane's account is never behind the present, so that nobody saves up. It
//! shares by cost as deficit round robin does, and needs no rounds: a cheap question never waits for a whole round of
//! costly ones.
//!
//! What must always hold: at most `slots` works are under way, and of one tenant as many as its cap bears, a costly one
//! counting for all of them; what waits is bounded, for each tenant and in all; a tenant of whom nothing is under way
//! or waiting and whose account is settled costs nothing.

use std::collections::{HashMap, VecDeque};

use insula_model::TenantId;

/// How much may be under way and wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Works under way, of all tenants.
    pub(super) slots: u32,
    /// Works of one tenant that wait.
    pub(super) waiting: usize,
    /// Works of all tenants that wait.
    pub(super) waiting_in_all: usize,
}

/// A work that wants to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Work {
    /// What it is taken to cost, in milliseconds of PostgreSQL.
    pub(super) cost: u64,
    /// How many of its tenant's slots it counts for.
    pub(super) weight: u32,
    /// How many slots its tenant has.
    pub(super) cap: u32,
}

pub(super) type Ticket = u64;

/// There is no room to wait in: how many works of the tenant, and of all, there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full {
    pub(super) waiting: usize,
    pub(super) in_all: bool,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<(Ticket, Work)>,
    running: Vec<(Ticket, Work)>,
    /// Until when it has used its share.
    account: u64,
}

impl Lane {
    fn may_start(&self) -> bool {
        let under_way: u32 = self.running.iter().map(|(_, work)| work.weight).sum();
        self.waiting.front().is_some_and(|(_, work)| under_way == 0 || under_way + work.weight <= work.cap)
    }
}

/// The lanes.
pub(super) struct Line {
    bounds: Bounds,
    lanes: HashMap<TenantId, Lane>,
    running: u32,
    waiting: usize,
    /// The account of what was started last.
    present: u64,
    tickets: Ticket,
}

impl Line {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, lanes: HashMap::new(), running: 0, waiting: 0, present: 0, tickets: 0 }
    }

    /// How many works are under way, and how many wait.
    pub(super) fn counts(&self) -> (u32, usize) {
        (self.running, self.waiting)
    }

    /// Somebody comes. Whether it starts at once, [`Line::start`] says.
    pub(super) fn arrive(&mut self, tenant: TenantId, work: Work) -> Result<Ticket, Full> {
        let lane = self.lanes.entry(tenant).or_default();
        // What can start at once waits for nothing.
        let at_once = lane.waiting.is_empty() && lane.running.is_empty() && self.running < self.bounds.slots;
        let waiting = lane.waiting.len();
        if !at_once && (waiting >= self.bounds.waiting || self.waiting >= self.bounds.waiting_in_all) {
            let full = Full { waiting, in_all: waiting < self.bounds.waiting };
            self.settle(tenant);
            return Err(full);
        }
        self.tickets += 1;
        lane.waiting.push_back((self.tickets, work));
        self.waiting += 1;
        Ok(self.tickets)
    }

    /// The next work that may start, if one may. It counts as under way from now on.
    pub(super) fn start(&mut self) -> Option<Ticket> {
        if self.running >= self.bounds.slots {
            return None;
        }
        let present = self.present;
        let behind = |(_, lane): &(&TenantId, &mut Lane)| {
            (lane.account.max(present), lane.waiting.front().map(|(ticket, _)| *ticket))
        };
        let (_, lane) = self.lanes.iter_mut().filter(|(_, lane)| lane.may_start()).min_by_key(behind)?;
        let (ticket, work) = lane.waiting.pop_front()?;
        self.present = lane.account.max(present);
        lane.account = self.present + work.cost;
        lane.running.push((ticket, work));
        self.running += 1;
        self.waiting -= 1;
        Some(ticket)
    }

    /// Somebody goes: it is done and took so many milliseconds, or has given up. Says whether it was under way.
    pub(super) fn leave(&mut self, tenant: TenantId, ticket: Ticket, spent: u64) -> bool {
        let Some(lane) = self.lanes.get_mut(&tenant) else { return false };
        let running = lane.running.iter().position(|(t, _)| *t == ticket);
        if let Some(place) = running {
            let (_, work) = lane.running.swap_remove(place);
            self.running -= 1;
            lane.account = (lane.account + spent).saturating_sub(work.cost);
        } else if let Some(place) = lane.waiting.iter().position(|(t, _)| *t == ticket) {
            lane.waiting.remove(place);
            self.waiting -= 1;
        }
        self.settle(tenant);
        running.is_some()
    }

    /// Forgets a tenant that owes nothing; and all accounts, when nobody is here.
    fn settle(&mut self, tenant: TenantId) {
        let present = self.present;
        let idle = |lane: &Lane| lane.waiting.is_empty() && lane.running.is_empty();
        if self.running == 0 && self.waiting == 0 {
            self.lanes.clear();
        } else if self.lanes.get(&tenant).is_some_and(|lane| idle(lane) && lane.account <= present) {
            self.lanes.remove(&tenant);
        } else if self.lanes.len() > 2 * (self.waiting + self.running as usize) + 64 {
            self.lanes.retain(|_, lane| !idle(lane) || lane.account > present);
        }
    }
}

#[cfg(test)]
mod tests {
    use insula_model::dice::Dice;

    use super::*;

    fn tenant(n: u64) -> TenantId {
        TenantId::from_uuid(uuid::Uuid::from_u128(u128::from(n)))
    }

    fn line(slots: u32) -> Line {
        Line::new(Bounds { slots, waiting: 64, waiting_in_all: 100 })
    }

    const CHEAP: Work = Work { cost: 1, weight: 1, cap: 2 };
    const COSTLY: Work = Work { cost: 100, weight: 2, cap: 2 };

    #[test]
    fn one_tenants_works_start_in_their_order() {
        let mut line = line(1);
        let tickets: Vec<_> = (0..5).map(|_| line.arrive(tenant(1), CHEAP).unwrap()).collect();
        for ticket in tickets {
            assert_eq!((line.start(), line.start()), (Some(ticket), None));
            assert!(line.leave(tenant(1), ticket, 1));
        }
        assert_eq!((line.start(), line.counts(), line.lanes.len()), (None, (0, 0), 0));
    }

    #[test]
    fn a_costly_work_is_alone_and_leaves_room_for_others() {
        let mut line = line(4);
        let first = line.arrive(tenant(1), COSTLY).unwrap();
        line.arrive(tenant(1), COSTLY).unwrap();
        line.arrive(tenant(1), CHEAP).unwrap();
        assert_eq!((line.start(), line.start()), (Some(first), None));
        let others: Vec<_> = (0..3).map(|_| line.arrive(tenant(2), CHEAP).unwrap()).collect();
        assert_eq!((line.start(), line.start(), line.start()), (Some(others[0]), Some(others[1]), None));
    }

    #[test]
    fn who_floods_waits_behind_who_does_not() {
        let mut line = line(1);
        let flood: Vec<_> = (0..64).map(|_| line.arrive(tenant(1), COSTLY).unwrap()).collect();
        assert_eq!(line.start(), Some(flood[0]));
        let quiet = line.arrive(tenant(2), CHEAP).unwrap();
        line.leave(tenant(1), flood[0], 100);
        assert_eq!(line.start(), Some(quiet), "before the 63 that came earlier");
        line.leave(tenant(2), quiet, 1);
        assert_eq!(line.start(), Some(flood[1]));
    }

    #[test]
    fn what_it_did_cost_counts() {
        let mut line = line(1);
        let mut count = [0_u64; 2];
        // Both are taken to cost the same; in truth those of the first cost ten times as much.
        for _ in 0..20 {
            for n in 0..2 {
                line.arrive(tenant(n), CHEAP).unwrap();
            }
        }
        for _ in 0..22 {
            let ticket = line.start().unwrap();
            let who = (ticket + 1) % 2;
            count[usize::try_from(who).unwrap()] += 1;
            line.leave(tenant(who), ticket, if who == 0 { 10 } else { 1 });
        }
        assert_eq!(count, [2, 20]);
    }

    #[test]
    fn nobody_saves_up() {
        let mut line = line(1);
        for _ in 0..30 {
            line.arrive(tenant(1), CHEAP).unwrap();
        }
        for _ in 0..20 {
            let ticket = line.start().unwrap();
            line.leave(tenant(1), ticket, 1);
        }
        // Who comes only now takes turns, and does not catch up on 20.
        for _ in 0..10 {
            line.arrive(tenant(2), CHEAP).unwrap();
        }
        let mut of_the_second = 0;
        for _ in 0..10 {
            let ticket = line.start().unwrap();
            of_the_second += u32::from(ticket > 30);
            line.leave(tenant(if ticket > 30 { 2 } else { 1 }), ticket, 1);
        }
        assert!((4..=6).contains(&of_the_second), "{of_the_second} of 10");
    }

    #[test]
    fn there_is_an_end_to_waiting_room() {
        let mut line = line(1);
        let first = line.arrive(tenant(1), CHEAP).unwrap();
        line.start().unwrap();
        for _ in 0..64 {
            line.arrive(tenant(1), CHEAP).unwrap();
        }
        assert_eq!(line.arrive(tenant(1), CHEAP), Err(Full { waiting: 64, in_all: false }));
        for _ in 0..36 {
            line.arrive(tenant(2), CHEAP).unwrap();
        }
        assert_eq!(line.arrive(tenant(2), CHEAP), Err(Full { waiting: 36, in_all: true }));
        assert_eq!(line.arrive(tenant(3), CHEAP), Err(Full { waiting: 0, in_all: true }));
        assert_eq!(line.lanes.len(), 2, "who was turned away leaves nothing");
        line.leave(tenant(1), first, 1);
        line.start().unwrap();
        assert!(line.arrive(tenant(3), CHEAP).is_ok());
    }

    #[test]
    fn who_gives_up_gives_back() {
        let mut line = line(1);
        let [a, b, c] = [(); 3].map(|()| line.arrive(tenant(1), CHEAP).unwrap());
        assert_eq!(line.start(), Some(a));
        assert!(!line.leave(tenant(1), b, 0), "it was waiting");
        assert!(line.leave(tenant(1), a, 0), "it was under way");
        assert!(!line.leave(tenant(1), a, 0), "once");
        assert_eq!((line.start(), line.counts()), (Some(c), (1, 0)));
    }

    /// Whatever comes and goes: the bounds hold, nothing that may start is left waiting, and nothing is lost.
    #[test]
    fn the_bounds_hold() {
        let mut dice = Dice::new(3);
        let mut line = Line::new(Bounds { slots: 3, waiting: 5, waiting_in_all: 12 });
        let mut here: Vec<(TenantId, Ticket)> = Vec::new();
        for _ in 0..20_000 {
            let who = tenant(dice.below(6));
            if dice.below(2) == 0 {
                let weight = u32::try_from(1 + dice.below(2)).unwrap();
                let work = Work { cost: 1 + dice.below(50), weight, cap: 2 };
                here.extend(line.arrive(who, work).ok().map(|ticket| (who, ticket)));
            } else if !here.is_empty() {
                let (who, ticket) = here.swap_remove(usize::try_from(dice.below(here.len() as u64)).unwrap());
                line.leave(who, ticket, dice.below(90));
            }
            while line.start().is_some() {}
            let (running, waiting) = line.counts();
            assert_eq!(here.len(), running as usize + waiting);
            assert!(running <= 3 && waiting <= 12);
            let lanes = || line.lanes.values();
            assert!(running == 3 || lanes().all(|lane| !lane.may_start()));
            assert!(
                lanes().all(
                    |l| l.waiting.len() <= 5 && l.running.iter().map(|(_, w)| w.weight).sum::<u32>() <= 2
                )
            );
        }
        for (who, ticket) in here {
            line.leave(who, ticket, 1);
        }
        assert!(line.lanes.is_empty() && line.counts() == (0, 0));
    }
}
