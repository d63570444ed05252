/**
 * What people type where an origin is wanted, and the code that puts a dashboard into their page. Pure. Tested in
 * `test/unit/embedding_page.test.ts`.
 */

/** Scheme, host and port of what was typed; `null` when it cannot be an origin that may be listed. */
export function originOf(text: string): string | null {
  const typed = text.trim();
  if (typed === '' || /[\s*]/.test(typed)) return null;
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`);
  } catch {
    return null;
  }
  if (url.username || url.password) return null;
  const local = url.hostname === 'localhost' || url.hostname.endsWith('.localhost') || url.hostname === '127.0.0.1';
  return url.protocol === 'https:' || (url.protocol === 'http:' && local) ? url.origin : null;
}

/** For a page: the element, and where it gets its tokens. */
export const pageSnippet = (origin: string, element: string, frame: string): string =>
  `<script type="module" src="${origin}${element}"></script>

<insula-dashboard
  src="${origin}${frame}"
  token-url="/dashboard-token">
</insula-dashboard>`;

/** For a server: the answer of `/dashboard-token`, to people who are signed in there. */
export const serverSnippet = (place: string, dashboard: string): string =>
  `import { mint } from '@insula/embed';

app.post('/dashboard-token', async (request, response) => {
  const { token } = await mint({
    url: '${place}',
    apiKey: process.env.DASHBOARDS_API_KEY,
    dashboard: '${dashboard}',
    viewer: request.user.id,
  });
  response.json({ token });
});`;
