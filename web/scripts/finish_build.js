/**
 * After `vite build`: writes `.br` and `.gz` beside every asset that gets smaller by it (the server hands them out
 * as they are), checks the size budgets, and fails the build when one is broken. `index.html` is filled in by the
 * server for each tenant and is therefore not compressed here.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const COMPRESSIBLE = /\.(js|css|svg|json|txt|map|wasm)$/;

/** JavaScript, gzip, in bytes: everything on the way from nothing to the first thing worth looking at. */
const BUDGETS = [
  {
    name: 'tenant: first dashboard with a chart',
    most: 70 * 1024,
    modules: ['index.html', 'app/shells/TenantShell.svelte', 'app/pages/tenant/dashboard/HomePage.svelte', 'widgets/kpi/Kpi.svelte', 'widgets/time_series/TimeSeries.svelte'],
  },
  {
    name: 'console: tenants table',
    most: 60 * 1024,
    modules: ['index.html', 'app/shells/ConsoleShell.svelte', 'app/pages/console/tenants/TenantsPage.svelte'],
  },
  { name: 'tenant: sign-in', most: 50 * 1024, modules: ['index.html', 'app/pages/tenant/sign_in/SignInPage.svelte'] },
];

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

function compress() {
  for (const path of [...files(join(DIST, 'assets'))]) {
    if (!COMPRESSIBLE.test(path)) continue;
    const bytes = readFileSync(path);
    const br = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    const gz = gzipSync(bytes, { level: 9 });
    if (br.length < bytes.length) writeFileSync(`${path}.br`, br);
    if (gz.length < bytes.length) writeFileSync(`${path}.gz`, gz);
  }
}

/** Every JavaScript file that the modules need, each once. */
function closure(manifest, modules) {
  const found = new Set();
  const visit = (key) => {
    const entry = manifest[key];
    if (!entry) throw new Error(`The budget names ${key}, which is not in the build.`);
    if (found.has(entry.file)) return;
    if (entry.file.endsWith('.js')) found.add(entry.file);
    for (const other of entry.imports ?? []) visit(other);
  };
  modules.forEach(visit);
  return found;
}

function checkBudgets() {
  const folder = join(DIST, '.vite');
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  let broken = false;
  for (const { name, most, modules } of BUDGETS) {
    const sizes = [...closure(manifest, modules)].map((file) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length);
    const sum = sizes.reduce((total, size) => total + size, 0);
    const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
    console.log(`${sum <= most ? '✓' : '✗'} ${name}: ${kib(sum)} gzip in ${sizes.length} files, at most ${kib(most)}`);
    if (sum > most) broken = true;
  }
  // The manifest has served its purpose and is no asset.
  rmSync(folder, { recursive: true });
  if (broken) process.exitCode = 1;
}

checkBudgets();
compress();
