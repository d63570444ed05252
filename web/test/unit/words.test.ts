import { describe, expect, it } from 'vitest';
import { plan } from '../../theme/plan';
import { actionLabel, entryLabel, entrySubject, oneLine } from '$app/words/audit';
import { linked } from '$app/words/linked';

describe('small words', () => {
  it('a floor plan has no overlaps and is always the same', () => {
    const blocks = plan('acme', 12, 14);
    expect(plan('acme', 12, 14)).toEqual(blocks);
    expect(plan('globex', 12, 14)).not.toEqual(blocks);
    const cells = blocks.flatMap((b) => Array.from({ length: b.w * b.h }, (_, i) => `${b.x + (i % b.w)} ${b.y + Math.floor(i / b.w)}`));
    expect(new Set(cells).size).toBe(cells.length);
  });
  it('audit actions without words of their own can still be read', () => {
    expect(actionLabel('member.invite')).toBe('Invited a member');
    expect(actionLabel('embed_token.mint')).toBe('Embed token mint');
  });
  it('an entry says what and of what in words, never by an id', () => {
    const entry = (action: string, subject: string | null, detail: unknown) => ({ seq: 1, at: '', action, actor: { kind: 'member', id: '', name: '' }, request: '', subject, detail });
    const session = entry('session.record', 'ses_01m7ys4xyzetabvrmvphg1w3r2', { event: 'sign_in' });
    expect([entryLabel(session), entrySubject(session)]).toEqual(['Signed in', '']);
    expect(entrySubject(entry('api_key.create', 'key_01m7yrxcynfc8tj5qrznfg7ww4', { name: 'demo', scopes: [] }))).toBe('demo');
    expect(entrySubject(entry('settings.update', 'settings', { changed: ['name', 'branding.accent_dark'] }))).toBe('name, accent dark');
    expect(entrySubject(entry('settings.update', 'logo', { bytes: 1310 }))).toBe('logo');
  });
  it('details of any shape fit one line', () => {
    expect(oneLine({ role: 'editor', scopes: ['a', 'b'], none: null })).toBe('role: editor · scopes: a, b');
    expect(oneLine({ id: 'x', name: 'Overview' })).toBe('Overview');
    expect(oneLine(null)).toBe('');
  });
  it('links in a mail end where they end', () => {
    expect(linked('Go to http://a.test/x?y=1. Bye')).toEqual([{ text: 'Go to ' }, { text: 'http://a.test/x?y=1', href: 'http://a.test/x?y=1' }, { text: '. Bye' }]);
    expect(linked('javascript:alert(1)')).toEqual([{ text: 'javascript:alert(1)' }]);
  });
});
