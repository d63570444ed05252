/**
 * Keeps an open page in its tenant's present clothes: a change of name, accent, logo or favicon made anywhere shows
 * within a second on pages that are being used, within ten on ones that are only open, and at once on coming back.
 * An unchanged answer is a 304 without a body. Tested in `test/browser/settings.test.ts`.
 */
import { boot } from '../boot';
import { type Resource, resource } from '../api/resource.svelte';
import { reads } from '../api/tenant';
import type { Settings } from '../../wire/shapes';
import { applyBrand } from '../../theme/brand';

const USED_MS = 1_000;
const OPEN_MS = 10_000;
const IDLE_AFTER_MS = 60_000;

/** Must be called while a component is being made. */
export function liveSettings(): Resource<Settings> {
  let used = $state(true);
  const settings = resource(() => reads.settings(), { every: () => (used ? USED_MS : OPEN_MS) });

  $effect(() => {
    let idle: ReturnType<typeof setTimeout>;
    const active = () => {
      clearTimeout(idle);
      used = true;
      idle = setTimeout(() => (used = false), IDLE_AFTER_MS);
    };
    const back = () => {
      if (document.visibilityState === 'visible') {
        active();
        void settings.refresh();
      }
    };
    active();
    addEventListener('pointermove', active, { passive: true });
    addEventListener('keydown', active);
    addEventListener('focus', back);
    document.addEventListener('visibilitychange', back);
    return () => {
      clearTimeout(idle);
      removeEventListener('pointermove', active);
      removeEventListener('keydown', active);
      removeEventListener('focus', back);
      document.removeEventListener('visibilitychange', back);
    };
  });

  $effect(() => {
    if (settings.value) applyBrand(settings.value.branding);
  });
  return settings;
}

/** What this place calls itself. */
export const placeName = (settings: Settings | undefined): string =>
  settings?.branding.product_name || settings?.name || boot.branding?.product_name || boot.tenant?.name || '';

export const placeLogo = (settings: Settings | undefined): string | null =>
  (settings ? settings.branding.logo_url : boot.branding?.logo_url) ?? null;
