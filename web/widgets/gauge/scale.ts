/** A number on a half circle. Pure. Tested in `test/unit/shares.test.ts`. */
import type { Threshold, Tone } from '../../wire/shapes';

export interface Scale {
  min: number;
  max: number;
  /** Where the value stands, 0 to 1. */
  at: number | null;
  /** It is beyond one of the ends. */
  beyond: boolean;
  /** Where the target stands. */
  target: number | null;
  /** The parts of the scale that mean something. */
  parts: { from: number; to: number; tone: Tone }[];
}

interface Options {
  min?: number;
  max?: number | null;
  target?: number | null;
  thresholds?: readonly Threshold[];
}

export function scale(value: number | null, options: Options): Scale {
  const min = options.min ?? 0;
  const thresholds = options.thresholds ?? [];
  const known = [value, options.target ?? null, ...thresholds.map((t) => t.at)].filter((v): v is number => v !== null);
  const max = options.max ?? above(min, Math.max(min, ...known));
  const place = (v: number) => Math.min(1, Math.max(0, (v - min) / (max - min)));
  return {
    min,
    max,
    at: value === null ? null : place(value),
    beyond: value !== null && (value < min || value > max),
    target: options.target === null || options.target === undefined ? null : place(options.target),
    parts: thresholds
      .map((t, i) => ({ from: place(t.at), to: place(thresholds[i + 1]?.at ?? max), tone: t.tone }))
      .filter((part) => part.to > part.from),
  };
}

/** A round number some way above. */
function above(min: number, most: number): number {
  const reach = most - min;
  if (!(reach > 0)) return min + 1;
  const power = 10 ** Math.floor(Math.log10(reach));
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((m) => m * power >= reach * 1.02) ?? 12;
  return min + step * power;
}

/** A piece of the half circle around (0, 0), from left to right. */
export function arc(from: number, to: number, radius: number): string {
  const at = (part: number) => `${round(-Math.cos(part * Math.PI) * radius)} ${round(-Math.sin(part * Math.PI) * radius)}`;
  return `M${at(from)}A${radius} ${radius} 0 0 1 ${at(to)}`;
}

/** From inside to outside of the half circle. */
export function tick(part: number, inner: number, outer: number): string {
  const at = (radius: number) => `${round(-Math.cos(part * Math.PI) * radius)} ${round(-Math.sin(part * Math.PI) * radius)}`;
  return `M${at(inner)}L${at(outer)}`;
}

const round = (v: number) => Math.round(v * 100) / 100;
