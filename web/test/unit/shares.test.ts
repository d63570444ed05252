import { describe, expect, it } from 'vitest';
import type { Answer, Scalar } from '../../wire/shapes';
import { steps } from '../../widgets/funnel/steps';
import { arc, scale } from '../../widgets/gauge/scale';
import { country } from '../../widgets/map/codes';
import { COUNTRIES } from '../../widgets/map/countries';
import { places } from '../../widgets/map/places';
import { ring, slices } from '../../widgets/pie/slices';
import { ruled, toned } from '../../widgets/tone';

const range = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };
const grouped = (names: Scalar[], values: Scalar[]): Answer => ({
  columns: [{ name: 'd', kind: 'dimension', label: 'D' }, { name: 'count', kind: 'measure', label: 'Count' }],
  data: [names, values], range, time_zone: 'UTC', partial: false, truncated: false,
});

describe('a pie', () => {
  it('has the largest, and the others as one that cannot be picked', () => {
    const model = slices(grouped(['a', 'b', 'c', 'd'], [1, 5, 3, 1]), 3);
    expect(model.slices.map((s) => [s.label, s.share])).toEqual([['b', 0.5], ['c', 0.3], ['2 others', 0.2]]);
    expect(model.slices[2]?.picked).toBeNull();
    expect(model.slices.map((s) => s.from)).toEqual([0, 0.5, 0.8]);
  });
  it('has the groups behind the limit last, however many they are', () => {
    const rest = { ...grouped(['a', 'b', 'Other'], [2, 1, 5]), rest: [2] };
    expect(slices(rest, 6).slices.map((s) => [s.label, s.value])).toEqual([['a', 2], ['b', 1], ['Other', 5]]);
    expect(slices(rest, 6).slices[2]?.picked).toBeNull();
    expect(slices(rest, 2).slices.map((s) => [s.label, s.value])).toEqual([['a', 2], ['Other', 6]]);
  });
  it('leaves out what is below zero and says so', () => {
    expect(slices(grouped(['a', 'b'], [4, -1]), 6)).toMatchObject({ whole: 4, below: 1 });
    expect(slices(grouped(['a'], [-1]), 6).slices).toEqual([]);
  });
  it('one slice is a whole ring', () => expect(ring(0, 1, 50, 30)).toMatch(/^M0 -50A50 50 0 1 1 .*Z$/));
});

describe('a funnel', () => {
  it('follows the order of its steps; one that nobody reached is none', () => {
    const found = steps(grouped(['paid', 'seen'], [25, 100]), ['seen', 'tried', 'paid']);
    expect(found.map((s) => [s.label, s.value, s.share, s.kept])).toEqual([['seen', 100, 1, null], ['tried', 0, 0, 0], ['paid', 25, 0.25, null]]);
  });
  it('takes measures in their order where there is no dimension', () => {
    const answer: Answer = { ...grouped([], []), columns: [{ name: 'm1', kind: 'measure', label: 'One' }, { name: 'm2', kind: 'measure', label: 'Two' }], data: [[8], [2]] };
    expect(steps(answer, undefined).map((s) => [s.label, s.width, s.kept])).toEqual([['One', 100, null], ['Two', 25, 0.25]]);
  });
});

describe('a gauge', () => {
  it('ends at a round number above everything on it', () => {
    expect(scale(48_210, { target: 60_000 })).toMatchObject({ min: 0, max: 80_000, beyond: false, target: 0.75 });
    expect(scale(null, {})).toMatchObject({ max: 1, at: null });
  });
  it('stays inside and says when the value does not', () => expect(scale(120, { max: 100 })).toMatchObject({ at: 1, beyond: true }));
  it('has a part for each threshold', () => {
    expect(scale(10, { max: 100, thresholds: [{ at: 0, tone: 'bad' }, { at: 50, tone: 'good' }] }).parts).toEqual([{ from: 0, to: 0.5, tone: 'bad' }, { from: 0.5, to: 1, tone: 'good' }]);
  });
  it('goes from left to right over the top', () => expect(arc(0, 1, 10)).toBe('M-10 0A10 10 0 0 1 10 0'));
});

describe('what a number means', () => {
  it('the first rule of the measure that holds', () => {
    const rules = [{ op: 'gte', value: 10, tone: 'good' }, { measure: 0, op: 'gt', value: 5, tone: 'warn' }, { measure: 1, op: 'eq', value: 7, tone: 'bad' }] as const;
    expect([12, 10, 7, 5, null].map((v) => ruled(rules, 0, v))).toEqual(['good', 'good', 'warn', null, null]);
    expect(ruled(rules, 1, 7)).toBe('bad');
  });
  it('the part of the scale that it is in', () => {
    const thresholds = [{ at: 10, tone: 'warn' }, { at: 20, tone: 'good' }] as const;
    expect([9, 10, 20].map((v) => toned(thresholds, v))).toEqual([null, 'warn', 'good']);
  });
});

describe('a map', () => {
  it('knows two letters and three, in any case', () => expect(['ch', 'CHE', 'uk', 'USA', 'ZZ', ''].map(country)).toEqual(['CH', 'CH', 'GB', 'US', null, null]));
  it('every country that is drawn has a code, and the large ones an outline', () => {
    for (const code of Object.keys(COUNTRIES)) expect(['XK', country(code)], code).toContain(code);
    for (const code of ['US', 'CN', 'BR', 'DE', 'CH', 'IN', 'AU', 'ZA', 'RU']) expect(COUNTRIES[code]).toMatch(/^M\d/);
    expect(Array.isArray(COUNTRIES['SG'])).toBe(true);
  });
  it('ranks, puts values into steps and says what it does not know', () => {
    const model = places(grouped(['CH', 'DEU', 'nowhere', null], [1, 9, 5, 2]));
    expect(model.found.map((p) => [p.code, p.value, p.step])).toEqual([['DE', 9, 4], ['CH', 1, 0]]);
    expect(model.found[0]?.picked).toEqual({ dimension: 'd', value: 'DEU' });
    expect(model.unknown).toEqual(['nowhere', '(none)']);
  });
  it('equal values are the strongest step', () => expect(places(grouped(['CH', 'DE'], [3, 3])).steps).toEqual([{ step: 4, from: 3, to: 3 }]));
});
