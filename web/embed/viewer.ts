/**
 * What an embed is doing: waiting for a token, loading, showing, or refused. What always holds: what is shown stays
 * until something ends it (a revocation, an expiry that nobody renewed); a new token takes the place of the old one
 * without anything being drawn again; an answer that was overtaken is dropped. Tested in
 * `test/unit/embed_viewer.test.ts`.
 */
import { asApiError } from '../wire/problem';
import type { DashboardData, EmbedView, Filter, Problem, RangeInput } from '../wire/shapes';
import { lifetimeMs, readClaims } from './claims';
import type { EmbedClient, Loaded, Query } from './client';
import type { Host } from './host';
import { EMBED_API } from './paths';
import { isListed } from './protocol';
import { ends, EXPIRED, NO_TOKEN, ORIGIN, OTHER_DASHBOARD, refusedWords } from './words';

export interface Shown {
  is: 'shown';
  view: EmbedView;
  data: DashboardData | null;
  /** The last request failed; what is shown is older. */
  late: Problem | null;
  busy: boolean;
  /** What is shown answers an earlier question. */
  stale: boolean;
}

export type State = { is: 'waiting' } | { is: 'loading' } | { is: 'refused'; problem: Problem } | Shown;

export interface Asked {
  range: RangeInput | null;
  filters: readonly Filter[];
}

export interface Address {
  dashboard: string | null;
  widget: string | null;
}

/**
 * How soon it is looked whether anything changed; unchanged, that costs one small reply. The longer nothing changes and
 * nobody does anything here, the longer the pauses get.
 */
export const SOON_MS = 1_000;
export const MOST_MS = 30_000;
const STRETCH = 1.2;
/** How long the host may take to come up with a token. */
export const PATIENCE_MS = 10_000;
/** How long before its end a token is renewed. */
export const LEAD_MS = 60_000;
/** Looking again within this time would tell nothing new. */
const FRESH_MS = 500;

export class Viewer {
  state: State = { is: 'waiting' };
  onchange: (state: State) => void = () => {};
  asked: Asked = { range: null, filters: [] };
  credential: string | null = null;

  private closed: Problem | null = null;
  private view: Loaded<EmbedView> | null = null;
  private data: (Loaded<DashboardData> & { key: string }) | null = null;
  private late: Problem | null = null;
  private checkedAt = -Infinity;
  private turn = 0;
  private busy = false;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private renewal: ReturnType<typeof setTimeout> | undefined;
  private next: ReturnType<typeof setTimeout> | undefined;
  private pause = SOON_MS;

  constructor(
    private readonly client: EmbedClient,
    private readonly host: Host,
    private readonly address: Address,
    private readonly visible: () => boolean,
  ) {
    this.plan();
  }

  /** With what the address brought along, or by asking the page around this one; not at all where all is closed. */
  start(credential: string | null, closed: Problem | null = null): void {
    this.closed = closed;
    if (closed) {
      // The page around this one learns that it is here at all.
      this.host.say({ type: 'ready' });
      this.refuse(closed);
    } else if (credential !== null) void this.offer(credential);
    else this.askForToken('ready', NO_TOKEN);
  }

  /** A token came, the first one or the next. */
  async offer(credential: string): Promise<void> {
    if (this.closed) return;
    this.calm();
    this.credential = credential;
    const claims = readClaims(credential);
    if (claims && this.address.dashboard !== null && claims.dashboard !== this.address.dashboard) return this.refuse(OTHER_DASHBOARD);
    if (this.state.is !== 'shown') return this.load();
    // Nothing of it is new but its time and, perhaps, where it may be shown.
    if (claims && claims.origins.length > 0 && !this.fits(claims.origins)) return this.refuse(ORIGIN);
    this.renewIn(claims && lifetimeMs(claims));
    return this.check(true);
  }

  /** Another range or other filters. */
  ask(change: Partial<Asked>): void {
    this.asked = { ...this.asked, ...change };
    if (this.state.is === 'shown') void this.check(true);
  }

  /** The button on a closed door. */
  retry(): void {
    this.set({ is: 'waiting' });
    if (this.host.framed) this.askForToken('ready', NO_TOKEN);
    else this.start(this.credential);
  }

  /** Somebody is here: what is shown is to be what there is. */
  look(): void {
    this.plan(SOON_MS);
    void this.check();
  }

  /** Whether what is shown is still what there is. */
  async check(now = false): Promise<void> {
    if (this.state.is !== 'shown' || this.credential === null) return;
    if (!now && (this.busy || this.patience !== undefined || !this.visible() || performance.now() - this.checkedAt < FRESH_MS)) return;
    const turn = this.begin();
    try {
      const before = this.data;
      const data = await this.readData();
      if (turn !== this.turn) return;
      // The dashboard itself was changed: its widgets and places come along.
      if (before && before.value.version !== data.value.version) {
        const view = await this.readView();
        if (turn !== this.turn) return;
        this.view = view;
      }
      if (data !== before) this.plan(SOON_MS);
      this.data = data;
      this.late = null;
      this.busy = false;
    } catch (thrown) {
      if (turn !== this.turn) return;
      this.busy = false;
      this.failed(asApiError(thrown).problem);
    }
    this.rest();
  }

