/** Who is believed, and to whom things are said. */
import { describe, expect, it, vi } from 'vitest';
import { Host, type Surroundings } from '../../embed/host';

const LISTED = 'https://app.example';
const EVIL = 'https://evil.test';

function frame(options: { framed?: boolean; framedBy?: string | null; origins?: string[] } = {}) {
  const parent = { postMessage: vi.fn() };
  let listener: (event: MessageEvent) => void = () => {};
  const around: Surroundings = {
    parent,
    self: options.framed === false ? parent : {},
    framedBy: options.framedBy ?? null,
    addEventListener: (_type, listen) => (listener = listen),
  };
  const host = new Host(around, options.origins ?? [LISTED, 'https://other.example']);
  const heard = vi.fn();
  const strange = vi.fn();
  host.onmessage = heard;
  host.onstranger = strange;
  const send = (data: unknown, origin: string, source: unknown = parent) => listener({ data, origin, source } as MessageEvent);
  return { host, parent, heard, strange, send };
}
const token = (text: string) => ({ insula: 1, type: 'token', token: text });

describe('a token is believed', () => {
  it('from the window around, at a listed origin', () => {
    const { heard, send, host } = frame();
    send(token('a'), LISTED);
    expect(heard).toHaveBeenCalledExactlyOnceWith({ type: 'token', token: 'a' });
    expect(host.origin).toBe(LISTED);
  });
  it('from no other window', () => {
    const { heard, send } = frame();
    send(token('a'), LISTED, {});
    expect(heard).not.toHaveBeenCalled();
  });
  it('from no other origin, which is named once', () => {
    const { heard, strange, send } = frame();
    send(token('a'), EVIL);
    send(token('b'), EVIL);
    expect(heard).not.toHaveBeenCalled();
    expect(strange).toHaveBeenCalledExactlyOnceWith(EVIL);
  });
  it('from nobody when nobody is listed, and from no page without an origin', () => {
    const { heard, send } = frame({ origins: ['null'] });
    send(token('a'), LISTED);
    send(token('a'), 'null');
    expect(heard).not.toHaveBeenCalled();
  });
  it('from the first that was believed, and from then on from that one alone', () => {
    const { heard, send } = frame();
    send(token('a'), LISTED);
    send(token('b'), 'https://other.example');
    expect(heard).toHaveBeenCalledTimes(1);
  });
  it('never by a page that nobody frames', () => {
    const { heard, send, host } = frame({ framed: false });
    send(token('a'), LISTED);
    expect(heard).not.toHaveBeenCalled();
    expect(host.framed).toBe(false);
  });
});

describe('what is said', () => {
  it('asks anybody for a token, and tells nobody else anything', () => {
    const { host, parent } = frame();
    host.say({ type: 'ready' });
    host.say({ type: 'filter', filters: [] });
    host.say({ type: 'event', name: 'range', detail: null });
    expect(parent.postMessage.mock.calls).toEqual([[{ insula: 1, type: 'ready' }, '*']]);
  });
  it('goes to the host that proved who it is', () => {
    const { host, parent, send } = frame();
    send(token('a'), LISTED);
    host.say({ type: 'filter', filters: [] });
    expect(parent.postMessage).toHaveBeenCalledWith({ insula: 1, type: 'filter', filters: [] }, LISTED);
  });
  it('does not go to a page around that the browser names and nobody listed', () => {
    const { host, parent } = frame({ framedBy: EVIL });
    host.say({ type: 'filter', filters: [] });
    expect(parent.postMessage).not.toHaveBeenCalled();
    host.say({ type: 'error', code: 'embed.origin', title: 'No' });
    expect(parent.postMessage).toHaveBeenCalledWith({ insula: 1, type: 'error', code: 'embed.origin', title: 'No' }, EVIL);
  });
});
