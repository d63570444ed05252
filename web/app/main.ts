/** The entry of the app: both realms, told apart by the boot data. */
import '../theme/tokens.css';
import '../theme/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { boot } from './boot';
import { speak } from './language';
import { router } from './place';
import type { Realm } from './realm';
import { realm as tenant } from './tenant';

// The page's code, its data, the session and the words are all on their way before anything is drawn.
async function begin(realm: Realm, words: Promise<void> | null): Promise<void> {
  router.start(realm.routes);
  void realm.session.open();
  if (words) await words;
  const target = document.getElementById('app');
  if (target) mount(App, { target, props: { realm } });
}

if (boot.realm === 'console') void import('./console').then(({ realm }) => begin(realm, null));
else void begin(tenant, speak());
