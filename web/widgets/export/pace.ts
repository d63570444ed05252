/**
 * Much text, made while the page goes on: in pieces that are worth handing over, with turns for everything else in
 * between. Pure. Tested in `test/unit/export.test.ts`.
 */

/** Characters of one piece. */
const PIECE = 65_536;
/** Milliseconds of work before the page has its turn: less than a frame. */
const SLICE = 12;

/** The same text in fewer, longer pieces. */
export function* pieces(text: Iterable<string>): Generator<string> {
  let gathered = '';
  for (const part of text) {
    gathered += part;
    if (gathered.length < PIECE) continue;
    yield gathered;
    gathered = '';
  }
  if (gathered !== '') yield gathered;
}

/** To be waited for after each piece: lets the page have its turn when enough was done. */
export function turns(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < SLICE) return;
    await new Promise((go) => setTimeout(go));
    began = performance.now();
  };
}
