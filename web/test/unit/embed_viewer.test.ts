/** What an embed does, step by step, with a server and a host that are only played. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EmbedClient } from '../../embed/client';
import type { Host } from '../../embed/host';
import type { FrameMessage } from '../../embed/protocol';
import { LEAD_MS, MOST_MS, PATIENCE_MS, SOON_MS, Viewer } from '../../embed/viewer';
import { token } from './embed_tokens';

const HOST = 'https://app.example';
type Reply = { status?: number; body?: unknown; etag?: string };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function stage(options: { framed?: boolean; origin?: string | null; widget?: string | null; dashboard?: string | null } = {}) {
  const { framed = true, origin = HOST, widget = null, dashboard = 'dsh_1' } = options;
  const said: FrameMessage[] = [];
  const asked: { path: string; token: string; match: string | undefined }[] = [];
  const server = {
    view: { body: view() } as Reply,
    data: { body: { version: 1, widgets: [] }, etag: '"1"' } as Reply,
    shown: true,
  };
  const client = new EmbedClient('', async (path, init) => {
    const headers = init.headers as Record<string, string>;
    asked.push({ path, token: (headers.authorization ?? '').slice(7), match: headers['if-none-match'] });
    const reply = path.startsWith('/embed/data') ? server.data : server.view;
    if (reply.etag && headers['if-none-match'] === reply.etag) return new Response(null, { status: 304 });
    return new Response(JSON.stringify(reply.body), { status: reply.status ?? 200, headers: { 'content-type': 'application/json', ...(reply.etag ? { etag: reply.etag } : {}) } });
  });
  const host = { framed, origin, say: (m: FrameMessage) => said.push(m) } as unknown as Host;
  const viewer = new Viewer(client, host, { dashboard, widget }, () => server.shown);
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { viewer, server, said, asked, pass, types: () => said.map((m) => m.type) };
}

function view(change: Record<string, unknown> = {}) {
  const widgets = [{ id: 'w1' }, { id: 'w2' }];
  return { dashboard: { id: 'dsh_1', name: 'Sales', config: { range: { last: '30d' }, widgets, layout: [] } }, tenant: { name: 'Acme' }, branding: {}, locked: [], origins: [HOST], expires_at: '2026-11-28T10:05:00Z', now: '2026-11-28T10:00:00Z', ...change };
}
const refusal = (code: string, status = 401): Reply => ({ status, body: { code, title: code } });

describe('at the start', () => {
  it('it asks for a token, loads with the first, and says so', async () => {
    const { viewer, types, asked, pass } = stage();
    viewer.start(null);
    expect(viewer.state.is).toBe('waiting');
    void viewer.offer(token());
    await pass(0);
    expect(viewer.state).toMatchObject({ is: 'shown', data: { version: 1 }, stale: false, busy: false });
    expect(types()).toEqual(['ready', 'loaded']);
    expect(asked.map((a) => a.path)).toEqual(['/embed', '/embed/data']);
  });
  it('it gives up in the end, and a late token is welcome nevertheless', async () => {
    const { viewer, pass } = stage();
    viewer.start(null);
    await pass(PATIENCE_MS);
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code: 'embed.no_token' } });
    void viewer.offer(token());
    await pass(0);
    expect(viewer.state.is).toBe('shown');
  });
  it('where all is closed it says why at once, to the host too, and no token changes that', async () => {
    const { viewer, said, asked, pass } = stage();
    viewer.start(null, { code: 'tenant.suspended', title: 'Paused', status: 403 });
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code: 'tenant.suspended' } });
    expect(said).toEqual([{ type: 'ready' }, { type: 'error', code: 'tenant.suspended', title: 'Paused' }]);
    await viewer.offer(token());
    await pass(PATIENCE_MS);
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code: 'tenant.suspended' } });
    expect(asked).toEqual([]);
  });
  it('opened by itself without anything it is refused at once', () => {
    const { viewer } = stage({ framed: false });
    viewer.start(null);
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code: 'embed.no_token' } });
  });
  it.each([['embed.revoked'], ['embed.signature'], ['embed.audience'], ['tenant.suspended']])('%s is a closed door, and the host is told', async (code) => {
    const { viewer, server, said, pass } = stage();
    server.view = server.data = refusal(code, 403);
    viewer.start(token());
    await pass(0);
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code } });
    expect(said).toContainEqual({ type: 'error', code, title: code });
  });
});

describe('where it may be shown', () => {
  it.each([[['https://other.example'], HOST], [[HOST], null]])('the token says %j, the page around is %j: refused', async (origins, origin) => {
    const { viewer, server, pass } = stage({ origin });
    server.view = { body: view({ origins }) };
    viewer.start(token());
    await pass(0);
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code: 'embed.origin' } });
  });
  it('a page that nobody frames is in nobody’s way', async () => {
    const { viewer, pass } = stage({ framed: false, dashboard: null });
    viewer.start('ipl_a_b');
    await pass(0);
    expect(viewer.state.is).toBe('shown');
  });
  it('a token of another dashboard is refused before anything is asked', () => {
    const { viewer, asked } = stage();
    viewer.start(token({ dashboard: 'dsh_2' }));
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code: 'embed.dashboard' } });
    expect(asked).toEqual([]);
  });
  it('the address of one widget shows that one alone', async () => {
    const { viewer, pass } = stage({ widget: 'w2' });
    viewer.start(token());
    await pass(0);
    expect(viewer.state).toMatchObject({ is: 'shown', view: { dashboard: { config: { widgets: [{ id: 'w2' }] } } } });
  });
  it('and none that the token does not open', async () => {
    const { viewer, pass } = stage({ widget: 'w9' });
    viewer.start(token());
    await pass(0);
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code: 'embed.dashboard' } });
  });
});

describe('renewal', () => {
  it('a minute before the end a token is asked for, and its coming changes nothing on the screen', async () => {
    const { viewer, types, asked, pass } = stage();
    viewer.start(token());
    await pass(0);
    const before = viewer.state;
    await pass(300_000 - LEAD_MS);
    expect(types()).toContain('expiring');
    const states: string[] = [];
    viewer.onchange = (state) => states.push(state.is);
    const next = token({ jti: 'emb_2' });
    void viewer.offer(next);
    await pass(0);
    expect(new Set(states)).toEqual(new Set(['shown']));
    expect(viewer.state).toMatchObject({ is: 'shown' });
    expect(before.is === 'shown' && viewer.state.is === 'shown' && viewer.state.data).toBe(before.is === 'shown' && before.data);
    expect(asked.at(-1)).toEqual({ path: '/embed/data', token: next, match: '"1"' });
    expect(asked.filter((a) => a.path === '/embed')).toHaveLength(1);
  });
  it('a short life is renewed half way, not without end', async () => {
    const { viewer, server, types, pass } = stage();
    server.view = { body: view({ expires_at: '2026-11-28T10:01:00Z' }) };
    viewer.start(token());
    await pass(29_000);
    expect(types()).not.toContain('expiring');
    await pass(1_000);
    expect(types().filter((t) => t === 'expiring')).toHaveLength(1);
  });
  it('expired while nobody looked: the numbers stay until the new token is there', async () => {
    const { viewer, server, types, pass } = stage();
    viewer.start(token());
    await pass(0);
    server.data = refusal('embed.expired');
    void viewer.check(true);
    await pass(0);
    expect(viewer.state).toMatchObject({ is: 'shown', data: { version: 1 } });
    expect(types()).toContain('expiring');
    server.data = { body: { version: 1, widgets: [] }, etag: '"2"' };
    void viewer.offer(token({ jti: 'emb_2' }));
    await pass(PATIENCE_MS);
    expect(viewer.state.is).toBe('shown');
  });
  it('nobody renews: it ends, and nobody was asked twice', async () => {
    const { viewer, server, types, pass } = stage();
    viewer.start(token());
    await pass(0);
    server.data = refusal('embed.expired');
    void viewer.check(true);
    await pass(PATIENCE_MS);
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code: 'embed.expired' } });
    expect(types().filter((t) => t === 'expiring')).toHaveLength(1);
  });
});

describe('while it is shown', () => {
  it('it looks again soon, for a small reply, less and less often, and only when somebody sees it', async () => {
    const { viewer, server, asked, pass } = stage();
    viewer.start(token());
    await pass(2 * SOON_MS);
    expect(asked.at(-1)).toMatchObject({ path: '/embed/data', match: '"1"' });
    await pass(10 * 60_000);
    const before = asked.length;
    await pass(10 * MOST_MS);
    expect(asked.length - before).toBe(10);
    viewer.look();
    await pass(3 * SOON_MS);
    expect(asked.length - before).toBeGreaterThan(11);
    server.shown = false;
    const hidden = asked.length;
    await pass(5 * MOST_MS);
    expect(asked.length).toBe(hidden);
  });
  it('a revoked token ends it', async () => {
    const { viewer, server, pass } = stage();
    viewer.start(token());
    await pass(0);
    server.data = refusal('embed.revoked');
    void viewer.check(true);
    await pass(0);
    expect(viewer.state).toMatchObject({ is: 'refused', problem: { code: 'embed.revoked' } });
  });
  it('a lost connection leaves what is shown, and says that it is older', async () => {
    const { viewer, server, said, pass } = stage();
    viewer.start(token());
    await pass(0);
    server.data = { status: 502, body: {} };
    void viewer.check(true);
    await pass(0);
    expect(viewer.state).toMatchObject({ is: 'shown', data: { version: 1 }, late: { code: 'http.502' } });
    expect(said.at(-1)).toMatchObject({ type: 'error', code: 'http.502' });
    server.data = { body: { version: 1, widgets: [] }, etag: '"3"' };
    await pass(MOST_MS);
    expect(viewer.state).toMatchObject({ late: null });
  });
  it('a changed dashboard comes along', async () => {
    const { viewer, server, pass } = stage();
    viewer.start(token());
    await pass(0);
    server.view = { body: { ...view(), dashboard: { ...view().dashboard, name: 'Sales, new' } } };
    server.data = { body: { version: 2, widgets: [] }, etag: '"2"' };
    await pass(2 * SOON_MS);
    expect(viewer.state).toMatchObject({ view: { dashboard: { name: 'Sales, new' } }, data: { version: 2 } });
  });
  it('another range is asked for at once, and what is shown meanwhile is said to be old', async () => {
    const { viewer, asked, pass } = stage();
    viewer.start(token());
    await pass(0);
    viewer.ask({ range: { last: '7d' }, filters: [{ op: 'in', dimension: 'origin', values: ['ATL'] }] });
    expect(viewer.state).toMatchObject({ is: 'shown', stale: true, busy: true });
    await pass(0);
    expect(viewer.state).toMatchObject({ stale: false, busy: false });
    expect(asked.at(-1)?.path).toBe(`/embed/data?last=7d&filters=${encodeURIComponent('[{"op":"in","dimension":"origin","values":["ATL"]}]')}`);
  });
});
