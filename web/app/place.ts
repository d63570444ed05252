/** The one router of this page. */
import { boot } from './boot';
import { Router } from './router.svelte';

export const router = new Router(boot.base);
