/**
 * The page around this one. Its messages are believed only if they come from the window that frames this page, from an
 * origin in the tenant's own list; the first such message says who the host is, and from then on only that origin is
 * heard and spoken to. Tested in `test/unit/embed_host.test.ts`.
 */
import { type FrameMessage, type HostMessage, isListed, OPEN, parseHost, VERSION } from './protocol';

/** The part of `Window` that is needed, so that tests can bring their own. */
export interface Surroundings {
  readonly parent: Pick<Window, 'postMessage'>;
  readonly self: unknown;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  /** The origin of the page around this one, where the browser tells it. */
  readonly framedBy: string | null;
}

export class Host {
  /** Told of every message that is believed. */
  onmessage: (message: HostMessage) => void = () => {};
  /** Told once when somebody else tries, with their origin. */
  onstranger: (origin: string) => void = () => {};
  private known: string | null = null;
  private stranger = false;

  constructor(
    private readonly around: Surroundings,
    private readonly origins: readonly string[],
  ) {
    around.addEventListener('message', (event) => this.heard(event));
  }

  /** Whether there is a page around this one at all. */
  get framed(): boolean {
    return this.around.parent !== this.around.self;
  }

  /** Its origin: as its messages proved, or else as the browser tells. */
  get origin(): string | null {
    return this.known ?? (this.framed ? this.around.framedBy : null);
  }

  say(message: FrameMessage): void {
    if (!this.framed) return;
    const to = this.origin ?? (OPEN.has(message.type) ? '*' : null);
    if (to === null || (to !== '*' && !isListed(to, this.origins) && !OPEN.has(message.type))) return;
    this.around.parent.postMessage({ insula: VERSION, ...message }, to);
  }

  private heard(event: MessageEvent): void {
    if (!this.framed || event.source !== this.around.parent) return;
    const message = parseHost(event.data);
    if (!message) return;
    if (this.known === null && isListed(event.origin, this.origins)) this.known = event.origin;
    if (event.origin === this.known) this.onmessage(message);
    else if (!this.stranger) {
      this.stranger = true;
      this.onstranger(event.origin);
    }
  }
}

/** The real ones. Chromium and WebKit name the ancestors; elsewhere the referrer may. */
export function surroundings(): Surroundings {
  const ancestors = (location as Location & { ancestorOrigins?: DOMStringList }).ancestorOrigins;
  return {
    parent: window.parent,
    self: window,
    addEventListener: (type, listener) => window.addEventListener(type, listener),
    framedBy: ancestors?.[0] ?? originOf(document.referrer),
  };
}

function originOf(url: string): string | null {
  try {
    return new URL(url).origin;
  } catch {
    return null;
  }
}
