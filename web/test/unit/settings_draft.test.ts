import { describe, expect, it } from 'vitest';
import type { Settings } from '../../wire/shapes';
import { accentWarning, brandingOf, changes, check, draftOf, merge } from '$app/pages/tenant/settings/draft';

describe('the settings form', () => {
  const settings: Settings = { name: 'Acme', time_zone: 'UTC', locale: 'en', week_start: 'monday', branding: { accent: '#c4371c', radius: 8 }, version: 3 };
  it('sends only what differs', () => {
    const draft = draftOf(settings);
    expect(changes(draft, settings)).toBeNull();
    expect(changes({ ...draft, name: ' Acme ' }, settings)).toBeNull();
    expect(changes({ ...draft, accent: '#ABC' }, settings)).toEqual({ branding: { accent: '#aabbcc' } });
    expect(changes({ ...draft, name: 'Acme Air', radius: 4 }, settings)).toEqual({ name: 'Acme Air', branding: { radius: 4 } });
  });
  it('an emptied field is taken away', () => {
    const with_ = { ...settings, branding: { ...settings.branding, product_name: 'X', accent_dark: '#ffffff' } };
    expect(changes({ ...draftOf(with_), product_name: ' ', accent_dark: '' }, with_)).toEqual({ branding: { product_name: null, accent_dark: null } });
  });
  it('follows somebody else’s save, except where it was touched', () => {
    const draft = { ...draftOf(settings), name: 'Mine' };
    const theirs = { ...settings, name: 'Theirs', time_zone: 'Europe/Zurich', version: 4 };
    expect(merge(draft, settings, theirs)).toMatchObject({ name: 'Mine', time_zone: 'Europe/Zurich' });
  });
  it('what is not a colour yet does not reach the preview', () => {
    expect(brandingOf({ ...draftOf(settings), accent: '#12' }, settings).accent).toBe('#c4371c');
    expect(check({ ...draftOf(settings), accent: '#12' }).accent).toBeTruthy();
  });
  it('warns where it matters', () => {
    expect(accentWarning('#2563eb')).toBeNull();
    expect(accentWarning('#c4371c')).toBeNull();
    expect(accentWarning('#ffd43b')).toContain('dark words');
    expect(accentWarning('#f2662c')).toContain('darker');
    expect(accentWarning('#808080')).toContain('grey');
    expect(accentWarning('nonsense')).toBeNull();
  });
});
