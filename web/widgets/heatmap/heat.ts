/** How strong a cell is. Pure. Tested in `test/unit/cross.test.ts`. */
import { extent } from '../answer';

/** −1 to 1: as far from zero as the cell furthest from it; `null` without a number. */
export function heat(cells: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const { low, high } = extent(cells.flat());
  // All above zero and close together: then the differences are what is worth seeing.
  const base = low > 0 && low < high && low > high * 0.5 ? low - (high - low) * 0.15 : 0;
  const reach = Math.max(Math.abs(low - base), Math.abs(high - base)) || 1;
  return cells.map((row) => row.map((v) => (v === null ? null : (v - base) / reach)));
}

/** A cell's colour: the accent above zero, another hue below, fading into the ground. `most` keeps words on it legible. */
export function heatColor(of: number | null, most = 100): string {
  if (of === null) return 'transparent';
  const strength = Math.round((0.06 + 0.94 * Math.abs(of)) * most);
  return `color-mix(in oklab, ${of < 0 ? 'var(--bad)' : 'var(--accent-mark)'} ${strength}%, var(--surface))`;
}
