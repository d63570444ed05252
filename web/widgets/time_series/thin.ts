/**
 * Fewer moments than there are, without losing what the eye would see: of each stretch that falls on one place of the
 * picture the first and last moment and every series' least and greatest stay. Pure. Tested in `test/unit/thin.test.ts`.
 */
import type { TimeModel } from '../answer';

/** `stretches`: how many places there are. What already fits is given back as it is. */
export function thin(model: TimeModel, stretches: number): TimeModel {
  const length = model.times.length;
  if (length <= stretches * 2) return model;
  const kept: number[] = [];
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * length) / stretches);
    const to = Math.floor(((stretch + 1) * length) / stretches);
    const inside = new Set([from, to - 1]);
    for (const series of model.series) {
      let [least, greatest] = [-1, -1];
      for (let i = from; i < to; i += 1) {
        const v = series.values[i];
        if (v === null || v === undefined) continue;
        if (least < 0 || v < (series.values[least] ?? v)) least = i;
        if (greatest < 0 || v > (series.values[greatest] ?? v)) greatest = i;
      }
      if (least >= 0) inside.add(least).add(greatest);
    }
    kept.push(...[...inside].sort((a, b) => a - b));
  }
  const only = <V>(row: readonly V[]): V[] => kept.map((i) => row[i] as V);
  return {
    ...model,
    times: only(model.times),
    texts: only(model.texts),
    series: model.series.map((s) => ({ ...s, values: only(s.values), previous: s.previous ? only(s.previous) : null })),
  };
}
