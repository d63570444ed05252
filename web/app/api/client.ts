/**
 * The thin client below every call: paths and queries, JSON, problem+json, ETag and If-Match, idempotency keys.
 * What always holds: each POST carries an `Idempotency-Key`, and a POST whose outcome is unknown is sent once more
 * under the same key (so it takes effect once); every failure is an `ApiError`. Tested in `test/unit/client.test.ts`.
 */
import { ApiError, asApiError, refusal } from '../../wire/problem';

/** A value with the version that the server gave it. */
export interface Loaded<T> {
  value: T;
  etag: string | null;
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Write {
  body?: unknown;
  /** A file, sent as it is. */
  file?: Blob;
  /** The version that is being changed: a number or an ETag. */
  match?: number | string | null | undefined;
  signal?: AbortSignal;
}

type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export class Client {
  /** Told about every refusal; the session listens for the ones that end it. */
  onrefusal: (error: ApiError) => void = () => {};

  constructor(
    private readonly root: string,
    private readonly fetch: Fetch = (input, init) => globalThis.fetch(input, init),
    private readonly newKey: () => string = randomKey,
  ) {}

  url(path: string, query: Query = {}): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
    }
    const text = search.toString();
    return `${this.root}${path}${text ? `?${text}` : ''}`;
  }

  /** Reads; with `previous`, an unchanged answer costs no body and gives back the very same value. */
  async read<T>(path: string, query: Query = {}, signal?: AbortSignal, previous?: Loaded<T> | null): Promise<Loaded<T>> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (previous?.etag) headers['if-none-match'] = previous.etag;
    const init: RequestInit = { headers, credentials: 'same-origin', ...(signal ? { signal } : {}) };
    const response = await this.send(this.url(path, query), init);
    if (response.status === 304 && previous) return previous;
    if (!response.ok) throw await this.refused(response);
    return { value: (await response.json()) as T, etag: response.headers.get('etag') };
  }

  async get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return (await this.read<T>(path, query, signal)).value;
  }

  post<T>(path: string, write: Write = {}): Promise<T> {
    return this.write<T>('POST', path, write);
  }
  put<T>(path: string, write: Write = {}): Promise<T> {
    return this.write<T>('PUT', path, write);
  }
  patch<T>(path: string, write: Write = {}): Promise<T> {
    return this.write<T>('PATCH', path, write);
  }
  delete<T = void>(path: string, write: Write = {}): Promise<T> {
    return this.write<T>('DELETE', path, write);
  }

  private async write<T>(method: string, path: string, write: Write): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' };
    const init: RequestInit = { method, headers, credentials: 'same-origin' };
    if (write.signal) init.signal = write.signal;
    if (write.file) {
      headers['content-type'] = write.file.type || 'application/octet-stream';
      init.body = write.file;
    } else if (write.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(write.body);
    }
    if (write.match !== undefined && write.match !== null) headers['if-match'] = quoted(write.match);
    if (method === 'POST') headers['idempotency-key'] = this.newKey();

    const url = this.url(path);
    let response: Response;
    try {
      response = await this.send(url, init);
      if (method === 'POST' && response.status === 503) {
        const error = await refusal(response.clone());
        if (error.code === 'outcome.unknown') response = await this.send(url, init);
      }
    } catch (thrown) {
      const error = asApiError(thrown);
      if (method !== 'POST' || error.code !== 'network') throw error;
      response = await this.send(url, init);
    }
    if (!response.ok) throw await this.refused(response);
    if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T;
    return (await response.json()) as T;
  }

  private async send(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.fetch(url, init);
    } catch (thrown) {
      throw asApiError(thrown);
    }
  }

  private async refused(response: Response): Promise<ApiError> {
    const error = await refusal(response);
    this.onrefusal(error);
    return error;
  }
}

const quoted = (match: number | string): string =>
  typeof match === 'string' && /^(W\/)?"/.test(match) ? match : `"${match}"`;

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
