/** What the gallery shows: each kind of widget with an answer for each state. Always the same, without chance. */
import type { Answer, AnswerColumn, Question, Scalar, Widget, WidgetData, WidgetKind } from '../wire/shapes';

export const KINDS: readonly WidgetKind[] = ['kpi', 'time_series', 'bar', 'table', 'pie', 'pivot', 'heatmap', 'funnel', 'cohort', 'gauge', 'map', 'markdown'];
export const STATES = ['usual', 'loading', 'empty', 'error', 'one', 'many', 'negative', 'long', 'rtl'] as const;
export type State = (typeof STATES)[number];

export interface Sample {
  name: string;
  widget: Widget;
  data: WidgetData | undefined;
  rtl: boolean;
}

const RANGE = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
const MILLION = 1_000_000;

/** A wave that looks like business: always the same, never quite regular. */
const wave = (i: number, scale = 1000) => Math.round(scale * (1.2 + Math.sin(i / 5) * 0.4 + Math.sin(i * 1.7) * 0.15 + ((i * 7919) % 13) / 40));

const NAMES = ['Organic search', 'Direct', 'Newsletter', 'Paid search', 'Partners', 'Social', 'Podcast', 'Referral', 'Events'];
const LONG = ['The quite extraordinarily long name of a channel that somebody typed without ever thinking of a chart', 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung', 'https://example.com/a/very/long/address?with=parameters&and=more&of=them', 'Short'];
const ARABIC = ['البحث الطبيعي', 'مباشر', 'النشرة الإخبارية', 'الشركاء', 'وسائل التواصل'];
const PLANS = ['Free', 'Growth', 'Enterprise', 'Trial'];
const COUNTRIES = ['US', 'DE', 'CH', 'FR', 'GB', 'JP', 'BR', 'IN', 'AU', 'ZA', 'CA', 'MX', 'SE', 'SG', 'NG', 'AR', 'CN', 'IT', 'ESP', 'POL'];

const dimension = (name: string, label: string): AnswerColumn => ({ name, kind: 'dimension', label });
const measure = (label = 'Revenue'): AnswerColumn => ({ name: 'sum_revenue', kind: 'measure', label, format: 'currency', unit: 'EUR' });
const previous = (): AnswerColumn => ({ ...measure(), kind: 'previous' });
const answer = (columns: AnswerColumn[], data: Scalar[][], more: Partial<Answer> = {}): Answer => ({ columns, data, range: RANGE, time_zone: 'UTC', partial: false, truncated: false, ...more });

const QUESTION: Question = { dataset: 'sales', measures: [{ agg: 'sum', measure: 'revenue' }] };

function names(state: State): Scalar[] {
  if (state === 'one') return ['Direct'];
  if (state === 'long') return LONG;
  if (state === 'rtl') return ARABIC;
  if (state === 'many') return Array.from({ length: MILLION }, (_, i) => `Customer ${i + 1}`);
  return [...NAMES.slice(0, 8), null];
}
const value = (state: State, i: number) => (state === 'negative' ? (i % 3 === 1 ? -1 : 1) : 1) * Math.round(42_000 / (1 + i * (state === 'many' ? 0.001 : 0.6)));

function groups(state: State): Answer {
  const of = names(state);
  return answer([dimension('channel', 'Channel'), measure(), previous()], [of, of.map((_, i) => value(state, i)), of.map((_, i) => Math.round(value(state, i) * (0.8 + (i % 4) / 8)))], { previous: RANGE, truncated: state === 'many' });
}

function crossed(state: State, rows: Scalar[], columns: Scalar[], labels: [string, string]): Answer {
  const pairs = rows.flatMap((row, i) => columns.map((column, j) => [row, column, state === 'negative' && (i + j) % 3 === 0 ? -wave(i * 7 + j) : wave(i * 7 + j)] as const));
  return answer([dimension('channel', labels[0]), dimension('plan', labels[1]), measure()], [pairs.map((p) => p[0]), pairs.map((p) => p[1]), pairs.map((p) => p[2])], { truncated: state === 'many' });
}
const square = (state: State) =>
  state === 'many' ? crossed(state, Array.from({ length: 1000 }, (_, i) => `Customer ${i + 1}`), Array.from({ length: 1000 }, (_, i) => `Plan ${i + 1}`), ['Customer', 'Plan'])
  : crossed(state, names(state), state === 'one' ? ['Free'] : state === 'long' ? LONG : PLANS, ['Channel', 'Plan']);

function over(state: State, series: readonly string[] = [], days = 90): Answer {
  const length = state === 'one' ? 1 : state === 'many' ? MILLION : days;
  const start = Date.UTC(2026, 0, 1);
  const step = state === 'many' ? 60_000 : 86_400_000;
  const text = (i: number) => {
    const iso = new Date(start + i * step).toISOString();
    return state === 'many' ? `${iso.slice(0, 19)}+00:00` : iso.slice(0, 10);
  };
  const sign = (i: number) => (state === 'negative' && i % 30 > 14 ? -0.7 : 1);
  const grain = state === 'many' ? 'minute' : 'day';
  const time: AnswerColumn = { name: 'time', kind: 'time', grain };
  if (series.length === 0) {
    const now = Array.from({ length }, (_, i) => wave(i) * sign(i));
    return answer([time, measure(), previous()], [Array.from({ length }, (_, i) => text(i)), now, now.map((v, i) => Math.round(v * (0.8 + (i % 5) / 20)))], { grain, previous: RANGE, partial: state === 'usual' });
  }
  const rows = series.flatMap((name, k) => Array.from({ length }, (_, i) => [text(i), name, Math.round((wave(i + k * 9) * sign(i)) / (k + 1))] as const));
  return answer([time, dimension('channel', 'Channel'), measure()], [rows.map((r) => r[0]), rows.map((r) => r[1]), rows.map((r) => r[2])], { grain });
}

function total(state: State): Answer {
  const now = state === 'negative' ? -48_210 : state === 'many' ? 8_412_345_678_901 : state === 'long' ? 1_234_567.891 : 48_210;
  return answer([measure(), previous()], [[now], [state === 'one' ? null : 41_900]], { previous: RANGE });
}

function cohorts(state: State): Answer {
  const months = state === 'one' ? ['2026-01'] : state === 'many' ? Array.from({ length: 1000 }, (_, i) => `Cohort ${i + 1}`) : state === 'long' ? LONG : state === 'rtl' ? ARABIC : ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06', '2026-07', '2026-08'];
  const rows = months.flatMap((month, i) =>
    Array.from({ length: state === 'many' ? 1000 : months.length - i }, (_, age) => [month, String(age), (state === 'negative' && age === 2 ? -1 : 1) * Math.round((900 + i * 40) * 0.72 ** Math.sqrt(age * 2.2))] as const),
  );
  return answer([dimension('signed_up', 'Signed up'), dimension('months', 'Month'), { name: 'distinct_customer', kind: 'measure', label: 'Customers', format: 'integer' }], [rows.map((r) => r[0]), rows.map((r) => r[1]), rows.map((r) => r[2])]);
}

function steps(state: State): Answer {
  const labels = state === 'one' ? ['Visit'] : state === 'long' ? LONG : state === 'rtl' ? ARABIC : state === 'many' ? NAMES.slice(0, 8) : ['Visit', 'Sign-up', 'First event', 'Paid'];
  const size = (i: number) => (state === 'negative' && i === 2 ? -120 : Math.round((state === 'many' ? MILLION : 12_400) * 0.55 ** i));
  return answer(labels.map((label, i) => ({ name: `m${i}`, kind: 'measure', label, format: 'integer' })), labels.map((_, i) => [size(i)]));
}

function countries(state: State): Answer {
  const of: Scalar[] = state === 'one' ? ['CH'] : state === 'many' ? Array.from({ length: MILLION }, (_, i) => COUNTRIES[i % COUNTRIES.length] ?? null) : state === 'long' ? [...LONG, 'GB', 'US'] : [...COUNTRIES, null];
  return answer([dimension('country', 'Country'), measure()], [of, of.map((_, i) => value(state === 'many' ? 'usual' : state, i))]);
}

const TEXT: Partial<Record<State, string>> = {
  usual: '# Sales at a glance\n\nWhat we **sold**, where, and to whom. Amounts are in euros, *without* tax; see the [handbook](https://example.com/handbook).\n\n- Numbers are from the shop\n- Refunds count on the day of the refund\n- `channel` is what the visitor came by\n\n> Questions? Ask the data team.',
  one: 'One line.',
  many: Array.from({ length: 400 }, (_, i) => `Paragraph ${i + 1} of a text that is as long as a text may be.`).join('\n\n').slice(0, 10_000),
  negative: '<script>alert(1)</script> <b>stays text</b>, and [this](javascript:alert(1)) leads nowhere.\n\n```\nselect 1 < 2\n```\n\n---\n\n1. first\n2. second',
  long: `# ${LONG[0]}\n\n${LONG[1]} ${LONG[2]}`,
  rtl: '# المبيعات\n\nما **بعناه** وأين ولمن.\n\n- الأرقام من المتجر\n- المبالغ باليورو',
};

const SERIES = ['Organic search', 'Direct', 'Newsletter'];

/** The variants of a kind in its usual state, besides the one that the other states are shown in. */
function variants(kind: WidgetKind): [string, Widget, WidgetData][] {
  const make = (name: string, widget: object, value: Answer, series?: Answer): [string, Widget, WidgetData] => [name, { id: name, title: name, kind, question: QUESTION, ...widget } as Widget, { id: name, value, ...(series ? { series } : {}) }];
  switch (kind) {
    case 'kpi':
      return [make('Target reached', { options: { target: 40_000 } }, total('usual'), over('usual')), make('Less is better', { options: { target: 60_000, down_is_good: true, sparkline: false } }, total('usual'))];
    case 'time_series':
      return [
        make('Lines', { options: { style: 'line' } }, over('usual', SERIES)),
        make('Stacked areas', { options: { style: 'area', stacked: true } }, over('usual', SERIES)),
        make('Stacked bars', { options: { style: 'bars', stacked: true } }, over('usual', SERIES, 24)),
      ];
    case 'bar':
      return [
        make('Standing', { options: { horizontal: false } }, groups('usual')),
        make('Stacked', { options: { stacked: true } }, square('usual')),
        make('Stacked, standing', { options: { stacked: true, horizontal: false } }, square('usual')),
        make('Stacked, below zero', { options: { stacked: true } }, square('negative')),
      ];
    case 'table':
      return [
        make('Totals and rules', { options: { totals: true, rules: [{ measure: 0, op: 'gte', value: 20_000, tone: 'good' }, { measure: 0, op: 'lt', value: 9_000, tone: 'bad' }, { measure: 0, op: 'lt', value: 12_000, tone: 'warn' }] } }, groups('usual')),
      ];
    case 'pie':
      return [make('Pie', { options: { donut: false, slices: 4 } }, groups('usual'))];
    case 'heatmap':
      return [make('With values', { options: { values: true } }, square('usual')), make('Over time', {}, over('usual', NAMES.slice(0, 6), 60))];
    case 'pivot':
      return [make('Over time', {}, over('usual', SERIES, 8))];
    case 'funnel':
      return [make('Along a dimension', { options: { steps: ['Direct', 'Newsletter', 'Nobody'] } }, groups('usual'))];
    case 'cohort':
      return [make('Numbers', { options: { shares: false } }, cohorts('usual'))];
    case 'gauge':
      return [make('Plain', {}, total('usual')), make('Beyond', { options: { max: 40_000, thresholds: [{ at: 30_000, tone: 'warn' }, { at: 36_000, tone: 'bad' }] } }, total('usual'))];
    case 'map':
      return [make('Map alone', { options: { ranked: false } }, countries('usual'))];
    case 'markdown':
      return [];
  }
}

const BASE: Record<WidgetKind, { options?: object; make: (state: State) => Answer | null; series?: (state: State) => Answer }> = {
  kpi: { make: total, series: (state) => over(state) },
  time_series: { options: { style: 'area' }, make: (state) => over(state, state === 'long' ? LONG : state === 'rtl' ? ARABIC.slice(0, 3) : []) },
  bar: { make: groups },
  table: { options: { bars: true }, make: groups },
  pie: { make: groups },
  pivot: { make: square },
  heatmap: { make: square },
  funnel: { make: steps },
  cohort: { make: cohorts },
  gauge: { options: { target: 60_000, thresholds: [{ at: 0, tone: 'bad' }, { at: 30_000, tone: 'warn' }, { at: 45_000, tone: 'good' }] }, make: total },
  map: { make: countries },
  markdown: { make: () => null },
};

const title = (kind: WidgetKind, state: State) => (state === 'long' ? 'A heading that is much longer than the card it stands on is wide, as people write them' : state === 'rtl' ? 'الإيرادات' : `${kind}: ${state}`);

/** `without`: a state that nobody wants to wait for. */
export function samples(kind: WidgetKind, without: string | null = null): Sample[] {
  const base = BASE[kind];
  const found = STATES.filter((state) => state !== without).flatMap((state): Sample[] => {
    const rtl = state === 'rtl';
    const id = `${kind}-${state}`;
    if (kind === 'markdown') {
      const text = TEXT[state];
      return text === undefined ? [] : [{ name: state, rtl, data: undefined, widget: { id, title: title(kind, state), kind, options: { text } } }];
    }
    const widget = { id, title: title(kind, state), kind, question: QUESTION, options: base.options ?? {} } as Widget;
    if (state === 'loading') return [{ name: state, rtl, widget, data: undefined }];
    if (state === 'error') return [{ name: state, rtl, widget, data: { id, problem: { code: 'question.timeout', title: 'This took too long', detail: 'The question was stopped after 10 seconds. Choose a shorter range or fewer groups.' } } }];
    const made = base.make(state === 'empty' ? 'usual' : state);
    const value = made && state === 'empty' ? { ...made, data: made.data.map(() => []) } : made;
    const series = state === 'empty' ? undefined : base.series?.(state);
    return [{ name: state, rtl, widget, data: { id, value, ...(series ? { series } : {}) } }];
  });
  return [...found, ...variants(kind).map(([name, widget, data]): Sample => ({ name, widget, data, rtl: false }))];
}
