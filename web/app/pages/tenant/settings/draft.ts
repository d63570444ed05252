/**
 * The settings form's side of the settings: what is being edited, what of it differs, and what the chosen accent
 * means. Pure. Tested in `test/unit/settings_draft.test.ts`.
 */
import type { Branding, Settings, SettingsPatch, WeekStart } from '../../../../wire/shapes';
import { judge, normalHex, parseHex } from '../../../../theme/contrast';
import { t } from '../../../../words/words';

export interface Draft {
  name: string;
  time_zone: string;
  week_start: WeekStart;
  product_name: string;
  accent: string;
  /** Empty: the same as in light. */
  accent_dark: string;
  radius: number;
}

export const DEFAULT_RADIUS = 8;

export function draftOf(settings: Settings): Draft {
  const b = settings.branding;
  return {
    name: settings.name,
    time_zone: settings.time_zone,
    week_start: settings.week_start,
    product_name: b.product_name ?? '',
    accent: b.accent,
    accent_dark: b.accent_dark ?? '',
    radius: b.radius ?? DEFAULT_RADIUS,
  };
}

/** What has to be sent, and nothing else; `null` when nothing changed. */
export function changes(draft: Draft, settings: Settings): SettingsPatch | null {
  const now = draftOf(settings);
  const patch: SettingsPatch = {};
  if (draft.name.trim() !== now.name) patch.name = draft.name.trim();
  if (draft.time_zone !== now.time_zone) patch.time_zone = draft.time_zone;
  if (draft.week_start !== now.week_start) patch.week_start = draft.week_start;
  const branding: NonNullable<SettingsPatch['branding']> = {};
  if (draft.product_name.trim() !== now.product_name) branding.product_name = draft.product_name.trim() || null;
  if (draft.accent !== now.accent) branding.accent = normalHex(draft.accent) ?? draft.accent;
  if (draft.accent_dark !== now.accent_dark) branding.accent_dark = draft.accent_dark === '' ? null : (normalHex(draft.accent_dark) ?? draft.accent_dark);
  if (draft.radius !== now.radius) branding.radius = draft.radius;
  if (Object.keys(branding).length > 0) patch.branding = branding;
  return Object.keys(patch).length > 0 ? patch : null;
}

export function check(draft: Draft): Record<string, string | false> {
  return {
    name: draft.name.trim() === '' && t('A name has at least one character.'),
    accent: !parseHex(draft.accent) && t('A colour looks like #2563eb.'),
    accent_dark: draft.accent_dark !== '' && !parseHex(draft.accent_dark) && t('A colour looks like #2563eb.'),
  };
}

/** Someone else's save arrives while this form is open: fields that were not touched here follow it. */
export function merge(draft: Draft, base: Settings, incoming: Settings): Draft {
  const [was, is] = [draftOf(base), draftOf(incoming)];
  const merged = { ...draft };
  for (const key of Object.keys(was) as (keyof Draft)[]) {
    if (draft[key] === was[key]) (merged[key] as Draft[typeof key]) = is[key];
  }
  return merged;
}

/** The brand while it is edited; what is not a colour yet counts as not chosen. */
export const brandingOf = (draft: Draft, settings: Settings): Branding => ({
  ...settings.branding,
  accent: normalHex(draft.accent) ?? settings.branding.accent,
  accent_dark: normalHex(draft.accent_dark),
  radius: draft.radius,
});

/** What to know about an accent before it is saved; `null` when there is nothing to say. */
export function accentWarning(accent: string): string | null {
  const rgb = parseHex(accent);
  if (!rgb) return null;
  const verdict = judge(rgb);
  const ratio = verdict.asChosen.toFixed(1);
  if (verdict.grey) return t('This is close to grey: buttons and charts will hardly stand out from the rest.');
  if (verdict.darkWords) return t('White on this colour would be hard to read ({ratio}\u00a0:\u00a01, it takes 4.5). Buttons get dark words; links and lines get a darker tone.', { ratio });
  if (verdict.darkened) return t('White on this colour would be hard to read ({ratio}\u00a0:\u00a01, it takes 4.5). Buttons and links get a slightly darker tone.', { ratio });
  return null;
}
