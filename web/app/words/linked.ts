/** A plain text cut where its links are, so that they can be followed. Pure. Tested in `test/unit/words.test.ts`. */
export type Piece = { text: string; href?: string };

const LINK = /https?:\/\/[^\s<>"')\]]+/g;

export function linked(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const href = found[0].replace(/[.,;:!?]+$/, '');
    if (found.index > from) pieces.push({ text: text.slice(from, found.index) });
    pieces.push({ text: href, href });
    from = found.index + href.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
