/**
 * What one may begin a widget with: proposals that a dataset has everything for, and a text, which needs none. Pure. What
 * always holds: a proposal asks only for what the dataset has, and fits its picture. Tested in
 * `test/unit/editor_gallery.test.ts`.
 */
import type { Dataset, Dimension, Figure, NumberFormat, Question, Widget, WidgetKind, WidgetOptions } from '../../../../wire/shapes';
import { natural } from './figures';
import { type ChartKind, KINDS } from './kinds';
import { t, within } from '../../../../words/words';

export interface Proposal {
  kind: WidgetKind;
  title: string;
  /** What it shows, in a few words. */
  text: string;
  /** A text asks nothing. */
  question: Question | null;
  options: WidgetOptions;
  w: number;
  h: number;
}

/** The title that a widget may have. */
const MOST_TITLE = 80;

function proposal(kind: WidgetKind, title: string, text: string, question: Question | null, options: WidgetOptions = {}): Proposal {
  const { w, h } = KINDS.find((k) => k.kind === kind) ?? { w: 6, h: 4 };
  return { kind, title: [...title].slice(0, MOST_TITLE).join(''), text, question, options, w, h };
}

/** A text to begin with. */
export const beginning = (): Proposal =>
  proposal('markdown', t('About this dashboard'), t('Headings, lists, links'), null, {
    text: `## ${t('What this shows')}\n\n${t('Say here what people should know: where the numbers are from, and **what to look for**.')}\n\n- ${t('A point')}\n- ${t('Another one, with a [link](https://example.com)')}`,
  });

/** The widget that a proposal proposes. */
export function widgetOf({ kind, title, question, options }: Proposal, id: string): Widget {
  return { id, title, kind, ...(question ? { question } : {}), options } as Widget;
}

const lower = (label: string) => (label.length > 1 && label[1] === label[1]?.toUpperCase() ? label : within(label));

interface Titled {
  title: string;
  figure: Figure;
  format: NumberFormat;
  /** Whether its parts make up a whole. */
  adds: boolean;
}

function figures(set: Dataset): Titled[] {
  const own = set.measures.map((m): Titled => {
    const figure = natural(m);
    const mean = figure.agg === 'avg';
    return { title: mean ? t('Average {label}', { label: lower(m.label) }) : m.label, figure, format: m.format, adds: !mean };
  });
  const calculated = (set.calculated ?? []).map((c): Titled => ({ title: c.label, figure: { formula: c.name }, format: c.format, adds: false }));
  return [...own, ...calculated, { title: t('{label}: how many', { label: set.label }), figure: { agg: 'count' }, format: 'integer', adds: true }];
}

/** Which dimensions say where in the world something was, which group began when, and how long ago that was. */
const COUNTRY = /(^|_)(country|nation|iso_?[23]?)(_|$)/;
const COHORT = /(^|_)(cohort|signed_up|sign_?up|joined|registered|acquired|first)(_|$)/;
const AGE = /(^|_)(days?|weeks?|months?|periods?|age|since|after)(_|$)/;

/** Widgets that fit a dataset, for each kind the most telling ones first. */
export function proposals(set: Dataset): Proposal[] {
  const all = figures(set);
  const main = all[0];
  const whole = all.find((f) => f.adds);
  if (!main || !whole) return [];
  const dims = set.dimensions;
  const found: Proposal[] = [];
  const add = (kind: ChartKind, title: string, text: string, asks: Omit<Question, 'dataset'>, options: WidgetOptions = {}) => found.push(proposal(kind, title, text, { dataset: set.name, ...asks }, options));
  const ranked = (by: readonly Dimension[], limit: number, of: readonly Titled[] = [main]) =>
    ({ measures: of.map((f) => f.figure), by: by.map((d) => d.name), sort: { by: 'measure', index: 0, descending: true }, limit }) as const satisfies Omit<Question, 'dataset'>;

  for (const f of all.slice(0, 8)) add('kpi', f.title, t('One number, compared'), { measures: [f.figure] }, { sparkline: true });
  for (const f of all.slice(0, 4)) add('time_series', t('{title} over time', { title: f.title }), t('Its course'), { measures: [f.figure], grain: 'auto' }, { style: 'area' });
  for (const d of dims.slice(0, 3)) add('time_series', t('{title} by {label} over time', { title: main.title, label: lower(d.label) }), t('A line for each {label}', { label: lower(d.label) }), { measures: [main.figure], by: [d.name], grain: 'auto', limit: 6 }, { style: 'line' });
  for (const d of dims.slice(0, 6)) add('bar', t('{title} by {label}', { title: main.title, label: lower(d.label) }), t('The greatest first'), ranked([d], 8), { horizontal: true });
  for (const d of dims.slice(0, 4)) add('table', t('By {label}', { label: lower(d.label) }), t('All figures of each'), ranked([d], 20, all.slice(0, 4)), { bars: true });
  for (const d of dims.slice(0, 4)) add('pie', t('{title} by {label}', { title: whole.title, label: lower(d.label) }), t('Shares of the whole'), ranked([d], 100, [whole]));

  const [first, second] = dims;
  if (first && second) {
    const pair = t('{list} and {last}', { list: lower(first.label), last: lower(second.label) });
    add('bar', t('{title} by {label}', { title: whole.title, label: pair }), t('Each bar in parts, one for each {label}', { label: lower(second.label) }), ranked([first, second], 100, [whole]), { stacked: true });
    add('pivot', t('{title} by {label}', { title: whole.title, label: pair }), t('One down, the other across'), ranked([first, second], 200, [whole]));
    add('heatmap', t('{title} by {label}', { title: main.title, label: pair }), t('Darker where there is more'), ranked([first, second], 200));
  }
  for (const d of dims.slice(0, 2)) {
    add('pivot', t('{title} by {label} over time', { title: main.title, label: lower(d.label) }), t('Time across'), { measures: [main.figure], by: [d.name], grain: 'auto' });
    add('heatmap', t('{title} by {label} over time', { title: main.title, label: lower(d.label) }), t('Time across'), { measures: [main.figure], by: [d.name], grain: 'auto' });
  }

  // Steps are counts of something; sums of money or miles are none.
  const steps = all.filter((f) => f.adds && (f.format === 'integer' || 'agg' in f.figure && f.figure.agg === 'count')).reverse();
  if (steps.length > 1) add('funnel', t('From {title} on', { title: lower(steps[0]?.title ?? '') }), t('How many come from one step to the next'), { measures: steps.slice(0, 8).map((f) => f.figure) });

  const began = dims.find((d) => COHORT.test(d.name));
  const age = dims.find((d) => d !== began && AGE.test(d.name));
  if (began && age) add('cohort', t('{title} by {label}', { title: whole.title, label: lower(began.label) }), t('Who began together, and what became of them'), { measures: [whole.figure], by: [began.name, age.name], limit: 400 });

  for (const f of all.slice(0, 4)) add('gauge', f.title, t('One number on a scale'), { measures: [f.figure] }, f.format === 'percent' ? { max: 1 } : {});
  for (const d of dims.filter((d) => COUNTRY.test(d.name)).slice(0, 3)) add('map', t('{title} by {label}', { title: main.title, label: lower(d.label) }), t('Countries of the world'), ranked([d], 300));
  return found;
}

/** An id that no widget has. */
export function freshId(taken: readonly { id: string }[]): string {
  for (let n = taken.length + 1; ; n += 1) {
    const id = `w${n}`;
    if (!taken.some((w) => w.id === id)) return id;
  }
}
