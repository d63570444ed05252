/**
 * Finds the route of a path. Pure; `router.svelte.ts` does the moving. Tested in `test/unit/match.test.ts`.
 */
export type Params = Record<string, string>;

export interface Matcher<R> {
  (path: string): { route: R; params: Params } | null;
}

/** Literal segments win over parameters; the order of the routes does not matter. */
export function matcher<R extends { pattern: string }>(routes: readonly R[]): Matcher<R> {
  const compiled = routes
    .map((route) => ({ route, parts: segments(route.pattern) }))
    .sort((a, b) => parameters(a.parts) - parameters(b.parts));
  return (path) => {
    const parts = segments(path);
    for (const { route, parts: pattern } of compiled) {
      const params = fits(pattern, parts);
      if (params) return { route, params };
    }
    return null;
  };
}

const segments = (path: string) => path.split('/').filter((s) => s !== '');
const parameters = (parts: string[]) => parts.filter((p) => p.startsWith(':')).length;

function fits(pattern: string[], parts: string[]): Params | null {
  if (pattern.length !== parts.length) return null;
  const params: Params = {};
  for (const [i, p] of pattern.entries()) {
    const part = parts[i] ?? '';
    if (p.startsWith(':')) {
      try {
        params[p.slice(1)] = decodeURIComponent(part);
      } catch {
        return null;
      }
    } else if (p !== part) return null;
  }
  return params;
}
