/** What tells the two realms apart: whose pages, whose session, and where people come in. `main.ts` decides once. */
import type { Component, Snippet } from 'svelte';
import type { SessionKeeper } from './api/session.svelte';
import type { Route } from './router.svelte';

export interface Realm {
  routes: readonly Route[];
  session: SessionKeeper<{ can: string[] }>;
  shell: () => Promise<{ default: Component<{ children: Snippet }> }>;
  home: () => string;
  signIn: (next?: string) => string;
  /** What this place calls itself. */
  place: string;
}
