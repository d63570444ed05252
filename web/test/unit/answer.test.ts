import { describe, expect, it } from 'vitest';
import type { Answer } from '../../wire/shapes';
import { additive, describe as describeChart, isEmpty, measures, rowLabels, timeModel, withOthers } from '../../widgets/answer';
import { bars } from '../../widgets/bar/bars';
import { order } from '../../widgets/table/order';

const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-04T00:00:00Z' };
const flights: Answer = {
  columns: [
    { name: 'time', kind: 'time', grain: 'day' },
    { name: 'origin', kind: 'dimension', label: 'Origin' },
    { name: 'count', kind: 'measure', label: 'Flights', format: 'integer' },
    { name: 'count', kind: 'previous', label: 'Flights', format: 'integer' },
  ],
  data: [
    ['2026-01-02', '2026-01-01', '2026-01-01', '2026-01-03'],
    ['EWR', 'EWR', null, null],
    [5, 4, 10, 30],
    [3, null, 7, 8],
  ],
  range, previous: range, time_zone: 'UTC', partial: true, truncated: false,
};

describe('the groups behind the limit', () => {
  it('are named, and as no group is', () => {
    const rest = { ...flights, rest: [2] };
    expect(withOthers({ ...rest, truncated: true })).toMatchObject({ others: 'Other', answer: { truncated: false } });
    expect(withOthers(rest).answer.data[1]).toEqual(['EWR', 'EWR', 'Other', null]);
    const clash = { ...rest, data: flights.data.map((c, i) => (i === 1 ? ['Other', 'EWR', null, null] : c)) };
    expect(withOthers(clash).others).toBe('Other …');
    expect(timeModel(withOthers(rest).answer, 6).series.map((s) => s.label).sort()).toEqual(['(none)', 'EWR', 'Other']);
  });
  it('without them the answer is as it was', () => expect(withOthers(flights)).toEqual({ answer: flights, others: null }));
});

describe('time series', () => {
  const model = timeModel(flights, 6);
  it('one series per value, the largest first, the times in order', () => {
    expect(model.series.map((s) => s.label)).toEqual(['(none)', 'EWR']);
    expect(model.times.map((t) => new Date(t).toISOString().slice(0, 10))).toEqual(['2026-01-01', '2026-01-02', '2026-01-03']);
  });
  it('what is missing is a gap, not a zero', () => {
    expect(model.series[0]?.values).toEqual([10, null, 30]);
    expect(model.series[1]?.values).toEqual([4, 5, null]);
    expect(model.series[1]?.previous).toEqual([null, 3, null]);
  });
  it('knows the end that is not over and a beginning that was cut', () => {
    expect(model).toMatchObject({ partial: true, begun: false });
    expect(timeModel({ ...flights, range: { ...range, from: '2026-01-01T06:00:00Z' } }, 6).begun).toBe(true);
    expect(timeModel({ ...flights, time_zone: 'America/New_York', range: { ...range, from: '2026-01-01T05:00:00Z' } }, 6).begun).toBe(false);
  });
  it('leaves out what a picture cannot bear, and says how many', () => {
    expect(timeModel(flights, 1)).toMatchObject({ more: 1 });
  });
  it('is told in words', () => {
    const words = describeChart(model, { when: (ms) => new Date(ms).toISOString().slice(5, 10), value: (v) => String(v) });
    expect(words).toBe('01-01 to 01-03. (none): highest 30 (01-03), last 30. EWR: highest 5 (01-02), last 5.');
  });
  it('nothing in, nothing out', () => {
    const nothing = { ...flights, data: [[], [], [], []] };
    expect(timeModel(nothing, 6).series).toEqual([]);
    expect(isEmpty(nothing)).toBe(true);
    expect(isEmpty({ ...flights, data: [['2026-01-01'], ['EWR'], [null], [null]] })).toBe(true);
  });
});

describe('bars', () => {
  const answer: Answer = {
    columns: [{ name: 'dest', kind: 'dimension', label: 'Destination' }, { name: 'delay', kind: 'measure', label: 'Delay' }, { name: 'delay', kind: 'previous', label: 'Delay' }],
    data: [['ATL', 'ORD', null], [75, -25, null], [50, null, null]],
    range, time_zone: 'UTC', partial: false, truncated: false,
  };
  it('stand on a common zero, also below it', () => {
    const [atl, ord, none] = bars(answer).rows;
    expect(atl).toMatchObject({ label: 'ATL', from: 25, width: 75, beforeFrom: 25, beforeWidth: 50 });
    expect(ord).toMatchObject({ from: 0, width: 25 });
    expect(none).toMatchObject({ label: '(none)', width: 0, value: null });
  });
});

describe('tables', () => {
  it('order by any column, what is missing last either way', () => {
    expect(order(flights, { column: 2, descending: true })).toEqual([3, 2, 0, 1]);
    expect(order(flights, { column: 3, descending: false })).toEqual([0, 2, 3, 1]);
    expect(order(flights, { column: 3, descending: true })).toEqual([3, 2, 0, 1]);
    expect(order(flights, null)).toEqual([0, 1, 2, 3]);
  });
  it('rows are named by time and dimension', () => expect(rowLabels(flights)[0]).toMatch(/Jan.* · EWR|Jan 2 · EWR|2 Jan · EWR/));
  it('the period before finds its measure', () => expect(measures(flights)).toMatchObject([{ label: 'Flights', previous: [3, null, 7, 8] }]));
});

it('sums and counts can be added, nothing else', () => {
  const question = { dataset: 'd', measures: [{ agg: 'sum' as const, measure: 'a' }, { agg: 'count' as const, show: 'share' as const }, { agg: 'avg' as const, measure: 'a' }, { agg: 'distinct' as const, dimension: 'x' }, { formula: 'sum(a)', as: 'f' }, { agg: 'sum' as const, measure: 'a', show: 'running' as const }] };
  expect(question.measures.map((_, i) => additive(question, i))).toEqual([true, true, false, false, false, false]);
  expect(additive(question, 9) || additive(undefined, 0)).toBe(false);
});
