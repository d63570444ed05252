/**
 * Which commands fit what was typed, best first: the beginning of a word counts more than the middle, letters side
 * by side more than letters apart. Tested in `test/unit/palette.test.ts`.
 */
import type { IconName } from '../icons';

export interface Command {
  id: string;
  label: string;
  group: string;
  icon: IconName;
  /** Quiet words beside the label: an address, a state. */
  hint?: string;
  /** Also found by these. */
  words?: string;
  run: () => void;
}

/** `null`: does not fit. Higher is better. */
export function score(text: string, typed: string): number | null {
  const hay = fold(text);
  const needle = fold(typed).trim();
  if (needle === '') return 0;
  const at = hay.indexOf(needle);
  if (at >= 0) return 1000 - at - hay.length / 100 + (startsWord(hay, at) ? 500 : 0);
  // Every word of the question somewhere, in any order.
  const words = needle.split(/\s+/);
  if (words.length > 1) {
    const each = words.map((w) => score(text, w));
    return each.some((s) => s === null) ? null : each.reduce<number>((sum, s) => sum + (s ?? 0), 0) / words.length - 200;
  }
  let points = 0;
  let from = 0;
  let previous = -2;
  for (const letter of needle) {
    const found = hay.indexOf(letter, from);
    if (found < 0) return null;
    points += found === previous + 1 ? 12 : startsWord(hay, found) ? 10 : 1;
    previous = found;
    from = found + 1;
  }
  // Letters scattered over a long text are no answer.
  return points >= needle.length * 5 ? points : null;
}

export function filterCommands(commands: readonly Command[], typed: string, most = 40): Command[] {
  if (typed.trim() === '') return commands.slice(0, most);
  return commands
    .map((command, i) => ({ command, i, points: best(command, typed) }))
    .filter((c) => c.points !== null)
    .sort((a, b) => (b.points ?? 0) - (a.points ?? 0) || a.i - b.i)
    .slice(0, most)
    .map((c) => c.command);
}

function best(command: Command, typed: string): number | null {
  const found = [score(command.label, typed), less(score(`${command.hint ?? ''} ${command.words ?? ''}`, typed), 300)];
  const fit = found.filter((s): s is number => s !== null);
  return fit.length === 0 ? null : Math.max(...fit);
}

const less = (points: number | null, by: number) => (points === null ? null : points - by);
const startsWord = (hay: string, at: number) => at === 0 || /[\s\-_./@]/.test(hay[at - 1] ?? '');
const fold = (text: string) => text.toLowerCase().normalize('NFD').replace(/\p{Diacritic}/gu, '');
