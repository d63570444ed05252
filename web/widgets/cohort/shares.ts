/** What is left of each cohort, as parts of its first period. Pure. Tested in `test/unit/cross.test.ts`. */
export function shares(cells: readonly (readonly (number | null)[])[]): (number | null)[][] {
  return cells.map((row) => {
    const first = row.find((v) => v !== null) ?? null;
    return row.map((v) => (v === null || !first ? null : v / first));
  });
}
