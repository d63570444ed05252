import type { TextShape } from '../shape';
import MarkdownSkeleton from './MarkdownSkeleton.svelte';

export default { asks: false, load: () => import('./Markdown.svelte'), skeleton: MarkdownSkeleton } satisfies TextShape;
