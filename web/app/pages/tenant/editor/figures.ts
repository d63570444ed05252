/**
 * The numbers that a question asks for: how they are called, and which others a dataset has. Pure. Tested in
 * `test/unit/editor_figures.test.ts`.
 */
import type { Aggregate, Dataset, Figure, Formula, Measure } from '../../../../wire/shapes';
import { AGGREGATES } from './words';
import { t } from '../../../../words/words';

/** The name of its column in the answer, as the server makes it. No question has the same one twice. */
export function columnOf(figure: Figure): string {
  if (figure.as) return figure.as;
  if ('formula' in figure) return figure.formula.trim();
  const of = figure.measure ?? figure.dimension;
  const name = of ? `${figure.agg}_${of}` : figure.agg;
  return figure.show ? `${figure.show}_${name}` : name;
}

/** Whether there are running totals and shares of it. */
export const adds = (figure: Figure): figure is Aggregate => 'agg' in figure && (figure.agg === 'sum' || figure.agg === 'count');

/** The calculated measure that a formula is nothing but the name of. */
const named = (formula: Formula, set: Dataset | null) => set?.calculated?.find((c) => c.name === formula.formula.trim());

/** A figure in words. */
export function figureLabel(figure: Figure, set: Dataset | null): string {
  if ('formula' in figure) return figure.label ?? named(figure, set)?.label ?? figure.formula.trim();
  const way = AGGREGATES.find((a) => a.value === figure.agg);
  const agg = way ? t(way.label) : figure.agg;
  const of = set?.measures.find((m) => m.name === figure.measure)?.label ?? set?.dimensions.find((d) => d.name === figure.dimension)?.label ?? figure.measure ?? figure.dimension;
  const label = of ? t('{agg} of {of}', { agg, of }) : agg;
  return figure.show === 'running' ? t('{label}, so far', { label }) : figure.show === 'share' ? t('{label}, share', { label }) : label;
}

/** The aggregate that says most about a measure. */
export function natural(measure: Measure): Aggregate {
  const mean = measure.format === 'percent' || measure.format === 'duration' || /(rate|ratio|delay|score|price|temperature|duration|latency|response)/.test(measure.name);
  return { agg: mean ? 'avg' : 'sum', measure: measure.name };
}

/** What else could be asked for, the most likely first. */
export function free(set: Dataset | null, asked: readonly Figure[]): Figure[] {
  const measures = set?.measures ?? [];
  const all: Figure[] = [
    ...measures.map(natural),
    { agg: 'count' },
    ...(set?.calculated ?? []).map((c) => ({ formula: c.name })),
    ...measures.map((m): Aggregate => ({ agg: natural(m).agg === 'avg' ? 'sum' : 'avg', measure: m.name })),
    ...(set?.dimensions ?? []).map((d): Aggregate => ({ agg: 'distinct', dimension: d.name })),
  ];
  const taken = new Set(asked.map(columnOf));
  return all.filter((f) => !taken.has(columnOf(f)));
}

/** What a formula's column is called where it has no label of its own: as the server does it. */
export function labelOf(formula: Formula, set: Dataset | null): string {
  const spaced = columnOf(formula).replaceAll('_', ' ').trim();
  return named(formula, set)?.label ?? spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** The same as a formula, to be changed from there. `others`: the figures beside it. */
export function asFormula(figure: Aggregate, set: Dataset | null, others: readonly Figure[]): Formula {
  const { agg, measure, dimension } = figure;
  const of = set?.measures.find((m) => m.name === measure);
  const formula = agg === 'distinct' ? `count(distinct ${dimension ?? ''})` : `${agg}(${measure ?? dimension ?? ''})`;
  const counted = agg === 'count' || agg === 'distinct';
  return {
    formula,
    as: freeName(others),
    ...(counted ? { format: 'integer' } : of ? { format: of.format, ...(of.unit ? { unit: of.unit } : {}) } : {}),
  };
}

function freeName(others: readonly Figure[]): string {
  const taken = new Set(others.map(columnOf));
  for (let n = 1; ; n += 1) if (!taken.has(`formula_${n}`)) return `formula_${n}`;
}
