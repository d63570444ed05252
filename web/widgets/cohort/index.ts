import type { ChartShape } from '../shape';
import HeatmapSkeleton from '../heatmap/HeatmapSkeleton.svelte';

export default { asks: true, load: () => import('./Cohort.svelte'), skeleton: HeatmapSkeleton } satisfies ChartShape;
