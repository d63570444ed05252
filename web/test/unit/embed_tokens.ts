/** Tokens for tests: whole in shape, signed by nobody. */
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const SIGNATURE = 'c2lnbmF0dXJlLXRoYXQtbm9ib2R5LXNlZXM';
export const CLAIMS = { iss: 'https://acme.example', aud: 'insula:embed', tenant: 'tnt_1', dashboard: 'dsh_1', filters: [], origins: [] as string[], sub: 'zoë', by: 'key_1', iat: 1_795_000_000, nbf: 1_795_000_000, exp: 1_795_000_300, jti: 'emb_1' };

export const token = (claims: Record<string, unknown> = {}, header: unknown = { alg: 'EdDSA', typ: 'insula-embed+jwt', kid: 'emk_1' }): string =>
  `${part(header)}.${part({ ...CLAIMS, ...claims })}.${SIGNATURE}`;
