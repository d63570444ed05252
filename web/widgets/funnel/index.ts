import type { ChartShape } from '../shape';
import BarSkeleton from '../bar/BarSkeleton.svelte';

export default { asks: true, load: () => import('./Funnel.svelte'), skeleton: BarSkeleton } satisfies ChartShape;
