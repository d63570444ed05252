/**
 * After `vite build`: makes the custom element small, writes `.br` and `.gz` beside everything that gets smaller by it
 * (the server hands them out as they are), checks the size budgets, and fails the build when one is broken. `index.html`
 * and `embed.html` are filled in by the server for each tenant and are therefore not compressed here.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { minify } from 'rolldown/utils';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const ELEMENT = fileURLToPath(new URL('../element/insula.js', import.meta.url));
/** What other people's pages load to frame a dashboard, gzip, in bytes. */
const ELEMENT_MOST = 1024;
const COMPRESSIBLE = /\.(js|css|svg|json|txt|map|wasm)$/;

/**
 * JavaScript, gzip, in bytes: everything on the way from nothing to the first thing worth looking at. The first module
 * is the page, whose build has a manifest of its own.
 */
const BUDGETS = [
  {
    name: 'tenant: first dashboard with a chart',
    most: 70 * 1024,
    modules: ['index.html', 'app/shells/TenantShell.svelte', 'app/pages/tenant/dashboard/HomePage.svelte', 'widgets/kpi/Kpi.svelte', 'widgets/time_series/TimeSeries.svelte'],
  },
  {
    name: 'tenant: first dashboard with a chart, in German',
    most: 80 * 1024,
    modules: [
      'index.html', 'app/shells/TenantShell.svelte', 'app/pages/tenant/dashboard/HomePage.svelte', 'widgets/kpi/Kpi.svelte', 'widgets/time_series/TimeSeries.svelte',
      'words/de.ts', 'words/app/de.ts', 'words/refusals/de.ts', 'words/refusals/refusals.ts',
    ],
  },
  {
    name: 'console: tenants table',
    most: 60 * 1024,
    modules: ['index.html', 'app/console.ts', 'app/shells/ConsoleShell.svelte', 'app/pages/console/tenants/TenantsPage.svelte'],
  },
  {
    name: 'embed: first chart',
    most: 50 * 1024,
    modules: ['embed.html', 'widgets/kpi/Kpi.svelte', 'widgets/time_series/TimeSeries.svelte'],
  },
  {
    name: 'embed: first chart, in German',
    most: 56 * 1024,
    modules: ['embed.html', 'widgets/kpi/Kpi.svelte', 'widgets/time_series/TimeSeries.svelte', 'words/de.ts'],
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
  for (const path of [...files(join(DIST, 'assets')), ...files(join(DIST, 'element'))]) {
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

const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** `dist/element/insula.js`: the element as it is written, without what people need to read it. */
async function makeElement() {
  const source = readFileSync(ELEMENT, 'utf8');
  const { code, errors } = await minify('insula.js', source, { module: true, compress: { target: 'es2022' }, mangle: { toplevel: true } });
  if (errors.length > 0) throw new Error(errors.map((e) => e.message).join('\n'));
  mkdirSync(join(DIST, 'element'), { recursive: true });
  writeFileSync(join(DIST, 'element/insula.js'), code);
  const size = gzipped(Buffer.from(code));
  console.log(`${size <= ELEMENT_MOST ? '✓' : '✗'} element: ${size} bytes gzip, at most ${ELEMENT_MOST}`);
  if (size > ELEMENT_MOST) process.exitCode = 1;
}

function checkBudgets() {
  const folder = join(DIST, '.vite');
  let broken = false;
  for (const { name, most, modules } of BUDGETS) {
    const manifest = JSON.parse(readFileSync(join(folder, `${modules[0]}.json`), 'utf8'));
    const sizes = [...closure(manifest, modules)].map((file) => gzipped(readFileSync(join(DIST, file))));
    const sum = sizes.reduce((total, size) => total + size, 0);
    const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
    console.log(`${sum <= most ? '✓' : '✗'} ${name}: ${kib(sum)} gzip in ${sizes.length} files, at most ${kib(most)}`);
    if (sum > most) broken = true;
  }
  // The manifests have served their purpose and are no assets.
  rmSync(folder, { recursive: true });
  if (broken) process.exitCode = 1;
}

checkBudgets();
await makeElement();
compress();
