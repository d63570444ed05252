import { describe, expect, it } from 'vitest';
import { slugFrom, slugProblem } from '$app/forms/slug';

describe('slugs', () => {
  it.each([
    ['Acme Air', 'acme-air'],
    ['  Ünïted Airlines, Inc. ', 'united-airlines-inc'],
    ['Straße 7', 'strasse-7'],
    ['--', ''],
    ['a'.repeat(39) + ' b', 'a'.repeat(39)],
  ])('%j becomes %j', (name, slug) => expect(slugFrom(name)).toBe(slug));
  it.each(['ab', 'a'.repeat(41), 'Acme', '-abc', 'abc-', 'a--b', 'xn--80ak', 'a b'])('%j is none', (slug) => expect(slugProblem(slug)).not.toBeNull());
  it.each(['abc', 'a1b', 'acme-air', 'a'.repeat(40)])('%j is one', (slug) => expect(slugProblem(slug)).toBeNull());
});
