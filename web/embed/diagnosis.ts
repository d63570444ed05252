/**
 * What a developer wants to know when an embed does not come up, as lines to read: the cause, what to do, who talks to
 * whom, the clocks, and what the token says. What always holds: no signature and no secret is among them. Pure. Tested
 * in `test/unit/embed_claims.test.ts`.
 */
import type { Problem } from '../wire/shapes';
import { readClaims } from './claims';
import { isListed } from './protocol';
import { type Remedy, remedyFor } from './remedies';

export interface Situation {
  problem: Problem | null;
  credential: string | null;
  /** The host's origin, as far as it is known. */
  host: string | null;
  framed: boolean;
  /** A page that tried to speak although it is in no list. */
  stranger: string | null;
  origins: readonly string[];
  /** How far this clock is ahead of the server's, in milliseconds. */
  skew: number | null;
  version: string;
}

export interface Diagnosis {
  code: string | null;
  remedies: Remedy[];
  facts: [label: string, value: string][];
  claims: [name: string, value: string][];
}

/** More than this between two clocks is worth saying. */
const SKEW_MS = 20_000;
const TIMES = new Set(['iat', 'nbf', 'exp']);

export function diagnose(s: Situation): Diagnosis {
  const claims = s.credential ? readClaims(s.credential) : null;
  const remedies: Remedy[] = [];
  if (s.problem) remedies.push(remedyFor(s.problem.code, s.problem.title));
  if (s.stranger) {
    remedies.push({ cause: `A page of ${s.stranger} spoke to this one, and was not listened to.`, remedy: 'Add exactly this origin to the workspace’s list (Embedding), without a path and without a slash at the end.' });
  }
  if (s.skew !== null && Math.abs(s.skew) > SKEW_MS) {
    remedies.push({ cause: `The clock of this browser is ${apart(s.skew)}.`, remedy: 'Nothing depends on it here. If the server that mints has the same fault, its tokens are refused as “not yet” or “expired”.' });
  }
  return {
    code: s.problem?.code ?? null,
    remedies,
    facts: [
      ['Page around this one', s.framed ? (s.host ?? 'not told by the browser') : 'none'],
      ['Allowed by the workspace', s.origins.length > 0 ? s.origins.join(', ') : 'no origin'],
      ...(s.framed && s.host ? [['It is among them', isListed(s.host, s.origins) ? 'yes' : 'no'] as [string, string]] : []),
      ['Credential', s.credential === null ? 'none' : claims ? 'embed token' : 'no token: a link’s secret, or damaged'],
      ['Clock', s.skew === null ? 'not known yet' : Math.abs(s.skew) < 2_000 ? 'the same as the server’s' : apart(s.skew)],
      ...(s.problem?.instance ? [['Request', s.problem.instance] as [string, string]] : []),
      ...(s.version ? [['Version', s.version] as [string, string]] : []),
    ],
    claims: claims ? Object.entries(claims.all).map(([name, value]) => [name, shown(name, value)]) : [],
  };
}

const apart = (ms: number): string => `${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'} the server’s`;

function shown(name: string, value: unknown): string {
  if (TIMES.has(name) && typeof value === 'number') return `${value} (${new Date(value * 1000).toISOString().replace('.000', '')})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
