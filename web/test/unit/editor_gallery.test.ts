import { describe, expect, it } from 'vitest';
import { columnOf } from '$app/pages/tenant/editor/figures';
import { beginning, freshId, proposals, widgetOf } from '$app/pages/tenant/editor/gallery';
import { faults, fitted, KINDS, OPTIONS, optionsOf } from '$app/pages/tenant/editor/kinds';
import type { Dataset, Figure } from '../../wire/shapes';
import { misfit } from './misfit';

const set = (measures: string[], dimensions: string[], more: Partial<Dataset> = {}): Dataset => ({
  id: 'dst_1', name: 'sales', label: 'Sales', sample: false, version: 1, updated_at: '2026-01-01T00:00:00Z',
  measures: measures.map((name, slot) => ({ name, label: name.toUpperCase(), format: 'number', slot })),
  dimensions: dimensions.map((name, slot) => ({ name, label: name, slot })),
  ...more,
});
const RATIO = { name: 'ratio', label: 'Ratio', format: 'percent', formula: 'orders / nullif(visits, 0)' } as const;
const shop = set(['visits', 'orders', 'revenue'], ['country', 'plan', 'signed_up', 'months_since'], {
  measures: [
    { name: 'visits', label: 'Visits', format: 'integer', slot: 1 },
    { name: 'orders', label: 'Orders', format: 'integer', slot: 2 },
    { name: 'revenue', label: 'Revenue', format: 'currency', unit: 'EUR', slot: 3 },
  ],
  calculated: [RATIO],
});

describe('proposals', () => {
  it.each([
    ['nothing', set([], [])],
    ['measures only', set(['amount', 'delay'], [])],
    ['dimensions only', set([], ['country'])],
    ['many of both', set(['a', 'b', 'c', 'd', 'e', 'f', 'g'], ['h', 'i', 'j', 'k', 'l', 'm', 'n', 'o'])],
    ['a shop', shop],
    ['long names', set(['a'], ['x'], { label: 'L'.repeat(80) })],
  ])('for %s ask only what is there, and fit their picture', (_name, dataset) => {
    const all = proposals(dataset);
    expect(all.length).toBeGreaterThan(0);
    const names = dataset.measures.map((m) => m.name);
    const there = (figure: Figure) => ('formula' in figure ? dataset.calculated?.some((c) => c.name === figure.formula) : !figure.measure || names.includes(figure.measure));
    for (const p of all) {
      const { question, kind } = p;
      if (!question || kind === 'markdown') throw new Error('A proposal of a dataset asks something.');
      expect(question.dataset).toBe('sales');
      expect(question.measures.every(there), p.title).toBe(true);
      expect(new Set(question.measures.map(columnOf)).size).toBe(question.measures.length);
      for (const name of question.by ?? []) expect(dataset.dimensions.map((d) => d.name)).toContain(name);
      expect(misfit(kind, question, p.options), `${kind}: ${p.title}`).toBeNull();
      expect(fitted(kind, question, dataset)).toEqual(question);
      expect(optionsOf(kind, question, p.options)).toEqual(p.options);
      expect(faults(widgetOf(p, 'w1'))).toEqual({});
      expect(p.title.length).toBeLessThanOrEqual(80);
      expect(p.w >= 1 && p.w <= 12 && p.h >= 1).toBe(true);
    }
  });
  it('a dataset that has everything is shown in every picture', () => {
    const kinds = new Set(proposals(shop).map((p) => p.kind));
    expect(KINDS.filter((k) => !kinds.has(k.kind)).map((k) => k.kind)).toEqual(['markdown']);
  });
  it('maps, cohorts and funnels only where the data looks like them', () => {
    const of = (dataset: Dataset) => proposals(dataset).map((p) => p.kind);
    const plain = of(set(['amount'], ['plan', 'channel', 'landing_page']));
    for (const kind of ['map', 'cohort', 'funnel']) expect(plain).not.toContain(kind);
    const where = (name: string) => of(set([], [name])).includes('map');
    expect(['country', 'ship_country', 'country_code', 'nation', 'iso3'].filter((name) => !where(name))).toEqual([]);
    expect(['county', 'land', 'isolation', 'countryside'].filter(where)).toEqual([]);
  });
  it('rates are averaged and amounts are summed, and a formula is asked for by its name', () => {
    const figures = (dataset: Dataset) => proposals(dataset).filter((p) => p.kind === 'kpi').map((p) => p.question?.measures[0]);
    expect(figures(set(['amount', 'delay'], []))).toEqual([{ agg: 'sum', measure: 'amount' }, { agg: 'avg', measure: 'delay' }, { agg: 'count' }]);
    expect(figures(shop)).toContainEqual({ formula: 'ratio' });
  });
  it('shares are of what can be added', () => {
    const [main] = proposals(set(['delay'], ['x'])).filter((p) => p.kind === 'pie');
    expect(main?.question?.measures).toEqual([{ agg: 'count' }]);
  });
  it('a share of a whole ends at the whole', () => {
    const gauges = proposals(shop).filter((p) => p.kind === 'gauge');
    expect(gauges.map((p) => [p.title, p.options])).toContainEqual(['Ratio', { max: 1 }]);
    expect(gauges.map((p) => [p.title, p.options])).toContainEqual(['Visits', {}]);
  });
});

it('a text needs no data', () => {
  const text = beginning();
  const made = widgetOf(text, 'w7');
  expect(made).toEqual({ id: 'w7', kind: 'markdown', title: text.title, options: { text: text.options.text } });
  expect(Object.keys(text.options)).toEqual(OPTIONS.markdown);
  expect(faults(made)).toEqual({});
});

it('ids are new', () => {
  expect(freshId([])).toBe('w1');
  expect(freshId([{ id: 'w2' }])).toBe('w3');
  expect(freshId([{ id: 'w3' }, { id: 'w1' }])).toBe('w4');
});
