/**
 * The build of the browser's side. One tree, one HTML file per entry (`index.html` is the app: the tenants' pages
 * and the operators' console). Nothing is inlined, so that the pages work under a strict content security policy.
 */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { schemeScript } from './scripts/scheme_script.ts';

/** `light-dark()` and relative colours are used as they are: older browsers than these do not know them. */
const BROWSERS = ['chrome123', 'edge123', 'firefox128', 'safari18'];

/** Few, well-compressed files instead of one per small component: what every page has, and what lists and forms have. */
const CHUNKS = [
  { name: 'svelte', test: /(node_modules[\\/](svelte|esm-env|clsx)[\\/]|vite[\\/]preload-helper)/, priority: 4 },
  // What every entry draws with.
  { name: 'drawn', test: /web[\\/](format|wire|theme|ui[\\/](Icon|icons|Skeleton))/, priority: 3 },
  { name: 'widgets', test: /web[\\/]widgets[\\/][^\\/]+$/, priority: 2 },
  {
    name: 'base',
    test: /web[\\/](app[\\/](api|shells[\\/](Shell|Brand|keys|commands))|ui[\\/](Button|Spinner|Menu|place_below|Monogram|PageHead|Notice|Trouble|Toasts|toasts))/,
    priority: 2,
  },
  {
    name: 'forms',
    test: /web[\\/](app[\\/]forms[\\/](Confirm|submit)|ui[\\/](Badge|Card|Checkbox|CopyText|DataTable|Dialog|Empty|Field|Select|TextField|When))/,
    priority: 1,
  },
];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [schemeScript(), svelte()],
  resolve: { alias: { $app: fileURLToPath(new URL('./app', import.meta.url)) } },
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    target: BROWSERS,
    cssTarget: BROWSERS,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { app: fileURLToPath(new URL('./index.html', import.meta.url)) },
      output: { codeSplitting: { groups: CHUNKS } },
    },
  },
});
