import { describe, expect, it } from 'vitest';
import { overlap } from '$app/pages/tenant/editor/layout';
import { type Draft, merge, same } from '$app/pages/tenant/editor/merge';
import { told } from '$app/pages/tenant/editor/told';
import type { Place, Widget } from '../../wire/shapes';

const widget = (id: string, title = id, limit?: number): Widget => ({
  id, title, kind: 'table', question: { dataset: 'd', measures: [{ agg: 'count' }], by: ['x'], ...(limit ? { limit } : {}) }, options: {},
});
const at = (id: string, x: number, y: number, w = 6, h = 2): Place => ({ widget: id, x, y, w, h });
const base: Draft = {
  name: 'Sales', description: null,
  config: { range: { last: '30d' }, compare: null, widgets: [widget('a'), widget('b')], layout: [at('a', 0, 0), at('b', 6, 0)] },
};
const having = (changes: Partial<Draft['config']>, more: Partial<Draft> = {}): Draft => ({ ...base, ...more, config: { ...base.config, ...changes } });

function apart(draft: Draft): void {
  const { layout, widgets } = draft.config;
  expect(layout.map((p) => p.widget).sort()).toEqual(widgets.map((w) => w.id).sort());
  layout.forEach((p, i) => layout.slice(0, i).forEach((o) => expect(overlap(p, o)).toBe(false)));
}

it('the same means the same, whatever the order of fields', () => {
  expect(same({ a: 1, b: [1, { c: null }] }, { b: [1, {}], a: 1 })).toBe(true);
  expect(same({ a: 1 }, { a: '1' })).toBe(false);
  expect(same([], {})).toBe(false);
  expect(same(undefined, null)).toBe(true);
});

describe('where one side changed something', () => {
  it('that is taken', () => {
    const mine = having({ widgets: [widget('a', 'Mine'), widget('b')] });
    const theirs = having({ range: { last: '7d' }, widgets: [widget('a'), widget('b', 'Theirs'), widget('c')], layout: [...base.config.layout, at('c', 0, 2)] }, { name: 'Trade' });
    const { draft, conflicts, taken } = merge(base, mine, theirs);
    expect(conflicts).toEqual([]);
    expect(taken.length).toBe(4);
    expect(draft.name).toBe('Trade');
    expect(draft.config.range).toEqual({ last: '7d' });
    expect(draft.config.widgets.map((w) => w.title)).toEqual(['Mine', 'Theirs', 'c']);
    apart(draft);
  });
  it('nothing changed is nothing changed', () => {
    expect(merge(base, base, base)).toEqual({ draft: base, conflicts: [], taken: [] });
    const theirs = having({ widgets: [widget('b')], layout: [at('b', 0, 0, 12, 3)] });
    expect(merge(base, base, theirs).draft).toEqual(theirs);
    expect(merge(base, theirs, base).draft).toEqual(theirs);
    expect(merge(base, theirs, theirs).conflicts).toEqual([]);
  });
});

describe('where both did', () => {
  const mine = having({ widgets: [widget('a', 'Mine'), widget('b')], layout: [at('a', 0, 4), at('b', 6, 0)] });
  const theirs = having({ widgets: [widget('a', 'Theirs', 5)], layout: [at('a', 0, 8)] });
  it('a person chooses, and until then nothing of mine is lost', () => {
    const { draft, conflicts } = merge(base, mine, theirs);
    expect(conflicts.map((c) => c.key)).toEqual(['widget/a', 'place/a']);
    expect(draft.config.widgets).toEqual([widget('a', 'Mine')]);
    expect(draft.config.layout).toEqual([at('a', 0, 4)]);
  });
  it('each is chosen by itself', () => {
    const { draft } = merge(base, mine, theirs, { 'widget/a': 'theirs' });
    expect(draft.config.widgets[0]?.title).toBe('Theirs');
    expect(draft.config.layout).toEqual([at('a', 0, 4)]);
  });
  it('a change of what the other one deleted is a conflict', () => {
    const gone = having({ widgets: [widget('b')], layout: [at('b', 6, 0)] });
    const changed = having({ widgets: [widget('a', 'Mine'), widget('b')] });
    const asked = merge(base, changed, gone);
    expect(asked.conflicts.map((c) => c.label)).toEqual(['“Mine”, deleted']);
    expect(asked.draft.config.widgets.length).toBe(2);
    expect(merge(base, changed, gone, { 'widget/a': 'theirs' }).draft).toEqual(gone);
    apart(merge(base, gone, changed, { 'widget/a': 'theirs' }).draft);
  });
});

