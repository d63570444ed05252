import { describe, expect, it } from 'vitest';
import type { Answer, AnswerColumn, Scalar } from '../../wire/shapes';
import { stacks } from '../../widgets/bar/stacks';
import { shares } from '../../widgets/cohort/shares';
import { cellPick, cross, sum } from '../../widgets/cross';
import { heat, heatColor } from '../../widgets/heatmap/heat';

const range = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };
const answer = (columns: AnswerColumn[], data: Scalar[][]): Answer => ({ columns, data, range, time_zone: 'UTC', partial: false, truncated: false });
const dimension = (name: string): AnswerColumn => ({ name, kind: 'dimension', label: name.toUpperCase() });
const measure: AnswerColumn = { name: 'count', kind: 'measure', label: 'Count' };
const square = answer([dimension('a'), dimension('b'), measure], [['x', 'x', 'y', null], ['10', '9', '9', '10'], [1, 2, -3, 4]]);

describe('two dimensions', () => {
  const model = cross(square);
  it('go down and across; what is missing is a gap; numbers stand in their order', () => {
    expect(model.rows.entries.map((e) => e.label)).toEqual(['x', 'y', '(none)']);
    expect(model.columns.entries.map((e) => e.label)).toEqual(['9', '10']);
    expect(model.cells).toEqual([[2, 1], [-3, null], [null, 4]]);
  });
  it('a cell is picked with both its values, also where one is missing', () => {
    expect(cellPick(model, 2, 1)).toEqual([{ dimension: 'a', value: null }, { dimension: 'b', value: '10' }]);
  });
  it('a picture bears only so many, and says how many are left out', () => {
    expect(cross(square, { rows: 1, columns: 1 })).toMatchObject({ cells: [[2]], more: { rows: 2, columns: 1 } });
  });
  it('time goes across, and is nothing that can be picked', () => {
    const over = cross(answer([{ name: 'time', kind: 'time', grain: 'month' }, dimension('a'), measure], [['2026-02-01', '2026-01-01'], ['x', 'x'], [1, 2]]));
    expect(over.cells).toEqual([[2, 1]]);
    expect(cellPick(over, 0, 0)).toEqual([{ dimension: 'a', value: 'x' }]);
  });
  it('nothing in, nothing out', () => expect(cross(answer([measure], [[1]])).cells).toEqual([]));
  it('gaps add nothing', () => {
    expect(sum([1, null, 2])).toBe(3);
    expect(sum([null])).toBeNull();
  });
});

describe('heat', () => {
  it('is as strong as far from zero, and knows below from above', () => {
    expect(heat([[10, -20, null, 0]])).toEqual([[0.5, -1, null, 0]]);
    expect(heatColor(-1)).toContain('--bad');
    expect(heatColor(null)).toBe('transparent');
  });
  it('shows differences where all are far above zero, and one cell in full', () => {
    expect(heat([[90, 100]])[0]?.[0]).toBeLessThan(0.2);
    expect(heat([[5]])).toEqual([[1]]);
  });
});

it('cohorts are parts of their first period', () => {
  expect(shares([[10, 5, null], [null, 4, 1], [0, 3]])).toEqual([[1, 0.5, null], [null, 1, 0.25], [null, null]]);
});

describe('stacked bars', () => {
  it('stand on a common zero, the part below it on the other side', () => {
    const model = stacks(answer([dimension('a'), dimension('b'), measure], [['x', 'x', 'y'], ['p', 'q', 'q'], [6, -2, 4]]));
    expect(model.rows.map((r) => [r.label, r.sum])).toEqual([['x', 4], ['y', 4]]);
    expect(model.rows[0]?.segments.map((s) => [s.part, s.from, s.width])).toEqual([[0, 25, 75], [1, 0, 25]]);
  });
  it('more parts than colours become one', () => {
    const n = 12;
    const model = stacks(answer([dimension('a'), dimension('b'), measure], [Array(n).fill('x'), Array.from({ length: n }, (_, i) => `p${i}`), Array.from({ length: n }, (_, i) => n - i)]));
    expect(model.parts).toHaveLength(9);
    expect(model.parts[8]).toEqual({ label: '4 others', picked: null });
    expect(model.rows[0]?.sum).toBe(78);
  });
  it('measures stand upon each other where there is one dimension', () => {
    const model = stacks(answer([dimension('a'), measure, { ...measure, name: 'sum', label: 'Sum' }], [['x'], [1], [3]]));
    expect(model.parts.map((p) => p.label)).toEqual(['Count', 'Sum']);
    expect(model.rows[0]).toMatchObject({ sum: 4, picked: [{ dimension: 'a', value: 'x' }] });
  });
});
