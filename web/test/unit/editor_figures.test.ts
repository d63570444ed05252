import { expect, it } from 'vitest';
import { asFormula, columnOf, figureLabel, free, labelOf } from '$app/pages/tenant/editor/figures';
import type { Dataset } from '../../wire/shapes';

const set: Dataset = {
  id: 'dst_1', name: 'sales', label: 'Sales', sample: false, version: 1, updated_at: '2026-01-01T00:00:00Z',
  measures: [{ name: 'revenue', label: 'Revenue', format: 'currency', unit: 'EUR', slot: 1 }],
  dimensions: [{ name: 'customer', label: 'Customer', slot: 1 }],
  calculated: [{ name: 'aov', label: 'Order value', format: 'currency', unit: 'EUR', formula: 'revenue / nullif(count(), 0)' }],
};

it('figures in words and as columns', () => {
  expect(figureLabel({ agg: 'sum', measure: 'revenue' }, set)).toBe('Sum of Revenue');
  expect(figureLabel({ agg: 'count' }, null)).toBe('Count');
  expect(figureLabel({ agg: 'count', show: 'share' }, null)).toBe('Count, share');
  expect(columnOf({ agg: 'sum', measure: 'revenue', show: 'running' })).toBe('running_sum_revenue');
  expect(figureLabel({ formula: ' aov ' }, set)).toBe('Order value');
  expect(figureLabel({ formula: 'revenue / 2', as: 'half', label: 'Half' }, set)).toBe('Half');
  expect(figureLabel({ formula: 'revenue / 2', as: 'half' }, set)).toBe('revenue / 2');
  expect([{ formula: 'aov', as: 'formula_1' }, { formula: 'revenue / 2', as: 'formula_1' }, { formula: '1', as: 'orders_per_day' }].map((f) => labelOf(f, set))).toEqual(['Order value', 'Formula 1', 'Orders per day']);
  expect([{ agg: 'sum' as const, measure: 'revenue' }, { agg: 'count' as const }, { agg: 'distinct' as const, dimension: 'customer' }, { agg: 'count' as const, as: 'n' }, { formula: 'aov' }, { formula: '1', as: 'one' }].map(columnOf)).toEqual(['sum_revenue', 'count', 'distinct_customer', 'n', 'aov', 'one']);
});

it('what is free is what is not asked for yet', () => {
  const all = free(set, []);
  expect(all.map(columnOf)).toEqual(['sum_revenue', 'count', 'aov', 'avg_revenue', 'distinct_customer']);
  expect(free(set, all.slice(0, 3)).map(columnOf)).toEqual(['avg_revenue', 'distinct_customer']);
  expect(free(set, all)).toEqual([]);
  expect(free(null, [])).toEqual([{ agg: 'count' }]);
});

it('an aggregate becomes a formula that says the same, under a name that is free', () => {
  expect(asFormula({ agg: 'sum', measure: 'revenue' }, set, [])).toEqual({ formula: 'sum(revenue)', as: 'formula_1', format: 'currency', unit: 'EUR' });
  expect(asFormula({ agg: 'distinct', dimension: 'customer' }, set, [{ formula: 'x', as: 'formula_1' }])).toEqual({ formula: 'count(distinct customer)', as: 'formula_2', format: 'integer' });
  expect(asFormula({ agg: 'count' }, set, []).formula).toBe('count()');
  expect(asFormula({ agg: 'last', measure: 'gone' }, set, [])).toEqual({ formula: 'last(gone)', as: 'formula_1' });
});
