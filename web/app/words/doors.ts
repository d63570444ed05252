/** What stands on a closed door. */
import type { Door } from '../api/session.svelte';
import type { IconName } from '../../ui/icons';
import { t } from '../../words/words';

export const DOORS: Record<Door, { icon: IconName; title: (place: string) => string; text: (place: string) => string }> = {
  not_yours: {
    icon: 'lock',
    title: () => t('This is not your place'),
    text: (place) =>
      t('You are signed in, but you are not a member of {place}. Ask its owner for an invitation, or go to your own address.', { place }),
  },
  suspended: {
    icon: 'pause',
    title: (place) => t('{place} is suspended', { place }),
    text: () => t('Nobody can sign in for the moment. Nothing was deleted. The people who run this service can tell you more.'),
  },
  gone: {
    icon: 'trash',
    title: (place) => t('{place} is gone', { place }),
    text: () => t('This workspace was deleted. If that was a mistake, tell the people who run this service soon.'),
  },
  not_ready: {
    icon: 'clock',
    title: (place) => t('{place} is being set up', { place }),
    text: () => t('This takes about a second. The page opens by itself as soon as it is ready.'),
  },
};
