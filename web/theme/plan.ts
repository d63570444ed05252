/**
 * A floor plan: blocks around courts, the quiet picture beside a sign-in. Every name has its own, always the same
 * one. Pure. Tested in `test/unit/words.test.ts`.
 */
export interface Block {
  x: number;
  y: number;
  w: number;
  h: number;
  /** 0 to 1: how much of the brand it carries. */
  weight: number;
}

/** Fills a grid of `columns` × `rows` with blocks that do not overlap, leaving some cells open as courts. */
export function plan(name: string, columns: number, rows: number): Block[] {
  const random = generator(name);
  const taken = new Set<number>();
  const blocks: Block[] = [];
  const free = (x: number, y: number, w: number, h: number) => {
    for (let i = x; i < x + w; i += 1) for (let j = y; j < y + h; j += 1) if (i >= columns || j >= rows || taken.has(j * columns + i)) return false;
    return true;
  };
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      if (taken.has(y * columns + x)) continue;
      const [w, h] = SHAPES[Math.floor(random() * SHAPES.length)] ?? [1, 1];
      const [bw, bh] = free(x, y, w, h) ? [w, h] : [1, 1];
      for (let i = x; i < x + bw; i += 1) for (let j = y; j < y + bh; j += 1) taken.add(j * columns + i);
      const weight = random();
      if (random() > 0.16) blocks.push({ x, y, w: bw, h: bh, weight });
    }
  }
  return blocks;
}

const SHAPES: readonly [number, number][] = [[1, 1], [2, 1], [1, 2], [2, 2], [3, 1], [1, 3], [2, 3], [3, 2]];

/** A small generator of numbers, started from a text. */
function generator(text: string): () => number {
  let state = 0x811c9dc5;
  for (const letter of text) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
