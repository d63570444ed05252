/** An answer as slices: the largest, and the others as one. Pure. Tested in `test/unit/shares.test.ts`. */
import type { Answer } from '../../wire/shapes';
import { count, type NumberShape } from '../../format/number';
import { plural } from '../../words/words';
import { dimensionColumns, dimensionText, measures, pickable } from '../answer';
import type { Picked } from '../shape';

export interface Slice {
  label: string;
  value: number;
  /** Of the whole, 0 to 1. */
  share: number;
  /** Where it begins, 0 to 1 of the circle. */
  from: number;
  /** What is picked with it; the others together are nothing that can be. */
  picked: Picked | null;
}

export interface Slices {
  label: string;
  shape: NumberShape;
  slices: Slice[];
  whole: number;
  /** Values below zero have no slice. */
  below: number;
}

export function slices(answer: Answer, most: number): Slices {
  const measure = measures(answer)[0];
  const at = dimensionColumns(answer)[0];
  if (!measure || at === undefined) return { label: '', shape: {}, slices: [], whole: 0, below: 0 };
  const name = answer.columns[at]?.name ?? '';
  let below = 0;
  const all: { label: string; value: number; picked: Picked | null }[] = [];
  const rest: typeof all = [];
  const behind = new Set(answer.rest ?? []);
  for (const [i, value] of measure.values.entries()) {
    if (value === null || value === 0) continue;
    if (value < 0) below += 1;
    else if (behind.has(i)) rest.push({ label: dimensionText(answer.data[at]?.[i]), value, picked: null });
    else all.push({ label: dimensionText(answer.data[at]?.[i]), value, picked: { dimension: name, value: pickable(answer.data[at]?.[i]) } });
  }
  all.sort((a, b) => b.value - a.value);
  const room = most - rest.length;
  const shown = all.length > room ? all.slice(0, most - 1) : [...all];
  const others = [...all.slice(shown.length), ...rest];
  const [alone] = rest;
  if (alone && others.length === 1) shown.push(alone);
  else if (others.length > 0) shown.push({ label: alone ? alone.label : plural(others.length, '{n} other', '{n} others', { n: count(others.length) }), value: others.reduce((sum, s) => sum + s.value, 0), picked: null });
  const whole = shown.reduce((sum, s) => sum + s.value, 0);
  let from = 0;
  const placed = shown.map((s) => {
    const share = s.value / whole;
    const slice = { ...s, share, from };
    from += share;
    return slice;
  });
  return { label: measure.label, shape: measure.shape, slices: placed, whole, below };
}

/** A piece of a ring around (0, 0) from one part of the circle to another, beginning at the top. */
export function ring(from: number, to: number, outer: number, inner: number): string {
  // A whole circle has no beginning and no end that an arc could go between.
  const end = Math.min(to, from + 0.99999);
  const [a, b] = [from * 2 * Math.PI - Math.PI / 2, end * 2 * Math.PI - Math.PI / 2];
  const large = end - from > 0.5 ? 1 : 0;
  const at = (angle: number, r: number) => `${round(Math.cos(angle) * r)} ${round(Math.sin(angle) * r)}`;
  const back = inner > 0 ? `L${at(b, inner)}A${inner} ${inner} 0 ${large} 0 ${at(a, inner)}` : 'L0 0';
  return `M${at(a, outer)}A${outer} ${outer} 0 ${large} 1 ${at(b, outer)}${back}Z`;
}

const round = (v: number) => Math.round(v * 1000) / 1000;
