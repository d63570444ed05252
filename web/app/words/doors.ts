/** What stands on a closed door. */
import type { Door } from '../api/session.svelte';
import type { IconName } from '../../ui/icons';

export const DOORS: Record<Door, { icon: IconName; title: (place: string) => string; text: (place: string) => string }> = {
  not_yours: {
    icon: 'lock',
    title: () => 'This is not your place',
    text: (place) =>
      `You are signed in, but you are not a member of ${place}. Ask its owner for an invitation, or go to your own address.`,
  },
  suspended: {
    icon: 'pause',
    title: (place) => `${place} is suspended`,
    text: () => 'Nobody can sign in for the moment. Nothing was deleted. The people who run this service can tell you more.',
  },
  gone: {
    icon: 'trash',
    title: (place) => `${place} is gone`,
    text: () => 'This workspace was deleted. If that was a mistake, tell the people who run this service soon.',
  },
  not_ready: {
    icon: 'clock',
    title: (place) => `${place} is being set up`,
    text: () => 'This takes about a second. The page opens by itself as soon as it is ready.',
  },
};
