/** What a number means, in colour, sign and word: never in colour alone. Pure. Tested in `test/unit/shares.test.ts`. */
import type { ColourRule, Threshold, Tone } from '../wire/shapes';
import type { IconName } from '../ui/icons';
import type { Plain } from '../words/words';

export const TONES: Record<Tone, { icon: IconName; word: Plain; color: string; soft: string }> = {
  good: { icon: 'check', word: 'good', color: 'var(--good)', soft: 'var(--good-soft)' },
  warn: { icon: 'warning', word: 'worth a look', color: 'var(--warn)', soft: 'var(--warn-soft)' },
  bad: { icon: 'cross', word: 'not good', color: 'var(--bad)', soft: 'var(--bad-soft)' },
};

const HOLDS: Record<ColourRule['op'], (value: number, at: number) => boolean> = {
  gte: (value, at) => value >= at,
  gt: (value, at) => value > at,
  lte: (value, at) => value <= at,
  lt: (value, at) => value < at,
  eq: (value, at) => value === at,
};

/** The first rule of the measure that holds. */
export function ruled(rules: readonly ColourRule[] | undefined, measure: number, value: number | null): Tone | null {
  if (value === null || !rules) return null;
  return rules.find((rule) => (rule.measure ?? 0) === measure && HOLDS[rule.op](value, rule.value))?.tone ?? null;
}

/** The part of a scale that the value is in; below the first threshold there is none. */
export function toned(thresholds: readonly Threshold[] | undefined, value: number | null): Tone | null {
  if (value === null || !thresholds) return null;
  return thresholds.findLast((t) => value >= t.at)?.tone ?? null;
}
