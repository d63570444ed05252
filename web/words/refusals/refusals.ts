/**
 * What a member is told when something is refused, in another language than the server's: by its code, where a member can
 * meet it. What only the server can tell (which field, which limit) stays as it says it. Pure. Tested in
 * `test/unit/refusals.test.ts`.
 */
import type { Problem } from '../../wire/shapes';

export interface Refusal {
  title: string;
  /** Absent: the server's own sentence says more than could be said of all. */
  text?: string;
}
export type Refusals = Readonly<Record<string, Refusal>>;
/** Another language has what German has. */
export type RefusalsOf<All> = { readonly [Code in keyof All]: All[Code] extends { text: string } ? Required<Refusal> : { title: string } };

export function wordedBy(said: Refusals): (problem: Problem) => Problem {
  return (problem) => {
    const refusal = said[problem.code] ?? (problem.code.startsWith('http.') ? said.http : undefined);
    return refusal ? { ...problem, title: refusal.title, ...(refusal.text ? { detail: refusal.text } : {}) } : problem;
  };
}
