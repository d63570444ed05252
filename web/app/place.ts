/** The one router of this page. */
import { boot } from './boot';
import { consoleRoutes, tenantRoutes } from './routes';
import { Router } from './router.svelte';

export const router = new Router(boot.base, boot.realm === 'console' ? consoleRoutes : tenantRoutes);
