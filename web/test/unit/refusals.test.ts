/** What is refused, in words: each code that a member can meet, in each language. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import german from '../../words/refusals/de';
import french from '../../words/refusals/fr';
import { type Refusals, wordedBy } from '../../words/refusals/refusals';
import spanish from '../../words/refusals/es';
import { ROOT } from './bare_words';

const LANGUAGES: Record<string, Refusals> = { de: german, es: spanish, fr: french };
/** Said to operators, to programs and to embeds (which have their own words) only: no member's page meets it. */
const NOT_FOR_MEMBERS = [
  /^(cell|operation|idempotency|embed|postgres|data|settings|support|template)\./, /^tenant\.(slug_\w+|status|confirm|tier_unknown)$/,
  'input.json', 'input.content_type', 'input.too_deep', 'input.path', 'input.headers', 'method.not_allowed', 'auth.several', 'version.required',
];
const exempt = (code: string) => NOT_FOR_MEMBERS.some((one) => (typeof one === 'string' ? one === code : one.test(code)));

it('every code of the catalogue of problems has its words, or its reason to have none', () => {
  const catalogue = readFileSync(`${ROOT}/../crates/model/src/problem.rs`, 'utf8');
  const codes = [...catalogue.matchAll(/^ {4}[A-Z_]+ = "([^"]+)"/gm)].map((m) => m[1] ?? '');
  expect(codes.length).toBeGreaterThan(60);
  expect(codes.filter((code) => !(code in german) && !exempt(code))).toEqual([]);
  expect(Object.keys(german).filter((code) => !['network', 'http'].includes(code) && (!codes.includes(code) || exempt(code)))).toEqual([]);
});

it.each(Object.entries(LANGUAGES))('%s: headings do not end, sentences do', (_language, said) => {
  for (const [code, { title, text }] of Object.entries(said)) {
    expect(title, code).toMatch(/[^.\s]$/u);
    if (text !== undefined) expect(text, code).toMatch(/\S\.$/u);
  }
});

it('what only the server can tell stays as it says it', () => {
  const worded = wordedBy(german);
  expect(worded({ code: 'limit.reached', title: 'A limit of the plan is reached', detail: 'The plan has 3 members.', status: 409 })).toMatchObject({ title: 'Eine Grenze des Tarifs ist erreicht', detail: 'The plan has 3 members.' });
  expect(worded({ code: 'not_found', title: 'Not found', detail: 'There is no such dashboard.', status: 404 }).detail).toBe('Das gibt es nicht, oder es ist für Sie nicht sichtbar.');
  expect(worded({ code: 'http.502', title: 'That did not work', status: 502 }).title).toBe('Das hat nicht geklappt');
  const operators = { code: 'cell.full', title: 'The cell is full', status: 409 };
  expect(worded(operators)).toBe(operators);
});
