import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { overlap } from '$app/pages/tenant/editor/layout';
import { type Draft, merge, same } from '$app/pages/tenant/editor/merge';
import { deeds, details, told } from '$app/pages/tenant/editor/told';
import { spotOf } from '$app/words/changes';
import type { Place, Widget } from '../../wire/shapes';

interface Cases {
  base: Patch;
  cases: { name: string; theirs: Patch; mine: Patch; merged: Patch; conflicts: string[]; order?: string }[];
}
type Patch = Record<string, unknown>;
/** What the server goes by when it brings a template and a workspace's changes together. */
const SHARED = JSON.parse(readFileSync(fileURLToPath(new URL('../../../crates/model/src/dashboard_merge_cases.json', import.meta.url)), 'utf8')) as Cases;

/** A merge patch (RFC 7396). */
function patched(whole: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const fields: Patch = typeof whole === 'object' && whole !== null && !Array.isArray(whole) ? { ...whole } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete fields[name];
    else fields[name] = patched(fields[name], value);
  }
  return fields;
}

/** Widgets and places stand under their ids there. */
function draft(patch: Patch, order?: string): Draft {
  const { name, description, config } = patched(SHARED.base, patch) as { name: string; description?: string; config: Draft['config'] & { widgets: Record<string, Patch>; layout: Record<string, number[]> } };
  const ids = order?.split(' ') ?? Object.keys(config.widgets).sort();
  const widgets = ids.map((id) => ({ ...config.widgets[id], id }) as unknown as Widget);
  const layout = Object.entries(config.layout).sort().map(([w, [x = 0, y = 0, wide = 1, h = 1]]): Place => ({ widget: w, x, y, w: wide, h }));
  return { name, description: description ?? null, config: { ...config, widgets, layout } };
}

const sorted = (of: Draft): Draft => ({ ...of, config: { ...of.config, layout: [...of.config.layout].sort((a, b) => (a.widget < b.widget ? -1 : 1)) } });

describe('as on the server', () => {
  it.each(SHARED.cases)('$name', ({ theirs, mine, merged, conflicts, order }) => {
    const now = merge(draft({}), draft(mine), draft(theirs));
    const wanted = draft(merged, order);
    expect(now.draft.config.widgets.map((w) => w.id)).toEqual(wanted.config.widgets.map((w) => w.id));
    expect(same(sorted(now.draft), sorted(wanted)), JSON.stringify([sorted(now.draft), sorted(wanted)])).toBe(true);
    expect(now.conflicts.map((c) => c.at).sort()).toEqual([...conflicts].sort());
    apart(now.draft);
    // With every choice for them, nothing of theirs is missing.
    const all = merge(draft({}), draft(mine), draft(theirs), Object.fromEntries(now.conflicts.map((c) => [c.at, 'theirs'])));
    for (const { at } of now.conflicts) {
      const [, id, field] = /^\/config\/widgets\/(\w+)\/(title|question|options)$/.exec(at) ?? [];
      const of = (d: Draft) => d.config.widgets.find((w) => w.id === id) as unknown as Patch | undefined;
      if (id && field) expect(of(all.draft)?.[field]).toEqual(of(draft(theirs))?.[field]);
      else if (at === '/config') expect(all.draft).toEqual(draft(theirs));
    }
    apart(all.draft);
  });
});

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
    expect(conflicts.map((c) => c.at)).toEqual(['/config/widgets/a/title', '/config/layout/a']);
    // What only they said of it comes along.
    expect(draft.config.widgets).toEqual([widget('a', 'Mine', 5)]);
    expect(draft.config.layout).toEqual([at('a', 0, 4)]);
  });
  it('each is chosen by itself', () => {
    const { draft } = merge(base, mine, theirs, { '/config/widgets/a/title': 'theirs' });
    expect(draft.config.widgets[0]?.title).toBe('Theirs');
    expect(draft.config.layout).toEqual([at('a', 0, 4)]);
  });
  it('a change of what the other one deleted is a conflict', () => {
    const gone = having({ widgets: [widget('b')], layout: [at('b', 6, 0)] });
    const changed = having({ widgets: [widget('a', 'Mine'), widget('b')] });
    const asked = merge(base, changed, gone);
    expect(asked.conflicts.map((c) => [c.at, c.theirs])).toEqual([['/config/widgets/a', undefined]]);
    expect(asked.draft.config.widgets.length).toBe(2);
    expect(merge(base, changed, gone, { '/config/widgets/a': 'theirs' }).draft).toEqual(gone);
    apart(merge(base, gone, changed, { '/config/widgets/a': 'theirs' }).draft);
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
  const about = (at: string, base?: unknown) => ({ at, base });
  expect(told(about('/config/widgets/a', widget('a')), undefined)).toEqual([{ text: 'Deleted', same: false }]);
  expect(told(about('/config/layout/a'), at('a', 0, 4))).toEqual([{ text: 'column 1, row 5, 6 wide, 2 high', same: false }]);
  expect(told(about('/name', 'Sales'), 'Trade')).toEqual([{ text: 'Trade', same: false }]);
  expect(told(about('/config/widgets/a/title', 'a'), 'Other_')).toEqual([{ text: 'Other_', same: false }]);
  expect(told(about('/config/range'), { last: '7d' })[0]?.text).toBe('Last 7 days');
  expect(told(about('/config/compare'), 'previous_year')[0]?.text).toBe('The same days a year before');
  const question = (limit: number) => ({ dataset: 'd', measures: [{ agg: 'count' }], by: ['x'], limit });
  const lines = told(about('/config/widgets/a/question', question(3)), question(5));
  expect(lines).toEqual([{ text: 'Count from d', same: true }, { text: 'by x', same: true }, { text: 'limit: 5', same: false }]);
  expect(told(about('/config/widgets/a/options', { bars: true }), {})).toEqual([{ text: 'as it comes', same: false }]);
  const whole = told(about('/config/widgets/a', widget('a', 'a', 5)), widget('a', 'Other', 5));
  expect(whole.map((l) => l.same)).toEqual([false, true, true, true]);
});

