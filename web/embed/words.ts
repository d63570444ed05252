/**
 * What people who look at somebody else's product are told when a dashboard, or something on it, cannot be shown: kindly,
 * in their language, and without our words. What the server says is for those who build (`remedies.ts`). Pure. Tested in
 * `test/unit/embed_claims.test.ts`.
 */
import type { IconName } from '../ui/icons';
import { type Plain, t } from '../words/words';
import type { Problem, WidgetData } from '../wire/shapes';

/** Codes that are this page's own; the rest are the server's. */
export const NO_TOKEN = 'embed.no_token';
export const OTHER_DASHBOARD = 'embed.dashboard';
export const EXPIRED = 'embed.expired';
export const ORIGIN = 'embed.origin';

export interface Refused {
  icon: IconName;
  title: Plain;
  text: Plain;
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

interface Said {
  title: Plain;
  text: Plain;
}

/** Why one widget shows nothing, while the others may. */
const MISSING: Record<string, Said> = {
  timeout: { title: 'This took too long', text: 'Choose a shorter range, or try again.' },
  'limit.busy': { title: 'Too much at once', text: 'Many numbers are being asked for right now. Try again in a moment.' },
  'embed.locked': { title: 'These numbers are not for this view', text: 'They cannot be narrowed to what you may see here.' },
  'question.invalid': { title: 'These numbers cannot be worked out', text: 'What they are made from was changed. The makers of this page can tell you more.' },
};

const NOT_NOW: Said = { title: 'These numbers are not there right now', text: 'Try again in a moment.' };

/** The same data, with words for whoever looks instead of the server's. */
export function kindly(data: WidgetData | undefined): WidgetData | undefined {
  if (!data?.problem) return data;
  const { title, text } = MISSING[data.problem.code] ?? NOT_NOW;
  return { ...data, problem: { ...data.problem, title: t(title), detail: t(text) } };
}

/** What is shown stays, but is not the newest: why. */
export const lateWords = ({ code }: Problem): Plain =>
  code === 'network' ? 'The server does not answer' : (MISSING[code]?.title ?? 'The newest numbers could not be loaded');
