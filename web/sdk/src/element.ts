/**
 * The element's types, and how its script comes into the page. The script is the workspace's own
 * (`/embed/insula.js`, a kilobyte), so that it always fits what it frames. Tested in `test/unit/sdk_mint.test.ts`.
 */
import type { Filter, Range } from './mint.js';

export type Theme = 'light' | 'dark' | 'auto';

/**
 * `<insula-dashboard src="…">`. Attributes: `src`, `token-url`, `token`, `theme`, `locale`, `debug`, and `lazy="false"`
 * for one that loads although it is far below what can be seen. It is as high as what is in it.
 */
export interface InsulaDashboardElement extends HTMLElement {
  /** Asked whenever a token is needed: at first, and a minute before each one's end. */
  getToken?: (() => Promise<string>) | undefined;
  /** A token at hand, where nothing gets new ones. */
  set token(token: string);
  /** What the viewer's numbers are narrowed to, beside what their token holds. */
  set filters(filters: Filter[]);
  /** `null`: the dashboard's own. */
  set range(range: Range | null);
}

export interface DashboardEvents {
  'insula:loaded': CustomEvent<object>;
  'insula:error': CustomEvent<{ code: string; title: string }>;
  /** The viewer took a filter away, or set one. */
  'insula:filter': CustomEvent<{ filters: Filter[] }>;
  /** Anything else that the viewer did: `range`. */
  'insula:event': CustomEvent<{ name: string; detail: unknown }>;
}

declare global {
  interface HTMLElementTagNameMap {
    'insula-dashboard': InsulaDashboardElement;
  }
}

/** The script that belongs to a dashboard's address. */
export function scriptOf(src: string): string {
  const url = new URL(src);
  const at = url.pathname.indexOf('/embed/');
  if (at < 0) throw new Error(`${src} is not the address of an embedded dashboard: take the url that mint gave.`);
  return `${url.origin}${url.pathname.slice(0, at)}/embed/insula.js`;
}

let loading: Promise<void> | undefined;

/** Loads the element's script once, from the workspace that the dashboard is in. */
export function loadElement(src: string): Promise<void> {
  if (customElements.get('insula-dashboard')) return Promise.resolve();
  loading ??= new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.type = 'module';
    script.src = scriptOf(src);
    script.onload = () => resolve();
    script.onerror = () => {
      loading = undefined;
      script.remove();
      reject(new Error(`${script.src} could not be loaded.`));
    };
    document.head.append(script);
  });
  return loading;
}
