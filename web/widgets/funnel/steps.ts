/**
 * An answer as steps: its measures in their order, or the values of its dimension in the order of the options. Pure.
 * Tested in `test/unit/shares.test.ts`.
 */
import type { Answer } from '../../wire/shapes';
import type { NumberShape } from '../../format/number';
import { dimensionColumns, measures, pickable } from '../answer';
import type { Picked } from '../shape';

export interface Step {
  label: string;
  value: number | null;
  shape: NumberShape;
  /** Of the first step. */
  share: number | null;
  /** Of the step before. */
  kept: number | null;
  /** Percent of the room. */
  width: number;
  picked: Picked | null;
}

export function steps(answer: Answer, order: readonly string[] | undefined): Step[] {
  const found = along(answer, order);
  const first = found[0]?.value ?? null;
  const widest = Math.max(0, ...found.map((s) => s.value ?? 0));
  return found.map((step, i) => {
    const before = i === 0 ? null : (found[i - 1]?.value ?? null);
    const part = (of: number | null) => (step.value === null || of === null || of <= 0 ? null : step.value / of);
    return { ...step, share: part(first), kept: i === 0 ? null : part(before), width: widest > 0 ? (Math.max(0, step.value ?? 0) / widest) * 100 : 0 };
  });
}

type Plain = Omit<Step, 'share' | 'kept' | 'width'>;

function along(answer: Answer, order: readonly string[] | undefined): Plain[] {
  const all = measures(answer);
  const at = dimensionColumns(answer)[0];
  if (at === undefined) return all.map((m) => ({ label: m.label, value: m.values[0] ?? null, shape: m.shape, picked: null }));
  const measure = all[0];
  const cells = answer.data[at] ?? [];
  const named = order && order.length > 0 ? order : cells.flatMap((v) => pickable(v) ?? []);
  return named.map((label) => {
    const row = cells.findIndex((v) => pickable(v) === label);
    // A step that nobody has reached is none, not unknown.
    const value = row < 0 ? 0 : (measure?.values[row] ?? null);
    return { label, value, shape: measure?.shape ?? {}, picked: { dimension: answer.columns[at]?.name ?? '', value: label } };
  });
}
