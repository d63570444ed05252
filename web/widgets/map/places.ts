/** An answer by country: who is where on the scale, and what is on no map. Pure. Tested in `test/unit/shares.test.ts`. */
import type { Answer } from '../../wire/shapes';
import type { NumberShape } from '../../format/number';
import { dimensionColumns, dimensionText, measures, pickable } from '../answer';
import type { Picked } from '../shape';
import { country } from './codes';

export interface PlaceValue {
  code: string;
  value: number;
  /** 0 to 4: in which fifth of the values it is. */
  step: number;
  picked: Picked;
}

export interface Places {
  label: string;
  shape: NumberShape;
  /** The greatest first. */
  found: PlaceValue[];
  /** What is no code of a country. */
  unknown: string[];
  /** The least value of each step that has one. */
  steps: { step: number; from: number; to: number }[];
}

export const STEPS = 5;

export function places(answer: Answer): Places {
  const measure = measures(answer)[0];
  const at = dimensionColumns(answer)[0];
  if (!measure || at === undefined) return { label: '', shape: {}, found: [], unknown: [], steps: [] };
  const name = answer.columns[at]?.name ?? '';
  const unknown: string[] = [];
  const made = new Map<string, { code: string; value: number; picked: Picked }>();
  for (const [i, value] of measure.values.entries()) {
    const text = answer.data[at]?.[i];
    const code = typeof text === 'string' ? country(text) : null;
    if (code === null) unknown.push(dimensionText(text));
    else if (value !== null && !made.has(code)) made.set(code, { code, value, picked: { dimension: name, value: pickable(text) } });
  }
  const found = [...made.values()].sort((a, b) => b.value - a.value);
  const bounds = limits(found.map((p) => p.value).reverse());
  const stepped = found.map((p) => ({ ...p, step: bounds.findLastIndex((from) => p.value >= from) }));
  const steps = bounds.flatMap((_, step) => {
    const inside = stepped.filter((p) => p.step === step).map((p) => p.value);
    return inside.length === 0 ? [] : [{ step, from: inside[inside.length - 1] ?? 0, to: inside[0] ?? 0 }];
  });
  return { label: measure.label, shape: measure.shape, found: stepped, unknown, steps };
}

/** Where each fifth of the ascending values begins. Few values: as far apart as they are. */
function limits(ascending: readonly number[]): number[] {
  const [low, high] = [ascending[0] ?? 0, ascending[ascending.length - 1] ?? 0];
  if (ascending.length <= STEPS) return Array.from({ length: STEPS }, (_, i) => (low === high ? (i < STEPS - 1 ? -Infinity : low) : low + ((high - low) * i) / STEPS));
  return Array.from({ length: STEPS }, (_, i) => ascending[Math.floor((i * ascending.length) / STEPS)] ?? 0);
}
