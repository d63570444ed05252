import type { ChartShape } from '../shape';
import GaugeSkeleton from './GaugeSkeleton.svelte';

export default { asks: true, load: () => import('./Gauge.svelte'), skeleton: GaugeSkeleton } satisfies ChartShape;
