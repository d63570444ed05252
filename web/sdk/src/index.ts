/** Insula's dashboards in your product: `mint` on your server, the element in your page. No dependencies. */
export { InsulaError, mint } from './mint.js';
export type { Filter, MintOptions, Minted, Range } from './mint.js';
export { loadElement, scriptOf } from './element.js';
export type { DashboardEvents, InsulaDashboardElement, Theme } from './element.js';
