import { describe, expect, it } from 'vitest';
import { asKind, fitted, freshId, kindName, KINDS, proposals, sorted } from '$app/pages/tenant/editor/gallery';
import { listed, measureLabel, unlisted } from '$app/pages/tenant/editor/words';
import type { Dataset, Widget, WidgetKind } from '../../wire/shapes';

const set = (measures: string[], dimensions: string[]): Dataset => ({
  id: 'dst_1', name: 'sales', label: 'Sales', sample: false, version: 1, updated_at: '2026-01-01T00:00:00Z',
  measures: measures.map((name, slot) => ({ name, label: name.toUpperCase(), format: 'number', slot })),
  dimensions: dimensions.map((name, slot) => ({ name, label: name, slot })),
});

describe('proposals', () => {
  it.each([
    ['nothing', set([], [])],
    ['measures only', set(['amount', 'delay'], [])],
    ['dimensions only', set([], ['country'])],
    ['many of both', set(['a', 'b', 'c', 'd', 'e', 'f', 'g'], ['h', 'i', 'j', 'k', 'l', 'm', 'n', 'o'])],
  ])('for %s ask only what is there, and fit their picture', (_name, dataset) => {
    const all = proposals(dataset);
    expect(all.length).toBeGreaterThan(0);
    for (const p of all) {
      const { question } = p;
      expect(question.dataset).toBe('sales');
      for (const m of question.measures) if (m.measure) expect(dataset.measures.map((x) => x.name)).toContain(m.measure);
      for (const name of question.by ?? []) expect(dataset.dimensions.map((d) => d.name)).toContain(name);
      expect(fitted(p.kind, question, dataset)).toEqual(question);
      expect(p.title.length).toBeLessThanOrEqual(80);
      expect(p.w >= 1 && p.w <= 12 && p.h >= 1).toBe(true);
    }
  });
  it('rates are averaged and amounts are summed', () => {
    const aggs = proposals(set(['amount', 'delay'], [])).filter((p) => p.kind === 'kpi').map((p) => p.question.measures[0]?.agg);
    expect(aggs).toEqual(['sum', 'avg', 'count']);
  });
});

describe('another picture', () => {
  const widget: Widget = {
    id: 'w1', title: 'T', kind: 'table', options: { bars: true },
    question: { dataset: 'sales', measures: [{ agg: 'count' }, { agg: 'sum', measure: 'a' }], by: ['x', 'y'], sort: { by: 'measure', index: 1, descending: true }, limit: 5 },
  };
  it.each<[WidgetKind, number, number, string | undefined]>([['kpi', 1, 0, undefined], ['time_series', 2, 1, 'auto'], ['bar', 2, 1, undefined], ['table', 2, 2, undefined]])(
    '%s takes what fits it',
    (kind, measures, by, grain) => {
      const made = asKind(widget, kind, set(['a'], ['x', 'y']));
      expect([made.question.measures.length, made.question.by?.length ?? 0, made.question.grain]).toEqual([measures, by, grain]);
      expect(made.options).toEqual(kind === 'table' ? { bars: true } : {});
      expect(made.id).toBe('w1');
    },
  );
  it('bars find a group, and a sort without its measure goes', () => {
    const plain = { dataset: 'sales', measures: [{ agg: 'count' as const }] };
    expect(fitted('bar', plain, set([], ['x'])).by).toEqual(['x']);
    expect(asKind(widget, 'kpi', null).question.sort).toBeUndefined();
    expect(sorted({ ...plain, sort: { by: 'time', index: 0, descending: false } }).sort).toBeUndefined();
  });
});

it('ids are new, names are known', () => {
  expect(freshId([])).toBe('w1');
  expect(freshId([{ id: 'w2' }])).toBe('w3');
  expect(freshId([{ id: 'w3' }, { id: 'w1' }])).toBe('w4');
  expect(KINDS.map((k) => kindName(k.kind))).toEqual(KINDS.map((k) => k.name));
  expect(kindName('world_map')).toBe('world map');
});

it('measures and lists in words', () => {
  expect(measureLabel({ agg: 'sum', measure: 'a' }, set(['a'], []))).toBe('Sum of A');
  expect(measureLabel({ agg: 'count' }, null)).toBe('Count');
  expect(unlisted(listed(['a', null, 'b']))).toEqual(['a', 'b']);
  expect(unlisted(' x ,, y')).toEqual(['x', 'y']);
});
