/**
 * The kinds of widgets as the editor knows them: how much of a question a picture bears, which options it has, and what
 * is wrong with a widget before anybody is asked. Pure. What always holds: where a dataset has enough for a picture, a
 * fitted question fits it as the server sees it. Tested in `test/unit/editor_kinds.test.ts`.
 */
import type { Chart, Dataset, Question, Widget, WidgetKind, WidgetOptions } from '../../../../wire/shapes';
import type { IconName } from '../../../../ui/icons';
import { adds, free } from './figures';
import type { Draft } from './merge';
import { type Plain, t } from '../../../../words/words';

export type ChartKind = Chart['kind'];

export const KINDS: readonly { kind: WidgetKind; name: Plain; icon: IconName; w: number; h: number }[] = [
  { kind: 'kpi', name: 'Key figure', icon: 'hash', w: 3, h: 2 },
  { kind: 'time_series', name: 'Over time', icon: 'spark', w: 6, h: 4 },
  { kind: 'bar', name: 'Bars', icon: 'chart', w: 4, h: 4 },
  { kind: 'table', name: 'Table', icon: 'table', w: 6, h: 4 },
  { kind: 'pie', name: 'Pie', icon: 'pie', w: 4, h: 4 },
  { kind: 'pivot', name: 'Pivot table', icon: 'cells', w: 6, h: 4 },
  { kind: 'heatmap', name: 'Heatmap', icon: 'heat', w: 6, h: 4 },
  { kind: 'funnel', name: 'Funnel', icon: 'funnel', w: 6, h: 4 },
  { kind: 'cohort', name: 'Cohorts', icon: 'stairs', w: 6, h: 4 },
  { kind: 'gauge', name: 'Gauge', icon: 'gauge', w: 3, h: 3 },
  { kind: 'map', name: 'World map', icon: 'globe', w: 6, h: 5 },
  { kind: 'markdown', name: 'Text', icon: 'text', w: 4, h: 3 },
];

export function kindName(kind: string): string {
  const known = KINDS.find((k) => k.kind === kind);
  return known ? t(known.name) : kind.replaceAll('_', ' ');
}

/* ── questions ──────────────────────────────────────────────────────────────────────────────────── */

type Bounds = readonly [least: number, most: number];

/** How much of a question a picture bears, the question being as it is. */
export interface Room {
  by: Bounds;
  measures: Bounds;
  grain: 'never' | 'may' | 'always';
}

const MOST_MEASURES = 8;
const MOST_GROUPS = 1000;

export function room(kind: ChartKind, { by = [], measures, grain }: Question): Room {
  switch (kind) {
    case 'kpi':
      // Its course has one.
      return { by: [0, 0], measures: [1, 1], grain: 'may' };
    case 'gauge':
      return { by: [0, 0], measures: [1, 1], grain: 'never' };
    case 'time_series':
      return { by: [0, 1], measures: [1, MOST_MEASURES], grain: 'always' };
    case 'bar':
      return { by: [1, measures.length > 1 ? 1 : 2], measures: [1, by.length > 1 ? 1 : MOST_MEASURES], grain: 'never' };
    case 'table':
      return { by: [0, 3], measures: [1, MOST_MEASURES], grain: 'may' };
    case 'pie':
    case 'map':
      return { by: [1, 1], measures: [1, 1], grain: 'never' };
    case 'pivot':
    case 'heatmap':
      return { by: grain ? [1, 1] : [2, 2], measures: [1, 1], grain: 'may' };
    case 'funnel':
      return { by: [0, 1], measures: by.length > 0 ? [1, 1] : [2, MOST_MEASURES], grain: 'never' };
    case 'cohort':
      return { by: [2, 2], measures: [1, 1], grain: 'never' };
  }
}

/** Whether a dataset has enough for a picture. */
export function possible(kind: ChartKind, set: Dataset | null): boolean {
  if (!set) return true;
  const dimensions = set.dimensions.length;
  if (kind === 'cohort') return dimensions > 1;
  if (kind === 'funnel') return free(set, []).length > 1;
  return dimensions > 0 || room(kind, { dataset: set.name, measures: [], grain: 'auto' }).by[0] === 0;
}

