/**
 * The numbers of a draft, as it is now: each widget's question is asked when it changes, a moment after the last key was
 * pressed. The same question over the same range is asked once.
 */
import { untrack } from 'svelte';
import { asApiError, isAbort } from '../../../../wire/problem';
import type { Answer, Chart, Problem, Question, RangeInput } from '../../../../wire/shapes';
import { ask } from '../../../api/tenant';

const PAUSE_MS = 300;
const MOST = 200;
const answers = new Map<string, Promise<Answer>>();

function answer(question: Question, range: RangeInput): Promise<Answer> {
  const key = JSON.stringify([question, range]);
  const known = answers.get(key);
  if (known) return known;
  if (answers.size >= MOST) answers.clear();
  const asked = ask(question, range);
  answers.set(key, asked);
  // What failed may work the next time.
  asked.catch(() => answers.delete(key));
  return asked;
}

export interface Shown {
  value: Answer | null;
  series: Answer | null;
  problem: Problem | null;
}

type Compare = string | null | undefined;

/** The pictures that show the period before, as on the server. */
const COMPARING: readonly Chart['kind'][] = ['kpi', 'time_series', 'bar', 'table'];
/** Whether a KPI's course is asked for as well. */
const hasCourse = (chart: Chart) => chart.kind === 'kpi' && chart.options?.sparkline !== false;

/** The range that a chart shows: its own, or the dashboard's. */
export const rangeOf = (chart: Chart, dashboard: RangeInput): RangeInput => (chart.question.range as RangeInput | null | undefined) ?? dashboard;

/** Must be called while a component is being made. */
export class Preview {
  shown = $state.raw<Shown | null>(null);
  waiting = $state(false);

  constructor(chart: () => Chart, range: () => RangeInput, compare: () => Compare) {
    const wanted = $derived(JSON.stringify([COMPARING.includes(chart().kind), chart().question, hasCourse(chart()), range(), compare()]));
    $effect(() => {
      void wanted;
      // Only what is asked counts: neither its place, nor what is shown already.
      const [now, over, against, known] = untrack(() => [chart(), range(), compare(), this.shown] as const);
      let current = true;
      this.waiting = true;
      const timer = setTimeout(
        () => {
          void load(now, over, against).then((shown) => {
            if (!current) return;
            this.shown = shown;
            this.waiting = false;
          });
        },
        known ? PAUSE_MS : 0,
      );
      return () => {
        current = false;
        clearTimeout(timer);
      };
    });
  }
}

async function load(chart: Chart, range: RangeInput, compare: Compare): Promise<Shown> {
  const against = COMPARING.includes(chart.kind) ? (chart.question.compare ?? compare) : 'none';
  const { grain, measures, ...rest } = chart.question;
  // One number has no buckets: those are its course's. Over time without a grain is over time all the same.
  const buckets = chart.kind === 'kpi' || chart.kind === 'gauge' ? null : chart.kind === 'time_series' ? (grain ?? 'auto') : grain;
  const plain = chart.kind === 'kpi' ? measures.map((figure) => ('agg' in figure ? { ...figure, show: null } : figure)) : measures;
  const own = { ...rest, measures: plain, ...(buckets ? { grain: buckets } : {}), ...(against ? { compare: against } : {}) } as Question;
  try {
    const [value, series] = await Promise.all([
      answer(own, range),
      hasCourse(chart) ? answer({ ...chart.question, compare: 'none', grain: grain ?? 'auto' }, range).catch(() => null) : null,
    ]);
    return { value, series, problem: null };
  } catch (thrown) {
    if (isAbort(thrown)) return { value: null, series: null, problem: null };
    return { value: null, series: null, problem: asApiError(thrown).problem };
  }
}
