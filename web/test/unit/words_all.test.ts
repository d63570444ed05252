/** Every text of an embed and of the members' app has its translations, every translation its text, and nothing is said past them. */
import { describe, expect, it } from 'vitest';
import appGerman from '../../words/app/de';
import appSpanish from '../../words/app/es';
import appFrench from '../../words/app/fr';
import german from '../../words/de';
import spanish from '../../words/es';
import editingGerman from '../../words/editing/de';
import editingSpanish from '../../words/editing/es';
import editingFrench from '../../words/editing/fr';
import french from '../../words/fr';
import { OTHERS } from '../../words/languages';
import managingGerman from '../../words/managing/de';
import managingSpanish from '../../words/managing/es';
import managingFrench from '../../words/managing/fr';
import type { Catalogue, Forms } from '../../words/words';
import { reach, type Wording, wording } from './bare_words';

type Catalogues = Record<string, Catalogue>;
type Reached = Map<string, Wording>;
const DRAWN: Catalogues = { de: german, es: spanish, fr: french };
const APP: Catalogues = { de: appGerman, es: appSpanish, fr: appFrench };
const WORK: Catalogues = { de: { ...editingGerman, ...managingGerman }, es: { ...editingSpanish, ...managingSpanish }, fr: { ...editingFrench, ...managingFrench } };

/** The panel for those who build and the operators' console, in English whoever looks; the catalogues themselves. */
const WITHOUT = ['embed/Debug.svelte', 'app/console.ts', 'words/de.ts', 'words/es.ts', 'words/fr.ts', 'words/app/', 'words/editing/', 'words/managing/', 'words/refusals/'];
/** What looks like words and is none that people read, or the whole file. Each with its reason; the list only shrinks. */
const NONE: Record<string, '*' | readonly string[]> = {
  // By their codes, `embed/words.ts` and `words/refusals` say these in their own words.
  'wire/words.ts': '*',
  // Countries' codes, and what programs read.
  'widgets/map/codes.ts': '*',
  'embed/client.ts': ['Bearer'],
  'widgets/export/formats.ts': ['yyyy-mm-dd hh:mm', 'yyyy-mm-dd hh:mm:ss'],
  'widgets/export/xlsx.ts': ['yyyy-mm-dd hh:mm'],
  'app/forms/CreateApiKey.svelte': ['/dashboards \\\n  -H "Authorization: Bearer'],
  'app/forms/RevokeEmbeds.svelte': ['user-42', 'emb_…'],
  'app/pages/tenant/data/curl.ts': '*',
  'app/pages/tenant/embedding/origin.ts': '*',
  // Examples of what is typed, and names that events have.
  'app/forms/ColorField.svelte': ['#2563eb'],
  'app/pages/tenant/data/DataPage.svelte': ['at', 'measures', 'dimensions', 'application/x-ndjson'],
  'app/pages/tenant/data/DatasetForm.svelte': ['revenue / nullif(orders, 0)', '[data-calculated] li:last-child input'],
  'app/pages/tenant/data/LookupsCard.svelte': ['airline', 'li:last-child input'],
  'app/pages/tenant/data/MeasureRow.svelte': ['margin'],
  'app/pages/tenant/embedding/Origins.svelte': ['https://app.example.com'],
  // Keys of keyboards, kinds of files, and each language's word for itself.
  'app/shells/KeysDialog.svelte': ['Esc'],
  'app/shells/keys.ts': ['Ctrl'],
  'ui/palette/Palette.svelte': ['esc'],
  'app/pages/tenant/dashboard/RowsDialog.svelte': ['CSV', 'Excel'],
  'app/shells/TenantShell.svelte': ['language sprache langue idioma'],
  // Styles, and where things are on a page.
  'app/pages/tenant/editor/Canvas.svelte': ['px; height:', 'transform: translate('],
  'app/pages/tenant/editor/EditorView.svelte': ['input, textarea'],
  'app/pages/tenant/settings/SettingsPage.svelte': ['px'],
  'ui/DataTable.svelte': ['a, button, input, select, [popover]'],
  'ui/Popover.svelte': ['button, input'],
};
/** The same in English. */
const SAME: Record<string, readonly string[]> = {
  de: ['Q{quarter} {year}', 'Admin', 'Dashboard', 'Dashboards', 'Favicon', 'Filter {n}', 'Format', 'Heatmap', 'Logo', 'Name', 'Text', 'Trends', 'Version {version}', 'Widget', 'Widgets'],
  es: ['d', 'Editor', 'Favicon', 'Widget', 'Widgets', 'no'],
  fr: ['Actions', 'Condition {n}', 'Description', 'Dimensions', 'E-mail', 'Favicon', 'Format', 'Invitation', 'Invitations', 'Logo', 'Minutes', 'Tables', 'Version {version}', 'Versions', 'Widget', 'Widgets', 'description', 'format', 'table'],
};

const embed = reach('embed/main.ts', WITHOUT);
/** What every member meets, and what only who works with it does: it brings its own words along. */
const app = reach('app/main.ts', WITHOUT);
const whole = reach('app/main.ts', WITHOUT, true);
const work: Reached = new Map([...whole].filter(([file]) => !app.has(file)));
const everything: Reached = new Map([...embed, ...whole]);

const all = (reached: Reached, of: 'literals' | 'said') => new Set([...reached.values()].flatMap((w) => [...w[of]]));
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort();
const forms = (of: string | Forms | undefined): string[] => (of === undefined ? [] : typeof of === 'string' ? [of] : Object.values(of));

