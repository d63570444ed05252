import { describe, expect, it } from 'vitest';
import { asKind, asking, type ChartKind, faultOf, faults, fitted, kindName, KINDS, OPTIONS, optionsOf, possible, room, sorted, without } from '$app/pages/tenant/editor/kinds';
import type { Draft } from '$app/pages/tenant/editor/merge';
import { listed, typed, unlisted } from '$app/pages/tenant/editor/words';
import type { Chart, Dataset, Question, Widget, WidgetKind, WidgetOptions } from '../../wire/shapes';
import { misfit } from './misfit';

const set = (measures: string[], dimensions: string[]): Dataset => ({
  id: 'dst_1', name: 'sales', label: 'Sales', sample: false, version: 1, updated_at: '2026-01-01T00:00:00Z',
  measures: measures.map((name, slot) => ({ name, label: name.toUpperCase(), format: 'number', slot })),
  dimensions: dimensions.map((name, slot) => ({ name, label: name, slot })),
});
const chart = (kind: ChartKind, question: Partial<Question> = {}, options: WidgetOptions = {}): Chart =>
  ({ id: 'w1', title: 'T', kind, question: { dataset: 'sales', measures: [{ agg: 'count' }], ...question }, options }) as Chart;
const CHARTS: Record<ChartKind, null> = { kpi: null, time_series: null, bar: null, table: null, pie: null, pivot: null, heatmap: null, funnel: null, cohort: null, gauge: null, map: null };
const WIDGETS: Record<WidgetKind, null> = { ...CHARTS, markdown: null };
const CHART_KINDS = Object.keys(CHARTS) as ChartKind[];

/** Every form of a question that matters to a picture. */
const questions: Question[] = [1, 2, 3].flatMap((measures) =>
  [[], ['x'], ['x', 'y'], ['x', 'y', 'z']].flatMap((by) =>
    [null, 'auto' as const].map((grain): Question => ({
      dataset: 'sales',
      measures: [{ formula: 'sum(a) / nullif(count(), 0)', as: 'ratio' }, { agg: 'count' as const }, { agg: 'sum' as const, measure: 'a' }].slice(0, measures),
      ...(by.length > 0 ? { by } : {}),
      ...(grain ? { grain } : {}),
    })),
  ),
);

describe('every kind', () => {
  it('is known, with its words and its options', () => {
    expect(KINDS.map((k) => k.kind).sort()).toEqual(Object.keys(WIDGETS).sort());
    expect(Object.keys(OPTIONS).sort()).toEqual(Object.keys(WIDGETS).sort());
    for (const { kind, name } of KINDS) {
      expect(kindName(kind)).toBe(name);
      expect(OPTIONS[kind].length).toBeGreaterThan(0);
    }
    expect(kindName('star_chart')).toBe('star chart');
  });
  it.each(CHART_KINDS)('%s has a question that fits, whatever was asked before', (kind) => {
    const full = set(['a', 'b'], ['x', 'y', 'z']);
    for (const question of questions) {
      const made = asKind(chart('table', question), kind, full);
      expect(misfit(kind, made.question, made.options ?? {})).toBeNull();
      // What fits stays as it is.
      expect(fitted(kind, made.question, full)).toEqual(made.question);
      expect(asKind(made, kind, full)).toEqual(made);
      // What the form offers is what the picture bears.
      const { by, measures } = room(kind, made.question);
      const groups = made.question.by?.length ?? 0;
      expect(groups >= by[0] && groups <= by[1] && made.question.measures.length >= measures[0] && made.question.measures.length <= measures[1]).toBe(true);
    }
  });
  it.each(CHART_KINDS)('%s is offered only where a dataset has enough for it', (kind) => {
    for (const dataset of [set([], []), set(['a'], []), set([], ['x']), set(['a'], ['x', 'y'])]) {
      const made = asKind(chart('table'), kind, dataset);
      expect(misfit(kind, made.question, made.options ?? {}) === null, `${dataset.measures.length} ${dataset.dimensions.length}`).toBe(possible(kind, dataset));
    }
  });
  it.each(CHART_KINDS)('%s keeps a formula that was asked for', (kind) => {
    const formula = { formula: 'sum(a) / nullif(count(), 0)', as: 'ratio', label: 'Ratio', format: 'percent' as const };
    expect(asKind(chart('table', { measures: [formula, { agg: 'count' }], by: ['x'] }), kind, set(['a'], ['x', 'y'])).question.measures[0]).toEqual(formula);
  });
});