  private async load(): Promise<void> {
    this.set({ is: 'loading' });
    const turn = this.begin();
    const [view, data] = await Promise.allSettled([this.readView(), this.readData()]);
    if (turn !== this.turn) return;
    this.busy = false;
    if (view.status === 'rejected') return this.refuse(asApiError(view.reason).problem);
    if (!this.fits(view.value.value.origins)) return this.refuse(ORIGIN);
    if (view.value.value.dashboard.config.widgets.length === 0 && this.address.widget !== null) return this.refuse(OTHER_DASHBOARD);
    this.view = view.value;
    this.late = null;
    const { expires_at: end, now } = view.value.value;
    this.renewIn(end ? Date.parse(end) - Date.parse(now) : null);
    this.state = { is: 'shown', view: view.value.value, data: null, late: null, busy: false, stale: false };
    if (data.status === 'fulfilled') this.data = data.value;
    else this.failed(asApiError(data.reason).problem);
    this.rest();
    if (this.state.is === 'shown') this.host.say({ type: 'loaded' });
  }

  private failed(problem: Problem): void {
    // Renewing takes a moment, in which the numbers stay.
    if (problem.code === EXPIRED && this.host.framed) return this.askForToken('expiring', EXPIRED);
    if (ends(problem.code)) return this.refuse(problem);
    this.late = problem;
    this.host.say({ type: 'error', code: problem.code, title: problem.title });
  }

  private askForToken(how: 'ready' | 'expiring', otherwise: string): void {
    if (!this.host.framed) return this.refuse(otherwise);
    if (this.patience !== undefined) return;
    this.patience = setTimeout(() => this.refuse(otherwise), PATIENCE_MS);
    this.host.say({ type: how });
  }

  /** Nobody is waited for any more. */
  private calm(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
  }

  private plan(pause = this.pause): void {
    clearTimeout(this.next);
    this.pause = pause;
    this.next = setTimeout(() => {
      void this.check();
      this.plan(Math.min(MOST_MS, pause * STRETCH));
    }, pause);
  }

  private refuse(why: Problem | string): void {
    const problem = typeof why === 'string' ? { code: why, title: refusedWords(why).title, status: 0 } : why;
    this.calm();
    clearTimeout(this.renewal);
    this.turn += 1;
    this.busy = false;
    this.data = null;
    this.view = null;
    this.set({ is: 'refused', problem });
    this.host.say({ type: 'error', code: problem.code, title: problem.title });
  }

  /** The browser says by its own clock how much time has gone by, and by nobody's what time it is. */
  private renewIn(left: number | null): void {
    clearTimeout(this.renewal);
    if (left === null || !this.host.framed) return;
    const wait = Math.max(0, left - Math.min(LEAD_MS, left / 2));
    // Nobody is looking: the token is renewed when somebody does.
    this.renewal = setTimeout(() => this.visible() && this.host.say({ type: 'expiring' }), wait);
  }

  /** Whether the page around this one is among them. Where it is not known, it is not. */
  private fits(origins: readonly string[]): boolean {
    if (!this.host.framed) return true;
    return this.host.origin !== null && isListed(this.host.origin, origins);
  }

  private async readView(): Promise<Loaded<EmbedView>> {
    const loaded = await this.client.read<EmbedView>(EMBED_API.view(), this.credential ?? '', {}, this.view);
    const { widget } = this.address;
    if (widget === null || loaded === this.view) return loaded;
    const { dashboard } = loaded.value;
    const config = { ...dashboard.config, widgets: dashboard.config.widgets.filter((w) => w.id === widget), layout: [{ widget, x: 0, y: 0, w: 12, h: 4 }] };
    return { ...loaded, value: { ...loaded.value, dashboard: { ...dashboard, config } } };
  }

  private async readData(): Promise<Loaded<DashboardData> & { key: string }> {
    const query = asQuery(this.asked);
    const key = JSON.stringify(query);
    const previous = this.data?.key === key ? this.data : null;
    const loaded = await this.client.read<DashboardData>(EMBED_API.data(), this.credential ?? '', query, previous);
    return loaded === previous ? previous : { ...loaded, key };
  }

  private begin(): number {
    this.busy = true;
    this.checkedAt = performance.now();
    if (this.state.is === 'shown') this.rest();
    this.turn += 1;
    return this.turn;
  }

  /** Tells what there is now. */
  private rest(): void {
    if (this.state.is !== 'shown' || !this.view) return;
    const stale = this.data !== null && this.data.key !== JSON.stringify(asQuery(this.asked));
    this.set({ is: 'shown', view: this.view.value, data: this.data?.value ?? null, late: this.late, busy: this.busy, stale });
  }

  private set(state: State): void {
    this.state = state;
    this.onchange(state);
  }
}

export function asQuery({ range, filters }: Asked): Query {
  return { ...(range ?? {}), ...(filters.length > 0 ? { filters: JSON.stringify(filters) } : {}) };
}
