/**
 * Who is looking. One state for the whole page: it decides between the pages, the sign-in and the doors that are
 * closed (not yours, suspended, gone, being set up). Any refusal anywhere that ends the session moves it.
 */
import type { Client } from './client';
import { type ApiError, asApiError } from '../../wire/problem';
import { forgetEverything } from './resource.svelte';
import type { Problem } from '../../wire/shapes';

export type Door = 'not_yours' | 'suspended' | 'gone' | 'not_ready';

export type SessionState =
  | { is: 'opening' }
  | { is: 'in' }
  | { is: 'out' }
  | { is: 'closed'; door: Door; problem: Problem }
  | { is: 'broken'; problem: Problem };

const DOORS: Record<string, Door> = {
  'tenant.not_yours': 'not_yours',
  'tenant.suspended': 'suspended',
  'tenant.gone': 'gone',
  'tenant.not_ready': 'not_ready',
};

export class SessionKeeper<S extends { can: string[] }> {
  state = $state.raw<SessionState>({ is: 'opening' });
  private session = $state.raw<S | null>(null);

  constructor(
    readonly client: Client,
    private readonly path: string,
    private readonly end: () => Promise<unknown>,
  ) {
    client.onrefusal = (error) => this.refused(error);
  }

  /** The session; only to be asked for while `state.is` is `in`. */
  get current(): S {
    if (!this.session) throw new Error('Nobody is signed in.');
    return this.session;
  }

  may(action: string): boolean {
    return this.state.is === 'in' && this.current.can.includes(action);
  }

  async open(): Promise<void> {
    try {
      this.session = await this.client.get<S>(this.path);
      this.state = { is: 'in' };
    } catch (thrown) {
      const error = asApiError(thrown);
      if (!this.refused(error)) this.state = { is: 'broken', problem: error.problem };
    }
  }

  /** After a sign-in or an accepted invitation that brought the session along. */
  entered(session: S): void {
    forgetEverything();
    this.session = session;
    this.state = { is: 'in' };
  }

  /** After something that the session tells of: a name, a role, sample data. */
  async refresh(): Promise<void> {
    try {
      this.session = await this.client.get<S>(this.path);
    } catch {
      /* what ended the session was told to `refused`; anything else leaves what was known */
    }
  }

  async leave(): Promise<void> {
    try {
      await this.end();
    } catch (thrown) {
      const error = asApiError(thrown);
      // Signed out is signed out, however it came about; anything else may have left the cookie where it was.
      if (error.status !== 401 && error.status !== 403) {
        this.state = { is: 'broken', problem: error.problem };
        return;
      }
    }
    forgetEverything();
    this.state = { is: 'out' };
  }

  /** Whether the refusal says something about the session itself. */
  private refused(error: ApiError): boolean {
    const door = DOORS[error.code];
    if (door) this.state = { is: 'closed', door, problem: error.problem };
    else if (error.status === 401 && error.code !== 'auth.credentials') {
      if (this.state.is === 'in') forgetEverything();
      this.state = { is: 'out' };
    } else return false;
    return true;
  }
}
