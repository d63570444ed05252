//! Who is next: fair queueing by start time. Pure: no clock, no waiting; times are milliseconds since the line was made.
//!
//! Each tenant has a lane, first come first served. Every start moves the lane's account forward by what the work is
//! taken to cost, and its end by what it did cost beyond that; of the lanes that may start something, the one whose
//! account is furthest behind does. An idle lane's account is never behind the present, so that nobody saves up. It
//! shares by cost as deficit round robin does, and needs no rounds: a cheap question never waits for a whole round of
//! costly ones.
//!
//! Who is next is not all: a costly work cannot be taken back, and for as long as it takes everybody else has a core
//! less. So while others ask, costly works of one tenant are under way for a share of the time only; see [`Pace`].
//!
//! What must always hold: at most `slots` works are under way, and of one tenant as many as its cap bears, a costly one
//! counting for all of them; what waits is bounded, for each tenant and in all; a tenant of whom nothing is under way
//! or waiting, whose account is settled and who has rested costs nothing.

use std::collections::{HashMap, VecDeque};

use insula_model::TenantId;

use super::pace::{Effort, Pace};

/// How much may be under way and wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Works under way, of all tenants.
    pub(super) slots: u32,
    /// Works of one tenant that wait.
    pub(super) waiting: usize,
    /// Works of all tenants that wait.
    pub(super) waiting_in_all: usize,
    pub(super) pace: Pace,
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
    /// Whether it is held to the pace of its tenant.
    pub(super) costly: bool,
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
    /// What its costly works took.
    effort: Effort,
}

impl Lane {
    /// The work that would be next, if there are slots for it.
    fn next(&self) -> Option<&Work> {
        let under_way: u32 = self.running.iter().map(|(_, work)| work.weight).sum();
        let (_, work) = self.waiting.front()?;
        (under_way == 0 || under_way + work.weight <= work.cap).then_some(work)
    }

    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }
}

/// Who asked when: the last one, and the last one who is somebody else.
#[derive(Default)]
struct Seen {
    last: Option<(TenantId, u64)>,
    other: Option<(TenantId, u64)>,
}

impl Seen {
    fn note(&mut self, tenant: TenantId, now: u64) {
        if self.last.is_some_and(|(last, _)| last != tenant) {
            self.other = self.last;
        }
        self.last = Some((tenant, now));
    }

    /// When somebody else than this tenant asked last.
    fn beside(&self, tenant: TenantId) -> Option<u64> {
        [self.last, self.other].into_iter().flatten().find(|(who, _)| *who != tenant).map(|(_, at)| at)
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
    seen: Seen,
    tickets: Ticket,
}

impl Line {
    pub(super) fn new(bounds: Bounds) -> Self {
        let seen = Seen::default();
        Self { bounds, lanes: HashMap::new(), running: 0, waiting: 0, present: 0, seen, tickets: 0 }
    }

    /// How many works are under way, and how many wait.
    pub(super) fn counts(&self) -> (u32, usize) {
        (self.running, self.waiting)
    }

    /// Somebody comes. Whether it starts at once, [`Line::start`] says.
    pub(super) fn arrive(&mut self, tenant: TenantId, work: Work, now: u64) -> Result<Ticket, Full> {
        self.seen.note(tenant, now);
        let lane = self.lanes.entry(tenant).or_default();
        // What can start at once waits for nothing.
        let rests = work.costly && self.bounds.pace.until(lane.effort, self.seen.beside(tenant), now) > now;
        let at_once = lane.is_idle() && self.running < self.bounds.slots && !rests;
        let waiting = lane.waiting.len();
        if !at_once && (waiting >= self.bounds.waiting || self.waiting >= self.bounds.waiting_in_all) {
            let full = Full { waiting, in_all: waiting < self.bounds.waiting };
            self.settle(tenant, now);
            return Err(full);
        }
        self.tickets += 1;
        lane.waiting.push_back((self.tickets, work));
        self.waiting += 1;
        Ok(self.tickets)
    }

