/**
 * Tokens, for servers: whoever holds the API key decides who sees what. Never call this in a browser. Needs nothing but
 * `fetch` (Node 20 and newer, Deno, Bun, workers). Tested in `test/unit/sdk_mint.test.ts`.
 */

/** A condition that always holds for the token: its viewer can neither see past it nor change it. */
export type Filter =
  | { op: 'in' | 'not_in'; dimension: string; values: (string | null)[] }
  | { op: 'contains' | 'starts_with'; dimension: string; value: string }
  | { op: 'gte' | 'gt' | 'lte' | 'lt' | 'eq'; measure: string; value: number }
  | { op: 'between'; measure: string; value: number; to: number };

/** A preset that moves with today (`7d`, `12m`, `mtd`), or two dates, the second one excluded. */
export type Range = { last: string } | { from: string; to: string };

export interface MintOptions {
  /** The workspace's address: `https://acme.example`, or with its path `https://example.com/t/acme`. */
  url: string;
  /** An API key with the scope `embeds:mint`. It stays on your server. */
  apiKey: string;
  /** The dashboard's id, `dsh_…`. */
  dashboard: string;
  /** One of its widgets, if only that one is to be shown. */
  widget?: string;
  /** Who looks, as your product knows them; counted in the usage, and how their views can be ended. */
  viewer?: string;
  /** Conditions that always hold, like `{ op: 'in', dimension: 'customer', values: ['c-42'] }`. */
  filters?: Filter[];
  /** From where the token may be used, if not from everywhere that the workspace allows. */
  origins?: string[];
  /** From 60 to 600; 300 if absent. The element renews tokens by itself. */
  ttlSeconds?: number;
  signal?: AbortSignal;
  /** For tests and unusual surroundings. */
  fetch?: typeof fetch;
}

export interface Minted {
  /** `emb_…`: by this it can be revoked. */
  id: string;
  /** For the browser of the one who looks. */
  token: string;
  expiresAt: string;
  /** The page to frame: the element's `src`. */
  url: string;
}

/** A refusal, with its stable code (`auth.forbidden`, `embed.row_filter`, …); `network` when nobody answered. */
export class InsulaError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = 'InsulaError';
  }
}

export async function mint(options: MintOptions): Promise<Minted> {
  const { url, apiKey, ttlSeconds, signal, fetch: send = fetch, ...what } = options;
  const body = JSON.stringify({ ...what, ...(ttlSeconds === undefined ? {} : { ttl_seconds: ttlSeconds }) });
  let response: Response;
  try {
    response = await send(`${url.replace(/\/+$/, '')}/api/v1/embed-tokens`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body,
      redirect: 'error',
      ...(signal ? { signal } : {}),
    });
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw new InsulaError('network', `${url} does not answer: ${thrown instanceof Error ? (thrown.cause instanceof Error ? thrown.cause.message : thrown.message) : 'unknown'}`, 0);
  }
  const answer = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  if (!response.ok || typeof answer?.token !== 'string') {
    const code = typeof answer?.code === 'string' ? answer.code : `http.${response.status}`;
    throw new InsulaError(code, String(answer?.detail ?? answer?.title ?? `${url} answered with ${response.status}.`), response.status);
  }
  return { id: String(answer.id), token: answer.token, expiresAt: String(answer.expires_at), url: String(answer.url) };
}