/** A question as a picture needs it: what does not fit is left out, what is missing is taken from the dataset. */
export function fitted(kind: ChartKind, question: Question, set: Dataset | null): Question {
  const { grain: asked, by: grouped = [], measures, ...rest } = question;
  const groups = [...new Set([...grouped, ...(set?.dimensions ?? []).map((d) => d.name)])];
  const bears = room(kind, question);
  // Where a dataset has one dimension only, time is the other one.
  const time = bears.grain === 'always' || (bears.by[0] > 1 && bears.grain === 'may' && groups.length < 2);
  const grain = bears.grain === 'never' ? null : (asked ?? (time ? 'auto' : null));
  const withTime: Question = { ...rest, measures, ...(grouped.length > 0 ? { by: grouped } : {}), ...(grain ? { grain } : {}) };
  const [fewest, most] = room(kind, withTime).by;
  const by = groups.slice(0, Math.min(most, Math.max(fewest, grouped.length)));
  const { by: _, ...alone } = withTime;
  const narrowed: Question = by.length > 0 ? { ...alone, by } : alone;
  const [least, upTo] = room(kind, narrowed).measures;
  const more = measures.length < least ? free(set, measures).slice(0, least - measures.length) : [];
  const made = sorted(shown({ ...narrowed, measures: [...measures, ...more].slice(0, upTo) }));
  // Of a step that is not among the groups nobody would know how many have reached it.
  return kind === 'funnel' && by.length > 0 ? { ...made, limit: MOST_GROUPS } : made;
}

/** Without running totals, shares and others that there is nothing for. */
function shown(question: Question): Question {
  const [grouped, timed] = [(question.by?.length ?? 0) > 0, Boolean(question.grain)];
  const measures = question.measures.map((figure) => {
    if (!('agg' in figure) || !figure.show) return figure;
    if (adds(figure) && (timed || (grouped && figure.show === 'share'))) return figure;
    const { show: _, ...plain } = figure;
    return plain;
  });
  const { other, ...rest } = question;
  return { ...rest, measures, ...(other && grouped ? { other } : {}) };
}

/** Without a sort that the question no longer has anything for. */
export function sorted(question: Question): Question {
  const { sort, ...rest } = question;
  if (!sort) return rest;
  const count = sort.by === 'measure' ? question.measures.length : sort.by === 'dimension' ? (question.by?.length ?? 0) : question.grain ? 1 : 0;
  return (sort.index ?? 0) < count ? question : rest;
}

/** Without one of its measures. An order by another one stays an order by that one. */
export function without(question: Question, measure: number): Question {
  const { sort, ...rest } = question;
  const measures = question.measures.filter((_, i) => i !== measure);
  const index = sort?.index ?? 0;
  if (!sort || (sort.by === 'measure' && index === measure)) return { ...rest, measures };
  return { ...rest, measures, sort: sort.by === 'measure' && index > measure ? { ...sort, index: index - 1 } : sort };
}

/* ── options ────────────────────────────────────────────────────────────────────────────────────── */

/** The options of each picture; those of another one mean nothing to it. */
export const OPTIONS: Record<WidgetKind, readonly (keyof WidgetOptions)[]> = {
  kpi: ['sparkline', 'down_is_good', 'target'],
  time_series: ['style', 'stacked', 'brush'],
  bar: ['horizontal', 'stacked'],
  table: ['bars', 'totals', 'rules'],
  pie: ['donut', 'slices'],
  pivot: ['totals'],
  heatmap: ['values'],
  funnel: ['steps'],
  cohort: ['shares'],
  gauge: ['min', 'max', 'target', 'thresholds'],
  map: ['ranked'],
  markdown: ['text'],
};

