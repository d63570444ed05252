/** `<InsulaDashboard>` for React: the element, with properties and handlers as React has them. */
import { createElement, type CSSProperties, type ReactElement, useEffect, useRef } from 'react';
import { type DashboardEvents, type InsulaDashboardElement, loadElement, type Theme } from './element.js';
import type { Filter, Range } from './mint.js';

export interface InsulaDashboardProps {
  /** The `url` that `mint` gave. */
  src: string;
  /** Your endpoint that answers `{ "token": "…" }` to a POST. */
  tokenUrl?: string;
  /** Or a function that gets one. */
  getToken?: () => Promise<string>;
  theme?: Theme;
  locale?: string;
  filters?: Filter[];
  range?: Range | null;
  /** Says below the dashboard what is wrong, for you. */
  debug?: boolean;
  /** Loads at once, even far below what can be seen. */
  eager?: boolean;
  title?: string;
  className?: string;
  style?: CSSProperties;
  onLoaded?: () => void;
  onError?: (error: { code: string; title: string }) => void;
  onFilter?: (filters: Filter[]) => void;
}

export function InsulaDashboard(props: InsulaDashboardProps): ReactElement {
  const { src, tokenUrl, theme, locale, filters, range, debug, eager, title, className, style } = props;
  const at = useRef<InsulaDashboardElement>(null);
  // The newest handlers, without the element being touched when they change.
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const element = at.current;
    if (!element) return;
    const heard = {
      'insula:loaded': () => latest.current.onLoaded?.(),
      'insula:error': (event) => latest.current.onError?.(event.detail),
      'insula:filter': (event) => latest.current.onFilter?.(event.detail.filters),
    } satisfies { [K in keyof DashboardEvents]?: (event: DashboardEvents[K]) => void };
    for (const [name, listener] of Object.entries(heard)) element.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(heard)) element.removeEventListener(name, listener as EventListener);
    };
  }, []);
  const asks = props.getToken !== undefined;
  useEffect(() => {
    if (at.current) at.current.getToken = asks ? () => latest.current.getToken?.() ?? Promise.reject(new Error('There is no getToken any more.')) : undefined;
  }, [asks]);
  useEffect(() => {
    loadElement(src).catch((error: Error) => latest.current.onError?.({ code: 'embed.host', title: error.message }));
  }, [src]);
  useEffect(() => {
    if (filters) void customElements.whenDefined('insula-dashboard').then(() => at.current && (at.current.filters = filters));
  }, [filters]);
  useEffect(() => {
    if (range !== undefined) void customElements.whenDefined('insula-dashboard').then(() => at.current && (at.current.range = range));
  }, [range]);

  return createElement('insula-dashboard', {
    ref: at,
    src,
    'token-url': tokenUrl,
    theme,
    locale,
    debug: debug ? '' : undefined,
    lazy: eager ? 'false' : undefined,
    title,
    class: className,
    style,
  });
}
