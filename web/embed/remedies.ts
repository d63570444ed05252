/**
 * What whoever builds the page around is told when an embed does not come up: the cause, and what to do. It is for the
 * panel that `debug` opens, and in English whoever looks. Pure. Tested in `test/unit/embed_claims.test.ts`.
 */
import { EXPIRED, NO_TOKEN, ORIGIN, OTHER_DASHBOARD } from './words';

export interface Remedy {
  cause: string;
  remedy: string;
}

const NOT_ONE: Remedy = {
  cause: 'This is not a token that this workspace signed, or its key was ended.',
  remedy: 'Send the token as it was given, unchanged, and to the workspace that made it. If its key was ended, make a new token.',
};

const REMEDIES: Record<string, Remedy> = {
  'auth.required': NOT_ONE,
  'auth.ended': NOT_ONE,
  [EXPIRED]: {
    cause: 'The token has expired, and the page around this one gave no new one.',
    remedy: 'Give the element a way to get a new token: the attribute token-url or the property getToken. Tokens live for ten minutes at most, on purpose.',
  },
  [NO_TOKEN]: {
    cause: 'No token came.',
    remedy: 'With the element: set token-url, getToken or token, and see that its answer is {"token": "…"}. With an iframe of your own: answer the message “ready” with a message “token”, or put #token=… behind the address.',
  },
  'embed.not_yet': {
    cause: 'The token begins in the future: the clocks of the servers are apart.',
    remedy: 'Set the clock of the server that signs by the network’s time. Half a minute of difference is forgiven.',
  },
  'embed.revoked': {
    cause: 'The token, its viewer, the key that made it, its dashboard or the public link was revoked or deleted.',
    remedy: 'Make a new token. If that is refused as well, look at the API key and at the dashboard.',
  },
  'limit.rate': {
    cause: 'Too many tokens or links from this network address were refused a moment ago.',
    remedy: 'Wait for some seconds. Then find what goes on sending tokens that have ended or are wrong: all behind the same address wait for it.',
  },
  'embed.audience': {
    cause: 'The token was signed for another purpose.',
    remedy: 'Send the token that POST /api/v1/embed-tokens gave: its claim aud is "insula:embed".',
  },
  'embed.signature': NOT_ONE,
  'embed.tenant': {
    cause: 'The token is for another workspace.',
    remedy: 'Frame the address that came with the token (url); the token’s claim iss says which workspace it is from.',
  },
  [ORIGIN]: {
    cause: 'The origin of the page around this one is not among those that the token allows.',
    remedy: 'Make the token with this origin in its origins, or without origins; and add the origin to the workspace’s list (Embedding).',
  },
  [OTHER_DASHBOARD]: {
    cause: 'The token is for another dashboard than the address.',
    remedy: 'Frame the address that came with the token (url).',
  },
  'embed.locked': {
    cause: 'The page around this one filters a dimension that the token locks.',
    remedy: 'Leave it out of filters: the token’s own value holds.',
  },
  'embed.row_filter': {
    cause: 'The dashboard requires a filter that the token does not have.',
    remedy: 'Make the token with an "in" filter for every dimension that the dashboard’s configuration names under embed.required.',
  },
  'tenant.suspended': { cause: 'The workspace is suspended.', remedy: 'The people who run this service can resume it. Nothing was deleted.' },
  'tenant.gone': { cause: 'The workspace was deleted.', remedy: 'If that was a mistake, tell the people who run this service soon.' },
  network: { cause: 'The server does not answer.', remedy: 'See whether the workspace’s address opens in this browser, and whether something in between stops it.' },
};

export const remedyFor = (code: string, title: string): Remedy => REMEDIES[code] ?? { cause: title, remedy: 'Look this code up in the reference of problems.' };
