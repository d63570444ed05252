/**
 * What a token says, for people who look for a fault. Nothing here decides anything: the server alone verifies. The
 * signature is never read and never shown. Pure. Tested in `test/unit/embed_claims.test.ts`.
 */
export interface Claims {
  /** The claims as they were sent, the header's `kid` and `typ` among them. */
  readonly all: Readonly<Record<string, unknown>>;
  readonly iat: number | null;
  readonly exp: number | null;
  readonly dashboard: string | null;
  readonly origins: readonly string[];
}

/** `null` for what is no token at all (the secret of a public link, or a mistake). */
export function readClaims(token: string): Claims | null {
  const [head, body, signature, ...more] = token.split('.');
  if (!head || !body || !signature || more.length > 0) return null;
  const [header, claims] = [decoded(head), decoded(body)];
  if (!header || !claims) return null;
  const { kid, typ } = header;
  return {
    all: { ...claims, ...(kid === undefined ? {} : { kid }), ...(typ === undefined ? {} : { typ }) },
    iat: seconds(claims.iat),
    exp: seconds(claims.exp),
    dashboard: typeof claims.dashboard === 'string' ? claims.dashboard : null,
    origins: Array.isArray(claims.origins) ? claims.origins.filter((o): o is string => typeof o === 'string') : [],
  };
}

/** How long a token lives from when it was made, whatever the clocks here say. */
export const lifetimeMs = (claims: Claims): number | null => (claims.iat === null || claims.exp === null || claims.exp <= claims.iat ? null : (claims.exp - claims.iat) * 1000);

const seconds = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

function decoded(part: string): Record<string, unknown> | null {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