/** A part of the code, the catalogues that are there when it is, and the one that is its own. */
const PARTS: [name: string, reached: Reached, known: Catalogues[], own: Catalogues][] = [
  ['an embed', embed, [DRAWN], DRAWN],
  ['the app', app, [DRAWN, APP], APP],
  ['the pages of who works', work, [DRAWN, APP, WORK], WORK],
];

it('the reach of an embed is what it shows', () => {
  for (const file of ['embed/Board.svelte', 'embed/words.ts', 'format/range.ts', 'widgets/kpi/Kpi.svelte', 'widgets/export/xlsx.ts', 'ui/Menu.svelte']) expect([...embed.keys()]).toContain(file);
  for (const file of ['embed/Debug.svelte', 'embed/remedies.ts', 'ui/DataTable.svelte']) expect([...embed.keys()]).not.toContain(file);
});

it('the reach of the app is what members see, and none of it the operators’', () => {
  for (const file of ['app/pages/tenant/sign_in/SignInPage.svelte', 'app/pages/tenant/dashboard/DashboardView.svelte', 'app/forms/ChangePassword.svelte']) expect([...app.keys()]).toContain(file);
  for (const file of ['app/pages/tenant/editor/EditorView.svelte', 'app/forms/CreateDashboard.svelte', 'app/pages/tenant/audit/AuditPage.svelte', 'ui/DataTable.svelte']) expect([...work.keys()]).toContain(file);
  expect([...whole.keys()].filter((file) => file.startsWith('app/pages/console/'))).toEqual([]);
});

describe.each(PARTS)('%s', (_name, reached, known, own) => {
  it('shows no text but through its translations', () => {
    const excused = (file: string, text: string) => NONE[file] === '*' || NONE[file]?.includes(text);
    const shown = [...reached].flatMap(([file, { bare }]) => bare.filter((text) => !known.some(({ de }) => de && text in de)).map((text) => ({ file, text })));
    expect(shown.filter(({ file, text }) => !excused(file, text)).map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });
  it.each(Object.keys(OTHERS))('has in %s every text that is said, and none that is not', (language) => {
    expect([...all(reached, 'said')].filter((text) => !known.some((of) => text in (of[language] ?? {})))).toEqual([]);
    expect(Object.keys(own[language] ?? {}).filter((text) => !all(reached, 'literals').has(text))).toEqual([]);
  });
});

it('what is excused is there', () => {
  const needless = Object.entries(NONE).flatMap(([file, texts]) => {
    const bare = everything.get(file)?.bare ?? [];
    return texts === '*' ? (bare.length > 0 ? [] : [file]) : texts.filter((text) => !bare.includes(text)).map((text) => `${file}: ${text}`);
  });
  expect(needless).toEqual([]);
});

it('no text has its translations twice', () => {
  const keys = [german, appGerman, editingGerman, managingGerman].flatMap((of: Catalogue) => Object.keys(of));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

describe.each(Object.keys(OTHERS))('%s', (language) => {
  const catalogue: Catalogue = Object.assign({}, ...[DRAWN, APP, WORK].map((of) => of[language]));
  it('has the slots of each text, and for each number a form', () => {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [text, of] of Object.entries(catalogue)) {
      const whole = typeof of === 'string' ? of : of.other;
      expect(slots(whole), text).toEqual(slots(text));
      for (const form of forms(of)) expect(slots(text), text).toEqual(expect.arrayContaining(slots(form)));
      if (typeof of !== 'string') expect(categories, text).toEqual(expect.arrayContaining(Object.keys(of)));
    }
  });
  it('is not English, nor empty, and ends as English ends', () => {
    for (const [text, of] of Object.entries(catalogue)) {
      for (const form of forms(of)) {
        expect(form.trim(), text).toBe(form);
        expect(form, text).not.toBe('');
        if (text.length > 1) expect(/[.!?…]$/.exec(form)?.[0], text).toBe(/[.!?…]$/.exec(text)?.[0]);
      }
      if (!SAME[language]?.includes(text)) expect(of, text).not.toBe(text);
    }
  });
});

describe('what somebody may come to add', () => {
  const bare = (source: string, file = 'embed/X.svelte') => wording(source, file).bare;
  it.each([
    ['<p>Hello there</p>', ['Hello there']],
    ['<p>{late ? "older" : ""}</p>', ['older']],
    ['<p>{`${n} rows`}</p>', ['rows']],
    ['<button aria-label="Close">x</button>', ['Close']],
    ['<button aria-label="Close {name}">x</button>', ['Close']],
    ['<Notice title={late ? "older" : t("Loading")} />', ['older']],
    ['<NoData text="Nothing" />', ['Nothing']],
    ['{#if on}<b>Sum</b>{:else}<i>{x}</i>{/if}', ['Sum']],
    ['<p>{t("Week of {date}", { date: "some day" })}</p>', ['some day']],
    ['<script lang="ts">const words = { title: "Sum" };</script>', ['Sum']],
    ['<script lang="ts">let said = $state("It is late");</script>', ['It is late']],
  ])('%s', (source, found) => expect(bare(source)).toEqual(found));
  it('a module is looked at as well', () => {
    expect(bare('export const said = (n: number) => `${n} are left out`;', 'widgets/x.ts')).toEqual(['are left out']);
    expect(bare("throw new Error('No boot data here.');", 'embed/x.ts')).toEqual([]);
  });
  it.each([
    '<p class="head foot">{t("Sum")}</p>',
    '<p>{number(x, { format: "percent" })}</p>',
    '<script lang="ts">type A = "one thing" | "another"; const is = x === "Enter";</script>{#if kind === "line chart"}<b>{n}</b>{/if}',
    '<p>{plural(n, "{n} other", "{n} others", { n })}</p>',
  ])('and what is no text, or said well, is left alone: %s', (source) => expect(bare(source)).toEqual([]));
});