describe('another picture', () => {
  const table = chart('table', { measures: [{ agg: 'count' }, { agg: 'sum', measure: 'a' }], by: ['x', 'y'], sort: { by: 'measure', index: 1, descending: true }, limit: 5 }, { bars: true, totals: true });
  const full = set(['a'], ['x', 'y']);
  it.each<[ChartKind, number, number, string | undefined, WidgetOptions]>([
    ['kpi', 1, 0, undefined, {}], ['time_series', 2, 1, 'auto', {}], ['bar', 2, 1, undefined, {}], ['table', 2, 2, undefined, { bars: true, totals: true }],
    ['pie', 1, 1, undefined, {}], ['pivot', 1, 2, undefined, { totals: true }], ['heatmap', 1, 2, undefined, {}], ['funnel', 2, 0, undefined, {}],
    ['cohort', 1, 2, undefined, {}], ['gauge', 1, 0, undefined, {}], ['map', 1, 1, undefined, {}],
  ])('%s takes what fits it', (kind, measures, by, grain, options) => {
    const made = asKind(table, kind, full);
    expect([made.question.measures.length, made.question.by?.length ?? 0, made.question.grain, made.options]).toEqual([measures, by, grain, options]);
    expect([made.id, made.title, made.question.limit]).toEqual(['w1', 'T', 5]);
  });
  it('a course by weeks stays one', () => {
    const weekly = chart('kpi', { grain: 'week' });
    expect(fitted('kpi', weekly.question, full)).toEqual(weekly.question);
  });
  it('where there is one dimension, time is the other one', () => {
    expect(fitted('heatmap', chart('bar', { by: ['x'] }).question, set([], ['x']))).toMatchObject({ by: ['x'], grain: 'auto' });
    expect(fitted('heatmap', chart('bar', { by: ['x'] }).question, full)).toMatchObject({ by: ['x', 'y'] });
  });
  it('running totals, shares and others stay where there is something that they are of', () => {
    const shown: Question = { dataset: 'sales', measures: [{ agg: 'sum', measure: 'a', show: 'running' }, { agg: 'count', show: 'share' }], by: ['x'], grain: 'day', other: true };
    expect(fitted('table', shown, full)).toEqual(shown);
    const { grain: _, ...timeless } = shown;
    expect(fitted('table', timeless, full)).toEqual({ ...timeless, measures: [{ agg: 'sum', measure: 'a' }, { agg: 'count', show: 'share' }] });
    expect(fitted('gauge', shown, full)).toEqual({ dataset: 'sales', measures: [{ agg: 'sum', measure: 'a' }] });
    expect(fitted('table', { ...shown, measures: [{ agg: 'avg', measure: 'a', show: 'share' }] }, full).measures).toEqual([{ agg: 'avg', measure: 'a' }]);
  });
  it('a sort without its measure goes', () => {
    expect(asKind(table, 'kpi', null).question.sort).toBeUndefined();
    expect(sorted({ ...table.question, sort: { by: 'time', index: 0, descending: false } }).sort).toBeUndefined();
    expect(sorted(table.question)).toBe(table.question);
  });
});

