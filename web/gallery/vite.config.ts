/**
 * The gallery's own build: `npm run gallery` shows it while you work; `test/gallery` builds and photographs it. It goes
 * to a folder of its own and is no part of what the server hands out.
 */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root: ROOT,
  base: './',
  plugins: [svelte({ configFile: fileURLToPath(new URL('../svelte.config.js', import.meta.url)) })],
  build: { outDir: fileURLToPath(new URL('../test/gallery/dist', import.meta.url)), emptyOutDir: true, reportCompressedSize: false },
});