it('what moves into the same place goes below it', () => {
  const mine = having({ layout: [at('a', 0, 0), at('b', 0, 2)] });
  const theirs = having({ widgets: [...base.config.widgets, widget('c')], layout: [...base.config.layout, at('c', 0, 2)] });
  const { draft, conflicts } = merge(base, mine, theirs);
  expect(conflicts).toEqual([]);
  expect(draft.config.layout).toEqual([at('a', 0, 0), at('b', 0, 2), at('c', 0, 4)]);
  apart(draft);
});

it('fields that this page does not know come along', () => {
  const theirs = { ...base, config: { ...base.config, embed: { required: ['customer'] } } } as Draft;
  expect(merge(base, having({ range: { last: '7d' } }), theirs).draft.config).toMatchObject({ range: { last: '7d' }, embed: { required: ['customer'] } });
});

it('a side is told in words, and what is as before is marked', () => {
  expect(told('widget/a', undefined, widget('a'))).toEqual([{ text: 'Deleted', same: false }]);
  expect(told('place/a', at('a', 0, 4), at('a', 0, 0))).toEqual([{ text: 'column 1, row 5, 6 wide, 2 high', same: false }]);
  expect(told('name', 'Trade', 'Sales')).toEqual([{ text: 'Trade', same: false }]);
  const lines = told('widget/a', widget('a', 'Other', 5), widget('a', 'a', 5));
  expect(lines.map((l) => l.same)).toEqual([false, true, true, true]);
  expect(lines.at(-1)?.text).toBe('limit: 5');
});

it('a formula is told with what it is, a text by the lines that changed', () => {
  const asking = (formula: string): Widget => ({ id: 'a', title: 'A', kind: 'kpi', question: { dataset: 'd', measures: [{ formula, as: 'r', label: 'Ratio' }] }, options: { target: 5 } });
  expect(told('widget/a', asking('x /\n 2'), asking('x'))).toEqual([
    { text: 'A (Key figure)', same: true },
    { text: 'Ratio = x / 2 from d', same: false },
    { text: 'not grouped', same: true },
    { text: 'target: 5', same: true },
  ]);
  const saying = (text: string): Widget => ({ id: 't', title: 'T', kind: 'markdown', options: { text } });
  expect(told('widget/t', saying('one\ntwo\n\nthree\nfour\n5'), saying('one\ntwo\nthree\nfour'))).toEqual([
    { text: 'T (Text)', same: true },
    { text: 'one', same: true },
    { text: '…', same: true },
    { text: '5', same: false },
  ]);
  expect(told('widget/t', saying('one'), undefined).map((l) => l.same)).toEqual([false, false]);
  expect(told('config/filters', [{ dimension: 'country' }, { dimension: 'plan', label: 'Tariff' }], null)[0]?.text).toBe('country; plan Tariff');
});

it('what a dashboard offers as filters is merged like its range, and not lost', () => {
  const mine = having({ filters: [{ dimension: 'country' }] });
  const theirs = having({ range: { last: '7d' } });
  expect(merge(base, mine, theirs).draft.config).toMatchObject({ range: { last: '7d' }, filters: [{ dimension: 'country' }] });
  const both = merge(base, mine, having({ filters: [{ dimension: 'plan' }] }));
  expect(both.conflicts.map((c) => c.label)).toEqual(['The filters']);
});
