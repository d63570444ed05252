import type { ChartShape } from '../shape';
import HeatmapSkeleton from './HeatmapSkeleton.svelte';

export default { asks: true, load: () => import('./Heatmap.svelte'), skeleton: HeatmapSkeleton } satisfies ChartShape;
