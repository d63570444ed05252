/** The paths of this page's own realm, with its base path filled in. */
import { boot } from './boot';
import { consolePaths, tenantPaths } from './paths';

export const toTenant = tenantPaths(boot.base);
export const toConsole = consolePaths(boot.base);
