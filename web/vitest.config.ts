/** Unit tests: pure modules in plain Node. What needs a browser is in `test/browser`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { $app: fileURLToPath(new URL('./app', import.meta.url)) } },
  test: { environment: 'node', include: ['test/unit/**/*.test.ts'] },
});
