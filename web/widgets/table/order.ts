/** The rows of an answer in the order somebody asked for; nothing asked: as they came. Pure. */
import type { Answer } from '../../wire/shapes';

export function order(answer: Answer, sort: { column: number; descending: boolean } | null): number[] {
  const rows = Array.from({ length: answer.data[0]?.length ?? 0 }, (_, i) => i);
  const cells = sort ? answer.data[sort.column] : undefined;
  if (!sort || !cells) return rows;
  const way = sort.descending ? -1 : 1;
  return rows.sort((a, b) => {
    const [x, y] = [cells[a] ?? null, cells[b] ?? null];
    // What is missing comes last either way.
    if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1;
    const less = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
    return less === 0 ? a - b : less * way;
  });
}
