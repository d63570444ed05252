/**
 * Reads that remember. A `Read` says what to load under which key; `resource` keeps a component supplied with it:
 * what is known is shown at once, what is stale is asked for again, what is unchanged (304) keeps its identity.
 * One request per key is under way at a time. `prefetch` is for links that are about to be followed.
 */
import { untrack } from 'svelte';
import type { Loaded } from './client';
import { asApiError, isAbort } from '../../wire/problem';
import type { Problem } from '../../wire/shapes';

export interface Read<T> {
  key: string;
  load(previous: Loaded<T> | null, signal: AbortSignal): Promise<Loaded<T>>;
}

/** Two readers within this time share one answer. */
const FRESH_MS = 2_000;
const MOST_ENTRIES = 200;

class Entry<T> {
  loaded = $state.raw<Loaded<T> | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  at = -Infinity;
  readers = 0;
  private running: Promise<void> | null = null;
  private abort: AbortController | null = null;

  constructor(private read: Read<T>) {}

  fresh(): boolean {
    return this.running !== null || performance.now() - this.at < FRESH_MS;
  }

  load(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Takes a value that a write brought back, so that nobody has to ask for it. */
  put(value: T, etag: string | null): void {
    this.loaded = { value, etag };
    this.problem = null;
    this.at = performance.now();
  }

  stop(): void {
    this.abort?.abort();
  }

  private async run(): Promise<void> {
    this.loading = true;
    this.abort = new AbortController();
    try {
      const loaded = await this.read.load(this.loaded, this.abort.signal);
      if (loaded !== this.loaded) this.loaded = loaded;
      this.problem = null;
      this.at = performance.now();
    } catch (thrown) {
      if (!isAbort(thrown)) this.problem = asApiError(thrown).problem;
    } finally {
      this.loading = false;
    }
  }
}

const entries = new Map<string, Entry<unknown>>();

function entry<T>(read: Read<T>): Entry<T> {
  const known = entries.get(read.key) as Entry<T> | undefined;
  if (known) return known;
  if (entries.size >= MOST_ENTRIES) {
    for (const [key, old] of entries) {
      if (old.readers === 0) {
        entries.delete(key);
        break;
      }
    }
  }
  const made = new Entry(read);
  entries.set(read.key, made as Entry<unknown>);
  return made;
}

export interface Resource<T> {
  readonly value: T | undefined;
  readonly etag: string | null;
  readonly problem: Problem | null;
  /** A request is under way, with or without something to show meanwhile. */
  readonly loading: boolean;
  /** What is shown belongs to an earlier key. */
  readonly stale: boolean;
  refresh(): Promise<void>;
}

export interface Options {
  /** Show the answer of the previous key until the new one is there (tables that are paged and filtered). */
  keep?: boolean;
  /** Ask again after so many milliseconds, as long as the page is visible. `null`: not now. */
  every?: () => number | null;
}

/** Must be called while a component is being made. */
export function resource<T>(read: () => Read<T> | null, options: Options = {}): Resource<T> {
  const current = $derived.by(() => {
    const wanted = read();
    return wanted ? entry(wanted) : null;
  });
  let last = $state.raw<Loaded<T> | null>(null);

  $effect(() => {
    const now = current;
    if (!now) return;
    now.readers += 1;
    untrack(() => {
      if (!now.fresh()) void now.load();
    });
    return () => {
      now.readers -= 1;
      if (now.readers === 0 && now.loaded === null) now.stop();
    };
  });
  $effect(() => {
    if (options.keep && current?.loaded) last = current.loaded;
  });
  $effect(() => {
    const now = current;
    const pause = options.every?.();
    if (!now || !pause) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void now.load();
    }, pause);
    return () => clearInterval(timer);
  });

  const shown = $derived(current?.loaded ?? (options.keep ? last : null));
  return {
    get value() {
      return shown?.value;
    },
    get etag() {
      return shown?.etag ?? null;
    },
    get problem() {
      return current?.problem ?? null;
    },
    get loading() {
      return current?.loading ?? false;
    },
    get stale() {
      return current !== null && current.loaded === null && shown !== null;
    },
    async refresh() {
      await current?.load();
    },
  };
}

export function prefetch<T>(read: Read<T>): void {
  const wanted = entry(read);
  if (!wanted.fresh()) void wanted.load();
}

export function put<T>(read: Read<T>, value: T, etag: string | null = null): void {
  entry(read).put(value, etag);
}

/** Everything below these keys is asked for again: at once where it is shown, otherwise when it is next needed. */
export async function invalidate(...prefixes: string[]): Promise<void> {
  const waits: Promise<void>[] = [];
  for (const [key, known] of entries) {
    if (!prefixes.some((prefix) => key === prefix || key.startsWith(`${prefix}/`) || key.startsWith(`${prefix}?`))) continue;
    known.at = -Infinity;
    if (known.readers > 0) waits.push(known.load());
    else entries.delete(key);
  }
  await Promise.all(waits);
}

/** Another person signs in: nothing of the last one stays. */
export function forgetEverything(): void {
  for (const known of entries.values()) known.stop();
  entries.clear();
}
