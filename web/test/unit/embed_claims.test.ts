import { describe, expect, it } from 'vitest';
import { lifetimeMs, readClaims } from '../../embed/claims';
import { diagnose, type Situation } from '../../embed/diagnosis';
import { remedyFor } from '../../embed/remedies';
import { ends, refusedWords } from '../../embed/words';
import { SIGNATURE, token } from './embed_tokens';

describe('claims', () => {
  it('are read, names beyond ASCII too, and the signature is not among them', () => {
    const claims = readClaims(token({ origins: ['https://app.example'] }));
    expect(claims?.all).toMatchObject({ sub: 'zoë', kid: 'emk_1', typ: 'insula-embed+jwt', aud: 'insula:embed' });
    expect(claims).toMatchObject({ dashboard: 'dsh_1', origins: ['https://app.example'] });
    expect(JSON.stringify(claims)).not.toContain(SIGNATURE);
  });
  it('tell how long a token lives, whatever the clocks say', () => {
    expect(lifetimeMs(readClaims(token())!)).toBe(300_000);
    expect(lifetimeMs(readClaims(token({ exp: 'soon' }))!)).toBeNull();
    expect(lifetimeMs(readClaims(token({ exp: 1 }))!)).toBeNull();
  });
  it.each([[''], ['ipl_abc_def'], ['a.b'], ['a.b.c'], ['a.b.c.d'], ['..'], [`${token()}.x`], ['W10.W10.x']])('%j is no token', (text) => {
    expect(readClaims(text)).toBeNull();
  });
});

describe('the diagnosis', () => {
  const fine: Situation = { problem: null, credential: token(), host: 'https://app.example', framed: true, stranger: null, origins: ['https://app.example'], skew: 40, version: '1.0' };
  const text = (s: Situation) => JSON.stringify(diagnose(s));

  it('has nothing to mend when all is well', () => {
    expect(diagnose(fine).remedies).toEqual([]);
    expect(Object.fromEntries(diagnose(fine).facts)).toMatchObject({ 'It is among them': 'yes', Clock: 'the same as the server’s', Credential: 'embed token' });
  });
  it.each([
    ['embed.expired', /expired/], ['embed.no_token', /No token/], ['embed.not_yet', /clocks/], ['embed.revoked', /revoked/], ['embed.audience', /another purpose/],
    ['embed.signature', /signed/], ['embed.tenant', /another workspace/], ['embed.origin', /origin/], ['embed.row_filter', /filter/], ['tenant.suspended', /suspended/], ['network', /does not answer/],
  ])('%s has its cause and what to do', (code, cause) => {
    const [first] = diagnose({ ...fine, problem: { code, title: 'x', status: 401 } }).remedies;
    expect(first?.cause).toMatch(cause);
    expect(first?.remedy.length).toBeGreaterThan(20);
  });
  it('names a page that was not listened to, and a clock that is wrong', () => {
    const { remedies } = diagnose({ ...fine, stranger: 'https://evil.test', skew: -95_000 });
    expect(remedies.map((r) => r.cause)).toEqual(['A page of https://evil.test spoke to this one, and was not listened to.', 'The clock of this browser is 95 s behind the server’s.']);
  });
  it('shows no signature, and nothing of a secret that is no token', () => {
    expect(text(fine)).not.toContain(SIGNATURE);
    expect(text({ ...fine, credential: 'ipl_abc_topsecret' })).not.toContain('topsecret');
  });
  it('says moments as people read them', () => {
    expect(diagnose(fine).claims).toContainEqual(['exp', '1795000300 (2026-11-18T11:11:40Z)']);
  });
});

describe('words', () => {
  it('a refusal ends the view; no connection, and a filter that is not for the host, do not', () => {
    for (const code of ['embed.revoked', 'embed.expired', 'tenant.suspended', 'embed.signature']) expect(ends(code), code).toBe(true);
    for (const code of ['network', 'http.502', 'embed.locked', 'rate.limited']) expect(ends(code), code).toBe(false);
  });
  it('people who look are spared our words', () => {
    for (const code of ['embed.expired', 'embed.no_token', 'embed.revoked', 'embed.audience', 'embed.origin', 'tenant.suspended', 'whatever']) {
      const { title, text } = refusedWords(code);
      expect(`${title} ${text}`, code).not.toMatch(/token|origin|audience|tenant|Insula/i);
    }
    expect(remedyFor('whatever', 'Something').cause).toBe('Something');
  });
});