it('a formula is told with what it is, a text by the lines that changed', () => {
  const asking = (formula: string) => ({ dataset: 'd', measures: [{ formula, as: 'r', label: 'Ratio' }] });
  const { title: _, ...picture } = { ...widget('a'), kind: 'kpi', question: asking('x /\n 2'), options: { target: 5 } };
  expect(told({ at: '/config/widgets/a/picture', base: { ...picture, question: asking('x') } }, picture)).toEqual([
    { text: 'Key figure', same: true },
    { text: 'Ratio = x / 2 from d', same: false },
    { text: 'not grouped', same: true },
    { text: 'target: 5', same: true },
  ]);
  const change = { at: '/config/widgets/t/options', base: { text: 'one\ntwo\nthree\nfour' } };
  expect(told(change, { text: 'one\ntwo\n\nthree\nfour\n5' })).toEqual([
    { text: 'one', same: true },
    { text: '…', same: true },
    { text: '5', same: false },
  ]);
  expect(told({ at: '/config/widgets/t/options', base: undefined }, { text: 'one' }).map((l) => l.same)).toEqual([false]);
  expect(told({ at: '/config/filters', base: null }, [{ dimension: 'country' }, { dimension: 'plan', label: 'Tariff' }])[0]?.text).toBe('country; plan Tariff');
});

it('what somebody did is said in one sentence, and by itself', () => {
  const theirs = having(
    { range: { last: '7d' }, widgets: [widget('a', 'Theirs'), widget('c')], layout: [at('a', 0, 4), at('c', 0, 2)] },
    { name: 'Trade' },
  );
  const { taken } = merge(base, having({ compare: 'previous_year' }), theirs);
  expect(deeds(taken)).toBe('changed 1\u00a0widget, the name and the time range, added 1\u00a0widget and deleted 1\u00a0widget');
  expect(details(taken, new Map([['a', 'Theirs'], ['c', 'c']]))).toEqual(['Name', 'Time range', '“Theirs”: title', '“b” was deleted', '“c” is new', '“Theirs”: where it is']);
  const moved = having({ layout: [at('a', 0, 4), at('b', 6, 2)] });
  expect(deeds(merge(base, base, moved).taken)).toBe('moved 2\u00a0widgets');
});

it('a place in a dashboard has a name', () => {
  expect(spotOf('/config/widgets/w1/options')).toEqual({ widget: 'w1', label: 'How it is drawn' });
  expect(spotOf('/config/widgets/w1')).toEqual({ widget: 'w1', label: 'The widget itself' });
  expect(spotOf('/config/layout/w1').label).toBe('Where it is');
  expect([spotOf('/name').label, spotOf('/config/range').label, spotOf('/config/something_new').label]).toEqual(['Name', 'Time range', 'something new']);
});

it('what a dashboard offers as filters is merged like its range, and not lost', () => {
  const mine = having({ filters: [{ dimension: 'country' }] });
  const theirs = having({ range: { last: '7d' } });
  expect(merge(base, mine, theirs).draft.config).toMatchObject({ range: { last: '7d' }, filters: [{ dimension: 'country' }] });
  const both = merge(base, mine, having({ filters: [{ dimension: 'plan' }] }));
  expect(both.conflicts.map((c) => c.at)).toEqual(['/config/filters']);
});
