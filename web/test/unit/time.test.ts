import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useLocale } from '../../format/number';
import { ago, bucket, days, wallClock, wallClockOf, zoneName } from '../../format/time';

beforeAll(() => useLocale('en-GB'));
afterAll(() => useLocale(undefined));

describe('buckets are wall-clock texts', () => {
  it('whatever the zone of this machine, a day stays the day it says', () => {
    expect(new Date(wallClock('2026-03-29')).toISOString()).toBe('2026-03-29T00:00:00.000Z');
    expect(new Date(wallClock('2026-03-29T02:30')).toISOString()).toBe('2026-03-29T02:30:00.000Z');
    expect(new Date(wallClock('2026-03-29 02:30:15')).toISOString()).toBe('2026-03-29T02:30:15.000Z');
  });
  it.each([
    ['2026-11-21', 'day', 'Sat, 21 Nov 2026'],
    ['2026-11-01', 'month', 'November 2026'],
    ['2026-10-01', 'quarter', 'Q4 2026'],
    ['2026-01-01', 'year', '2026'],
    ['2026-11-16', 'week', 'Week of 16 Nov 2026'],
  ] as const)('%s by %s', (text, grain, words) => {
    expect(bucket(text, grain)).toBe(words);
  });
  it('a time that is no bucket is a moment of the same wall clock', () => {
    expect(bucket('2013-12-31T23:58:00-05:00', undefined)).toBe('31 Dec 2013, 23:58');
    expect(bucket('2013-12-31T23:58:00.123-05:00', null)).toBe('31 Dec 2013, 23:58');
    expect(bucket('2013-12-31', undefined)).toBe('Tue, 31 Dec 2013');
  });
  it('an instant on the same axis, through the clock change', () => {
    expect(wallClockOf('2026-10-25T00:30:00Z', 'Europe/Zurich')).toBe(wallClock('2026-10-25T02:30'));
    expect(wallClockOf('2026-10-25T01:30:00Z', 'Europe/Zurich')).toBe(wallClock('2026-10-25T02:30'));
    expect(wallClockOf('2026-11-21T00:00:00Z', 'America/New_York')).toBe(wallClock('2026-11-20T19:00'));
  });
});

describe('instants', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  it.each([
    ['2026-11-21T11:59:50Z', 'now'],
    ['2026-11-21T11:45:00Z', '15 minutes ago'],
    ['2026-11-20T11:00:00Z', 'yesterday'],
    ['2026-11-28T12:00:00Z', 'next week'],
    ['2026-11-24T13:00:00Z', 'in 3 days'],
  ])('%s is %s', (instant, words) => {
    expect(ago(instant, now)).toBe(words);
  });
  it('a half-open span shows its last day, in the zone that is meant', () => {
    expect(days({ from: '2026-10-31T23:00:00Z', to: '2026-11-30T23:00:00Z' }, 'Europe/Zurich')).toMatch(/^1\s?–\s?30 Nov 2026$/);
    expect(days({ from: '2026-11-20T23:00:00Z', to: '2026-11-21T23:00:00Z' }, 'Europe/Zurich')).toBe('21 Nov 2026');
  });
  it('zones', () => {
    expect(zoneName('America/New_York', new Date('2026-01-15T00:00:00Z'))).toBe('America/New York (GMT-5)');
    expect(zoneName('No/Where')).toBe('No/Where');
  });
});
