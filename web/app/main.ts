/** The entry of the app: both realms, told apart by the boot data. */
import '../theme/tokens.css';
import '../theme/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { boot } from './boot';
import { router } from './place';
import { member, operator } from './sessions';

// The page's code, its data and the session are all on their way before anything is drawn.
router.start();
void (boot.realm === 'console' ? operator : member).open();

const target = document.getElementById('app');
if (target) mount(App, { target });
