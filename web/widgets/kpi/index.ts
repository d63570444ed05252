import type { WidgetShape } from '../shape';
import KpiSkeleton from './KpiSkeleton.svelte';

export default { load: () => import('./Kpi.svelte'), skeleton: KpiSkeleton } satisfies WidgetShape;
