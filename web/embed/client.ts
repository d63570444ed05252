/**
 * The two reads of an embed. What always holds: the credential travels in the `Authorization` header and nowhere else,
 * no cookie is ever sent, nothing is kept by the browser; every failure is an `ApiError`. Tested in
 * `test/unit/embed_client.test.ts`.
 */
import { asApiError, refusal } from '../wire/problem';

/** A value with the tag that the server gave it. */
export interface Loaded<T> {
  value: T;
  etag: string | null;
}

export type Query = Record<string, string | undefined>;
type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export class EmbedClient {
  /** How far this clock is ahead of the server's, in milliseconds, by its last answer; `null` while nobody knows. */
  skew: number | null = null;

  constructor(
    private readonly root: string,
    private readonly fetch: Fetch = (input, init) => globalThis.fetch(input, init),
    private readonly now: () => number = Date.now,
  ) {}

  /** With `previous`, an unchanged answer costs no body and gives back the very same value. */
  async read<T>(path: string, credential: string, query: Query = {}, previous: Loaded<T> | null = null): Promise<Loaded<T>> {
    const headers: Record<string, string> = { accept: 'application/json', authorization: `Bearer ${credential}` };
    if (previous?.etag) headers['if-none-match'] = previous.etag;
    let response: Response;
    try {
      response = await this.fetch(this.url(path, query), { headers, credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' });
    } catch (thrown) {
      throw asApiError(thrown);
    }
    const date = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(date)) this.skew = this.now() - date;
    if (response.status === 304 && previous) return previous;
    if (!response.ok) throw await refusal(response);
    return { value: (await response.json()) as T, etag: response.headers.get('etag') };
  }

  private url(path: string, query: Query): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, value);
    const text = search.toString();
    return `${this.root}${path}${text ? `?${text}` : ''}`;
  }
}