/** The options that a picture of a question has. */
export function optionsOf(kind: ChartKind, question: Question, options: WidgetOptions): WidgetOptions {
  const known = Object.fromEntries(OPTIONS[kind].flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))) as WidgetOptions;
  const groups = question.by?.length ?? 0;
  if (kind === 'bar' && groups > 1) return { ...known, stacked: true };
  const { rules, steps, ...others } = known;
  if (rules) return { ...others, rules: rules.filter((rule) => (rule.measure ?? 0) < question.measures.length) };
  return steps && groups === 0 ? others : known;
}

/** The same chart as another picture. */
export function asKind(chart: Chart, kind: ChartKind, set: Dataset | null): Chart {
  const { by: _, ...ungrouped } = chart.question;
  // The steps along a dimension are for a person to say; its measures are there.
  const asked = kind === 'funnel' && chart.kind !== 'funnel' ? ungrouped : chart.question;
  const question = fitted(kind, asked, set);
  return { ...chart, kind, question, options: optionsOf(kind, question, chart.options ?? {}) } as Chart;
}

/** The same picture of another question. What its options say about a measure stays with that measure. */
export function asking(chart: Chart, question: Question): Chart {
  const options: WidgetOptions = chart.options ?? {};
  const [was, now] = [chart.question.measures, question.measures];
  const rules = options.rules?.flatMap((rule) => {
    const of = was[rule.measure ?? 0];
    const measure = of ? now.indexOf(of) : -1;
    return now.length >= was.length ? [rule] : measure < 0 ? [] : [{ ...rule, measure }];
  });
  const { steps, ...others } = options;
  // Steps are values of the dimension that they were said for.
  const kept = steps && chart.question.by?.[0] === question.by?.[0] ? { ...others, steps } : others;
  return { ...chart, question, options: optionsOf(chart.kind, question, { ...kept, ...(rules ? { rules } : {}) }) } as Chart;
}

/* ── what is wrong ──────────────────────────────────────────────────────────────────────────────── */

/** As on the server. */
export const MOST_TEXT = 10_000;
export const MOST_STEPS = 20;
export const MOST_THRESHOLDS = 6;
export const MOST_RULES = 20;
export const SLICES: Bounds = [2, 12];

/** Sentences by the field that they are about: `title`, `formula`, or an option. */
export function faults(widget: Widget): Partial<Record<'title' | 'formula' | keyof WidgetOptions, string>> {
  const options: WidgetOptions = widget.options ?? {};
  const { text = '', steps = [], min = 0, max = null, thresholds = [] } = options;
  const found: ReturnType<typeof faults> = {};
  if (widget.title.trim() === '') found.title = t('A widget has a title.');
  if (widget.kind === 'markdown') {
    if (text.trim() === '') found.text = t('Write something, or delete the widget.');
    else if ([...text].length > MOST_TEXT) found.text = t('A text has 10,000 characters at most.');
    return found;
  }
  if (widget.question.measures.some((m) => 'formula' in m && m.formula.trim() === '')) found.formula = t('Write the formula, like sum(revenue) / nullif(count(), 0).');
  if (widget.kind === 'funnel' && widget.question.by?.length) {
    if (steps.length < 2 || steps.length > MOST_STEPS) found.steps = t('A funnel along a dimension has 2 to 20 steps.');
    else if (new Set(steps).size < steps.length) found.steps = t('A step stands twice.');
    else if (steps.some((s) => [...s].length > 256)) found.steps = t('A step has 256 characters at most.');
  }
  if (widget.kind === 'gauge') {
    if (max !== null && max <= min) found.max = t('The scale ends above where it begins.');
    if (thresholds.some((one, i) => i > 0 && one.at <= (thresholds[i - 1]?.at ?? -Infinity))) found.thresholds = t('Each part begins above the one before.');
  }
  return found;
}

/** The first thing that keeps a draft from being saved, and the widget that it is about. */
export function faultOf(draft: Draft): { widget: string | null; text: string } | null {
  if (draft.name.trim() === '') return { widget: null, text: t('A dashboard has a name.') };
  for (const widget of draft.config.widgets) {
    const [text] = Object.values(faults(widget));
    if (text) return { widget: widget.id, text: widget.title.trim() === '' ? text : `${t('“{text}”', { text: widget.title })}: ${text}` };
  }
  return null;
}
