/**
 * Puts `theme/scheme.js` in front of everything as a small classic script of its own, hashed like every other
 * asset: the chosen colour scheme is set before the first paint, without an inline script. The embed goes without: there
 * the page around it chooses, and no storage is looked into.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const SOURCE = new URL('../theme/scheme.js', import.meta.url);

export function schemeScript(): Plugin {
  let serving = false;
  return {
    name: 'insula:scheme-script',
    configResolved(config) {
      serving = config.command === 'serve';
    },
    buildStart() {
      if (serving) return;
      const source = readFileSync(SOURCE, 'utf8').replace(/^\/\*\*[\s\S]*?\*\/\s*/, '');
      this.emitFile({ type: 'asset', name: 'scheme.js', source });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const built = Object.keys(bundle ?? {}).find((name) => /^assets\/scheme-.*\.js$/.test(name));
        const src = serving || !built ? '/theme/scheme.js' : `/${built}`;
        return [{ tag: 'script', attrs: { src }, injectTo: 'head-prepend' }];
      },
    },
  };
}
