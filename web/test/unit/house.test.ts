/** Who may import whom: what every entry shares knows nothing of the app, and no entry knows another. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** From the bottom up: each may import itself and what stands before it. */
const SHARED = ['wire', 'words', 'format', 'theme', 'ui', 'widgets'];
const ENTRIES = ['app', 'embed', 'gallery'];
/** What runs in other people's pages and on their servers: it brings nothing of ours along. */
const ALONE = ['element', 'sdk/src'];

function* files(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else if (/\.(ts|js|svelte)$/.test(name)) yield path;
  }
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = [...text.matchAll(/(?:from|import|import\()\s*'([^']+)'/g)].map((m) => m[1] ?? '');
  const local = found.filter((spec) => spec.startsWith('.') || spec.startsWith('$app'));
  return local.map((spec) => relative(ROOT, spec.startsWith('$app') ? spec.replace('$app', join(ROOT, 'app')) : normalize(join(dirname(file), spec))));
}

function strays(folder: string, allowed: string[]): string[] {
  const place = join(ROOT, folder);
  if (!statSync(place, { throwIfNoEntry: false })) return [];
  return [...files(place)].flatMap((file) =>
    imports(file)
      .filter((to) => !allowed.some((top) => to === top || to.startsWith(`${top}/`)))
      .map((to) => `${relative(ROOT, file)} -> ${to}`),
  );
}

it('what is shared imports only what stands below it', () => {
  const found = SHARED.flatMap((folder, i) => strays(folder, SHARED.slice(0, i + 1)));
  expect(found).toEqual([]);
});

it('an entry imports itself and what is shared, never another entry', () => {
  const found = ENTRIES.flatMap((entry) => strays(entry, [entry, ...SHARED]));
  expect(found).toEqual([]);
});

it('the element and the package stand alone', () => {
  expect(ALONE.flatMap((folder) => strays(folder, [folder]))).toEqual([]);
});
