/**
 * A product that shows a dashboard to its users, in plain Node. The API key stays here; the browser only ever gets a
 * token that ends after a few minutes and shows one dashboard.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { mint } from '@insula/embed';

const { INSULA_URL, INSULA_API_KEY, INSULA_DASHBOARD, PORT = '3000' } = process.env;
if (!INSULA_URL || !INSULA_API_KEY || !INSULA_DASHBOARD) {
  console.error('Set INSULA_URL (the workspace’s address), INSULA_API_KEY and INSULA_DASHBOARD.');
  process.exit(2);
}

/** Whoever is signed in. A real product looks at its own session here, and answers 401 to nobody. */
const whoIs = () => ({ id: 'user-42' });

async function token() {
  // Here it is decided who sees what: `filters` would lock the numbers to what belongs to this user.
  const minted = await mint({ url: INSULA_URL, apiKey: INSULA_API_KEY, dashboard: INSULA_DASHBOARD, viewer: whoIs().id });
  return { token: minted.token };
}

async function page() {
  const html = await readFile(new URL('public/index.html', import.meta.url), 'utf8');
  return html.replaceAll('{{insula}}', INSULA_URL.replace(/\/$/, '')).replaceAll('{{dashboard}}', INSULA_DASHBOARD);
}

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'POST' && request.url === '/insula-token') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(await token()));
    } else if (request.method === 'GET' && request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(await page());
    } else {
      response.writeHead(404).end();
    }
  } catch (error) {
    console.error(error);
    response.writeHead(502, { 'content-type': 'application/json' }).end(JSON.stringify({ error: 'no token' }));
  }
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`http://app.localhost:${server.address().port}`));
