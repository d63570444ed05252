/**
 * The numbers of a draft, as it is now: each widget's question is asked when it changes, a moment after the last key was
 * pressed. The same question over the same range is asked once.
 */
import { untrack } from 'svelte';
import { asApiError, isAbort } from '../../../../wire/problem';
import type { Answer, Problem, Question, RangeInput, Widget } from '../../../../wire/shapes';
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

/** Must be called while a component is being made. */
export class Preview {
  shown = $state.raw<Shown | null>(null);
  waiting = $state(false);

  constructor(widget: () => Widget, range: () => RangeInput, compare: () => Compare) {
    const wanted = $derived(JSON.stringify([widget().kind, widget().question, widget().options?.sparkline, range(), compare()]));
    $effect(() => {
      void wanted;
      // Only what is asked counts: neither its place, nor what is shown already.
      const [now, over, against, known] = untrack(() => [widget(), range(), compare(), this.shown] as const);
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

async function load(widget: Widget, range: RangeInput, compare: Compare): Promise<Shown> {
  const own = { ...widget.question, ...(widget.question.compare || !compare ? {} : { compare }) } as Question;
  try {
    const course = widget.kind === 'kpi' && widget.options?.sparkline !== false;
    const [value, series] = await Promise.all([
      answer(own, range),
      course ? answer({ ...widget.question, compare: 'none', grain: 'auto' } as unknown as Question, range).catch(() => null) : null,
    ]);
    return { value, series, problem: null };
  } catch (thrown) {
    if (isAbort(thrown)) return { value: null, series: null, problem: null };
    return { value: null, series: null, problem: asApiError(thrown).problem };
  }
}
