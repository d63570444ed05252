/**
 * A slug from a name, and what is wrong with one, before the server is asked. The server's word counts (reserved
 * and taken names only it knows). Pure. Tested in `test/unit/slug.test.ts`.
 */
export const SLUG_MIN = 3;
export const SLUG_MAX = 40;

/** `Ünïted Airlines, Inc.` becomes `united-airlines-inc`. */
export function slugFrom(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, SLUG_MAX)
    .replace(/-+$/, '');
}

/** A sentence, or `null` when it has the right form. */
export function slugProblem(slug: string): string | null {
  if (slug.length < SLUG_MIN || slug.length > SLUG_MAX) return `A slug has ${SLUG_MIN} to ${SLUG_MAX} characters.`;
  if (!/^[a-z0-9-]+$/.test(slug)) return 'A slug is made of the letters a to z, digits and hyphens.';
  if (slug.startsWith('-') || slug.endsWith('-') || slug.includes('--')) return 'A slug neither begins nor ends with a hyphen, nor has two in a row.';
  return null;
}
