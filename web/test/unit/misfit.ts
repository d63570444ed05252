/** Which question fits which picture, and what is wrong with its options, as the server says it. A second time, and plainly. */
import type { ChartKind } from '$app/pages/tenant/editor/kinds';
import type { Question, WidgetOptions } from '../../wire/shapes';

export function misfit(kind: ChartKind, question: Question, options: WidgetOptions = {}): string | null {
  const [by, measures, grain] = [question.by?.length ?? 0, question.measures.length, Boolean(question.grain)];
  if (measures < 1 || measures > 8) return 'A question has 1 to 8 measures.';
  if (by > 3 || new Set(question.by).size < by) return 'It groups by too much.';
  const crossed = (by === 2 && !grain) || (by === 1 && grain);
  const steps = options.steps ?? [];
  const wrong: Record<ChartKind, boolean> = {
    kpi: by > 0 || measures > 1,
    time_series: by > 1,
    bar: by === 0 || by > 2 || grain || (by === 2 && measures > 1) || (by === 2 && options.stacked !== true),
    table: (options.rules ?? []).some((rule) => (rule.measure ?? 0) >= measures),
    pie: by !== 1 || grain || measures > 1,
    pivot: !crossed || measures > 1,
    heatmap: !crossed || measures > 1,
    funnel: grain || by > 1 || (by === 0 && (measures < 2 || steps.length > 0)) || (by === 1 && (measures > 1 || steps.length < 2)),
    cohort: by !== 2 || grain || measures > 1,
    gauge: by > 0 || measures > 1,
    map: by !== 1 || grain || measures > 1,
  };
  return wrong[kind] ? `${kind} does not fit ${JSON.stringify({ question, options })}` : null;
}
