/** What the app says when nobody else says it. */
export const NO_ANSWER = {
  title: 'The server does not answer',
  detail: 'Check your connection. Nothing is lost: try again when it is back.',
};

export const NOT_OURS = {
  title: 'That did not work',
  detail: 'The answer was not understood. Something between you and the server may be in the way.',
};

/** Titles that are friendlier in the app than the reference's. */
export const STALE = 'Somebody changed this meanwhile. What you see now is their version; make your change again.';
