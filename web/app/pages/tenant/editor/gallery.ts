/**
 * What one may begin a widget with: proposals that a dataset has everything for, and what a question must be for a
 * picture. Pure. What always holds: a proposal asks only for measures and dimensions that the dataset has. Tested in
 * `test/unit/editor_gallery.test.ts`.
 */
import type { Dataset, Dimension, Measure, Question, QuestionMeasure, Widget, WidgetKind, WidgetOptions } from '../../../../wire/shapes';
import type { IconName } from '../../../../ui/icons';

export interface Proposal {
  kind: WidgetKind;
  title: string;
  /** What it shows, in a few words. */
  text: string;
  question: Question;
  options: WidgetOptions;
  w: number;
  h: number;
}

/** The kinds that the editor can make, with their words. */
export const KINDS: readonly { kind: WidgetKind; name: string; icon: IconName; w: number; h: number }[] = [
  { kind: 'kpi', name: 'Key figure', icon: 'gauge', w: 3, h: 2 },
  { kind: 'time_series', name: 'Over time', icon: 'spark', w: 6, h: 4 },
  { kind: 'bar', name: 'Bars', icon: 'chart', w: 4, h: 4 },
  { kind: 'table', name: 'Table', icon: 'table', w: 6, h: 4 },
];

export const kindName = (kind: string): string => KINDS.find((k) => k.kind === kind)?.name ?? kind.replaceAll('_', ' ');

const lower = (label: string) => (label.length > 1 && label[1] === label[1]?.toUpperCase() ? label : label.charAt(0).toLowerCase() + label.slice(1));

/** The aggregate that says most about a measure. */
export function natural(measure: Measure): QuestionMeasure {
  const mean = measure.format === 'percent' || measure.format === 'duration' || /(rate|ratio|delay|score|price|temperature|duration|latency|response)/.test(measure.name);
  return { agg: mean ? 'avg' : 'sum', measure: measure.name };
}

interface Figure {
  title: string;
  measure: QuestionMeasure;
}

function figures(set: Dataset): Figure[] {
  const own = set.measures.map((m): Figure => {
    const measure = natural(m);
    return { title: measure.agg === 'avg' ? `Average ${lower(m.label)}` : m.label, measure };
  });
  return [...own, { title: `${set.label}: how many`, measure: { agg: 'count' } }];
}

const size = (kind: WidgetKind) => KINDS.find((k) => k.kind === kind) ?? { w: 6, h: 4 };

function proposal(kind: WidgetKind, title: string, text: string, question: Question, options: WidgetOptions = {}): Proposal {
  const { w, h } = size(kind);
  return { kind, title, text, question, options, w, h };
}

/** Widgets that fit a dataset, the most telling ones first. */
export function proposals(set: Dataset): Proposal[] {
  const all = figures(set);
  const [main] = all;
  if (!main) return [];
  const ranked = (measure: QuestionMeasure, by: Dimension, limit: number): Question => ({
    dataset: set.name, measures: [measure], by: [by.name], sort: { by: 'measure', index: 0, descending: true }, limit,
  });
  const found: Proposal[] = [];
  for (const f of all.slice(0, 6)) found.push(proposal('kpi', f.title, 'One number, compared', { dataset: set.name, measures: [f.measure] }, { sparkline: true }));
  for (const f of all.slice(0, 4)) found.push(proposal('time_series', `${f.title} over time`, 'Its course', { dataset: set.name, measures: [f.measure], grain: 'auto' }, { style: 'area' }));
  for (const d of set.dimensions.slice(0, 3)) {
    found.push(proposal('time_series', `${main.title} by ${lower(d.label)} over time`, `A line for each ${lower(d.label)}`, { dataset: set.name, measures: [main.measure], by: [d.name], grain: 'auto', limit: 6 }, { style: 'line' }));
  }
  for (const d of set.dimensions.slice(0, 6)) found.push(proposal('bar', `${main.title} by ${lower(d.label)}`, 'The greatest first', ranked(main.measure, d, 8), { horizontal: true }));
  for (const d of set.dimensions.slice(0, 4)) {
    const measures = all.slice(0, 4).map((f) => f.measure);
    found.push(proposal('table', `By ${lower(d.label)}`, 'All figures of each', { ...ranked(main.measure, d, 20), measures }, { bars: true }));
  }
  return found;
}

/** An id that no widget has. */
export function freshId(taken: readonly { id: string }[]): string {
  for (let n = taken.length + 1; ; n += 1) {
    const id = `w${n}`;
    if (!taken.some((w) => w.id === id)) return id;
  }
}

/** A question as a picture needs it: what does not fit is left out, what is missing is taken from the dataset. */
export function fitted(kind: WidgetKind, question: Question, set: Dataset | null): Question {
  const { grain, by = [], ...rest } = question;
  const first = set?.dimensions[0]?.name;
  const alone = { ...rest, measures: rest.measures.slice(0, 1) };
  let made: Question;
  if (kind === 'kpi') made = alone;
  else if (kind === 'time_series') made = { ...rest, grain: grain ?? 'auto', ...(by.length > 0 ? { by: by.slice(0, 1) } : {}) };
  else if (kind === 'bar') {
    const one = by[0] ?? first;
    made = one ? { ...rest, by: [one] } : rest;
  } else made = { ...rest, ...(by.length > 0 ? { by } : {}), ...(grain ? { grain } : {}) };
  return sorted(made);
}

/** Without a sort that the question no longer has anything for. */
export function sorted(question: Question): Question {
  const { sort, ...rest } = question;
  if (!sort) return rest;
  const count = sort.by === 'measure' ? question.measures.length : sort.by === 'dimension' ? (question.by?.length ?? 0) : question.grain ? 1 : 0;
  return sort.index < count ? question : rest;
}

/** The options of one picture; those of another one mean nothing to it. */
const OPTIONS: Partial<Record<string, readonly (keyof WidgetOptions)[]>> = {
  kpi: ['sparkline', 'down_is_good'],
  time_series: ['style', 'stacked'],
  bar: ['horizontal'],
  table: ['bars'],
};

/** The same widget as another picture. */
export function asKind(widget: Widget, kind: WidgetKind, set: Dataset | null): Widget {
  const known = OPTIONS[kind] ?? [];
  const options = Object.fromEntries(Object.entries(widget.options ?? {}).filter(([name]) => (known as readonly string[]).includes(name)));
  return { ...widget, kind, options, question: fitted(kind, widget.question, set) };
}
