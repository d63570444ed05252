import { describe, expect, it } from 'vitest';
import { check, differs, draftOf, example, merge, moved, putOf, taken, type CalculatedDraft } from '$app/pages/tenant/data/draft';
import { choices } from '$app/pages/tenant/data/sight';
import { number } from '../../format/number';
import type { Dataset, NumberFormat } from '../../wire/shapes';

const flights: Dataset = {
  id: 'dst_1', name: 'flights', label: 'Flights', visible_to: 'viewer', sample: false, version: 3, updated_at: '2026-01-01T00:00:00Z', time_zone: null,
  measures: [
    { name: 'distance', label: 'Distance', unit: 'mi', format: 'integer', slot: 1 },
    { name: 'air_time', label: 'Air time', unit: null, format: 'duration', description: 'Wheels up to wheels down.', slot: 2 },
  ],
  calculated: [{ name: 'speed', label: 'Speed', unit: 'mph', format: 'number', formula: 'distance / air_time * 60' }],
  dimensions: [{ name: 'origin', label: 'From', slot: 1 }],
};
const draft = () => draftOf(flights);
const fresh = (more: Partial<CalculatedDraft>): CalculatedDraft => ({ key: 'new 1', fresh: true, name: 'margin', label: '', description: '', unit: '', format: 'number', formula: 'distance', ...more });

it('what was not edited is sent as it is', () => {
  expect(putOf(draft())).toEqual({
    label: 'Flights', visible_to: 'viewer',
    measures: [
      { name: 'distance', label: 'Distance', unit: 'mi', format: 'integer' },
      { name: 'air_time', label: 'Air time', format: 'duration', description: 'Wheels up to wheels down.' },
      { name: 'speed', label: 'Speed', unit: 'mph', format: 'number', formula: 'distance / air_time * 60' },
    ],
    dimensions: [{ name: 'origin', label: 'From' }],
  });
  expect(differs(draft(), draft())).toBe(false);
  expect(differs({ ...draft(), description: ' ' }, draft())).toBe(false);
  expect(differs({ ...draft(), visible_to: 'admin' }, draft())).toBe(true);
});

it('an empty time zone or unit is none, and a new measure comes with its formula', () => {
  const put = putOf({ ...draft(), time_zone: 'Europe/Zurich', calculated: [fresh({ formula: ' a / b ' })] });
  expect(put.time_zone).toBe('Europe/Zurich');
  expect(put.measures?.[2]).toEqual({ name: 'margin', format: 'number', formula: 'a / b' });
});

it('what the server would refuse is said with the place that it would point at', () => {
  expect(check(draft())).toEqual({});
  expect(Object.keys(check({ ...draft(), label: ' ', calculated: [fresh({ name: 'Speed', formula: ' ' })] }))).toEqual(['/label', '/measures/2/name', '/measures/2/formula']);
  for (const name of ['origin', 'distance', '']) expect(check({ ...draft(), calculated: [fresh({ name })] }), name).toHaveProperty(['/measures/2/name']);
  expect(check({ ...draft(), calculated: [...draft().calculated, fresh({ name: 'speed' })] })).toHaveProperty(['/measures/3/name']);
});

it('one of a list moves', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  expect(moved(['a'], 3, 0)).toEqual(['a']);
});