    /// The next work that may start, if one may. It counts as under way from now on.
    pub(super) fn start(&mut self, now: u64) -> Option<Ticket> {
        if self.running >= self.bounds.slots {
            return None;
        }
        let (present, pace, seen) = (self.present, self.bounds.pace, &self.seen);
        let may_start = |(tenant, lane): &(&TenantId, &mut Lane)| {
            lane.next().is_some_and(|work| {
                !work.costly || pace.until(lane.effort, seen.beside(**tenant), now) <= now
            })
        };
        let behind = |(_, lane): &(&TenantId, &mut Lane)| {
            (lane.account.max(present), lane.waiting.front().map(|(ticket, _)| *ticket))
        };
        let (_, lane) = self.lanes.iter_mut().filter(may_start).min_by_key(behind)?;
        let (ticket, work) = lane.waiting.pop_front()?;
        self.present = lane.account.max(present);
        lane.account = self.present + work.cost;
        lane.running.push((ticket, work));
        self.running += 1;
        self.waiting -= 1;
        Some(ticket)
    }

    /// When something may start that only its pace holds back, if nothing else happens until then.
    pub(super) fn resumes(&self, now: u64) -> Option<u64> {
        if self.running >= self.bounds.slots {
            return None;
        }
        let held = |(tenant, lane): (&TenantId, &Lane)| {
            lane.next().filter(|work| work.costly)?;
            Some(self.bounds.pace.until(lane.effort, self.seen.beside(*tenant), now))
        };
        self.lanes.iter().filter_map(held).min()
    }

    /// Somebody goes: it is done and took so many milliseconds, or has given up. Says whether it was under way.
    pub(super) fn leave(&mut self, tenant: TenantId, ticket: Ticket, spent: u64, now: u64) -> bool {
        let Some(lane) = self.lanes.get_mut(&tenant) else { return false };
        let running = lane.running.iter().position(|(t, _)| *t == ticket);
        if let Some(place) = running {
            let (_, work) = lane.running.swap_remove(place);
            self.running -= 1;
            lane.account = (lane.account + spent).saturating_sub(work.cost);
            if work.costly {
                lane.effort = self.bounds.pace.after(lane.effort, spent, now);
            }
        } else if let Some(place) = lane.waiting.iter().position(|(t, _)| *t == ticket) {
            lane.waiting.remove(place);
            self.waiting -= 1;
        }
        self.settle(tenant, now);
        running.is_some()
    }

