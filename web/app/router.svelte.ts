/**
 * Moves between pages over the History API. A link is an ordinary `<a href>`: clicks on links of this app are taken
 * over, and pointing at one fetches its page (and data) ahead. What always holds: the page that is shown and the
 * address change together; after a move the focus is on the new page's heading.
 */
import { type Component, tick } from 'svelte';
import { type Params, matcher } from './match';
import { withoutBase } from './paths';

/** Pages get `params`; those without parameters take no properties at all. */
export type Page = Component<{ params: Params }> | Component<Record<string, never>> | Component;

export interface Route {
  name: string;
  pattern: string;
  title: string;
  load: () => Promise<{ default: Page }>;
  /** Fetches ahead what the page will ask for. */
  prefetch?: (params: Params, query: URLSearchParams) => void;
  /** Shown without a session and without the shell. */
  open?: boolean;
}

interface Shown {
  route: Route | null;
  params: Params;
  page: Page | null;
}

const HOVER_MS = 50;

export class Router {
  url = $state.raw(new URL(location.href));
  shown = $state.raw<Shown>({ route: null, params: {}, page: null });
  /** A move takes long enough to say so. */
  moving = $state(false);
  /** A page's code could not be fetched. */
  broken = $state(false);

  /** Asked before the page is left: `false` keeps it, and whoever says so takes care of what comes next. */
  hold: ((to: string) => boolean) | null = null;

  private match: ReturnType<typeof matcher<Route>> = () => null;
  private turn = 0;
  private hover: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly base: string) {}

  start(routes: readonly Route[]): void {
    this.match = matcher(routes);
    addEventListener('popstate', () => this.popped());
    document.addEventListener('click', (event) => this.clicked(event));
    document.addEventListener('pointerover', (event) => this.pointed(event));
    document.addEventListener('focusin', (event) => this.pointed(event));
    void this.show(false);
  }

  private popped(): void {
    const to = new URL(location.href);
    if (to.pathname !== this.url.pathname && this.hold && !this.hold(to.href)) {
      history.pushState(null, '', this.url);
      return;
    }
    void this.show(false);
  }

  get query(): URLSearchParams {
    return this.url.searchParams;
  }

  go(href: string, options: { replace?: boolean; state?: unknown } = {}): Promise<void> {
    const to = new URL(href, location.href);
    if (to.origin !== location.origin || withoutBase(this.base, to.pathname) === null) {
      location.assign(to);
      return Promise.resolve();
    }
    const samePage = to.pathname === location.pathname;
    if (!samePage && this.hold && !this.hold(to.href)) return Promise.resolve();
    history[options.replace ? 'replaceState' : 'pushState'](options.state ?? null, '', to);
    return this.show(!samePage);
  }

  /** Changes the address's query in place; what is empty is left out. */
  ask(changes: Record<string, string | null | undefined>, options: { push?: boolean; state?: unknown } = {}): void {
    const to = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) {
      if (value) to.searchParams.set(name, value);
      else to.searchParams.delete(name);
    }
    if (to.href === location.href) return;
    history[options.push ? 'pushState' : 'replaceState'](options.state ?? null, '', to);
    this.url = to;
  }

  private find(url: URL): { route: Route; params: Params } | null {
    const path = withoutBase(this.base, url.pathname);
    return path === null ? null : this.match(path);
  }

  private async show(arrive: boolean): Promise<void> {
    const turn = ++this.turn;
    const url = new URL(location.href);
    const found = this.find(url);
    const slow = setTimeout(() => (this.moving = true), 120);
    try {
      found?.route.prefetch?.(found.params, url.searchParams);
      const page = found ? (await found.route.load()).default : null;
      if (turn !== this.turn) return;
      this.broken = false;
      this.url = url;
      this.shown = { route: found?.route ?? null, params: found?.params ?? {}, page };
      if (arrive) await this.arrived();
    } catch {
      if (turn === this.turn) this.broken = true;
    } finally {
      clearTimeout(slow);
      if (turn === this.turn) this.moving = false;
    }
  }

  private async arrived(): Promise<void> {
    await tick();
    scrollTo(0, 0);
    document.querySelector<HTMLElement>('[data-page-heading]')?.focus({ preventScroll: true });
  }

  private link(event: Event): URL | null {
    const a = event.target instanceof Element ? event.target.closest('a') : null;
    if (!a?.href || a.target || a.hasAttribute('download') || a.origin !== location.origin) return null;
    const url = new URL(a.href);
    return this.find(url) ? url : null;
  }

  private clicked(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const url = this.link(event);
    if (!url) return;
    event.preventDefault();
    if (url.href !== location.href) void this.go(url.href);
  }

  private pointed(event: Event): void {
    clearTimeout(this.hover);
    const url = this.link(event);
    if (!url || url.pathname === location.pathname) return;
    this.hover = setTimeout(() => {
      const found = this.find(url);
      if (!found) return;
      found.route.load().catch(() => {});
      found.route.prefetch?.(found.params, url.searchParams);
    }, HOVER_MS);
  }
}
