/**
 * Browser tests: they click through a running Insula in a real Chromium. `INSULA_UP_JSON` names the `up.json` of
 * that installation. One worker: the tests share the installation's demo tenants.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