    /// Forgets a tenant that owes nothing; and all accounts, when nobody is here.
    fn settle(&mut self, tenant: TenantId, now: u64) {
        let (present, pace) = (self.present, self.bounds.pace);
        let owes = |lane: &Lane| !lane.is_idle() || !pace.rested(lane.effort, now);
        if self.running == 0 && self.waiting == 0 {
            self.lanes.retain(|_, lane| owes(lane));
            self.lanes.values_mut().for_each(|lane| lane.account = present);
        } else if self.lanes.get(&tenant).is_some_and(|lane| !owes(lane) && lane.account <= present) {
            self.lanes.remove(&tenant);
        } else if self.lanes.len() > 2 * (self.waiting + self.running as usize) + 64 {
            self.lanes.retain(|_, lane| owes(lane) || lane.account > present);
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
        Line::new(Bounds { slots, waiting: 64, waiting_in_all: 100, pace: Pace(25) })
    }

    const CHEAP: Work = Work { cost: 1, weight: 1, cap: 2, costly: false };
    const COSTLY: Work = Work { cost: 100, weight: 2, cap: 2, costly: true };

    #[test]
    fn one_tenants_works_start_in_their_order() {
        let mut line = line(1);
        let tickets: Vec<_> = (0..5).map(|_| line.arrive(tenant(1), CHEAP, 0).unwrap()).collect();
        for ticket in tickets {
            assert_eq!((line.start(0), line.start(0)), (Some(ticket), None));
            assert!(line.leave(tenant(1), ticket, 1, 0));
        }
        assert_eq!((line.start(0), line.counts(), line.lanes.len()), (None, (0, 0), 0));
    }

    #[test]
    fn a_costly_work_is_alone_and_leaves_room_for_others() {
        let mut line = line(4);
        let first = line.arrive(tenant(1), COSTLY, 0).unwrap();
        line.arrive(tenant(1), COSTLY, 0).unwrap();
        line.arrive(tenant(1), CHEAP, 0).unwrap();
        assert_eq!((line.start(0), line.start(0)), (Some(first), None));
        let others: Vec<_> = (0..3).map(|_| line.arrive(tenant(2), CHEAP, 0).unwrap()).collect();
        assert_eq!((line.start(0), line.start(0), line.start(0)), (Some(others[0]), Some(others[1]), None));
    }

    #[test]
    fn who_floods_waits_behind_who_does_not() {
        let mut line = line(1);
        let flood: Vec<_> = (0..64).map(|_| line.arrive(tenant(1), COSTLY, 0).unwrap()).collect();
        assert_eq!(line.start(0), Some(flood[0]));
        let quiet = line.arrive(tenant(2), CHEAP, 0).unwrap();
        line.leave(tenant(1), flood[0], 100, 0);
        assert_eq!(line.start(0), Some(quiet), "before the 63 that came earlier");
        line.leave(tenant(2), quiet, 1, 0);
        assert_eq!(line.start(0), Some(flood[1]));
    }

    #[test]
    fn what_it_did_cost_counts() {
        let mut line = line(1);
        let mut count = [0_u64; 2];
        // Both are taken to cost the same; in truth those of the first cost ten times as much.
        for _ in 0..20 {
            for n in 0..2 {
                line.arrive(tenant(n), CHEAP, 0).unwrap();
            }
        }
        for _ in 0..22 {
            let ticket = line.start(0).unwrap();
            let who = (ticket + 1) % 2;
            count[usize::try_from(who).unwrap()] += 1;
            line.leave(tenant(who), ticket, if who == 0 { 10 } else { 1 }, 0);
        }
        assert_eq!(count, [2, 20]);
    }

    #[test]
    fn nobody_saves_up() {
        let mut line = line(1);
        for _ in 0..30 {
            line.arrive(tenant(1), CHEAP, 0).unwrap();
        }
        for _ in 0..20 {
            let ticket = line.start(0).unwrap();
            line.leave(tenant(1), ticket, 1, 0);
        }
        // Who comes only now takes turns, and does not catch up on 20.
        for _ in 0..10 {
            line.arrive(tenant(2), CHEAP, 0).unwrap();
        }
        let mut of_the_second = 0;
        for _ in 0..10 {
            let ticket = line.start(0).unwrap();
            of_the_second += u32::from(ticket > 30);
            line.leave(tenant(if ticket > 30 { 2 } else { 1 }), ticket, 1, 0);
        }
        assert!((4..=6).contains(&of_the_second), "{of_the_second} of 10");
    }

    #[test]
    fn there_is_an_end_to_waiting_room() {
        let mut line = line(1);
        let first = line.arrive(tenant(1), CHEAP, 0).unwrap();
        line.start(0).unwrap();
        for _ in 0..64 {
            line.arrive(tenant(1), CHEAP, 0).unwrap();
        }
        assert_eq!(line.arrive(tenant(1), CHEAP, 0), Err(Full { waiting: 64, in_all: false }));
        for _ in 0..36 {
            line.arrive(tenant(2), CHEAP, 0).unwrap();
        }
        assert_eq!(line.arrive(tenant(2), CHEAP, 0), Err(Full { waiting: 36, in_all: true }));
        assert_eq!(line.arrive(tenant(3), CHEAP, 0), Err(Full { waiting: 0, in_all: true }));
        assert_eq!(line.lanes.len(), 2, "who was turned away leaves nothing");
        line.leave(tenant(1), first, 1, 0);
        line.start(0).unwrap();
        assert!(line.arrive(tenant(3), CHEAP, 0).is_ok());
    }

    #[test]
    fn who_gives_up_gives_back() {
        let mut line = line(1);
        let [a, b, c] = [(); 3].map(|()| line.arrive(tenant(1), CHEAP, 0).unwrap());
        assert_eq!(line.start(0), Some(a));
        assert!(!line.leave(tenant(1), b, 0, 0), "it was waiting");
        assert!(line.leave(tenant(1), a, 0, 0), "it was under way");
        assert!(!line.leave(tenant(1), a, 0, 0), "once");
        assert_eq!((line.start(0), line.counts()), (Some(c), (1, 0)));
    }

    #[test]
    fn who_is_costly_rests_while_others_ask() {
        let mut line = line(4);
        let flood: Vec<_> = (0..5).map(|_| line.arrive(tenant(1), COSTLY, 0).unwrap()).collect();
        for (n, now) in [(0, 400), (1, 800), (2, 1_200)] {
            assert_eq!(line.start(now - 400), Some(flood[n]), "the first second is free");
            line.leave(tenant(1), flood[n], 400, now);
        }
        // It took 1,200 ms, of which 200 have run out by now: one more is to.
        let quiet = line.arrive(tenant(2), CHEAP, 1_200).unwrap();
        assert_eq!((line.start(1_200), line.start(1_200)), (Some(quiet), None), "others need not rest");
        assert_eq!(line.resumes(1_200), Some(1_204));
        let quiet = line.arrive(tenant(2), COSTLY, 1_201).unwrap();
        line.leave(tenant(2), 6, 1, 1_201);
        assert_eq!(line.start(1_201), Some(quiet), "and nobody rests for what somebody else did");
        assert_eq!(line.start(1_204), Some(flood[3]));
        line.leave(tenant(1), flood[3], 10_000, 1_300);
        // Alone, it goes on.
        assert_eq!((line.start(2_200), line.resumes(2_200)), (None, Some(2_201)));
        assert_eq!(line.start(2_201), Some(flood[4]));
    }

    #[test]
    fn who_rests_is_not_forgotten_before_it_has() {
        let mut line = line(4);
        let long = line.arrive(tenant(1), COSTLY, 0).unwrap();
        line.start(0);
        line.leave(tenant(1), long, 2_000, 2_000);
        assert_eq!((line.counts(), line.lanes.len()), ((0, 0), 1));
        line.arrive(tenant(2), CHEAP, 2_000).unwrap();
        line.arrive(tenant(1), COSTLY, 2_000).unwrap();
        assert!(line.start(2_000).is_some_and(|ticket| ticket == 2) && line.start(2_000).is_none());
        line.leave(tenant(1), 3, 0, 2_000);
        line.leave(tenant(2), 2, 1, 10_000);
        assert!(line.lanes.is_empty(), "rested");
    }

    /// Whatever comes and goes: the bounds hold, nothing that may start is left waiting, and nothing is lost.
    #[test]
    fn the_bounds_hold() {
        let mut dice = Dice::new(3);
        let mut line = Line::new(Bounds { slots: 3, waiting: 5, waiting_in_all: 12, pace: Pace(25) });
        let mut here: Vec<(TenantId, Ticket)> = Vec::new();
        for now in 0..20_000 {
            let who = tenant(dice.below(6));
            if dice.below(2) == 0 {
                let weight = u32::try_from(1 + dice.below(2)).unwrap();
                let work = Work { cost: 1 + dice.below(50), weight, cap: 2, costly: weight == 2 };
                here.extend(line.arrive(who, work, now).ok().map(|ticket| (who, ticket)));
            } else if !here.is_empty() {
                let (who, ticket) = here.swap_remove(usize::try_from(dice.below(here.len() as u64)).unwrap());
                line.leave(who, ticket, dice.below(90), now);
            }
            while line.start(now).is_some() {}
            let (running, waiting) = line.counts();
            assert_eq!(here.len(), running as usize + waiting);
            assert!(running <= 3 && waiting <= 12);
            let lanes = || line.lanes.values();
            let held = |lane: &Lane| lane.next().is_none_or(|work| work.costly);
            assert!(running == 3 || lanes().all(held));
            assert!(line.resumes(now).is_none_or(|then| then > now && then <= now + 4_000));
            assert!(
                lanes().all(
                    |l| l.waiting.len() <= 5 && l.running.iter().map(|(_, w)| w.weight).sum::<u32>() <= 2
                )
            );
        }
        // When everybody has rested, the last who goes leaves nothing behind.
        here.extend(line.arrive(tenant(7), CHEAP, 100_000).ok().map(|ticket| (tenant(7), ticket)));
        for (who, ticket) in here {
            line.leave(who, ticket, 0, 100_000);
        }
        assert_eq!((line.counts(), line.lanes.len()), ((0, 0), 0));
    }
}
