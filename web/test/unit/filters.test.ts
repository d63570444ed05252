import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../wire/shapes';
import { choose, offers, pick, read, valuesOf, write } from '$app/pages/tenant/dashboard/filters';
import { EVERY, everyOf, everyText } from '$app/pages/tenant/dashboard/refresh';

const one = { op: 'in', dimension: 'origin', values: ['EWR', null] } as const;

describe('filters in the address', () => {
  it('survive the way there and back; none is nothing said', () => {
    const filters = [{ ...one, values: [...one.values] }];
    expect(read(write(filters) ?? null)).toEqual(filters);
    expect(write([])).toBeUndefined();
    expect(read(null)).toEqual([]);
  });
  it.each(['x', '{}', '[1]', '[{"op":"in"}]', '[{"op":"in","dimension":"a","values":[]}]', '[{"op":"in","dimension":"a","values":[1]}]', '[{"op":"contains","dimension":"a","value":"x"}]'])('nonsense (%s) counts as nothing', (text) => expect(read(text)).toEqual([]));
  it('a dimension counts once, and only so many values', () => {
    expect(read('[{"op":"in","dimension":"a","values":["x"]},{"op":"in","dimension":"a","values":["y"]}]')).toHaveLength(1);
    expect(read(JSON.stringify([{ op: 'in', dimension: 'a', values: Array(51).fill('x') }]))).toEqual([]);
    expect(choose([], 'a', Array<string>(60).fill('x'))[0]?.values).toHaveLength(50);
  });
});

describe('choosing', () => {
  it('changes one dimension and leaves the others where they are', () => {
    const two = choose(choose([], 'a', ['x']), 'b', ['y']);
    expect(choose(two, 'a', ['z', null]).map((f) => [f.dimension, f.values])).toEqual([['a', ['z', null]], ['b', ['y']]]);
    expect(choose(two, 'a', []).map((f) => f.dimension)).toEqual(['b']);
    expect(valuesOf(two, 'nothing')).toEqual([]);
  });
  it('pointing filters, pointing again takes it away', () => {
    const picked = [{ dimension: 'a', value: 'x' }, { dimension: 'b', value: null }];
    const on = pick([], picked);
    expect(on.map((f) => [f.dimension, f.values])).toEqual([['a', ['x']], ['b', [null]]]);
    expect(pick(on, picked)).toEqual([]);
    expect(pick(on, [{ dimension: 'a', value: 'y' }]).map((f) => f.values)).toEqual([['y'], [null]]);
  });
});

it('a dashboard offers its own dimensions and those that somebody pointed at, by the names of a dataset it asks', () => {
  const dataset = (name: string, dimension: string, label: string) => ({ name, dimensions: [{ name: dimension, label, slot: 1 }] }) as Dataset;
  const config = {
    range: { last: '30d' }, layout: [], filters: [{ dimension: 'origin' }, { dimension: 'gone', label: 'Was here' }],
    widgets: [{ id: 't', title: 'T', kind: 'markdown', options: { text: 'x' } }, { id: 'w', title: 'W', kind: 'kpi', question: { dataset: 'flights', measures: [{ agg: 'count' }] } }],
  } as Parameters<typeof offers>[0];
  const found = offers(config, [{ op: 'in', dimension: 'tail_number', values: ['N1'] }], [dataset('other', 'origin', 'Not this one'), dataset('flights', 'origin', 'Origin')]);
  expect(found).toEqual([
    { dimension: 'origin', label: 'Origin', dataset: 'flights' },
    { dimension: 'gone', label: 'Was here', dataset: null },
    { dimension: 'tail_number', label: 'tail number', dataset: null },
  ]);
});

it('refreshing: every minute unless somebody says otherwise', () => {
  expect(everyOf(null).id).toBe('1m');
  expect(everyOf('nonsense').id).toBe('1m');
  expect(everyOf('off').ms).toBeNull();
  for (const { id } of EVERY) expect(everyOf(everyText(id)).id).toBe(id);
});
