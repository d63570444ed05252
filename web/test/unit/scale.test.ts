import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useLocale } from '../../format/number';
import { timeTicks, valueTicks } from '../../widgets/time_series/scale';
import { apart, areas, line, lines, lonely, runs } from '../../widgets/time_series/geometry';
import { sparkline } from '../../widgets/kpi/sparkline';

beforeAll(() => useLocale('en-GB'));
afterAll(() => useLocale(undefined));

const DAY = 86_400_000;
const daily = (from: string, n: number) => Array.from({ length: n }, (_, i) => Date.parse(`${from}T00:00:00Z`) + i * DAY);

describe('the value axis', () => {
  it.each([
    [0, 573, [0, 200, 400, 600]],
    [0, 9.1, [0, 2.5, 5, 7.5, 10]],
    [12, 95, [0, 25, 50, 75, 100]],
    [-40, 100, [-50, 0, 50, 100]],
    [0, 0.0812, [0, 0.025, 0.05, 0.075, 0.1]],
    [0, 0, [0, 1]],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, [0, 1]],
  ])('from %d to %d', (low, high, ticks) => expect(valueTicks(low, high)).toEqual(ticks));
  it('always contains zero and both ends, and never has many ticks', () => {
    for (const [low, high] of [[0.001, 0.0013], [5, 1e9], [-3, -1], [-2, 1e6], [1, 1.5]] as const) {
      const ticks = valueTicks(low, high);
      expect(ticks).toContain(0);
      expect(Math.min(...ticks)).toBeLessThanOrEqual(low);
      expect(Math.max(...ticks)).toBeGreaterThanOrEqual(high);
      expect(ticks.length).toBeLessThanOrEqual(7);
    }
  });
});

describe('the time axis', () => {
  const labels = (times: number[], grain: Parameters<typeof timeTicks>[1], most: number) => timeTicks(times, grain, most).map((t) => t.label);
  it('a month by day', () => {
    const found = labels(daily('2026-10-23', 30), 'day', 8);
    expect(found.length).toBeLessThanOrEqual(8);
    expect(found[0]).toMatch(/^\d+ (Oct|Nov)$/);
  });
  it('a year by day: months, the year where it changes', () => {
    expect(labels(daily('2025-11-22', 365), 'day', 7)).toEqual(['Jan 2026', 'Mar', 'May', 'Jul', 'Sept', 'Nov']);
  });
  it('months begin on their first, quarters in January', () => {
    for (const t of timeTicks(daily('2024-01-15', 700), 'day', 8)) expect(new Date(t.at).getUTCDate()).toBe(1);
    expect(timeTicks(daily('2024-01-15', 700), 'day', 8).map((t) => new Date(t.at).getUTCMonth() % 3).every((m) => m === 0)).toBe(true);
  });
  it('hours of two days: the day where it begins', () => {
    const hours = Array.from({ length: 48 }, (_, i) => Date.parse('2026-11-20T00:00:00Z') + i * 3_600_000);
    expect(labels(hours, 'hour', 5)).toEqual(['20 Nov', '12:00', '21 Nov', '12:00']);
  });
  it('weeks are where the weeks of the data are', () => {
    const weeks = Array.from({ length: 12 }, (_, i) => Date.parse('2026-09-06T00:00:00Z') + i * 7 * DAY);
    for (const t of timeTicks(weeks, 'week', 5)) expect(weeks).toContain(t.at);
  });
  it('never finer than the buckets', () => {
    const months = [0, 1, 2].map((m) => Date.UTC(2026, m, 1));
    expect(timeTicks(months, 'month', 20).map((t) => t.at)).toEqual(months);
  });
  it('one bucket has one tick, none has none', () => {
    expect(timeTicks([0], 'day', 5)).toHaveLength(1);
    expect(timeTicks([], 'day', 5)).toEqual([]);
  });
});

describe('lines', () => {
  const x = (i: number) => i * 10;
  const y = (v: number) => v;
  it('break at gaps; a point alone is a dot', () => {
    const found = runs([1, 2, null, 3, null, 4, 5], x, y);
    expect(lines(found)).toBe('M0 1L10 2M50 4L60 5');
    expect(lonely(found)).toEqual([{ x: 30, y: 3 }]);
    expect(line([])).toBe('');
  });
  it('areas go down to the floor', () => expect(areas(runs([1, 2], x, y), 9)).toBe('M0 1L10 2L10 9L0 9Z'));
  it('labels move apart and stay inside', () => {
    const placed = apart([50, 52, 51, 10], 15, 0, 100);
    const sorted = [...placed].sort((a, b) => a - b);
    for (let i = 1; i < sorted.length; i += 1) expect((sorted[i] ?? 0) - (sorted[i - 1] ?? 0)).toBeGreaterThanOrEqual(15);
    expect(apart([98, 99, 100], 15, 0, 100)).toEqual([70, 85, 100]);
    expect(placed[3]).toBe(10);
  });
});

describe('sparklines', () => {
  it('fill the box, from zero', () => {
    const { line: path, end } = sparkline([0, 10], null, 100, 50, false, 0);
    expect(path).toBe('M0 50L100 0');
    expect(end).toEqual({ x: 100, y: 0 });
  });
  it('break at gaps, and tell the last stretch apart when it is not over', () => {
    expect(sparkline([5, null, 5, 5], null, 90, 10, false, 0).line).toBe('M0 0M60 0L90 0');
    const partial = sparkline([5, 5, 5, 1], null, 90, 10, true, 0);
    expect(partial.line).toBe('M0 0L30 0L60 0');
    expect(partial.soFar).toBe('M60 0L90 8');
  });
  it('nothing is nothing', () => expect(sparkline([null], null, 10, 10).line).toBe(''));
});
