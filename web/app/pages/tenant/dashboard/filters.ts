/**
 * What a dashboard is narrowed to, as it stands in the address (`?filters=[…]`): for each dimension the values that
 * count. Whatever else somebody writes there counts as nothing chosen. Pure. Tested in `test/unit/filters.test.ts`.
 */
import type { DashboardConfig, Dataset, Filter } from '../../../../wire/shapes';
import type { Picked } from '../../../../widgets/shape';

export type Chosen = Extract<Filter, { op: 'in' }>;

/** What the API takes. */
const MOST_FILTERS = 20;
const MOST_VALUES = 50;

export function read(text: string | null): Chosen[] {
  if (!text) return [];
  try {
    const found: unknown = JSON.parse(text);
    if (!Array.isArray(found)) return [];
    const whole = found.filter(isChosen).slice(0, MOST_FILTERS);
    return whole.filter((f, i) => whole.findIndex((other) => other.dimension === f.dimension) === i);
  } catch {
    return [];
  }
}

function isChosen(one: unknown): one is Chosen {
  if (typeof one !== 'object' || one === null) return false;
  const { op, dimension, values } = one as Record<string, unknown>;
  return op === 'in' && typeof dimension === 'string' && Array.isArray(values) && values.length > 0 && values.length <= MOST_VALUES && values.every((v) => v === null || typeof v === 'string');
}

/** For the address and for the API; nothing chosen is nothing said. */
export const write = (filters: readonly Chosen[]): string | undefined => (filters.length === 0 ? undefined : JSON.stringify(filters));

export const valuesOf = (filters: readonly Chosen[], dimension: string): (string | null)[] => filters.find((f) => f.dimension === dimension)?.values ?? [];

/** Other values for one dimension; none: it counts no more. */
export function choose(filters: readonly Chosen[], dimension: string, values: readonly (string | null)[]): Chosen[] {
  const next: Chosen = { op: 'in', dimension, values: values.slice(0, MOST_VALUES) };
  if (!filters.some((f) => f.dimension === dimension)) return values.length === 0 ? [...filters] : [...filters, next];
  return filters.flatMap((f) => (f.dimension !== dimension ? [f] : values.length === 0 ? [] : [next]));
}

/** Somebody pointed at values: they count alone; the same ones once more, and they count no more. */
export function pick(filters: readonly Chosen[], picked: readonly Picked[]): Chosen[] {
  const on = picked.every(({ dimension, value }) => {
    const values = valuesOf(filters, dimension);
    return values.length === 1 && values[0] === value;
  });
  return picked.reduce<Chosen[]>((all, { dimension, value }) => choose(all, dimension, on ? [] : [value]), [...filters]);
}

export interface Offer {
  dimension: string;
  label: string;
  /** A dataset of the dashboard that has it: where its values are asked for. */
  dataset: string | null;
}

/** The dimensions that the dashboard offers, and the ones that somebody has pointed at. */
export function offers(config: DashboardConfig, filters: readonly Chosen[], datasets: readonly Dataset[]): Offer[] {
  const asked = new Set(config.widgets.flatMap((w) => ('question' in w ? [w.question.dataset] : [])));
  const used = datasets.filter((d) => asked.has(d.name));
  const offered = config.filters ?? [];
  const names = new Set([...offered.map((f) => f.dimension), ...filters.map((f) => f.dimension)]);
  return [...names].map((dimension) => {
    const home = used.find((d) => d.dimensions.some((x) => x.name === dimension));
    const label = offered.find((f) => f.dimension === dimension)?.label ?? home?.dimensions.find((x) => x.name === dimension)?.label;
    return { dimension, label: label ?? dimension.replaceAll('_', ' '), dataset: home?.name ?? null };
  });
}
