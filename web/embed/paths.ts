/**
 * Every path that the embed knows, in one place: the pages that are framed and the API behind them. Nothing else in
 * here writes a path by hand. Tested in `test/unit/embed_protocol.test.ts`.
 */

export const apiRoot = (base: string) => `${base}/api/v1`;

/** Below `apiRoot(base)`. What is shown is said by the credential alone, so that neither path has a parameter. */
export const EMBED_API = {
  view: () => '/embed',
  data: () => '/embed/data',
};

/** Whether a page is that of a public link, whose secret is the address's fragment. */
export const isShared = (base: string, path: string): boolean => path.startsWith(`${base}/shared/`);
