import type { ChartShape } from '../shape';
import KpiSkeleton from './KpiSkeleton.svelte';

export default { asks: true, load: () => import('./Kpi.svelte'), skeleton: KpiSkeleton } satisfies ChartShape;