describe('what somebody else saved meanwhile', () => {
  it('is taken over where it was left alone here, and what was done here stays', () => {
    const mine = { ...draft(), description: 'Mine.' };
    const theirs = { ...draft(), label: 'All flights', dimensions: [...draft().dimensions, { name: 'dest', label: 'To', description: '' }] };
    const { draft: merged, both } = merge(draft(), mine, theirs);
    expect(both).toEqual([]);
    expect([merged.label, merged.description, merged.dimensions.map((d) => d.name)]).toEqual(['All flights', 'Mine.', ['origin', 'dest']]);
  });

  it('is said where both changed the same, and can be taken', () => {
    const at = (label: string) => ({ ...draft(), measures: draft().measures.map((m) => (m.name === 'distance' ? { ...m, label } : m)) });
    const { draft: merged, both } = merge(draft(), at('Way'), at('Route'));
    expect(merged.measures[0]?.label).toBe('Way');
    expect(both.map((b) => [b.label, b.theirs])).toEqual([['distance, name', 'Route']]);
    expect(taken(merged, both[0] ?? expect.fail()).measures[0]?.label).toBe('Route');
    const sight = merge(draft(), { ...draft(), visible_to: 'editor' }, { ...draft(), visible_to: 'admin' });
    expect(taken(sight.draft, sight.both[0] ?? expect.fail()).visible_to).toBe('admin');
  });

  it('neither loses a measure that one removed and the other changed, nor keeps one that was only removed', () => {
    const without = { ...draft(), calculated: [] };
    const changed = { ...draft(), calculated: draft().calculated.map((c) => ({ ...c, formula: '1' })) };
    expect(merge(draft(), without, draft()).draft.calculated).toEqual([]);
    expect(merge(draft(), draft(), without).draft.calculated).toEqual([]);
    const back = merge(draft(), without, changed);
    expect(back.draft.calculated.map((c) => c.formula)).toEqual(['1']);
    expect(back.both[0]?.label).toMatch(/it is back/);
    expect(merge(draft(), changed, without).draft.calculated.map((c) => c.formula)).toEqual(['1']);
    const added = merge(draft(), { ...draft(), calculated: [...draft().calculated, fresh({})] }, without);
    expect(added.draft.calculated.map((c) => c.name)).toEqual(['margin']);
  });

  it('keeps the order of whoever changed it', () => {
    const turned = { ...draft(), measures: moved(draft().measures, 0, 1) };
    const order = (a: typeof turned, b: typeof turned) => merge(draft(), a, b).draft.measures.map((m) => m.name);
    expect(order(draft(), turned)).toEqual(['air_time', 'distance']);
    expect(order(turned, draft())).toEqual(['air_time', 'distance']);
  });
});

it('nobody hides something from themselves', () => {
  expect(choices('editor', 'viewer').map((c) => c.value)).toEqual(['viewer', 'editor']);
  expect(choices('owner', 'viewer')).toHaveLength(4);
  expect(choices('editor', 'admin').map((c) => c.value)).toEqual(['viewer', 'editor', 'admin']);
});

it('every format has an example', () => {
  const shown = (format: NumberFormat, unit?: string) => number(example(format), { format, unit });
  expect([shown('integer', 'mi'), shown('percent'), shown('duration', 'min')].map((t) => t.replaceAll('\u00a0', ' '))).toEqual(['1,234 mi', '12.3%', '1 h 23 min']);
});

it('what is looked up is edited apart from what events carry, and sent behind it', () => {
  const lookup = { by: 'origin', table: 'airports', column: 'city', number: 1, slot: 1 };
  const set: Dataset = { ...flights, dimensions: [{ name: 'city', label: 'City', slot: 13, lookup }, ...flights.dimensions] };
  const draft = draftOf(set);
  expect(draft.dimensions.map((d) => d.name)).toEqual(['origin']);
  expect(putOf(draft).dimensions).toEqual([{ name: 'origin', label: 'From' }, { name: 'city', label: 'City', lookup: { by: 'origin', table: 'airports', column: 'city' } }]);
  const fresh = { key: 'new 1', fresh: true, name: 'origin', label: '', description: '', by: 'origin', table: 'airports', column: '' };
  expect(Object.keys(check({ ...draft, lookups: [...draft.lookups, fresh] }))).toEqual(['/dimensions/2/name', '/dimensions/2/lookup/column']);

  // Theirs is another column, mine another name: both are kept.
  const mine = { ...draft, lookups: draft.lookups.map((l) => ({ ...l, label: 'Town' })) };
  const theirs = draftOf({ ...set, dimensions: [{ name: 'city', label: 'City', slot: 13, lookup: { ...lookup, column: 'state' } }, ...flights.dimensions] });
  const merged = merge(draft, mine, theirs);
  expect(merged.both).toEqual([]);
  expect(merged.draft.lookups).toMatchObject([{ label: 'Town', column: 'state' }]);
});