describe('another question', () => {
  const [count, sum, ratio] = [{ agg: 'count' }, { agg: 'sum', measure: 'a' }, { formula: 'a / count()', as: 'r' }] as const;
  it('an order and a colour stay with their measure', () => {
    const rules = [{ measure: 2, op: 'gt', value: 1, tone: 'bad' }, { measure: 0, op: 'gt', value: 2, tone: 'good' }] as const;
    const was = chart('table', { measures: [count, sum, ratio], sort: { by: 'measure', index: 2, descending: true } }, { rules: [...rules] });
    const shorter = without(was.question, 0);
    expect(shorter.sort?.index).toBe(1);
    expect(asking(was, shorter).options).toEqual({ rules: [{ ...rules[0], measure: 1 }] });
    expect(without(was.question, 2).sort).toBeUndefined();
    // Another figure in the same place keeps what is said about it.
    const other = asking(was, { ...was.question, measures: [count, sum, { ...ratio, formula: 'a' }] });
    expect(other.options).toEqual({ rules });
  });
  it('bars of two groups are stacked, and steps need a dimension', () => {
    expect(asking(chart('bar', { by: ['x'] }, { horizontal: false }), chart('bar', { by: ['x', 'y'] }).question).options).toEqual({ horizontal: false, stacked: true });
    expect(optionsOf('funnel', chart('funnel', { measures: [count, sum] }).question, { steps: ['a', 'b'] })).toEqual({});
    expect(optionsOf('funnel', chart('funnel', { by: ['x'] }).question, { steps: ['a', 'b'] })).toEqual({ steps: ['a', 'b'] });
    const along = chart('funnel', { by: ['x'] }, { steps: ['a', 'b'] });
    expect(asking(along, { ...along.question, limit: 5 }).options).toEqual({ steps: ['a', 'b'] });
    expect(asking(along, { ...along.question, by: ['y'] }).options).toEqual({});
  });
  it('a funnel along a dimension has one measure, without it several', () => {
    const full = set(['a'], ['x']);
    expect(fitted('funnel', { dataset: 'sales', measures: [count, sum], by: ['x'] }, full)).toEqual({ dataset: 'sales', measures: [count], by: ['x'], limit: 1000 });
    expect(fitted('funnel', { dataset: 'sales', measures: [count] }, full).measures).toEqual([count, sum]);
  });
});

describe('what is wrong is said before the server does', () => {
  const text = (value: string, title = 'T'): Widget => ({ id: 't', title, kind: 'markdown', options: { text: value } });
  it.each<[string, Widget, string | null]>([
    ['a title', { ...chart('kpi'), title: ' ' }, 'title'],
    ['a text', text('  \n'), 'text'],
    ['a long text', text('🙂'.repeat(10_001)), 'text'],
    ['as long as it may be', text('🙂'.repeat(10_000)), null],
    ['a formula', chart('kpi', { measures: [{ formula: ' ', as: 'f' }] }), 'formula'],
    ['no steps', chart('funnel', { by: ['x'] }), 'steps'],
    ['a step twice', chart('funnel', { by: ['x'] }, { steps: ['a', 'b', 'a'] }), 'steps'],
    ['steps', chart('funnel', { by: ['x'] }, { steps: ['a', 'b'] }), null],
    ['a scale', chart('gauge', {}, { min: 5, max: 5 }), 'max'],
    ['a scale that ends where it fits', chart('gauge', {}, { min: 5, max: null }), null],
    ['parts', chart('gauge', {}, { thresholds: [{ at: 1, tone: 'good' }, { at: 1, tone: 'bad' }] }), 'thresholds'],
    ['nothing', chart('table'), null],
  ])('%s', (_name, widget, field) => expect(Object.keys(faults(widget))).toEqual(field === null ? [] : [field]));
  it('the first one of a draft, with its widget', () => {
    const draft = (name: string, widgets: Widget[]): Draft => ({ name, description: null, config: { range: { last: '7d' }, widgets, layout: [] } });
    expect(faultOf(draft('D', [chart('kpi'), text('')]))).toEqual({ widget: 't', text: '“T”: Write something, or delete the widget.' });
    expect(faultOf(draft(' ', []))?.widget).toBeNull();
    expect(faultOf(draft('D', [chart('kpi')]))).toBeNull();
  });
});

it('lists and numbers as they are typed', () => {
  expect(unlisted(listed(['a', null, 'b']))).toEqual(['a', 'b']);
  expect(unlisted(' x ,, y')).toEqual(['x', 'y']);
  expect(['', ' ', '1', '-1.5', '1,5', '1e3', '1,000.5', 'x', 'Infinity'].map(typed)).toEqual([null, null, 1, -1.5, 1.5, 1000, undefined, undefined, undefined]);
});
