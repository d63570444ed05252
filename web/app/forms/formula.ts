/** Where in a formula something is wrong, as it is shown. Pure. Tested in `test/unit/formula.test.ts`. */

/** As on the server. */
export const MOST_FORMULA = 2000;

export interface Pointed {
  /** The line of the formula that it is in; of a long one the part around it. */
  line: string;
  /** As wide as what stands before it. */
  pad: string;
}

/** What a line of the field has room for, and how much of it is shown before the character. */
const ROOM = 32;
const BEFORE = 20;
/** Characters twice as wide as others. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** The character of a formula that is wrong: how many stand before it is what the server says, each counted as one. */
export function pointed(text: string, at: number): Pointed {
  const chars = [...text];
  const here = Math.min(Math.max(0, Math.trunc(at)), chars.length);
  const begin = here === 0 ? 0 : chars.lastIndexOf('\n', here - 1) + 1;
  const next = chars.indexOf('\n', here);
  const end = next < 0 ? chars.length : next;
  const from = end - begin > ROOM ? Math.max(begin, Math.min(here - BEFORE, end - ROOM)) : begin;
  const to = Math.min(end, from + ROOM);
  const shown = [...(from > begin ? '…' : ''), ...chars.slice(from, to), ...(to < end ? '…' : '')].map((c) => (c === '\t' ? ' ' : c));
  const before = here - from + (from > begin ? 1 : 0);
  return { line: shown.join(''), pad: shown.slice(0, before).map((c) => (WIDE.test(c) ? '\u3000' : ' ')).join('') };
}
