/** The entry of the embed: what other people's pages frame. It shares its drawing with the app, and nothing else. */
import '../theme/tokens.css';
import '../theme/base.css';
import { mount } from 'svelte';
import { readFragment } from './address';
import { parseBoot } from './boot';
import { EmbedClient } from './client';
import Embed from './Embed.svelte';
import { Host, surroundings } from './host';
import { apiRoot, isShared } from './paths';
import { Speech } from './speech';
import { Viewer } from './viewer';

const boot = parseBoot(document.getElementById('boot')?.textContent);
const fragment = readFragment(location.hash, isShared(boot.base, location.pathname));
// A credential does not stay in the address, where it could be copied or end up in the history. A public link keeps
// its secret: it is the address, and people come back to it.
if (fragment.credential && !isShared(boot.base, location.pathname)) {
  history.replaceState(null, '', location.pathname + location.search + fragment.rest);
}

const client = new EmbedClient(apiRoot(boot.base));
const host = new Host(surroundings(), boot.origins);
const speech = new Speech(navigator.languages);
const viewer = new Viewer(client, host, boot, () => document.visibilityState === 'visible');

const target = document.getElementById('embed');
if (target) mount(Embed, { target, props: { boot, fragment, client, host, viewer, speech } });
document.getElementById('first')?.remove();
