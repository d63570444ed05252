/**
 * What was done and can be taken back. Pure: each function gives a new history. Changes of one kind that follow each other
 * (typing in one field) are one step. Tested in `test/unit/editor_history.test.ts`.
 */
export interface History<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
  /** What the last step was about; steps about the same are one. */
  readonly about: string | null;
}

const MOST = 200;

export const begin = <T>(now: T): History<T> => ({ past: [], now, future: [], about: null });

export function change<T>(history: History<T>, now: T, about: string | null = null): History<T> {
  if (about !== null && about === history.about) return { ...history, now, future: [] };
  return { past: [...history.past, history.now].slice(-MOST), now, future: [], about };
}

/** The same steps, each seen anew. */
export function mapped<T>(history: History<T>, see: (state: T) => T): History<T> {
  return { ...history, past: history.past.map(see), now: see(history.now), future: history.future.map(see) };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past[history.past.length - 1];
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], about: null };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.now], now: next, future, about: null };
}
