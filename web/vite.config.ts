/**
 * The build of the browser's side. One tree, one HTML file per entry (`index.html` is the app: the tenants' pages
 * and the operators' console; `embed.html` is what other people's pages frame). Nothing is inlined, so that the pages
 * work under a strict content security policy.
 */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { schemeScript } from './scripts/scheme_script.ts';

/** `light-dark()` and relative colours are used as they are: older browsers than these do not know them. */
const BROWSERS = ['chrome123', 'edge123', 'firefox128', 'safari18'];

/** Few, well-compressed files instead of one per small component: what every page has, what forms have, and what lists. */
const CHUNKS = [
  { name: 'svelte', test: /(node_modules[\\/](svelte|esm-env|clsx)[\\/]|vite[\\/]preload-helper)/, priority: 4 },
  // What every page draws with.
  { name: 'drawn', test: /web[\\/](format|wire|words[\\/](words|languages)|theme|ui[\\/](Icon|icons|Skeleton))/, priority: 3 },
  { name: 'widgets', test: /web[\\/]widgets[\\/](?!cross|Legend|tone)[^\\/]+$/, priority: 2 },
  {
    name: 'base',
    test: /web[\\/](app[\\/](api[\\/](?!templates|editing|console|follow|tables)|shells[\\/](Shell|Brand|keys|commands))|ui[\\/](Button|Spinner|Menu|place_below|Monogram|PageHead|Notice|Trouble|Toasts|toasts))/,
    priority: 2,
  },
  {
    name: 'forms',
    test: /web[\\/](app[\\/]forms[\\/](Confirm|submit)|ui[\\/](Card|Checkbox|Dialog|Empty|Field|Select|TextField))/,
    priority: 1,
  },
  { name: 'lists', test: /web[\\/]ui[\\/](Badge|CopyText|DataTable|When)/, priority: 1 },
];

/**
 * The embed is built apart (`--mode embed`): what the app alone needs of the runtime and of what both draw with would
 * otherwise be on the way to everybody's first chart.
 */
export default defineConfig(({ mode }) => {
  const embed = mode === 'embed';
  const entry = embed ? 'embed.html' : 'index.html';
  return {
    root: fileURLToPath(new URL('.', import.meta.url)),
    base: '/',
    plugins: [...(embed ? [] : [schemeScript()]), svelte()],
    resolve: { alias: { $app: fileURLToPath(new URL('./app', import.meta.url)) } },
    build: {
      outDir: 'dist',
      emptyOutDir: !embed,
      assetsDir: 'assets',
      target: BROWSERS,
      cssTarget: BROWSERS,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      manifest: `.vite/${entry}.json`,
      reportCompressedSize: false,
      rolldownOptions: {
        input: fileURLToPath(new URL(entry, import.meta.url)),
        ...(embed ? {} : { output: { codeSplitting: { groups: CHUNKS } } }),
      },
    },
  };
});
