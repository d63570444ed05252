/**
 * What is said when a dashboard cannot be shown. Two readers: people who look at somebody else's product, who are told
 * kindly and without our words, and whoever builds that product and asked for `debug`, who is told the cause and what
 * to do. Pure. Tested in `test/unit/embed_claims.test.ts`.
 */
import type { IconName } from '../ui/icons';

/** Codes that are this page's own; the rest are the server's. */
export const NO_TOKEN = 'embed.no_token';
export const OTHER_DASHBOARD = 'embed.dashboard';
export const EXPIRED = 'embed.expired';
export const ORIGIN = 'embed.origin';

export interface Refused {
  icon: IconName;
  title: string;
  text: string;
  /** Another try may help. */
  again: boolean;
}

const ENDED: Refused = { icon: 'clock', title: 'This view has ended', text: 'It was open for a while without being renewed. Load it again to go on.', again: true };
const CLOSED: Refused = { icon: 'lock', title: 'This is no longer shared with you', text: 'The people who showed it to you have ended it. Ask them if you still need it.', again: false };
const MISFIT: Refused = { icon: 'lock', title: 'This cannot be shown here', text: 'The page that you are on is not set up to show it. Its makers can tell you more.', again: false };

const REFUSED: Record<string, Refused> = {
  [EXPIRED]: ENDED,
  [NO_TOKEN]: { icon: 'lock', title: 'Nothing to show yet', text: 'The page that you are on has not opened this view. Load it again; if that does not help, its makers can tell you more.', again: true },
  'embed.not_yet': { icon: 'clock', title: 'Not yet', text: 'This view opens in a moment. Try again.', again: true },
  'embed.revoked': CLOSED,
  'tenant.suspended': { icon: 'pause', title: 'Paused for the moment', text: 'These numbers are not available right now. Nothing was lost.', again: true },
  'tenant.gone': CLOSED,
  'tenant.not_ready': { icon: 'clock', title: 'Being set up', text: 'This takes about a second. Try again.', again: true },
  'auth.required': MISFIT,
  'auth.ended': MISFIT,
  'embed.audience': MISFIT,
  'embed.signature': MISFIT,
  'embed.tenant': MISFIT,
  [ORIGIN]: MISFIT,
  [OTHER_DASHBOARD]: MISFIT,
  'embed.locked': MISFIT,
  'embed.row_filter': MISFIT,
};

const OTHER: Refused = { icon: 'warning', title: 'This cannot be shown right now', text: 'Try again in a moment. If it stays like this, the makers of this page can tell you more.', again: true };

export const refusedWords = (code: string): Refused => REFUSED[code] ?? OTHER;

/** The codes that end what is on the screen; anything else (no connection, too busy) leaves it and tries again. */
export const ends = (code: string): boolean => code in REFUSED && code !== 'embed.locked';

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
