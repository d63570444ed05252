import { describe, expect, it } from 'vitest';
import { originOf, pageSnippet, serverSnippet } from '$app/pages/tenant/embedding/origin';

describe('what is typed as an origin', () => {
  it.each([
    ['https://app.example.com', 'https://app.example.com'],
    ['  https://app.example.com/some/page?x=1 ', 'https://app.example.com'],
    ['app.example.com', 'https://app.example.com'],
    ['https://APP.example.com:443', 'https://app.example.com'],
    ['https://app.example.com:8443', 'https://app.example.com:8443'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://app.localhost:3000', 'http://app.localhost:3000'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ])('%j is %j', (typed, origin) => {
    expect(originOf(typed)).toBe(origin);
  });
  it.each([[''], ['   '], ['http://app.example.com'], ['https://*.example.com'], ['ftp://app.example.com'], ['https://me:secret@app.example.com'], ['https://'], ['two words'], ['javascript:alert(1)'], ['data:text/html,x']])('%j is none', (typed) => {
    expect(originOf(typed)).toBeNull();
  });
});

it('the code to copy holds no credential', () => {
  const page = pageSnippet('https://acme.example', '/embed/insula.js', '/embed/dashboards/dsh_1');
  expect(page).toContain('src="https://acme.example/embed/insula.js"');
  expect(page).toContain('src="https://acme.example/embed/dashboards/dsh_1"');
  expect(page).toContain('token-url=');
  expect(serverSnippet('https://acme.example', 'dsh_1')).toContain('process.env.DASHBOARDS_API_KEY');
});
